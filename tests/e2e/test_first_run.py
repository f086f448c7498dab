"""From an empty installation to a dashboard with figures; the pages change by themselves on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.finding import card, until
from tests.e2e.installations import Installation, serving

REACHED = "448"
"""Leads of the demo whom its campaign reaches."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A whole installation that nobody has used yet; the tests below use it one after the other. Nobody answers by themselves."""
    with serving(tmp_path_factory.mktemp("fresh")) as installation:
        installation.carrier.put("/simulator/personas", json={"mix": {"silence": 1}}).raise_for_status()
        yield installation


@pytest.fixture(scope="module")
def loaded(fresh: Installation) -> Installation:
    if fresh.api.get("/api/setup").json()["can_load_demo"]:
        fresh.api.post("/api/demo").raise_for_status()
    # The leads are imported in the background; before that there is nobody to write to.
    until(lambda: [one["status"] for one in fresh.api.get("/api/leads/imports").json()["items"]] == ["completed"])
    return fresh


@pytest.fixture(scope="module")
def started(loaded: Installation) -> Installation:
    """The demo's campaign has run, and the carrier has said of every text what became of it."""
    if loaded.api.get("/api/campaigns/1").json()["status"] == "draft":
        loaded.api.post("/api/campaigns/1/start").raise_for_status()
    until(lambda: is_told(loaded.api.get("/api/dashboard").json()["period"]))
    return loaded


def test_an_empty_installation_explains_itself_in_three_steps(page: Page, fresh: Installation) -> None:
    page.goto(fresh.url)
    expect(page.get_by_role("heading", name="Welcome to Outrider")).to_be_visible()
    expect(page.locator("main ol > li").get_by_role("heading")).to_have_text(
        ["Import leads", "Write a campaign", "Watch and answer"]
    )
    expect(page.get_by_role("heading", name="The carrier is a simulator")).to_be_visible()
    expect(page.get_by_role("heading", name="The model works offline, by rules")).to_be_visible()
    for title, action, address in [
        ("Import leads", "Import leads", "/leads/import"),
        ("Write a campaign", "Write a campaign", "/campaigns/new"),
        ("Watch and answer", "See the handset", "/handset"),
    ]:
        step(page, title).get_by_role("link", name=action).click()
        page.wait_for_url(f"**{address}")
        page.go_back()


def test_demo_data_arrives_and_the_dashboard_follows(page: Page, fresh: Installation) -> None:
    bystander = page.context.new_page()
    bystander.goto(fresh.url)
    expect(bystander.get_by_role("heading", name="Welcome to Outrider")).to_be_visible()

    page.goto(fresh.url)
    page.get_by_role("button", name="Load demo data").click()
    page.wait_for_url("**/campaigns/1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rooftop check, spring")

    expect(bystander.get_by_role("heading", name="Nearly there")).to_be_visible()
    expect(step(bystander, "Import leads (done)")).to_be_visible()
    expect(step(bystander, "Write a campaign (done)")).to_be_visible()
    expect(step(bystander, "Watch and answer").get_by_role("link", name="Start a campaign")).to_be_visible()
    expect(bystander.get_by_role("button", name="Load demo data")).to_have_count(0)


def test_the_dashboard_appears_when_the_first_campaign_starts(page: Page, loaded: Installation) -> None:
    page.goto(loaded.url)
    expect(page.get_by_role("heading", name="Nearly there")).to_be_visible()
    loaded.api.post("/api/campaigns/1/start").raise_for_status()

    expect(page.get_by_role("heading", name="Funnel")).to_be_visible()
    expect(figure(page, "Texts sent")).to_contain_text(REACHED)
    # Nothing was sent in the period before, so the trend has no percentage to tell.
    expect(figure(page, "Texts sent").get_by_title("Against as many days before")).to_have_text("new")
    expect(figure(page, "Texts sent")).to_contain_text(f"{REACHED} today")
    expect(figure(page, "Delivery rate")).to_contain_text(re.compile(r"\d+(\.\d)? %"))
    expect(figure(page, "Cost")).to_contain_text(re.compile(r"\$[1-9]"))


def test_the_funnel_counts_leads(page: Page, started: Installation) -> None:
    page.goto(started.url)
    funnel = card(page, "Funnel")
    expect(funnel.get_by_role("rowheader")).to_have_text(["Reached", "Delivered", "Replied", "Qualified", "Booked"])
    row = {step: funnel.get_by_role("row", name=re.compile(f"^{step}")) for step in ("Reached", "Delivered", "Replied")}
    expect(row["Reached"].get_by_role("cell").nth(1)).to_have_text(REACHED)
    delivered = started.api.get("/api/dashboard").json()["funnel"][1]["leads"]
    expect(row["Delivered"].get_by_role("cell").nth(1)).to_have_text(str(delivered))
    expect(row["Replied"].get_by_role("cell").nth(1)).to_have_text("0")


def test_the_days_are_a_chart_and_a_table_and_the_address_says_which(page: Page, started: Installation) -> None:
    page.goto(started.url)
    days = card(page, "Day by day")
    expect(days.locator("svg .recharts-bar-rectangle path").first).to_be_visible()
    days.get_by_role("button", name="Show as table").click()
    table = page.get_by_role("region", name="Cost by day")
    today = table.get_by_role("row").nth(1)
    dollars = sum(float(part["dollars"]) for part in started.api.get("/api/dashboard").json()["daily"][-1]["costs"])
    assert dollars > 1
    expect(today).to_contain_text(f"${dollars:.2f}")
    page.get_by_role("radio", name="Texts", exact=True).click()
    page.get_by_role("radio", name="7 days").click()
    page.wait_for_url(re.compile(r"days=7"))
    page.reload()
    table = page.get_by_role("region", name="Texts by day")
    expect(table.get_by_role("row").nth(1)).to_contain_text(REACHED)
    expect(table.get_by_role("row")).to_have_count(1 + 7)


def test_campaigns_in_progress_move_and_lead_to_the_campaign(page: Page, started: Installation) -> None:
    page.goto(started.url)
    expect(card(page, "Campaigns in progress")).not_to_contain_text("Autumn")
    autumn = scheduled(started, "Autumn")
    row = card(page, "Campaigns in progress").get_by_role("link", name=re.compile("Autumn"))
    expect(row).to_contain_text("Pending")
    started.api.post(f"/api/campaigns/{autumn}/pause").raise_for_status()
    expect(row).to_contain_text("Paused")
    row.click()
    page.wait_for_url(f"**/campaigns/{autumn}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Autumn")


def test_who_needs_a_person_is_one_click_away(page: Page, started: Installation) -> None:
    page.goto(started.url)
    waiting = card(page, "Needs a person now")
    expect(waiting.get_by_text("Nothing waits for you")).to_be_visible()
    people = started.api.get("/api/conversations", params={"view": "all", "has_written": "false"}).json()["items"]
    person = next(one for one in people if not one["is_suppressed"])
    words = "Can a real person call me, please?"
    started.api.post(f"/api/handset/people/{person['phone']}/texts", json={"body": words}).raise_for_status()

    waiting.get_by_role("link", name="1 conversation waits for a person").click()
    expect(page.get_by_role("link", name=re.compile("Needs a person"))).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("region", name=f"Messages with {person['lead_name']}")).to_contain_text(words)


def is_told(period: dict[str, int]) -> bool:
    return period["sent"] == int(REACHED) == period["delivered"] + period["undelivered"]


def step(page: Page, title: str) -> Locator:
    return page.locator("main ol > li").filter(has=page.get_by_role("heading", name=title, exact=True))


def figure(page: Page, label: str) -> Locator:
    """The card of one figure."""
    return page.locator("main dl > div").filter(has=page.get_by_role("term").filter(has_text=re.compile(f"^{label}$")))


def scheduled(installation: Installation, name: str) -> int:
    """A campaign that begins tomorrow."""
    draft = installation.api.get("/api/campaigns/1").json()
    kept = ("description", "agent_type", "sms_system_prompt", "sender_name", "workflow_id", "audience", "budget")
    body = {key: draft[key] for key in kept} | {"name": name}
    body["scheduled_at"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    created = installation.api.post("/api/campaigns", json=body)
    assert created.is_success, created.text
    campaign_id: int = created.json()["id"]
    installation.api.post(f"/api/campaigns/{campaign_id}/start").raise_for_status()
    return campaign_id

"""A workflow from the first stroke to the last figure: drawn, mended, tried, published, run, decided, looked into, replayed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.accessibility import overflow, violations
from tests.e2e.conftest import watched
from tests.e2e.finding import toast, until
from tests.e2e.installations import Installation, QuickInstallations

LONG = 60_000
"""Milliseconds that work of the worker may take on a busy machine."""
NAME = "Ask, then decide"
PEOPLE = {"+12125550171": "Ada Vole", "+12125550172": "Bo Finch", "+12125550173": "Cy Marten"}
ADA = next(iter(PEOPLE))
SIZES = {"wide": ViewportSize(width=1440, height=900), "narrow": ViewportSize(width=390, height=844)}


SMALL = {
    "nodes": [
        {"id": "validate", "type": "validate", "position": {"x": 0, "y": 0}},
        {"id": "over", "type": "finalize", "position": {"x": 0, "y": 260}},
        {"id": "paper", "type": "note", "data": {"text": "Mind this"}, "position": {"x": -280, "y": 0}},
    ],
    "edges": [{"source": "validate", "target": "over", "sourceHandle": "passed"}],
}


@pytest.fixture(scope="module")
def home(installations: QuickInstallations) -> Iterator[Installation]:
    """Three leads; nobody answers by themselves, for who says what is the test's to decide."""
    with installations.serving("workflows") as installation:
        prepare(installation)
        yield installation


def prepare(installation: Installation) -> None:
    installation.carrier.put("/simulator/personas", json={"mix": {"silence": 1}}).raise_for_status()
    for phone, name in PEOPLE.items():
        lead = {"name": name, "phone": phone, "consents": [{"channel": "sms", "kind": "written"}]}
        installation.api.post("/api/leads", json=lead).raise_for_status()


def test_a_workflow_is_drawn_mended_tried_and_published(page: Page, home: Installation) -> None:
    page.goto(f"{home.url}/workflows")
    page.get_by_role("button", name="New workflow").click()
    dialog = page.get_by_role("dialog", name="New workflow")
    dialog.get_by_role("radio", name="Blank").click()
    dialog.get_by_label("Name").fill(NAME)
    dialog.get_by_role("button", name="Create draft").click()
    page.wait_for_url("**/edit*")

    draw(page)
    mend(page)
    try_it(page)
    publish(page)
    workflow = workflow_named(home, NAME)
    assert (workflow["published_version"], workflow["draft"]) == (1, None)


def test_runs_wait_are_decided_looked_into_and_replayed(page: Page, home: Installation) -> None:
    campaign = launch(home)
    until(lambda: len(texts_to(home, ADA)) == 1, seconds=60)
    assert texts_to(home, ADA) == ["Hi Ada, is your roof good for solar?"]
    run = run_of(home, campaign, "Ada Vole")
    page.goto(f"{home.url}/runs/{run}")
    happened = aside(page, "What happened")
    expect(node(page, "wait_for_reply").get_by_role("img", name="Waits")).to_be_visible(timeout=LONG)

    # The page follows by itself while the lead answers and a person decides elsewhere.
    say(home, ADA, "Oh yes, please come")
    expect(node(page, "approval").get_by_role("img", name="Waits")).to_be_visible(timeout=LONG)
    approvals = page.context.new_page()
    approvals.goto(f"{home.url}/approvals")
    decision = approvals.get_by_role("listitem").filter(has_text="Visit Ada Vole?")
    assert violations(approvals) == []
    decision.get_by_label("Discount in %").fill("12")
    decision.get_by_role("button", name="Offer it").click()
    expect(decision).to_be_hidden()
    approvals.close()
    expect(page.locator("main header").get_by_text("Completed")).to_be_visible(timeout=LONG)
    for step in ("validate", "send_template", "wait_for_reply", "branch", "approval", "tag", "finalize"):
        expect(node(page, step).get_by_role("img", name="Done")).to_be_visible()
    node(page, "approval").click()
    expect(happened).to_contain_text("decided “Offer it”")
    expect(happened).to_contain_text("12")
    node(page, "send_template").click()
    expect(happened).to_contain_text("Hi Ada, is your roof good for solar?")
    assert tags_of(home, "Ada Vole") == ["visit"]

    node(page, "tag").click()
    happened.get_by_role("button", name="Replay from this step").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name=re.compile("Dry run"))).to_be_checked()
    dialog.get_by_role("button", name="Start the dry run").click()
    page.wait_for_url(re.compile(rf"/runs/(?!{run}\b)\d+"))
    expect(page.get_by_text("A dry run: nothing left and nothing was changed.")).to_be_visible()
    expect(node(page, "tag").get_by_role("img", name="Done")).to_be_visible()
    assert len(texts_to(home, ADA)) == 1

    workflow: int = home.api.get(f"/api/runs/{run}").json()["workflow_id"]
    change_the_tag(home, workflow)
    page.goto(f"{home.url}/runs/{run}?step=tag")
    happened.get_by_role("button", name="Replay from this step").click()
    dialog.get_by_label("Version").select_option(label="The newest: version 2")
    dialog.get_by_role("radio", name=re.compile("Live")).check()
    expect(dialog).to_contain_text("The lead may get texts and calls.")
    dialog.get_by_role("button", name="Replay live").click()
    page.wait_for_url(re.compile(rf"/runs/(?!{run}\b)\d+"))
    expect(page.locator("main header").get_by_text("Completed")).to_be_visible(timeout=LONG)
    until(lambda: tags_of(home, "Ada Vole") == ["visit", "second look"])
    assert len(texts_to(home, ADA)) == 1

    page.goto(f"{home.url}/workflows/{workflow}?tab=flow&version=1&campaign={campaign}")
    figures = aside(page, "Figures")
    expect(figures).to_contain_text("Completed")
    expect(node(page, "wait_for_reply")).to_contain_text("2 waiting")


def test_versions_are_compared_and_one_is_taken_back(page: Page, home: Installation) -> None:
    workflow = workflow_named(home, NAME)
    page.goto(f"{home.url}/workflows/{workflow['id']}/edit?panel=versions")
    details = aside(page, "Details")
    details.get_by_role("button", name="Compare version 1 with the draft").click()
    differing = details.get_by_role("list", name="What differs")
    expect(differing).to_contain_text("Tag")
    expect(differing.get_by_role("deletion")).to_have_text("visit")
    expect(differing.get_by_role("insertion")).to_have_text("second look")
    expect(page.get_by_text("You look at the draft; colours show what changed since version 1.")).to_be_visible()
    details.get_by_role("button", name="The other way round").click()
    expect(differing.get_by_role("deletion")).to_have_text("second look")
    expect(page).to_have_url(re.compile(r"from=draft.*to=1"))
    assert violations(page) == []
    details.get_by_role("button", name="Back to the draft").click()
    details.get_by_role("button", name="Restore version 1").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Restore").click()
    expect(toast(page, "The draft is version 1 again")).to_be_visible()
    (tag,) = [one for one in workflow_named(home, NAME)["draft"]["nodes"] if one["id"] == "tag"]
    assert tag["data"]["add"] == ["visit"]


def test_steps_are_added_on_a_line_and_connected_by_two_taps(page: Page, home: Installation) -> None:
    workflow = (
        home.api.post("/api/workflows", json={"name": "Small", "config": SMALL, "publish": False}).raise_for_status().json()
    )
    page.goto(f"{home.url}/workflows/{workflow['id']}/edit")
    expect(page.get_by_role("group", name="Note: Mind this")).to_be_visible()
    page.get_by_role("group", name="validate, passed: leads to over").hover()
    page.get_by_role("button", name="Add a step here").click()
    chooser = page.get_by_role("dialog", name="Add a step")
    chooser.get_by_role("combobox", name="Search steps").fill("notify")
    page.keyboard.press("Enter")
    expect(chooser).to_be_hidden()
    expect(page.get_by_role("group", name="validate, passed: leads to notify")).to_be_attached()
    expect(page.get_by_role("group", name="notify, next: leads to over")).to_be_attached()
    page.keyboard.press("Escape")
    arrange(page)
    outcome(page, "validate", "failed").click()
    expect(page.get_by_text("“Failed” of Validate lead: tap the step that follows.")).to_be_visible()
    node(page, "notify").click()
    expect(page.get_by_role("group", name="validate, failed: leads to notify")).to_be_attached()
    # As a phone has it: the list of steps, or the canvas.
    page.set_viewport_size(SIZES["narrow"])
    expect(node(page, "notify")).to_be_hidden()
    page.get_by_role("radio", name="Canvas").click()
    expect(node(page, "notify")).to_be_visible()
    assert violations(page) + overflow(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_editor_run_and_flow_keep_nobody_out(browser: Browser, home: Installation, theme: str) -> None:
    (run,) = home.api.get("/api/runs", params={"is_dry": False, "status": "completed", "limit": 1}).json()["items"]
    workflow = f"/workflows/{run['workflow_id']}"
    pages = [
        f"{workflow}/edit?node=approval",
        f"{workflow}/edit?panel=versions&from=1&to=2",
        f"{workflow}?tab=flow&node=wait_for_reply",
        f"/runs/{run['id']}?step=approval",
        "/approvals?view=all",
    ]
    found: dict[str, list[str]] = {}
    context = browser.new_context(base_url=home.url)
    context.add_init_script(f"localStorage['outrider.theme'] = '{theme}'")
    with watched(context) as page:
        for path in pages:
            page.goto(path)
            for name, size in SIZES.items():
                page.set_viewport_size(size)
                page.wait_for_load_state("networkidle")
                if objections := violations(page) + overflow(page):
                    found[f"{path}, {name}"] = objections
    assert not found


def draw(page: Page) -> None:
    details, palette = aside(page, "Details"), aside(page, "Palette")
    # From the palette, behind the selected step.
    node(page, "validate").click()
    palette.get_by_role("searchbox", name="Search steps").fill("template")
    palette.get_by_role("button", name="Send text").click()
    details.get_by_role("textbox", name=re.compile("^Text")).fill("Hi {{ lead.first_name }}, is your roof good for solar?")
    # By the keyboard, one behind the other.
    add_behind(page, "send_template", "wait for reply")
    add_behind(page, "wait_for_reply", "branch")
    details.get_by_role("textbox", name=re.compile("^Condition")).fill('conversation.last_text.contains("yes")')
    add_behind(page, "branch", "approval")
    details.get_by_role("textbox", name=re.compile("^Title")).fill("Visit {{ lead.name }}?")
    form = details.get_by_role("group", name="Form")
    form.get_by_role("button", name="Add").click()
    form.get_by_role("textbox", name=re.compile("^Label")).fill("Discount in %")
    # Dragged to the empty canvas, and put on a line.
    palette.get_by_role("searchbox", name="Search steps").fill("tag")
    palette.get_by_role("button", name="Tag", exact=True).drag_to(
        page.locator(".react-flow__pane"), target_position={"x": 60, "y": 60}
    )
    expect(node(page, "tag")).to_be_visible()


def mend(page: Page) -> None:
    """What is missing is said, and put right by keyboard, by a drawn line and by a field."""
    details = aside(page, "Details")
    problems = page.get_by_role("button", name=re.compile("problem"))
    expect(details).to_contain_text("Name a tag to give or to take away.")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    give = details.get_by_role("combobox", name="Give")
    give.fill("visit")
    page.get_by_role("option", name="Use “visit”").click()
    expect(details.get_by_role("list", name="Give")).to_have_text("visit")
    details.get_by_label("Next leads to").select_option("finalize")
    expect(problems).to_have_text("3 problems")
    problems.click()
    listed = details.get_by_role("list", name="Problems").get_by_role("button")
    expect(listed).to_have_count(3)
    listed.filter(has_text="Wait for reply").click()
    details.get_by_label("No reply leads to").select_option("finalize")
    node(page, "branch").click()
    details.get_by_label("Otherwise leads to").select_option("finalize")
    page.keyboard.press("Escape")
    arrange(page)
    node(page, "approval").click()
    details.get_by_label("Offer it leads to").select_option("")
    drag_line(page, outcome(page, "approval", "approved"), node(page, "tag"))
    expect(details.get_by_label("Offer it leads to")).to_have_value("tag")
    expect(page.get_by_role("button", name="No problems")).to_be_visible()


def try_it(page: Page) -> None:
    """A dry run shows what would be sent, and sends nothing."""
    details = aside(page, "Details")
    page.get_by_role("button", name="Dry run").click()
    details.get_by_label("Add a lead").fill("Ada")
    details.get_by_role("list", name="Leads found").get_by_role("button").first.click()
    details.get_by_label("What the lead replies at Wait for reply").fill("Oh yes please")
    details.get_by_role("button", name="Run", exact=True).click()
    run = details.get_by_role("list", name="Runs")
    expect(run.get_by_role("button", name=re.compile("Ada Vole.*Completed"))).to_have_attribute("aria-expanded", "true")
    expect(run.get_by_role("list", name="Texts that would be sent")).to_contain_text("Hi Ada, is your roof good for solar?")
    expect(run.get_by_role("list", name="What would be done")).to_contain_text("visit")
    for step in ("validate", "send_template", "wait_for_reply", "branch", "approval", "tag"):
        expect(node(page, step).get_by_role("img", name="Done")).to_be_visible()
    assert violations(page) == []


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish")
    dialog.get_by_label("What changed, and why").fill("The first")
    dialog.get_by_role("button", name="Publish").click()
    expect(toast(page, "Version 1 is published")).to_be_visible()
    expect(page.get_by_text("Version 1 is published", exact=True).first).to_be_visible()


def arrange(page: Page) -> None:
    """Everything in order and in view."""
    page.keyboard.press("l")
    page.wait_for_timeout(600)


def drag_line(page: Page, handle: Locator, target: Locator) -> None:
    begin, end = handle.bounding_box(), target.bounding_box()
    assert begin is not None and end is not None
    page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=10)
    page.mouse.up()


def outcome(page: Page, step: str, name: str) -> Locator:
    return node(page, step).locator(f'.react-flow__handle.source[data-handleid="{name}"]')


def add_behind(page: Page, step: str, kind: str) -> None:
    """Adds a step of this kind behind another one, without the mouse but for the selection."""
    node(page, step).click()
    page.keyboard.press("Tab")
    chooser = page.get_by_role("dialog", name="Add a step")
    chooser.get_by_role("combobox", name="Search steps").fill(kind)
    page.keyboard.press("Enter")
    expect(chooser).to_be_hidden()


def node(page: Page, step: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{step}"]')


def aside(page: Page, name: str) -> Locator:
    return page.get_by_role("complementary", name=name)


def launch(home: Installation) -> int:
    """A campaign with the workflow for everybody, started; its number."""
    workflow = workflow_named(home, NAME)
    leads = [one["id"] for one in home.api.get("/api/leads").json()["items"]]
    wanted = {"name": "Roofs", "workflow_id": workflow["id"], "lead_ids": leads}
    campaign: int = home.api.post("/api/campaigns", json=wanted).raise_for_status().json()["id"]
    home.api.post(f"/api/campaigns/{campaign}/start").raise_for_status()
    return campaign


def workflow_named(home: Installation, name: str) -> dict[str, Any]:
    (found,) = [one for one in home.api.get("/api/workflows").json()["items"] if one["name"] == name]
    workflow: dict[str, Any] = home.api.get(f"/api/workflows/{found['id']}").json()
    return workflow


def change_the_tag(home: Installation, workflow: int) -> None:
    """Version 2, which gives another tag."""
    present = home.api.get(f"/api/workflows/{workflow}").json()
    (tag,) = [one for one in present["config"]["nodes"] if one["id"] == "tag"]
    tag["data"]["add"] = ["second look"]
    draft = {"config": present["config"], "revision": present["draft_revision"]}
    revision = home.api.put(f"/api/workflows/{workflow}/draft", json=draft).raise_for_status().json()["revision"]
    home.api.post(f"/api/workflows/{workflow}/publish", json={"revision": revision}).raise_for_status()


def tags_of(home: Installation, name: str) -> list[str]:
    (lead,) = home.api.get("/api/leads", params={"search": name}).json()["items"]
    tags: list[str] = home.api.get(f"/api/leads/{lead['id']}").json()["attributes"].get("tags", [])
    return tags


def run_of(home: Installation, campaign: int, name: str) -> int:
    (run,) = home.api.get("/api/runs", params={"campaign_id": campaign, "search": name, "is_dry": False}).json()["items"]
    number: int = run["id"]
    return number


def messages(home: Installation, **filters: str) -> list[dict[str, Any]]:
    """The simulator's own record."""
    response = home.carrier.get("/simulator/messages", params=filters, headers={"Accept": "application/x-ndjson"})
    return [json.loads(line) for line in response.raise_for_status().text.splitlines()]


def texts_to(home: Installation, phone: str) -> list[str]:
    return [message["body"] for message in messages(home, to=phone)]


def say(home: Installation, phone: str, words: str) -> None:
    """A lead texts the number that wrote to them."""
    (text,) = messages(home, to=phone)
    home.carrier.post("/simulator/inbound", json={"from": phone, "to": text["from"], "body": words}).raise_for_status()

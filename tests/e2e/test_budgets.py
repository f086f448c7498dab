"""Budgets and models: a limit is changed and holds, what is wrong is said at its field, calls and providers are told of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations
from tests.e2e.finding import card
from tests.e2e.installations import Installation


@pytest.fixture
def limited(paid: Installation) -> Iterator[httpx.Client]:
    """The installation's API; its limits are those of the settings again afterwards."""
    yield paid.api
    for scope in ("installation_day", "installation_month"):
        paid.api.delete(f"/api/budgets/{scope}").raise_for_status()


def test_a_limit_is_changed_refused_at_its_field_and_given_back(page: Page, paid: Installation, limited: httpx.Client) -> None:
    page.goto(paid.url)
    page.goto(f"{paid.url}/settings/budget")
    today = card(page, "Today")
    expect(today).to_contain_text("no limit")
    today.get_by_role("button", name="Change the limit: today").click()
    sheet = page.get_by_role("dialog", name="Limit: today")
    amount = sheet.get_by_label("US dollars")
    amount.fill("-3")
    sheet.get_by_role("button", name="Save limit").click()
    expect(amount).to_have_accessible_description(re.compile("Write an amount above zero"))
    # What is too exact only the API knows, and says it at the field too.
    amount.fill("2.123456")
    sheet.get_by_role("button", name="Save limit").click()
    expect(amount).to_have_accessible_description(re.compile("no more than 4 decimal places"))
    expect(amount).to_have_value("2.123456")
    amount.fill("2.50")
    sheet.get_by_role("button", name="Save limit").click()
    expect(sheet).to_be_hidden()
    expect(today).to_contain_text("of $2.50")
    expect(today.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile("of .2.50, 0 %"))
    assert violations(page) == []
    (budget,) = [one for one in limited.get("/api/budgets").json()["budgets"] if one["scope"] == "installation_day"]
    assert (float(budget["limit"]), budget["is_default"]) == (2.5, False)

    # Somebody else takes the limit away: the page hears of it.
    limited.put("/api/budgets/installation_day", json={"limit": None}).raise_for_status()
    expect(today).to_contain_text("no limit")
    today.get_by_role("button", name="Change the limit: today").click()
    sheet.get_by_label("Limit", exact=True).select_option("default")
    sheet.get_by_role("button", name="Save limit").click()
    expect(sheet).to_be_hidden()
    expect(today).to_contain_text("As in the settings (OUTRIDER_BUDGET_DAY)")


def test_the_dashboard_leads_to_budgets(page: Page, demo: Installation) -> None:
    # What the dashboard shows once texts were sent; the demo's campaign stays as others need it.
    setup = demo.api.get("/api/setup").json() | {"has_sent": True}
    page.route("**/api/setup", lambda route: route.fulfill(json=setup))
    page.goto(demo.url)
    page.get_by_role("link", name="Budgets").click()
    expect(page.get_by_role("heading", name="Budgets", level=1)).to_be_visible()


def test_a_failing_provider_is_seen_and_its_calls_are_found(page: Page, paid: Installation) -> None:
    page.goto(f"{paid.url}/settings/models")
    openai = card(page, re.compile("^OpenAI"))
    expect(openai).to_contain_text("Not asked yet")
    page.get_by_role("button", name=re.compile("^Test openai:")).first.click()
    # The figures move by themselves once the call is entered.
    expect(openai).to_contain_text(re.compile("Without success1"))
    expect(card(page, "Who is asked, in which order")).to_contain_text("ANTHROPIC_API_KEY")
    assert violations(page) == []
    openai.get_by_role("link", name=re.compile("Provider not available")).click()
    page.wait_for_url("**/settings/model-calls?outcome=model-unavailable")
    row = page.get_by_role("row").filter(has_text="openai:").first
    expect(row).to_contain_text("Provider not available")
    row.click()
    sheet = page.get_by_role("dialog", name=re.compile("^Model call"))
    expect(sheet).to_contain_text("a test of the model")
    assert violations(page) == []
    page.reload()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("How it went", exact=True).select_option("model-timeout")
    expect(page.get_by_text("No call matches")).to_be_visible()
    page.get_by_role("button", name="Drop the filters").click()
    expect(page.get_by_role("grid", name="Model calls")).to_be_visible()

"""The table of leads: search, filter, order, views, what can be done with several, and what the address keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import load_demo
from tests.e2e.finding import toast, until
from tests.e2e.installations import Installation, QuickInstallations


@pytest.fixture(scope="module")
def office(installations: QuickInstallations) -> Iterator[Installation]:
    """The demo's five hundred leads; tests that change some add a company of their own."""
    with installations.serving("office") as installation:
        load_demo(installation)
        yield installation


def test_searching_filtering_and_sorting(page: Page, office: Installation) -> None:
    page.goto(f"{office.url}/leads")
    expect(count(page)).to_have_text(re.compile(r"^5\d\d leads$"))
    expect(names(page).first).to_be_visible()

    page.get_by_label("Search leads").fill("veterin")
    expected = matching(office, search="veterin")
    assert 5 < len(expected) < 50
    expect(count(page)).to_have_text(f"{len(expected)} match")
    expect(column(page, "Company").first).to_contain_text("Veterinary")
    page.get_by_role("button", name="Clear the search").click()

    choose_tier(page, "A")
    expect(page.get_by_role("columnheader", name="Tier")).to_be_visible()
    scores = [lead["score"] for lead in matching(office, tier="A") if lead["score"] is not None]
    expect(count(page)).to_have_text(f"{len(matching(office, tier='A'))} match")
    sort_by(page, "Score")
    expect(page.get_by_role("columnheader", name="Score")).to_have_attribute("aria-sort", "ascending")
    expect(column(page, "Score").first).to_have_text(str(min(scores)))
    sort_by(page, "Score")
    expect(page.get_by_role("columnheader", name="Score")).to_have_attribute("aria-sort", "descending")
    expect(column(page, "Score").first).to_have_text(str(max(scores)))
    expect(column(page, "Tier").first).to_have_text("A")


def test_the_address_brings_the_view_again(page: Page, office: Installation) -> None:
    people(office, "Viewworks", 3, tier="B")
    people(office, "Viewworks other", 1, tier="C")
    page.goto(f"{office.url}/leads")
    page.get_by_label("Search leads").fill("Viewworks")
    choose_tier(page, "B")
    sort_by(page, "Name")
    expected = ["Viewworks 1", "Viewworks 2", "Viewworks 3"]

    def is_there() -> None:
        expect(page.get_by_label("Search leads")).to_have_value("Viewworks")
        expect(page.get_by_role("button", name="Tier B", exact=True)).to_be_visible()
        expect(names(page)).to_have_text(expected)

    is_there()
    page.reload()
    is_there()
    names(page).nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(expected[1])
    page.go_back()
    is_there()
    names(page).nth(1).click()
    page.get_by_role("button", name="Next lead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(expected[2])
    page.get_by_role("main").get_by_role("link", name="Leads").click()
    is_there()


def test_nobody_matches(page: Page, office: Installation) -> None:
    page.goto(f"{office.url}/leads?search=zzzz")
    expect(page.get_by_text("No lead matches")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    expect(count(page)).to_have_text(re.compile(r"^5\d\d leads$"))


def test_a_view_is_saved_and_taken_again(page: Page, office: Installation) -> None:
    page.goto(f"{office.url}/leads")
    choose_tier(page, "C")
    sort_by(page, "Company")
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name of the new view").fill("Later")
    page.get_by_role("button", name="Save").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear", exact=True).click()
    page.goto(f"{office.url}/leads")
    expect(count(page)).to_have_text(re.compile(r"^5\d\d leads$"))

    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Later", exact=True).click()
    expect(count(page)).to_have_text(f"{len(matching(office, tier='C'))} match")
    expect(page.get_by_role("columnheader", name="Company")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Forget view Later").click()
    expect(page.get_by_role("button", name="Later", exact=True)).to_have_count(0)


def test_columns_are_chosen_and_stay_so(page: Page, office: Installation) -> None:
    page.goto(f"{office.url}/leads")
    expect(page.get_by_role("columnheader", name="E-mail")).to_have_count(0)
    page.get_by_role("button", name="Choose columns").click()
    page.get_by_role("menuitemcheckbox", name="E-mail").click()
    page.get_by_role("menuitemcheckbox", name="Place").click()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("columnheader", name="E-mail")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Place")).to_have_count(0)


def test_several_are_put_into_a_list_and_taken_out_again(page: Page, office: Installation) -> None:
    people(office, "Listworks", 4)
    page.goto(f"{office.url}/leads?search=Listworks")
    page.get_by_role("checkbox", name="Select Listworks 1", exact=True).check()
    page.get_by_role("checkbox", name="Select Listworks 3", exact=True).check()
    selected = page.get_by_role("region", name="Selected leads")
    expect(selected).to_contain_text("2 selected")
    selected.get_by_role("button", name="Add to list").click()
    page.get_by_role("menuitem", name="New list").click()
    page.get_by_label("Name", exact=True).fill("Warm")
    page.get_by_role("button", name="Create list").click()
    expect(toast(page, "2 leads added to Warm")).to_be_visible()
    expect(selected).to_have_count(0)

    page.get_by_label("Select all loaded rows").check()
    selected.get_by_role("button", name="Add to list").click()
    page.get_by_role("menuitem", name="Warm").click()
    expect(toast(page, "2 leads added to Warm").filter(has_text="2 were in it already.")).to_be_visible()
    warm = page.get_by_role("navigation", name="Lists").get_by_role("button", name="Warm 4", exact=True)
    warm.click()
    expect(names(page)).to_have_count(4)
    page.get_by_role("checkbox", name="Select Listworks 2", exact=True).check()
    selected.get_by_role("button", name="Remove from list").click()
    page.get_by_role("menuitem", name="Warm").click()
    expect(names(page)).to_have_count(3)
    expect(names(page).filter(has_text="Listworks 2")).to_have_count(0)


def test_everything_that_matches_is_put_into_a_list(page: Page, office: Installation) -> None:
    office.api.post("/api/lists", json={"name": "Everybody", "description": ""}).raise_for_status()
    page.goto(f"{office.url}/leads?list_id=1")
    expect(names(page).first).to_be_visible()
    page.get_by_label("Select all loaded rows").check()
    selected = page.get_by_role("region", name="Selected leads")
    selected.get_by_role("button", name="Select all 500 that match").click()
    expect(selected).to_contain_text("500 selected")
    selected.get_by_role("button", name="Add to list").click()
    page.get_by_role("menuitem", name="Everybody").click()
    expect(toast(page, re.compile("500 leads (being )?added to Everybody"))).to_be_visible()
    lists = page.get_by_role("navigation", name="Lists")
    expect(lists.get_by_role("button", name="Everybody 500", exact=True)).to_be_visible()


def test_several_are_deleted_and_it_can_be_taken_back(page: Page, office: Installation) -> None:
    people(office, "Goneworks", 3)
    page.goto(f"{office.url}/leads?search=Goneworks")
    page.get_by_role("checkbox", name="Select Goneworks 1", exact=True).check()
    page.get_by_role("checkbox", name="Select Goneworks 2", exact=True).check()
    delete = page.get_by_role("region", name="Selected leads").get_by_role("button", name="Delete")
    delete.click()
    expect(names(page)).to_have_text(["Goneworks 3"])
    toast(page, "2 leads deleted").get_by_role("button", name="Undo").click()
    expect(names(page)).to_have_count(3)

    page.get_by_role("checkbox", name="Select Goneworks 1", exact=True).check()
    delete.click()
    expect(names(page)).to_have_count(2)
    until(lambda: len(matching(office, search="Goneworks")) == 2)
    page.reload()
    expect(names(page)).to_have_count(2)
    assert {lead["name"] for lead in matching(office, search="Goneworks")} == {"Goneworks 2", "Goneworks 3"}


def count(page: Page) -> Locator:
    """How many leads match, beside the title."""
    return page.locator("main header").get_by_text(re.compile(r"^[\d,]+ (leads?|match)$"))


def names(page: Page) -> Locator:
    """The names in the rows that are drawn, from the top."""
    return page.get_by_role("grid", name="Leads").locator("[role=row][aria-rowindex] [role=gridcell]:nth-child(2)")


def column(page: Page, header: str) -> Locator:
    """The cells of a column that are drawn, from the top."""
    headers = page.get_by_role("columnheader").all_inner_texts()
    return page.locator(f"[role=row][aria-rowindex] [role=gridcell]:nth-child({headers.index(header) + 1})")


def sort_by(page: Page, header: str) -> None:
    page.get_by_role("columnheader", name=header).get_by_role("button").click()


def choose_tier(page: Page, tier: str) -> None:
    page.get_by_role("button", name="Add filter").click()
    page.get_by_role("button", name="Tier", exact=True).click()
    page.get_by_role("dialog", name="Filter by tier").get_by_role("button", name=tier, exact=True).click()
    page.keyboard.press("Escape")


def matching(installation: Installation, **query: str) -> list[dict[str, Any]]:
    found = installation.api.get("/api/leads", params={"limit": 200, **query})
    found.raise_for_status()
    leads: list[dict[str, Any]] = found.json()["items"]
    return leads


def people(installation: Installation, company: str, number: int, **more: str) -> None:
    """Leads of their own for a test that changes them."""
    for place in range(1, number + 1):
        mail = f"{company.replace(' ', '').lower()}{place}@example.com"
        body = {"name": f"{company} {place}", "company": company, "email": mail, **more}
        installation.api.post("/api/leads", json=body).raise_for_status()

"""The whole job in the browser, as a new user does it: bring leads, write a campaign, watch it, answer, be told to stop."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.installations import ROOT, Installation

TEMPLATE = "Hi {{first_name}}, {{sender_name}} here. Shall we check if solar pays off for {{company}}? Reply STOP to opt out."


@pytest.fixture(scope="module")
def home(empty: Installation) -> str:
    """Nobody answers by themselves here: who says what is the tests' to decide."""
    empty.carrier.put("/simulator/personas", json={"mix": {"silence": 1}}).raise_for_status()
    return empty.url


def test_a_dirty_file_is_imported(page: Page, home: str, tmp_path: Path) -> None:
    page.goto(home)
    page.get_by_role("link", name="Import").first.click()
    page.set_input_files("input[type=file]", ROOT / "examples/demo_leads.csv")
    expect(page.get_by_role("heading", name="Columns")).to_be_visible()
    page.get_by_label("Put them into the list").fill("Spring prospects")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("definition").filter(has_text="500")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download 16 rows").click()
    rejected = tmp_path / "rejected.csv"
    download.value.save_as(rejected)
    # Eleven rows were refused, five were taken without a value that can't be used.
    outcomes = Counter(
        row["Outcome"] for row in csv.DictReader(rejected.read_text(encoding="utf-8-sig").splitlines(keepends=True))
    )
    assert sum(outcomes.values()) == 16, outcomes


def test_a_file_without_contacts_names_the_remedy(page: Page, home: str, tmp_path: Path) -> None:
    file = tmp_path / "towns.csv"
    file.write_text("Town,Mayor\nSpringfield,Quimby\n")
    page.goto(f"{home}/leads/import")
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_text(re.compile("no column holds phone numbers|phone number or e-mail", re.I)).first).to_be_visible()


def test_a_campaign_is_written_and_watched_to_its_end(page: Page, home: str) -> None:
    page.goto(f"{home}/campaigns/new")
    page.get_by_label("Name *").fill("Spring")
    page.get_by_label("What it is about").fill("A free check of whether solar panels pay off.")
    page.get_by_label("Sender's name").fill("Maya")
    page.get_by_role("button", name="Create the draft").click()
    sections = page.get_by_role("navigation", name="Sections of the campaign")

    expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    page.get_by_role("group", name="Lists").get_by_role("checkbox").first.check()
    expect(page.get_by_role("complementary", name="Who is reached")).to_contain_text("449")

    sections.get_by_role("link", name=re.compile("Message")).click()
    page.get_by_label("Template").fill(TEMPLATE)
    expect(page.get_by_role("complementary", name="Preview")).to_contain_text("Maya here.")

    sections.get_by_role("link", name=re.compile("Review")).click()
    page.get_by_role("button", name="Run the test").click()
    expect(page.get_by_role("region", name="Test on real leads")).to_contain_text("Maya here.")
    page.get_by_role("button", name="Start the campaign").click()
    page.get_by_role("dialog").get_by_role("button", name="Text 449 leads").click()

    page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    expect(page.locator("main header").get_by_text("Completed")).to_be_visible()
    expect(page.get_by_text("448").first).to_be_visible()


def test_a_reply_is_answered_by_the_agent_and_taken_over_by_a_person(page: Page, home: str, empty: Installation) -> None:
    person = first_delivered(empty)
    name, phone, thread = person["lead_name"], person["phone"], person["id"]
    handset = page.context.new_page()
    handset.goto(f"{home}/handset?phone={phone.replace('+', '%2B')}")
    screen = handset.get_by_role("log", name="Texts on the handset")
    expect(screen).to_contain_text("Maya here.")

    say(handset, "How does it work?")
    page.goto(f"{home}/conversations?view=all&thread={thread}")
    texts = page.get_by_role("region", name=f"Messages with {name}")
    expect(texts).to_contain_text("How does it work?")
    expect(screen).to_contain_text("free check of whether solar panels pay off")

    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("button", name="Hand back")).to_be_visible()
    page.get_by_role("textbox", name=f"Reply to {name}").fill("Hello, Ben here, a person. May I call you at five?")
    page.keyboard.press("Control+Enter")
    expect(texts).to_contain_text("Ben here, a person")
    expect(screen).to_contain_text("Ben here, a person")

    say(handset, "STOP")
    expect(page.get_by_text(re.compile("opted out", re.I)).first).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def say(handset: Page, text: str) -> None:
    handset.get_by_role("textbox", name="Text as this person").fill(text)
    handset.get_by_role("textbox", name="Text as this person").press("Enter")
    expect(handset.get_by_role("log", name="Texts on the handset")).to_contain_text(text)


def first_delivered(installation: Installation) -> dict[str, Any]:
    """Somebody who got the campaign's text and has not answered."""
    found = installation.api.get("/api/conversations", params={"view": "all", "has_written": "false", "limit": 200}).json()
    return next(entry for entry in found["items"] if entry["unread_count"] == 0 and not entry["is_suppressed"])

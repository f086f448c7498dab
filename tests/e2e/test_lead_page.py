"""One lead: fields edited where they stand, consent, suppression, the timeline, and taking a deletion back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.finding import card, toast, until
from tests.e2e.installations import Installation, QuickInstallations


@dataclass(frozen=True, slots=True)
class Person:
    """A lead that the tests of this file use one after the other."""

    id: int
    url: str
    office: Installation

    def now(self) -> dict[str, object]:
        lead: dict[str, object] = self.office.api.get(f"/api/leads/{self.id}").raise_for_status().json()
        return lead


@pytest.fixture(scope="module")
def office(installations: QuickInstallations) -> Iterator[Installation]:
    with installations.serving("office") as installation:
        installation.carrier.put("/simulator/personas", json={"mix": {"silence": 1}}).raise_for_status()
        yield installation


@pytest.fixture(scope="module")
def person(office: Installation) -> Person:
    body = {"name": "Ada Field", "phone": "+1 212 555 0143", "email": "ada@example.com", "company": "Field & Co.", "score": 60}
    lead = office.api.post("/api/leads", json=body).raise_for_status().json()
    return Person(lead["id"], f"{office.url}/leads/{lead['id']}", office)


@pytest.mark.parametrize(
    ("label", "before", "wrong", "complaint", "right", "shown"),
    [
        ("E-mail", "ada@example.com", "ada at example", "e-mail", "ada@field.example", "ada@field.example"),
        ("Phone", "+12125550143", "12", "too short", "+1 (212) 555-0144", "+12125550144"),
        ("Time zone", "", "Atlantis/Main", "time zone", "America/Chicago", "America/Chicago"),
        ("Score", "60", "250", "100", "75", "75"),
        ("Score", "75", "1e", "number", "80", "80"),
    ],
)
def test_a_bad_value_is_refused_at_its_field_and_nothing_is_lost(
    page: Page, person: Person, label: str, before: str, wrong: str, complaint: str, right: str, shown: str
) -> None:
    page.goto(person.url)
    value(page, label, before).click()
    field = page.get_by_label(label, exact=True)
    field.press("ControlOrMeta+a")
    field.press_sequentially(wrong)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(complaint, re.I))
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(value(page, label, before)).to_be_visible()

    value(page, label, before).click()
    field.fill(right)
    field.press("Enter")
    # First what goes away by itself.
    expect(toast(page, f"{label} saved")).to_be_visible()
    expect(value(page, label, shown)).to_be_focused()
    page.reload()
    expect(value(page, label, shown)).to_be_visible()


def test_what_was_typed_survives_a_refusal(page: Page, person: Person) -> None:
    page.goto(person.url)
    value(page, "Country", "US").click()
    page.get_by_label("Country", exact=True).fill("Ruritania")
    page.get_by_role("heading", level=1).click()
    field = page.get_by_label("Country", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("Ruritania")
    assert person.now()["country"] == "US"


def test_a_change_is_taken_back(page: Page, person: Person) -> None:
    page.goto(person.url)
    value(page, "Company", "Field & Co.").click()
    page.get_by_label("Company", exact=True).fill("Meadow Ltd.")
    page.get_by_label("Company", exact=True).press("Enter")
    expect(value(page, "Company", "Meadow Ltd.")).to_be_visible()
    toast(page, "Company saved").get_by_role("button", name="Undo").click()
    expect(value(page, "Company", "Field & Co.")).to_be_visible()
    until(lambda: person.now()["company"] == "Field & Co.")


def test_consent_is_recorded_with_its_evidence_and_taken_back(page: Page, person: Person) -> None:
    page.goto(person.url)
    texts = card(page, "Consent").get_by_role("listitem").filter(has_text="Texts")
    expect(texts).to_contain_text("None")
    texts.get_by_role("button", name="Record consent to Texts").click()
    form = page.get_by_role("dialog", name="Record consent to texts")
    form.get_by_label("Kind").select_option("written")
    form.get_by_label("How it was given").fill("paper")
    form.get_by_label("When").fill("2099-01-01T10:00")
    form.get_by_role("button", name="Record consent").click()
    expect(form.get_by_role("alert")).to_contain_text(re.compile("future", re.I))
    expect(form.get_by_label("How it was given")).to_have_value("paper")
    form.get_by_label("When").fill("2026-01-05T10:00")
    form.get_by_label("Evidence").fill("Yes, text me.")
    form.get_by_role("button", name="Record consent").click()
    expect(form).to_have_count(0)
    expect(texts).to_contain_text("“Yes, text me.”")
    expect(entry(page, "Agreed to texts")).to_contain_text("paper")

    texts.get_by_role("button", name="Take back consent to Texts").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Take back consent").click()
    expect(texts).to_contain_text("None")
    expect(entry(page, "No longer agrees to texts")).to_be_visible()


def test_suppressing_and_allowing_again(page: Page, person: Person) -> None:
    page.goto(person.url)
    contact = card(page, "Contact")
    expect(contact).to_contain_text("May be contacted.")
    contact.get_by_role("button", name="Suppress").click()
    form = page.get_by_role("dialog", name=re.compile("^Suppress"))
    form.get_by_label("Reason").select_option("stop")
    form.get_by_label("Their words, or what you know").fill("Leave me alone")
    form.get_by_role("button", name="Suppress", exact=True).click()
    expect(contact).to_contain_text("Must not be contacted")
    expect(contact).to_contain_text("“Leave me alone”")
    expect(entry(page, "Must not be contacted any more")).to_contain_text("Leave me alone")

    contact.get_by_role("button", name="Allow again").click()
    lift = page.get_by_role("dialog", name=re.compile("^Allow contact"))
    lift.get_by_role("button", name="Allow contact").click()
    note = lift.get_by_label("How they asked to be contacted again")
    expect(note).to_have_accessible_description("Write down how the person asked to be contacted again.")
    note.fill("Called on Monday")
    lift.get_by_role("button", name="Allow contact").click()
    expect(contact).to_contain_text("May be contacted.")
    expect(entry(page, "May be contacted again")).to_be_visible()


def test_the_timeline_tells_of_every_channel_as_it_happens(page: Page, person: Person) -> None:
    office = person.office
    campaign = campaign_for(person)
    page.goto(person.url)
    expect(entry(page, "Added")).to_be_visible()
    office.api.post(f"/api/campaigns/{campaign}/start").raise_for_status()
    expect(entry(page, "Text of the campaign")).to_contain_text("Delivered")
    expect(entry(page, "Campaign “Hello”")).to_be_visible()
    phone = person.now()["phone"]
    office.api.post(f"/api/handset/people/{phone}/texts", json={"body": "Who is this?"}).raise_for_status()
    expect(entry(page, "Text from the lead")).to_contain_text("Who is this?")
    expect(entry(page, "Text by the agent")).to_be_visible()
    office.api.post(f"/api/leads/{person.id}/consents", json={"channel": "email", "kind": "express"}).raise_for_status()
    expect(entry(page, "Agreed to e-mail")).to_be_visible()

    entry(page, "Campaign “Hello”").get_by_role("link").click()
    page.wait_for_url(f"**/campaigns/{campaign}")
    page.go_back()
    page.get_by_role("link", name="Conversation", exact=True).click()
    expect(page.get_by_role("region", name="Messages with Ada Field")).to_contain_text("Who is this?")


def test_a_deletion_is_taken_back_or_done(page: Page, person: Person) -> None:
    page.goto(person.url)
    page.get_by_role("button", name="Delete lead").click()
    page.wait_for_url("**/leads")
    expect(page.get_by_text("No leads yet")).to_be_visible()
    toast(page, "Ada Field deleted").get_by_role("button", name="Undo").click()
    row = page.get_by_role("grid", name="Leads").get_by_role("gridcell", name="Ada Field", exact=True)
    row.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Field")

    page.get_by_role("button", name="Delete lead").click()
    expect(page.get_by_text("No leads yet")).to_be_visible()
    until(lambda: person.office.api.get(f"/api/leads/{person.id}").status_code == 404)
    page.goto(person.url)
    expect(page.get_by_text(re.compile("no such lead|not found|does not exist|no lead", re.I)).first).to_be_visible()


def value(page: Page, label: str, text: str) -> Locator:
    """A value that a click turns into a field."""
    return page.get_by_role("button", name=f"{label}: {text or 'empty'}. Edit", exact=True)


def entry(page: Page, title: str) -> Locator:
    return card(page, "Timeline").get_by_role("listitem").filter(has=page.get_by_text(title, exact=True))


def campaign_for(person: Person) -> int:
    """A campaign for this lead alone, not started."""
    api = person.office.api
    body = {
        "name": "Hello",
        "description": "A free check.",
        "sms_template": "Hi {{first_name}}, {{sender_name}} here. Reply STOP to opt out.",
        "sender_name": "Maya",
        "require_consent": False,
        "audience": {"lead_ids": [person.id], "list_ids": []},
    }
    created = api.post("/api/campaigns", json=body)
    assert created.is_success, created.text
    campaign_id: int = created.json()["id"]
    return campaign_id

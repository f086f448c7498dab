"""Settings: what can be changed is changed and stays, what can't be used is refused at its field, the rest is told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from outrider.app.models import MOST_TESTS
from tests.e2e.installations import Installation

NUMBER = "+12025550199"
SHOWN = "+1 202-555-0199"


@pytest.fixture(scope="module")
def home(demo: Installation) -> str:
    return f"{demo.url}/settings"


def test_a_sender_is_added_changed_and_taken_out_of_use(page: Page, home: str) -> None:
    page.goto(f"{home}/senders")
    page.get_by_role("button", name="Add sender").click()
    sheet = page.get_by_role("dialog", name="Add sender")
    address, rate = sheet.get_by_label("Number or messaging service"), sheet.get_by_label("Segments a second")
    address.fill("call me")
    rate.fill("fast")
    sheet.get_by_role("button", name="Add sender").click()
    expect(address).to_have_accessible_description(re.compile(r"Write \+12025550143"))
    expect(rate).to_have_accessible_description(re.compile("Write a number"))
    address.fill(NUMBER)
    rate.fill("0")
    sheet.get_by_role("button", name="Add sender").click()
    # The API has the last word, and says it at the field too.
    expect(rate).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_value(NUMBER)
    sheet.get_by_label("Label").fill("Spare")
    rate.fill("2.5")
    sheet.get_by_role("button", name="Add sender").click()
    expect(sheet).to_be_hidden()

    in_use = page.get_by_role("switch", name="Spare in use")
    expect(in_use).to_be_checked()
    in_use.click()
    expect(page.get_by_text("Out of use")).to_be_visible()
    page.reload()
    expect(in_use).not_to_be_checked()
    expect(page.get_by_role("listitem").filter(has_text="Spare")).to_contain_text("2.5 segments a second")
    in_use.click()
    expect(in_use).to_be_checked()
    page.reload()
    expect(in_use).to_be_checked()

    page.get_by_role("button", name="Actions for Spare").click()
    page.get_by_role("menuitem", name="Edit").click()
    sheet = page.get_by_role("dialog", name="Edit sender")
    sheet.get_by_label("Label").fill("Reserve")
    sheet.get_by_role("button", name="Save changes").click()
    expect(sheet).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Actions for Reserve").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete sender").click()
    expect(page.get_by_role("switch", name="Reserve in use")).to_have_count(0)
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_a_number_is_suppressed_and_taken_off_again(page: Page, home: str) -> None:
    page.goto(f"{home}/suppressions")
    page.get_by_role("button", name="Add number").click()
    sheet = page.get_by_role("dialog", name="Add a number")
    sheet.get_by_label("Number").fill("12")
    sheet.get_by_role("button", name="Suppress number").click()
    expect(sheet.get_by_label("Number")).to_have_accessible_description(re.compile("Write the number"))
    sheet.get_by_label("Number").fill("not a number")
    sheet.get_by_role("button", name="Suppress number").click()
    expect(sheet.get_by_label("Number")).to_have_attribute("aria-invalid", "true")
    sheet.get_by_label("Number").fill(NUMBER)
    sheet.get_by_label("Reason").select_option("stop")
    sheet.get_by_label("Note").fill("Said so on the phone")
    sheet.get_by_role("button", name="Suppress number").click()
    expect(sheet).to_be_hidden()

    page.reload()
    row = page.get_by_role("row").filter(has_text="Said so on the phone")
    page.get_by_label("Find a number").fill("555-0199")
    expect(row).to_be_visible()
    row.get_by_text("Said so on the phone").click()
    lifting = page.get_by_role("dialog")
    lifting.get_by_role("button", name="Allow contact again").click()
    why = lifting.get_by_label("Why contact is allowed again")
    expect(why).to_have_accessible_description(re.compile("Write down how they asked"))
    why.fill("Wrote an e-mail that she wants to hear from us")
    lifting.get_by_role("button", name="Allow contact again").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("No number matches")).to_be_visible()
    page.reload()
    expect(page.get_by_text("No number matches")).to_be_visible()
    page.get_by_text("Lifted", exact=True).click()
    expect(row).to_be_visible()


def test_a_model_is_tested(page: Page, home: str) -> None:
    page.goto(f"{home}/models")
    page.get_by_role("button", name="Test offline").click()
    result = page.get_by_role("status").filter(has_text="Answered in")
    expect(result).to_contain_text("Ann")
    expect(result).to_contain_text("$0")
    page.get_by_label("Model as provider:model").fill("nobody:model")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="nobody")).to_be_visible()


def test_a_storm_of_clicks_on_a_paid_model_is_refused(page: Page, home: str, paid: Installation) -> None:
    page.goto(f"{paid.url}/settings/models")
    test = page.get_by_role("button", name=re.compile("^Test openai:")).first
    with page.expect_response("**/api/models/test") as answer:
        test.click()
    assert answer.value.status == 200
    # As quick as a storm has to be, however slow the browser is.
    for _ in range(MOST_TESTS - 1):
        paid.api.post("/api/models/test", json=answer.value.request.post_data_json).raise_for_status()
    expect(test).to_be_enabled()
    test.click()
    notice = page.get_by_text("Too many tests of models")
    expect(notice).to_be_visible()
    expect(page.get_by_text(re.compile(r"Test again in \d+ seconds?\."))).to_be_visible()
    page.get_by_role("button", name="Test offline").click()
    expect(page.get_by_role("status").filter(has_text="Answered in")).to_be_visible()


def test_quiet_hours_budget_and_webhooks_are_told(page: Page, home: str, demo: Installation) -> None:
    page.goto(f"{home}/quiet-hours")
    expect(page.get_by_text("Quiet hours are off")).to_be_visible()
    page.get_by_label("Find a state or country").fill("texas")
    texas = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Texas"))
    expect(texas).to_contain_text("12:00–21:00 Sunday")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.get_by_label("Find a state or country").fill("nowhere")
    expect(page.get_by_text("No stricter rule is known for “nowhere”")).to_be_visible()

    demo.api.patch("/api/campaigns/1", json={"budget": "25"}).raise_for_status()
    page.goto(f"{home}/budget")
    campaign = demo.api.get("/api/campaigns/1").json()
    row = page.get_by_role("link", name=re.compile(re.escape(campaign["name"])))
    expect(row).to_contain_text("of $25")
    row.click()
    page.wait_for_url("**/campaigns/1")

    page.goto(f"{home}/webhooks")
    addresses = page.get_by_role("textbox", name=re.compile("^Address for"))
    expect(addresses).to_have_count(2)
    assert [address.input_value() for address in addresses.all()] == [
        f"{demo.url}/webhooks/twilio/messages",
        f"{demo.url}/webhooks/twilio/status",
    ]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=re.compile("^Copy the address")).first.click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.endsWith('/webhooks/twilio/messages'))")


def test_a_credential_is_kept_renamed_and_deleted_and_its_secret_never_shown(page: Page, home: str) -> None:
    page.goto(f"{home}/credentials")
    page.get_by_role("button", name="Add credential").click()
    sheet = page.get_by_role("dialog", name="Add credential")
    sheet.get_by_role("button", name="Add credential").click()
    hosts, key = sheet.get_by_label("Allowed hosts"), sheet.get_by_label("Key *")
    expect(hosts).to_have_accessible_description(re.compile("Name at least one host"))
    sheet.get_by_label("Name *").fill("Key of the CRM")
    sheet.get_by_label("Header *").fill("X-Api-Key")
    key.fill("sk-live-7f3a9c51")
    hosts.fill("*")
    sheet.get_by_role("button", name="Add credential").click()
    # The API has the last word, and says it at the field too.
    expect(hosts).to_have_attribute("aria-invalid", "true")
    expect(key).to_have_value("sk-live-7f3a9c51")
    hosts.fill("api.example.com")
    sheet.get_by_role("button", name="Add credential").click()
    expect(sheet).to_be_hidden()

    row = page.get_by_role("listitem").filter(has_text="Key of the CRM")
    expect(row).to_contain_text("Goes to api.example.com")
    row.get_by_role("button", name="Actions for Key of the CRM").click()
    page.get_by_role("menuitem", name="Edit").click()
    sheet = page.get_by_role("dialog", name="Edit credential")
    expect(sheet.get_by_label("Key", exact=True)).to_have_value("")
    sheet.get_by_label("Name *").fill("Renamed key")
    sheet.get_by_label("Allowed hosts").fill("elsewhere.example")
    sheet.get_by_role("button", name="Save changes").click()
    expect(sheet.get_by_label("Key", exact=True)).to_have_accessible_description(re.compile("Enter the secret again"))
    sheet.get_by_label("Allowed hosts").fill("api.example.com")
    sheet.get_by_role("button", name="Save changes").click()
    expect(sheet).to_be_hidden()

    page.reload()
    row = page.get_by_role("listitem").filter(has_text="Renamed key")
    row.get_by_role("button", name="Actions for Renamed key").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete credential").click()
    expect(page.get_by_role("listitem").filter(has_text="Renamed key")).to_have_count(0)

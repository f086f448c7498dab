"""The handset where there is none: a real carrier is configured, or the simulator is down."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.installations import Installation, QuickInstallations, halted


def test_a_real_carrier_has_no_handsets(page: Page, paid: Installation) -> None:
    page.goto(f"{paid.url}/handset?phone=%2B13125550100")
    expect(page.get_by_text("People have their own handsets")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text as this person")).to_have_count(0)
    page.get_by_role("link", name="Carrier’s settings").click()
    page.wait_for_url("**/settings/webhooks")
    expect(page.get_by_role("textbox", name=re.compile("^Address for")).first).to_have_value(
        "https://outrider.example.com/webhooks/twilio/messages"
    )


def test_a_simulator_that_is_down_comes_back(page: Page, installations: QuickInstallations) -> None:
    with installations.serving("away") as installation:
        page.goto(f"{installation.url}/handset")
        people = page.get_by_text("Nobody to play yet")
        expect(people).to_be_visible()
        with halted(installation.processes["simulator"]):
            away = page.get_by_role("alert").filter(has_text="The simulated carrier does not answer")
            expect(away).to_be_visible()
            expect(people).to_have_count(0)
            away.get_by_role("button", name="Try again").click()
            expect(away).to_be_visible()
        expect(people).to_be_visible()
        page.goto("about:blank")

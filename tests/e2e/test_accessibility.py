"""Every page in both themes, wide and narrow: nothing that axe objects to, and nothing that runs out of the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.accessibility import overflow, violations
from tests.e2e.conftest import watched
from tests.e2e.installations import Installation

PAGES = {
    "dashboard": "/",
    "campaigns": "/campaigns",
    "campaigns as a table": "/campaigns?view=table",
    "new campaign": "/campaigns/new",
    "campaign": "/campaigns/1",
    "campaign leads": "/campaigns/1?tab=leads",
    "campaign log": "/campaigns/1?tab=log",
    "edit campaign": "/campaigns/1/edit",
    "leads": "/leads",
    "import": "/leads/import",
    "lead": "/leads/1",
    "conversations": "/conversations",
    "handset": "/handset",
    "agents": "/agents",
    "workflows": "/workflows",
    "workflow": "/workflows/1",
    "jobs": "/jobs",
    "settings": "/settings",
    "senders": "/settings/senders",
    "models": "/settings/models",
    "suppressions": "/settings/suppressions",
    "unknown": "/no-such-page",
}
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        ("wide", "light"),
        ("narrow", "dark"),
        pytest.param("wide", "dark", marks=pytest.mark.thorough),
        pytest.param("narrow", "light", marks=pytest.mark.thorough),
    ],
)
def test_pages_keep_nobody_out(browser: Browser, demo: Installation, theme: str, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=demo.url)
    context.add_init_script(f"localStorage['outrider.theme'] = '{theme}'")
    found: dict[str, list[str]] = {}
    with watched(context) as page:
        for name, path in PAGES.items():
            page.goto(path)
            objections = violations(page) + overflow(page)
            if objections:
                found[name] = objections
    assert not found


@pytest.mark.parametrize("path", ["/", "/campaigns", "/leads", "/conversations"])
def test_empty_pages_keep_nobody_out(page: Page, empty: Installation, path: str) -> None:
    page.goto(empty.url + path)
    assert not violations(page) + overflow(page)

"""Where things stand on a page, as a person would say it, and waiting for what the server does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.clocks import PATIENCE


def card(page: Page, title: str | re.Pattern[str]) -> Locator:
    """The card under a heading."""
    return page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True, level=2))


def toast(page: Page, words: str | re.Pattern[str]) -> Locator:
    """A short message at the edge of the window."""
    return page.locator("[data-sonner-toast]").filter(has_text=words)


def until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something at the server."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)

"""What there was to be seen when a browser test failed: its pages in words and as pictures, and the end of the logs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page

from tests.e2e import installations

MOST_CHARACTERS = 8_000
"""Of what a page holds."""
PATIENCE_MS = 5_000
"""A page that is stuck tells nothing, and that soon."""

Section = tuple[str, str]
"""Title and text, as reports of pytest have them."""

_open: list[BrowserContext] = []
_left: list[Section] = []
"""Of contexts that were closed when a test failed inside them."""
_pictures: list[Path] = []
"""The folder for them."""
_numbers = itertools.count(1)


def keep_pictures_in(folder: Path) -> None:
    _pictures[:] = [folder]


@contextmanager
def watching(context: BrowserContext) -> Iterator[None]:
    """What the pages of this context show is kept if the test fails inside the block or while it is open; it ends with it."""
    _open.append(context)
    try:
        yield
    except BaseException:
        _left.extend(_pages_of(context))
        raise
    finally:
        _open.remove(context)
        context.close()


def seen() -> list[Section]:
    """All that there is to be seen of a test that has just failed."""
    pages = [section for context in _open for section in _pages_of(context)]
    logs = [(f"log of {one.home.name}", tail) for one in installations.running if (tail := one.log_tail())]
    left = _left.copy()
    _left.clear()
    return left + pages + logs


def _pages_of(context: BrowserContext) -> list[Section]:
    return [(f"page {page.url}", _told(page)) for page in context.pages]


def _told(page: Page) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", page.url.partition("://")[2].partition("/")[2].lower())[:60]
    picture = _pictures[0] / f"{next(_numbers)}-{name}.png"
    try:
        page.screenshot(path=picture, timeout=PATIENCE_MS)
        words = page.locator("body").aria_snapshot(timeout=PATIENCE_MS)
    except Error as error:
        return f"It tells nothing: {error.message}"
    return f"Picture: {picture}\n{words[:MOST_CHARACTERS]}"

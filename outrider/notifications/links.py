"""Where a page of the application is found from outside."""

from __future__ import annotations

from outrider.config import get_settings


def absolute(path: str | None) -> str | None:
    """The whole address of a page; None of none."""
    return None if path is None else get_settings().public_url.rstrip("/") + path

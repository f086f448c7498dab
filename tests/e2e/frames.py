"""Times of frames while a table is scrolled."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from playwright.sync_api import Page

GRID = '[role="grid"]'
SCROLL = """
async ({ grid, seconds, speed }) => {
  const scroller = document.querySelector(grid)
  if (!scroller) throw new Error(`there is no ${grid}`)
  const times = []
  const pause = () => new Promise(requestAnimationFrame)
  let before = await pause()
  const began = before
  while (before - began < seconds * 1000) {
    const now = await pause()
    times.push(now - before)
    scroller.scrollTop += (speed * (now - before)) / 1000
    before = now
  }
  const rows = [...scroller.querySelectorAll('[role="row"][aria-rowindex]')]
  const view = scroller.getBoundingClientRect()
  const isInView = (row) => {
    const box = row.getBoundingClientRect()
    return box.bottom > view.top && box.top < view.bottom
  }
  return {
    times,
    mounted: rows.length,
    visible: rows.filter(isInView).length,
    reached: Math.max(0, ...rows.map((row) => Number(row.getAttribute('aria-rowindex')) - 1)),
  }
}
"""
"""Scrolls by what the clock says, so that slow frames skip rows instead of making the run longer."""


@dataclass(frozen=True, slots=True)
class Frames:
    """What was seen while scrolling."""

    times: tuple[float, ...]
    """Milliseconds from each frame to the next."""
    reached: int
    """Number of the last row that was there in the end."""
    mounted: int
    """Rows in the document in the end."""
    visible: int
    """Those of them that were in view: none means that the table lost its rows."""

    def percentile(self, share: float) -> float:
        """Milliseconds that `share` (0 to 1) of the frames did not exceed."""
        ordered = sorted(self.times)
        return ordered[max(0, ceil(share * len(ordered)) - 1)]

    @property
    def p95(self) -> float:
        return self.percentile(0.95)


def scroll_frames(page: Page, *, grid: str = GRID, seconds: float = 10, speed: float = 4_000) -> Frames:
    """Scroll the page's table down and take the time of every frame.

    Args:
        page: shows the table, with its first rows loaded.
        grid: the element that scrolls.
        seconds: how long.
        speed: pixels a second; a row is 40 pixels high, and a flick of a wheel moves some 4,000 a second.
    """
    page.wait_for_selector(f'{grid} [role="row"][aria-rowindex]')
    seen: dict[str, Any] = page.evaluate(SCROLL, {"grid": grid, "seconds": seconds, "speed": speed})
    return Frames(tuple(seen["times"]), seen["reached"], seen["mounted"], seen["visible"])

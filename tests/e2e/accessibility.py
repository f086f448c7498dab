"""axe on a page: what keeps people out, in words."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HAS_CONTENT = "() => document.querySelector('h1') && !document.querySelector('[data-slot=skeleton]')"
"""A page that has not been drawn yet has no landmarks and no heading; one that waits for its content hasn't got it."""
AT_REST = """
async () => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(ending.map(({ finished }) => finished))
}
"""
"""Fading elements have the contrast of a moment: whatever fades in has ended."""
RUN = """
async (tags) => {
  const { violations } = await axe.run(document, { runOnly: tags })
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} at ${target.join(' ')}`))
}
"""


def violations(page: Page) -> list[str]:
    """Every violation of the rules on what the page shows once its content is there."""
    # Evaluated, not added as a script: the page's own policy lets no foreign script in.
    page.evaluate(AXE.read_text())
    page.wait_for_function(HAS_CONTENT)
    page.evaluate(AT_REST)
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def overflow(page: Page) -> list[str]:
    """Whether anything runs out of the window."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"the page is {wider} px wider than the window"] if wider > 0 else []

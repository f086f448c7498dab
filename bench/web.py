"""The web application in Chromium: what a first visit loads, how fast pages follow each other, how a long table scrolls.

The built bundle is served by the product's API process over a database of a million leads. Bytes are those that crossed
the wire; a page counts as there when its title is painted.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.async_api import Browser, Page, async_playwright

from bench.harness import Context, Measurement, database
from bench.lead_list import api_process, fill

LEADS, QUICK_LEADS = 1_000_000, 20_000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update")
WINDOW = {"width": 1440, "height": 900}
ROUNDS = 5
MOST_FIRST_LOAD_KB = 250
MOST_MS_PER_PAGE = 100
MOST_MS_PER_FRAME = 50
BUNDLE = Path(__file__).parents[1] / "web/dist/index.html"

FOLLOW = """
([address, before]) => new Promise((resolve) => {
  const began = performance.now()
  document.querySelector(`nav a[href="${address}"]`).click()
  const look = () => {
    const isThere = document.title !== before && document.querySelector('main h1')
    requestAnimationFrame(isThere ? () => resolve(performance.now() - began) : look)
  }
  requestAnimationFrame(look)
})
"""
SCROLL = """
([selector, step, frames]) => new Promise((resolve) => {
  const element = document.querySelector(selector)
  const times = []
  let before = performance.now()
  const next = (now) => {
    times.push(now - before)
    before = now
    element.scrollTop += step
    if (times.length > frames) resolve(times.slice(1))
    else requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
})
"""


async def run(context: Context) -> dict[str, Measurement]:
    if not BUNDLE.is_file():
        raise FileNotFoundError("The web application is not built: make web")
    count = context.scaled(LEADS, QUICK_LEADS)
    async with database(context.folder) as opened:
        await fill(opened, count)
        context.say(f"{count:,} leads")
        async with api_process(context.folder, opened.dsn) as address, _chromium() as browser:
            first = await _first_load(browser, address)
            pages = await _page_to_page(browser, address, context.scaled(ROUNDS, 2))
            frames = await _scroll(browser, address, context.scaled(600, 120))
    slowest = max(pages, key=lambda path: median(pages[path]))
    context.say(f"first load {first / 1000:.0f} kB; slowest page {slowest} {median(pages[slowest]):.0f} ms")
    every = [value for values in pages.values() for value in values]
    return {
        "web_first_load": Measurement(samples=[first / 1000], unit="kB", goal=MOST_FIRST_LOAD_KB, higher_is_better=False),
        "web_page_to_page": Measurement(
            samples=[_p95(every)],
            unit="ms",
            goal=MOST_MS_PER_PAGE,
            higher_is_better=False,
            details={f"median_ms_{path.strip('/') or 'dashboard'}": median(values) for path, values in pages.items()},
        ),
        "web_scroll_frame": Measurement(
            samples=[_p95(frames)],
            unit="ms",
            goal=MOST_MS_PER_FRAME,
            higher_is_better=False,
            details={"leads": count, "frames": len(frames), "p50_ms": median(frames), "longest_ms": max(frames)},
        ),
    }


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        raise FileNotFoundError("There is no Chromium on this machine: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


async def _first_load(browser: Browser, address: str) -> float:
    """Bytes over the wire of a first visit to the dashboard."""
    page = await _open(browser, address)
    session = await page.context.new_cdp_session(page)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await session.send("Network.enable")
    await page.goto(f"{address}/")
    await page.wait_for_load_state("networkidle")
    await page.context.close()
    return sum(sizes)


async def _page_to_page(browser: Browser, address: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds from a click in the navigation to the next page, once each page was visited."""
    page = await _open(browser, address)
    await page.goto(f"{address}/")
    await page.wait_for_selector("nav a")
    await page.wait_for_load_state("networkidle")
    paths = await page.eval_on_selector_all("nav[aria-label=Main] a", "links => links.map((link) => link.getAttribute('href'))")
    times: dict[str, list[float]] = {path: [] for path in paths}
    for warm in [False] + [True] * rounds:
        for path in [*paths[1:], paths[0]]:
            taken = await page.evaluate(FOLLOW, [path, await page.title()])
            await page.wait_for_load_state("networkidle")
            if warm:
                times[path].append(taken)
    await page.context.close()
    return times


async def _scroll(browser: Browser, address: str, frames: int) -> list[float]:
    """Milliseconds between frames while the table of leads is scrolled by three rows a frame."""
    page = await _open(browser, address)
    await page.goto(f"{address}/leads")
    await page.wait_for_selector("[role=grid] [role=row][id]")
    await page.wait_for_load_state("networkidle")
    times: list[float] = await page.evaluate(SCROLL, ["[role=grid]", 120, frames])
    await page.context.close()
    return times


async def _open(browser: Browser, address: str) -> Page:
    context = await browser.new_context(viewport=WINDOW)  # type: ignore[arg-type]
    return await context.new_page()


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[18]

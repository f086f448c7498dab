"""Pictures of the main pages for README and docs: `python -m scripts.screenshots`, after `make web`.

Works the demo campaign in an installation of its own and photographs the built application in Chromium.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import FLAGS, chromium
from tests.e2e.installations import ROOT, Installation, serving

IMAGES = ROOT / "docs/images"
SIZE = {"width": 1360, "height": 850}
PAGES = {
    "dashboard": "/",
    "campaign": "/campaigns/1",
    "new-campaign": "/campaigns/2/edit",
    "leads": "/leads",
    "import": "/leads/import",
    "conversations": "/conversations?view=all&thread=1",
    "handset": "/handset?phone=%2B13055550116",
    "workflow": "/workflows/1",
}
ALSO_DARK = ("dashboard", "conversations")
SETTLE_MS = 1500
LONGEST_WAIT_SECONDS = 120
PEOPLE_ANSWER_SECONDS = 15


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="outrider-screenshots-") as folder, serving(Path(folder)) as installation:
        work_demo_campaign(installation)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            for theme in ("light", "dark"):
                context = browser.new_context(viewport=SIZE, base_url=installation.url)
                context.add_init_script(f"localStorage['outrider.theme'] = '{theme}'")
                page = context.new_page()
                for name, path in PAGES.items():
                    if theme == "light" or name in ALSO_DARK:
                        photograph(page, path, IMAGES / f"{name}{'-dark' if theme == 'dark' else ''}.png")
                context.close()
            browser.close()


def work_demo_campaign(installation: Installation) -> None:
    api = installation.api
    api.post("/api/demo").raise_for_status()
    until(lambda: api.get("/api/leads/imports").json()["items"][0]["status"] == "completed")
    api.post("/api/campaigns/1/start").raise_for_status()
    until(lambda: api.get("/api/campaigns/1").json()["status"] == "completed")
    time.sleep(PEOPLE_ANSWER_SECONDS)
    api.post("/api/campaigns/1/duplicate").raise_for_status()


def until(is_so: Callable[[], bool]) -> None:
    """
    Raises:
        TimeoutError: it does not become so.
    """
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("The demo campaign takes too long.")
        time.sleep(0.5)


def photograph(page: Page, path: str, file: Path) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=file)
    sys.stdout.write(f"{file.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()

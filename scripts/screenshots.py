"""Pictures of the main pages for README and docs: `python -m scripts.screenshots [name …]`, after `make web`.

Works the demo campaign, and one with a workflow that asks people, in an installation of its own, and photographs the built
application in Chromium. With names, only those pictures are taken.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.e2e.conftest import FLAGS, chromium
from tests.e2e.installations import ROOT, Installation, serving

IMAGES = ROOT / "docs/images"
SIZE = ViewportSize(width=1360, height=850)
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
WANTS_TO_TALK = '["time", "works", "slot", "call", "talk", "perfect"].exists(word, lower(conversation.last_text).contains(word))'
VISITS: dict[str, Any] = {
    "nodes": [
        {"id": "validate", "type": "validate", "data": {}},
        {
            "id": "ask",
            "type": "send_template",
            "data": {"text": "Hi {{ lead.first_name | there }}, Maya of Brightfield here. Shall we check your roof for solar?"},
        },
        {"id": "wait", "type": "wait_for_reply", "data": {"amount": 3, "unit": "days"}},
        {
            "id": "interested",
            "type": "branch",
            "data": {"cases": [{"name": "talk", "label": "Wants to talk", "condition": WANTS_TO_TALK}]},
        },
        {
            "id": "visit",
            "type": "approval",
            "data": {
                "title": "Visit {{ lead.company | lead.name }}?",
                "body": "They wrote: “{{ conversation.last_text }}”",
                "actions": [{"name": "approved", "label": "Send somebody"}, {"name": "rejected", "label": "Don't"}],
                "form": [{"name": "discount", "label": "Discount in %", "type": "number", "value": 10}],
            },
        },
        {"id": "tag", "type": "tag", "data": {"add": ["visit"]}},
        {"id": "finalize", "type": "finalize", "data": {}},
    ],
    "edges": [
        {"source": "validate", "target": "ask"},
        {"source": "ask", "target": "wait"},
        {"source": "wait", "target": "interested"},
        {"source": "wait", "target": "finalize", "sourceHandle": "timeout"},
        {"source": "interested", "target": "visit", "sourceHandle": "talk"},
        {"source": "interested", "target": "finalize", "sourceHandle": "otherwise"},
        {"source": "visit", "target": "tag", "sourceHandle": "approved"},
        {"source": "visit", "target": "finalize", "sourceHandle": "rejected"},
        {"source": "tag", "target": "finalize"},
    ],
    "settings": {"stop_on_reply": False},
}
"""Whom to visit among those who want to talk is decided by the staff."""
VISITED, DECIDED = 100, 4
ALSO_DARK = ("dashboard", "conversations")
SETTLE_MS = 1500
LONGEST_WAIT_SECONDS = 120
PEOPLE_ANSWER_SECONDS = 15


def main(wanted: Collection[str]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="outrider-screenshots-") as folder, serving(Path(folder)) as installation:
        work_demo_campaign(installation)
        pages = PAGES | work_visits(installation)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            for theme in ("light", "dark"):
                context = browser.new_context(viewport=SIZE, base_url=installation.url)
                context.add_init_script(f"localStorage['outrider.theme'] = '{theme}'")
                page = context.new_page()
                for name, path in pages.items():
                    if wanted and name not in wanted:
                        continue
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


def work_visits(installation: Installation) -> dict[str, str]:
    """Runs that wait, wait for a decision, were decided and ended; returns the pages that show them."""
    api = installation.api

    def waiting() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = api.get("/api/run-approvals", params={"status": "waiting", "limit": 100}).json()["items"]
        return items

    workflow = api.post("/api/workflows", json={"name": "Ask, then visit", "config": VISITS}).raise_for_status().json()["id"]
    leads = [lead["id"] for lead in api.get("/api/leads", params={"limit": VISITED}).json()["items"]]
    body = {"name": "Roof visits, spring", "workflow_id": workflow, "lead_ids": leads}
    campaign = api.post("/api/campaigns", json=body).raise_for_status().json()["id"]
    api.post(f"/api/campaigns/{campaign}/start").raise_for_status()
    until(lambda: len(waiting()) > DECIDED)
    time.sleep(PEOPLE_ANSWER_SECONDS)
    decided = [one["id"] for one in waiting()[:DECIDED]]
    api.post("/api/run-approvals/decide", json={"ids": decided, "action": "approved"}).raise_for_status()
    passed = {"campaign_id": campaign, "passed": "tag", "status": "completed"}
    until(lambda: len(api.get("/api/runs", params=passed).json()["items"]) == DECIDED)
    run = api.get("/api/runs", params=passed).json()["items"][0]["id"]
    shipped = {one["name"]: one["id"] for one in api.get("/api/workflows").json()["items"]}
    cadence = api.post(f"/api/workflows/{shipped['Five touches']}/copy").raise_for_status().json()["id"]
    return {
        "workflow-editor": f"/workflows/{cadence}/edit",
        "run": f"/runs/{run}?step=visit",
        "flow": f"/campaigns/{campaign}?tab=flow",
        "approvals": "/approvals?kind=runs",
    }


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
    """
    Raises:
        RuntimeError: there is no such page.
    """
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{path} can't be shown: {answer and answer.status}")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=file)
    sys.stdout.write(f"{file.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

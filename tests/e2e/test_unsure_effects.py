"""A call of which nobody knows whether it arrived: the run's page asks, a person says it, and the run goes on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import overflow, violations
from tests.e2e.conftest import watched
from tests.e2e.finding import until
from tests.e2e.installations import Installation, QuickInstallations
from tests.e2e.test_workflows import LONG, SIZES, aside, node, prepare, run_of


@contextmanager
def receiver_that_hangs_up() -> Iterator[str]:
    """The address of a receiver that takes every call and closes the line instead of answering."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    line.recv(65_536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/orders"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture(scope="module")
def home(installations: QuickInstallations) -> Iterator[Installation]:
    with installations.serving("unsure", OUTRIDER_WEBHOOK_PRIVATE_HOSTS="true") as installation:
        prepare(installation)
        yield installation


@pytest.fixture(scope="module")
def campaign(home: Installation) -> Iterator[int]:
    """Its runs wait for somebody who knows what became of their calls."""
    with receiver_that_hangs_up() as url:
        leads = [one["id"] for one in home.api.get("/api/leads").json()["items"]]
        wanted = {"name": "Orders", "workflow_config": definition(url), "lead_ids": leads}
        number: int = home.api.post("/api/campaigns", json=wanted).raise_for_status().json()["id"]
        home.api.post(f"/api/campaigns/{number}/start").raise_for_status()
        until(lambda: states(home, number) == ["unknown"] * len(leads))
        yield number


def definition(url: str) -> dict[str, object]:
    call = {"label": "Order", "url": url, "body": {"lead": "{{ lead.name }}"}, "once": True}
    return {
        "nodes": [
            {"id": "validate", "type": "validate"},
            {"id": "order", "type": "webhook", "data": call},
            {"id": "tag", "type": "tag", "data": {"add": ["ordered"]}},
            {"id": "over", "type": "finalize"},
        ],
        "edges": [
            {"source": "validate", "target": "order"},
            {"source": "order", "target": "tag", "sourceHandle": "done"},
            {"source": "tag", "target": "over"},
        ],
    }


def states(home: Installation, campaign: int) -> list[str]:
    runs = home.api.get("/api/runs", params={"campaign_id": campaign}).json()["items"]
    details = [home.api.get(f"/api/runs/{run['id']}").json() for run in runs]
    return [effect["state"] for run in details for effect in run["effects"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_question_keeps_nobody_out(browser: Browser, home: Installation, campaign: int, theme: str) -> None:
    run = run_of(home, campaign, "Cy Marten")
    found: dict[str, list[str]] = {}
    context = browser.new_context(base_url=home.url)
    context.add_init_script(f"localStorage['outrider.theme'] = '{theme}'")
    with watched(context) as page:
        for name, size in SIZES.items():
            page.set_viewport_size(size)
            page.goto(f"/runs/{run}?step=order")
            question = page.get_by_role("button", name="It did not happen: ")
            question.scroll_into_view_if_needed()
            page.wait_for_load_state("networkidle")
            objections = violations(page) + overflow(page)
            question.click()
            expect(page.get_by_role("alertdialog")).to_be_visible()
            if objections := objections + violations(page):
                found[name] = objections
    assert not found


@pytest.mark.parametrize(
    ("lead", "answer", "state", "outcome", "tagged"),
    [("Ada Vole", "It happened", "Done", "Done", True), ("Bo Finch", "It did not happen", "Failed", "Failed", False)],
)
def test_a_person_says_it_and_the_run_goes_on(
    page: Page, home: Installation, campaign: int, lead: str, answer: str, state: str, outcome: str, tagged: bool
) -> None:
    page.goto(f"{home.url}/runs/{run_of(home, campaign, lead)}?step=order")
    happened = aside(page, "What happened")
    effects = happened.get_by_role("listitem").filter(has_text="Not sure")
    expect(happened).to_contain_text("Waits for somebody who knows whether it happened")
    expect(effects).to_contain_text("Look there, then say what became of it.")
    effects.get_by_role("button", name=f"{answer}: ").click()
    dialog = page.get_by_role("alertdialog", name=f"{answer}?")
    expect(dialog).to_contain_text("it can’t be taken back")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    effects.get_by_role("button", name=f"{answer}: ").click()
    dialog.get_by_role("button", name=f"Yes, {answer[0].lower()}{answer[1:]}").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("main header").get_by_text("Completed")).to_be_visible(timeout=LONG)
    told = happened.get_by_role("listitem").filter(has_text="decided by")
    expect(told).to_contain_text(state)
    expect(told.get_by_role("button")).to_have_count(0)
    expect(happened).to_contain_text(f"Left by{outcome}")
    expect(node(page, "tag").get_by_role("img", name="Done")).to_have_count(int(tagged))

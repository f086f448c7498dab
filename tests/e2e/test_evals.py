"""Evals: a run is started from the page, watched, cancelled, and its report opened."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations
from tests.e2e.installations import Installation, halted


def test_a_run_is_started_watched_and_its_report_opened(page: Page, demo: Installation) -> None:
    page.goto(f"{demo.url}/evals")
    page.get_by_role("button", name="Start a run").first.click()
    sheet = page.get_by_role("dialog", name="Start a run")
    sheet.get_by_label("Model").select_option("offline")
    sheet.get_by_label("Conversations").select_option("personas")
    sheet.get_by_role("button", name="Start run").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Choose at least one")
    sheet.get_by_label(re.compile("^Haggler")).check()
    sheet.get_by_label(re.compile("^Angry")).check()
    expect(sheet).to_contain_text("Plays 2 conversations.")
    assert violations(page) == []
    # Nobody plays before the page has been seen waiting for it.
    with halted(demo.processes["worker 1"]):
        sheet.get_by_role("button", name="Start run").click()
        page.wait_for_url("**/evals/*")
        expect(page.get_by_role("progressbar", name="Conversations played")).to_be_visible()
    # Nobody reloads: what has ended appears while the rest is played.
    played = page.get_by_role("region", name="Conversations")
    expect(played).to_contain_text("Haggler")
    expect(page.get_by_role("main")).to_contain_text("2 of 2 as expected")
    expect(page.get_by_role("progressbar", name="Conversations played")).to_be_hidden()
    played.get_by_text("Haggler").click()
    expect(played).to_contain_text("Ended:")
    assert violations(page) == []

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Report").click()
    report = opened.value
    expect(report.get_by_role("heading", level=1)).to_contain_text("Evals of offline")
    assert violations(report) == []


def test_a_run_is_cancelled_and_what_it_found_stays(page: Page, demo: Installation) -> None:
    run = demo.api.post("/api/evals", json={"model": "offline", "repeat": 5}).raise_for_status().json()
    page.goto(f"{demo.url}/evals")
    page.get_by_role("link", name=re.compile(f"Run {run['id']},")).click()
    expect(page.get_by_role("region", name="Conversations")).to_be_visible()
    # It doesn't come to its end before somebody has cancelled it.
    with halted(demo.processes["worker 1"]):
        page.get_by_role("button", name="Cancel run").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Cancel run").click()
        expect(page.get_by_text("Cancelled by local operator.")).to_be_visible()
    expect(page.get_by_role("region", name="Conversations")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel run")).to_be_hidden()
    assert violations(page) == []
    # The next one may begin at once.
    following = demo.api.post("/api/evals", json={"model": "offline", "only": "question-en"})
    assert following.status_code == 202
    demo.api.post(f"/api/evals/{following.json()['id']}/cancel").raise_for_status()

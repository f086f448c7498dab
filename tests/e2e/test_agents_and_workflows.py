"""Agents written, changed and deleted; workflows read as a drawing and as a list of steps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Installation


@pytest.fixture(scope="module")
def home(demo: Installation) -> str:
    return demo.url


def test_an_agent_is_written_changed_and_deleted(page: Page, home: str) -> None:
    page.goto(f"{home}/agents")
    page.get_by_role("button", name="New agent").first.click()
    sheet = page.get_by_role("dialog", name="New agent")
    sheet.get_by_role("button", name="Create agent").click()
    expect(sheet.get_by_text("Give the agent a name.")).to_be_visible()
    sheet.get_by_label("Name").fill("Nora")
    sheet.get_by_label("Prompt").fill("You are Nora, who is kind and brief.")
    sheet.get_by_label("Model").fill("a model of no provider")
    sheet.get_by_role("button", name="Create agent").click()
    expect(sheet.get_by_label("Model")).to_have_accessible_description(re.compile("Write provider:model"))
    sheet.get_by_label("Model").fill("offline")
    sheet.get_by_role("button", name="Create agent").click()
    expect(sheet).to_be_hidden()

    page.reload()
    card = page.get_by_role("listitem").filter(has_text="You are Nora")
    expect(card).to_contain_text("Not used by a campaign")
    card.get_by_role("button", name="Nora", exact=True).click()
    sheet = page.get_by_role("dialog", name="Edit agent")
    expect(sheet.get_by_label("Model")).to_have_value("offline")
    sheet.get_by_label("Prompt").fill("You are Nora, who asks one question.")
    page.keyboard.press("Control+Enter")
    expect(sheet).to_be_hidden()
    page.reload()
    expect(page.get_by_text("You are Nora, who asks one question.")).to_be_visible()

    page.get_by_role("button", name="Actions for Nora").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete agent").click()
    expect(page.get_by_text("You are Nora, who asks one question.")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Agents", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Actions for Nora")).to_have_count(0)


def test_what_was_typed_is_not_lost_by_leaving(page: Page, home: str) -> None:
    page.goto(f"{home}/agents?agent=new")
    sheet = page.get_by_role("dialog", name="New agent")
    sheet.get_by_label("Name").fill("Half an agent")
    page.keyboard.press("Escape")
    question = page.get_by_role("alertdialog", name="Leave without saving?")
    question.get_by_role("button", name="Keep editing").click()
    expect(sheet.get_by_label("Name")).to_have_value("Half an agent")
    page.keyboard.press("Escape")
    question.get_by_role("button", name="Leave").click()
    expect(sheet).to_be_hidden()


def test_a_workflow_is_read(page: Page, home: str, demo: Installation, tmp_path: Path) -> None:
    shipped = demo.api.get("/api/workflows").json()
    workflow = (shipped["items"] if isinstance(shipped, dict) else shipped)[0]
    page.goto(f"{home}/workflows")
    page.get_by_role("link", name=re.compile(re.escape(workflow["name"]))).click()
    expect(page.get_by_role("heading", name=workflow["name"], level=1)).to_be_visible()

    drawing = page.locator(".react-flow__node")
    steps = page.get_by_role("complementary", name="Steps")
    outline = steps.get_by_role("listitem")
    expect(drawing.first).to_be_visible()
    assert drawing.count() == outline.count() > 1
    first = outline.first.get_by_role("button")
    name = first.inner_text().splitlines()[0].removeprefix("1. ")
    first.click()
    expect(steps.get_by_role("heading", name=name)).to_be_visible()
    expect(steps.get_by_role("heading", name="Parameters")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]node="))
    page.reload()
    expect(steps.get_by_role("heading", name=name)).to_be_visible()
    steps.get_by_role("button", name="Back to the outline").click()
    expect(outline.first).to_be_visible()

    drawing.nth(1).click()
    expect(steps.get_by_role("heading", name="Parameters")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / "workflow.json"
    download.value.save_as(file)
    assert len(json.loads(file.read_text())["nodes"]) == drawing.count()


def test_the_drawing_can_not_be_changed(page: Page, home: str) -> None:
    page.goto(f"{home}/workflows/1")
    node = page.locator(".react-flow__node").first
    expect(node).to_be_visible()
    page.wait_for_timeout(500)
    before, size = node.evaluate("node => [node.style.transform, document.querySelectorAll('.react-flow__node').length]")
    box = node.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 112, steps=4)
    page.mouse.up()
    node.click()
    page.keyboard.press("Delete")
    page.keyboard.press("Backspace")
    after = node.evaluate("node => [node.style.transform, document.querySelectorAll('.react-flow__node').length]")
    assert after == [before, size]

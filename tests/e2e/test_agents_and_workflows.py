"""Agents written, changed and deleted; workflows read as a drawing and as a list of steps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.installations import Installation


@pytest.fixture(scope="module")
def home(demo: Installation) -> str:
    return demo.url


def test_an_agent_is_written_previewed_published_tried_and_restored(page: Page, home: str) -> None:
    page.goto(f"{home}/agents")
    page.get_by_role("button", name="New agent").first.click()
    sheet = page.get_by_role("dialog", name="New agent")
    sheet.get_by_role("button", name="Create agent").click()
    expect(sheet.get_by_text("Give the agent a name.")).to_be_visible()
    sheet.get_by_label("Name").fill("Nora")
    sheet.get_by_label("Prompt").fill("You are Nora, who is kind and brief.")
    sheet.get_by_role("button", name="Create agent").click()
    expect(page.get_by_role("heading", name="Nora", level=1)).to_be_visible()
    expect(page.get_by_text("Never published")).to_be_visible()
    publish(page, "The first")
    expect(page.get_by_text("Version 1 speaks")).to_be_visible()

    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.press("Control+End")
    prompt.press_sequentially(" You write to ")
    page.get_by_role("button", name="Insert a variable").click()
    page.get_by_role("button", name="{{lead.first_name}}").click()
    expect(prompt).to_have_value("You are Nora, who is kind and brief. You write to {{lead.first_name}}")
    preview = page.get_by_role("region", name="The prompt for this lead")
    expect(preview).to_have_text("You are Nora, who is kind and brief. You write to Ann")
    page.get_by_label("Lead", exact=True).fill("Fatima")
    page.get_by_role("list", name="Leads found").get_by_role("button", name=re.compile("Fatima")).first.click()
    expect(preview).to_contain_text("You write to Fatima")
    prompt.press("Control+End")
    prompt.press_sequentially(" {{lead.frist_name}}")
    expect(page.get_by_text("{{lead.frist_name}} is no variable. Write {{lead.first_name}}.")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    expect(prompt).to_have_accessible_description(re.compile("is no variable"))
    prompt.fill("You are Nora, who asks one question of {{lead.first_name}}.")

    page.get_by_role("tab", name="Playground").click()
    question = page.get_by_role("alertdialog", name="Leave without saving?")
    question.get_by_role("button", name="Keep editing").click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Changed draft")).to_be_visible()
    publish(page, "Asks")
    expect(page.get_by_text("Version 2 speaks")).to_be_visible()

    page.get_by_role("tab", name="Playground").click()
    page.get_by_role("button", name="Compare side by side").click()
    page.get_by_label("B: Version").select_option("1")
    page.get_by_label("What the lead writes").fill("Is it free?")
    page.keyboard.press("Enter")
    for side in ("Side A", "Side B"):
        thread = page.get_by_role("region", name=side)
        expect(thread.get_by_text("Is it free?")).to_be_visible()
        expect(thread.get_by_text(re.compile(r"\d+ tokens"))).to_be_visible()
    thread = page.get_by_role("region", name="Side A")
    thread.get_by_text("Prompt", exact=True).click()
    expect(thread.get_by_text(re.compile("who asks one question of Fatima"))).to_be_visible()

    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name=re.compile("^Version 1")).click()
    expect(page.locator("ins").first).to_contain_text("who asks one question")
    page.get_by_role("button", name="Restore as draft").click()
    expect(page.get_by_text("The draft is the same as this version.")).to_be_visible()
    page.get_by_role("tab", name="Edit").click()
    expect(prompt).to_have_value("You are Nora, who is kind and brief.")

    page.get_by_role("tab", name="Runs").click()
    page.get_by_role("button", name=re.compile("^Run ")).first.click()
    expect(page.get_by_role("dialog").get_by_text("Tried out; nothing was sent")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More for Nora").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete agent").click()
    expect(page.get_by_role("heading", name="Agents", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Nora")).to_have_count(0)


def publish(page: Page, note: str) -> None:
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Publish"))
    dialog.get_by_label("What changed?").fill(note)
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog).to_be_hidden()


def test_a_shipped_agent_is_copied_and_put_to_work(page: Page, home: str) -> None:
    page.goto(f"{home}/agents")
    page.get_by_role("button", name="Copy Marketing to edit").click()
    expect(page.get_by_role("heading", name="Marketing (copy)", level=1)).to_be_visible()
    publish(page, "")
    page.get_by_role("button", name="More for Marketing (copy)").click()
    page.get_by_role("menuitem", name="Use wherever a campaign names none").click()
    expect(page.get_by_text("At work for its kind")).to_be_visible()
    page.goto(f"{home}/agents")
    expect(page.get_by_text("Replaced by Marketing (copy)")).to_be_visible()


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

    drawing = page.locator(".react-flow__node:not(.react-flow__node-note)")
    steps = page.get_by_role("complementary", name="Steps")
    outline = steps.get_by_role("listitem")
    expect(drawing.first).to_be_visible()
    expect(outline.nth(1)).to_be_visible()
    expect(drawing).to_have_count(outline.count())
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
    steps_in_file = [node for node in json.loads(file.read_text())["config"]["nodes"] if node["type"] != "note"]
    assert len(steps_in_file) == drawing.count()


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

"""Outreach described in plain words, read by rules as the steps of a workflow. What is not understood is said word for word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.llm.offline.outreach.reader import Reader
from outrider.llm.offline.outreach.tree import written
from outrider.llm.offline.outreach.words import MOST_STEPS
from outrider.llm.offline.tasks import task

_SHOWN = {
    "sms": "text", "send_template": "text", "voice": "call", "wait_for_reply": "wait", "book_meeting": "meeting",
    "crm_sync": "CRM",
    "branch": "branch", "split": "A/B", "update_lead": "update", "enrichment": "enrich",
}  # fmt: skip
_UNSHOWN = frozenset({"validate", "tag", "list"})


@task("describe_workflow")
def outline(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Steps with their parameters as JSON; every outcome says where it leads."""
    text = str(context.get("text") or "").strip()
    reader = Reader(text)
    reader.read()
    steps, unreached = written(reader.drawing.main)
    return {
        "name": _name([str(step["type"]) for step in steps]),
        "description": " ".join(reader.phrases.shown(reader.phrases.text).split())[:300],
        "explanation": _explanation(reader, unreached),
        "stop_on_reply": reader.drawing.stops_on_reply,
        "steps": steps,
    }


def _explanation(reader: Reader, unreached: list[str]) -> str:
    said = ["Drawn by rules from your words."]
    if reader.drawing.main.steps[1:] == [] and not reader.drawing.not_understood:
        said.append("They name no step that could be drawn.")
    if reader.drawing.notes:
        said.append(f"Assumed: {'; '.join(dict.fromkeys(reader.drawing.notes))}.")
    if reader.drawing.not_understood:
        said.append(f"Not understood: {_quoted(reader.drawing.not_understood)}.")
    if unreached:
        said.append(f"Left out, because nothing leads there: {_quoted(unreached)}.")
    if reader.drawing.left_out:
        said.append(f"Left out, because it comes after the end or beyond {MOST_STEPS} steps: {_quoted(reader.drawing.left_out)}.")
    return " ".join(said)


def _quoted(parts: list[str]) -> str:
    return "; ".join(f"“{part}”" for part in dict.fromkeys(parts))


def _name(kinds: list[str]) -> str:
    shown = [_SHOWN.get(kind, kind.replace("_", " ")) for kind in kinds if kind not in _UNSHOWN]
    named = " → ".join(shown[:6])
    return named[:1].upper() + named[1:] or "Outreach"

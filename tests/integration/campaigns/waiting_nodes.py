"""Nodes and definitions for tests of paused runs: a question to people, a call to somebody outside, a text that answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from outrider.workflows.intents import Intent, RunEffect, SendText
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.waiting import Wait, WaitKind

ACTIONS = [{"name": "approved", "label": "Yes"}, {"name": "rejected", "label": "No"}]
FORM = [{"name": "discount", "label": "Discount", "type": "number", "required": True}]


async def _ask(call: NodeCall) -> NodeResult:
    due_at = call.context.now() + timedelta(days=2)
    details = {"title": "Shall we?", "body": "They are big.", "actions": ACTIONS, "form": FORM, "assignee": "sales"}
    answer = await call.wait(Wait(WaitKind.APPROVAL, due_at, details))
    if answer.event == "timeout":
        return NodeResult("timeout", "Nobody decided")
    return NodeResult(answer.data["action"], f"{answer.data['by']} decided", output=answer.data)


async def _call_outside(call: NodeCall) -> NodeResult:
    effect = RunEffect(call.node_id, "test_call", {"lead": call.context.lead_id}, answer_wanted=True)
    answer = await call.wait(Wait(WaitKind.EFFECT, None, {}), [effect])
    return NodeResult("done" if answer.event == "done" else "failed", "It is over", output=answer.data)


async def _thank(call: NodeCall) -> NodeResult:
    said = call.context.conversation.last_text
    intents: list[Intent] = [SendText(call.node_id, f"Thank you for “{said}”.", after_reply=True)]
    return NodeResult("next", "Thanked", intents=intents)


def _handles(*names: str) -> tuple[Handle, ...]:
    return tuple(Handle(name, name, "", otherwise="finalize") for name in names)


def _specification(kind: str, run: Any, handles: tuple[Handle, ...], **values: Any) -> NodeSpecification:
    words: Any = {"name": kind, "label": kind, "icon": "circle", "description": kind, "docs": kind, "category": "people"}
    return NodeSpecification(kind=kind, handles=handles, run=run, **words, **values)


SPECIFICATIONS = {
    "test_ask": _specification("test_ask", _ask, _handles("approved", "rejected", "timeout"), pauses=True),
    "test_call": _specification("test_call", _call_outside, _handles("done", "failed"), pauses=True, has_effects=True),
    "test_thank": _specification("test_thank", _thank, _handles("next"), has_effects=True),
}


def definition(*steps: str | tuple[str, dict[str, Any]], **settings: Any) -> dict[str, Any]:
    """A chain from validation to the end; `wait`, `wait_for_reply`, `sms` and the kinds of this module in between.

    A step is a type, or a type with its parameters; its node's id is its type and place: `wait2`.
    """
    nodes: list[dict[str, Any]] = [{"id": "validate", "type": "validate", "data": {}}]
    edges: list[dict[str, Any]] = []
    handle = "passed"
    for place, step in enumerate(steps, 1):
        kind, data = step if isinstance(step, tuple) else (step, {})
        node = {"id": f"{kind}{place}", "type": kind, "data": data}
        edges.append({"source": nodes[-1]["id"], "target": node["id"], "sourceHandle": handle})
        if nodes[-1]["type"] == "wait_for_reply":
            edges.append({"source": nodes[-1]["id"], "target": "finalize", "sourceHandle": "timeout"})
        nodes.append(node)
        handle = FIRST_HANDLES[kind]
    edges.append({"source": nodes[-1]["id"], "target": "finalize", "sourceHandle": handle})
    if nodes[-1]["type"] == "wait_for_reply":
        edges.append({"source": nodes[-1]["id"], "target": "finalize", "sourceHandle": "timeout"})
    nodes.append({"id": "finalize", "type": "finalize", "data": {}})
    return {"nodes": nodes, "edges": edges, **({"settings": settings} if settings else {})}


FIRST_HANDLES = {
    "sms": "sms", "wait": "next", "wait_for_reply": "replied", "test_ask": "approved", "test_call": "done", "test_thank": "next",
}  # fmt: skip

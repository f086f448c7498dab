"""The workflows that are killed: all that are shipped, and one that pauses in every way there is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from outrider.workflows.intents import RunEffect
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.runs.effects import EffectCall, EffectDelayed, EffectUnknown, effect
from outrider.workflows.shipped import FOLDER
from outrider.workflows.waiting import Wait, WaitKind

RECEIVER_VARIABLE = "CHAOS_RECEIVER"
KIND = "chaos_call"
KEY_HEADER = "Idempotency-Key"
EVERY_PAUSE = "every pause"


def _node(name: str, kind: str, **data: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "data": data}


def _edges(*ways: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"source": source, "sourceHandle": handle, "target": target} for source, handle, target in ways]


INNER = {
    "nodes": [_node("nap", "wait", amount=2), _node("note", "transform", fields=[{"name": "of", "value": "{{ lead.id }}"}]),
              _node("done", "finalize")],
    "edges": _edges(("nap", "next", "note"), ("note", "next", "done")),
}  # fmt: skip
ALL_KINDS_OF_PAUSES: dict[str, Any] = {
    "nodes": [
        _node("check", "validate"),
        _node("hello", "sms"),
        _node("both", "parallel", branches=[{"name": "later"}, {"name": "person"}]),
        _node("day", "wait", amount=1),
        _node("told", "transform", fields=[{"name": "waited", "value": "{{ steps.day.until }}"}]),
        _node("ask", "approval", title="Go on?", actions=[{"name": "approved"}, {"name": "rejected"}]),
        _node("together", "join"),
        _node("call", KIND),
        _node("inner", "sub_workflow", definition=INNER),
        _node("answer", "wait_for_reply"),
        _node("again", "sms"),
        _node("end", "finalize"),
    ],
    "edges": _edges(
        ("check", "passed", "hello"), ("check", "failed", "end"), ("hello", "sms", "both"),
        ("both", "later", "day"), ("day", "next", "told"), ("told", "next", "together"),
        ("both", "person", "ask"), ("ask", "approved", "together"), ("together", "next", "call"),
        ("call", "done", "inner"), ("inner", "completed", "answer"),
        ("answer", "replied", "end"), ("answer", "timeout", "again"), ("again", "sms", "end"),
    ),
}  # fmt: skip


def definitions() -> Mapping[str, dict[str, Any]]:
    """By name. Those that name a type of node which this installation does not have are left out by nobody: they fail."""
    shipped = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return {EVERY_PAUSE: ALL_KINDS_OF_PAUSES, **{one["name"]: one["config"] for one in shipped}}


async def _ask_outside(call: NodeCall) -> NodeResult:
    wanted = RunEffect(call.node_id, KIND, {"lead": call.context.lead_id}, answer_wanted=True)
    answer = await call.wait(Wait(WaitKind.EFFECT, None, {}), [wanted])
    return NodeResult("done" if answer.event == "done" else "failed", "It is over.", output=answer.data)


def install(receiver: str) -> None:
    """Add the type of node that calls the stand-in, and what carries that call out."""
    words: Any = {"name": KIND, "label": KIND, "icon": "circle", "description": KIND, "docs": KIND, "category": "integrations"}
    handles = tuple(Handle(name, name, "", otherwise="finalize") for name in ("done", "failed"))
    SPECIFICATIONS[KIND] = NodeSpecification(  # type: ignore[index]
        kind=KIND, handles=handles, run=_ask_outside, pauses=True, has_effects=True, **words
    )

    @effect(KIND, repeatable=True)
    async def carry_out(call: EffectCall) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.post(receiver, json=call.payload, headers={KEY_HEADER: call.idempotency_key})
        except httpx.ConnectError as error:
            raise EffectDelayed(f"Not reached: {error}") from error
        except httpx.HTTPError as error:
            raise EffectUnknown(f"No answer: {error}") from error
        return {"status": answer.status_code}

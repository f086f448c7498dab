"""The way of a draft as a graph: draft → awaiting approval → approved, changed or rejected → intents.

The graph stops at `decide` by LangGraph's `interrupt`. Its state goes with the approval's row, so that any process can go on
from there; a decision is handed in by `resume`, which returns the intents. Without an approval there are none.
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, TypedDict, cast

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel

from outrider.agents.sales.results import TouchChannel


class Decision(StrEnum):
    APPROVED = "approved"
    CHANGED = "changed"
    """Approved with another text."""
    REJECTED = "rejected"


class SendText(BaseModel):
    """Hand the text to the outbox."""

    kind: Literal["send_text"] = "send_text"
    body: str


class PersonTask(BaseModel):
    """A person does it: no machine of ours mails or calls."""

    kind: Literal["person_task"] = "person_task"
    channel: TouchChannel
    body: str


ApprovedIntent = SendText | PersonTask


class Given(BaseModel):
    """What a person decided."""

    decision: Decision
    text: str | None = None
    """The text instead of the drafted one."""


class FlowState(TypedDict, total=False):
    channel: str
    text: str
    status: str
    intents: list[dict[str, Any]]


WAITING = "awaiting_approval"
DECIDE = "decide"
KEPT = ("channel", "text", "status")
"""What of the state goes with the row."""


async def begin(channel: TouchChannel, text: str) -> dict[str, Any]:
    """Run up to the decision; returns the state to keep."""
    graph = _graph()
    reached = await graph.ainvoke({"channel": str(channel), "text": text, "status": "draft"}, _config())
    return {name: reached[name] for name in KEPT}


async def resume(state: dict[str, Any], given: Given) -> list[ApprovedIntent]:
    """Go on from a kept state with a person's decision; returns what is to be done."""
    graph, config = _graph(), _config()
    await graph.aupdate_state(config, {name: state[name] for name in KEPT}, as_node="wait")
    await graph.ainvoke(None, config)
    final = cast(FlowState, await graph.ainvoke(Command(resume=given.model_dump(mode="json")), config))
    return [_intent(one) for one in final.get("intents", [])]


@lru_cache(maxsize=1)
def _builder() -> Any:
    graph: Any = StateGraph(FlowState)
    graph.add_node("wait", _wait)
    graph.add_node(DECIDE, _decide)
    graph.add_node("act", _act)
    graph.add_edge(START, "wait")
    graph.add_edge("wait", DECIDE)
    graph.add_conditional_edges(DECIDE, _after, {"act": "act", "end": END})
    graph.add_edge("act", END)
    return graph


def _graph() -> Any:
    # A checkpointer of its own: what one run leaves in memory is gone with it.
    return _builder().compile(checkpointer=InMemorySaver())


def _config() -> dict[str, Any]:
    return {"configurable": {"thread_id": uuid.uuid4().hex}}


async def _wait(_: FlowState) -> FlowState:
    return {"status": WAITING}


async def _decide(state: FlowState) -> FlowState:
    given = Given.model_validate(interrupt({"channel": state["channel"], "text": state["text"]}))
    text = given.text if given.decision is Decision.CHANGED and given.text else state["text"]
    return {"status": given.decision, "text": text}


def _after(state: FlowState) -> str:
    return "end" if state["status"] == Decision.REJECTED else "act"


async def _act(state: FlowState) -> FlowState:
    channel = TouchChannel(state["channel"])
    done: ApprovedIntent = SendText(body=state["text"])
    if channel is not TouchChannel.SMS:
        done = PersonTask(channel=channel, body=state["text"])
    return {"intents": [done.model_dump(mode="json")]}


def _intent(given: dict[str, Any]) -> ApprovedIntent:
    return SendText.model_validate(given) if given["kind"] == "send_text" else PersonTask.model_validate(given)

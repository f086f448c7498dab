"""The state that a run carries from node to node: what a paused run keeps, and nothing else.

Nodes return what they change (`Change`); `merge` applies it. What is constant over a stretch of a run is in its `RunContext`,
what the stretch brings about goes to its `Recorder`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

if TYPE_CHECKING:
    from outrider.workflows.context import LeadData, Recorder, RunContext, TranscriptEntry
    from outrider.workflows.intents import Intent

SUMMED = ("sms_cost", "input_tokens", "output_tokens")
"""Facts of which a change says by how much they grow; all others are replaced."""


class RunState(TypedDict):
    """Plain data throughout, so that a checkpoint needs no class of ours to be read."""

    steps: dict[str, dict[str, Any]]
    """Latest output of each node, by its path, in the order of their latest visits. A node that failed has `error`:
    `{type, message}`."""
    visits: dict[str, int]
    """How often each node was visited, by its path."""
    outcome: str
    """Handle by which the last node was left."""
    status: str
    """`completed` or `failed`, once the run is finalized; empty before."""
    error_message: str
    """Why the run fails; empty if nothing went wrong, or what went wrong was dealt with."""
    error_node: str
    """Path of the node at fault."""

    validation_passed: bool
    validation_errors: list[str]
    sms_sent: bool
    """The run asked for a text. Whether it left is the outbox's knowledge, not the run's."""
    sms_message: str
    sms_cost: Decimal
    """US dollars of the model calls."""
    input_tokens: int
    output_tokens: int
    model_used: str | None


class Change(TypedDict):
    """What a node, or a whole branch, changes of a `RunState`."""

    kind: Literal["change"]
    steps: NotRequired[dict[str, dict[str, Any]]]
    visits: NotRequired[dict[str, int]]
    facts: NotRequired[dict[str, Any]]
    """Other keys of the state; those of `SUMMED` by how much they grow."""


def initialize_lead_state() -> RunState:
    """State at the start of a run."""
    return {
        "steps": {},
        "visits": {},
        "outcome": "",
        "status": "",
        "error_message": "",
        "error_node": "",
        "validation_passed": False,
        "validation_errors": [],
        "sms_sent": False,
        "sms_message": "",
        "sms_cost": Decimal(0),
        "input_tokens": 0,
        "output_tokens": 0,
        "model_used": None,
    }


def merge(state: RunState, change: RunState | Change) -> RunState:
    """The reducer of the graph: `state` with `change` applied; a whole state (the run's start) replaces it."""
    if change.get("kind") is None:
        return cast(RunState, change)
    merged = cast("dict[str, Any]", {**state})
    delta = cast(Change, change)
    if (steps := delta.get("steps")) is not None:
        # What was visited again moves to the end: the order says what came last.
        earlier = state["steps"]
        if not earlier.keys().isdisjoint(steps):
            earlier = {path: output for path, output in earlier.items() if path not in steps}
        merged["steps"] = {**earlier, **steps}
    if (visits := delta.get("visits")) is not None:
        merged["visits"] = {**state["visits"], **visits}
    if (facts := delta.get("facts")) is not None:
        for key in SUMMED:
            if key in facts:
                facts = {**facts, key: merged[key] + facts[key]}
        merged.update(facts)
    return cast(RunState, merged)


def difference(before: RunState, after: RunState) -> Change:
    """The change that leads from `before` to `after`, so that branches that ran side by side can be put together."""
    old, new = cast("Mapping[str, Any]", before), cast("Mapping[str, Any]", after)
    facts = {key: value for key, value in new.items() if key not in ("steps", "visits") and value != old[key]}
    for key in SUMMED:
        if key in facts:
            facts[key] -= old[key]
    return {
        "kind": "change",
        "steps": {path: output for path, output in after["steps"].items() if before["steps"].get(path) is not output},
        "visits": {path: count for path, count in after["visits"].items() if before["visits"].get(path) != count},
        "facts": facts,
    }


class LogEntry(TypedDict):
    """What one node did."""

    node: str
    """Name of the node's kind: `validate`, `sms_agent`, `finalize`."""
    node_id: str
    level: str
    """`INFO`, `WARNING` or `ERROR`."""
    message: str
    ms: float
    """Milliseconds the node took."""
    tokens: int
    cost: Decimal
    """US dollars of its model calls."""
    details: dict[str, Any]


class CampaignLeadState(TypedDict):
    """Everything about a run of one campaign lead in one place; a view, see `final_state`."""

    campaign_lead_id: int
    campaign_id: int
    lead_id: int
    trace_id: str
    lead_data: LeadData
    agent_type: str
    sms_system_prompt: str
    sms_temperature: float
    """0.0–1.0."""

    validation_passed: bool
    validation_errors: list[str]
    sms_sent: bool
    sms_message: str
    sms_cost: Decimal
    input_tokens: int
    output_tokens: int
    model_used: str | None

    conversation_history: list[TranscriptEntry]
    processing_logs: list[LogEntry]
    intents: list[Intent]
    outcome: str
    status: str
    error_message: str


def final_state(context: RunContext, state: RunState, recorder: Recorder) -> CampaignLeadState:
    """The view of a run that puts together what it knew, what it carries and what its latest stretch brought."""
    return {
        "campaign_lead_id": context.subject.id,
        "campaign_id": context.campaign_id,
        "lead_id": context.lead_id,
        "trace_id": context.trace_id,
        "lead_data": context.lead,
        "agent_type": context.campaign.agent_type,
        "sms_system_prompt": context.campaign.sms_system_prompt,
        "sms_temperature": context.campaign.sms_temperature,
        "validation_passed": state["validation_passed"],
        "validation_errors": state["validation_errors"],
        "sms_sent": state["sms_sent"],
        "sms_message": state["sms_message"],
        "sms_cost": state["sms_cost"],
        "input_tokens": state["input_tokens"],
        "output_tokens": state["output_tokens"],
        "model_used": state["model_used"],
        "conversation_history": recorder.transcript,
        "processing_logs": [step.log_entry() for step in recorder.steps],
        "intents": [asked.intent for asked in recorder.intents],
        "outcome": state["outcome"],
        "status": state["status"],
        "error_message": state["error_message"],
    }

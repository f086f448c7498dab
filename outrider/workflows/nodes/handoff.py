"""Hand-over: picks what the next agent gets to know, and says what it shall do."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.teamwork import HANDOFF, latest_text, lead_facts

Part = Literal["lead", "campaign", "conversation", "findings"]
ALL_PARTS: tuple[Part, ...] = ("lead", "campaign", "conversation", "findings")
RAW = frozenset({"result", "agent_type", "kind"})
"""What a step's output holds besides what people read of it."""


class HandoffParams(NodeParams):
    to: str = Field(
        "deterministic agent", min_length=1, max_length=120, title="To", description="Who takes over, in words; for the log."
    )
    reason: str = Field("", max_length=500, title="Why", description="Why it is handed over; for the log and the next agent.")
    instructions: str = Field(
        "",
        max_length=2000,
        title="What to do",
        description="What the next agent shall do.",
        json_schema_extra={"format": "textarea"},
    )
    message: str = Field(
        "",
        max_length=4000,
        title="Draft",
        description="A draft to hand over; empty takes the latest text that an agent of this run wrote.",
        json_schema_extra={"format": "textarea"},
    )
    share: list[Part] = Field(
        default_factory=lambda: list(ALL_PARTS),
        title="What it gets to know",
        description="The lead's facts (never their number or address), the campaign, what was said, what agents found.",
    )
    findings_of: list[str] = Field(
        default_factory=list,
        max_length=50,
        title="Findings of",
        description="Steps whose findings are handed over; empty hands over those of all agents.",
        json_schema_extra={"x-options": "nodes"},
    )


class HandoffOutput(BaseModel):
    kind: Literal["handoff"]
    to: str
    reason: str
    instructions: str
    message: str
    """The draft that was handed over."""
    known: dict[str, Any]
    """What the next agent gets to know: `lead`, `campaign`, `conversation`, `findings`."""
    at: str
    """When, in ISO 8601."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, HandoffParams)
    params, steps = call.params, call.names["steps"]
    if missing := [name for name in params.findings_of if name not in steps]:
        raise NodeFailed(f"There is nothing to hand over of {', '.join(missing)}: the run did not come by.", kind="missing")
    message = params.message.strip() or latest_text(steps)
    known = {name: _PARTS[name](call, steps, params.findings_of) for name in params.share}
    output = {
        "kind": HANDOFF,
        "to": params.to,
        "reason": params.reason,
        "instructions": params.instructions,
        "message": message,
        "known": known,
        "at": call.context.now().isoformat(),
    }
    shared = ", ".join(params.share) or "nothing but the draft"
    return NodeResult("next", f"Handed over to the {params.to}: {shared}", output=output, details={"reason": params.reason})


def _lead(call: NodeCall, steps: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    return lead_facts(call.context)


def _campaign(call: NodeCall, steps: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    campaign = call.context.campaign
    return {"name": campaign.name, "description": campaign.description, "sender_name": campaign.sender_name}


def _conversation(call: NodeCall, steps: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    said = call.context.conversation
    return {"last_text": said.last_text, "replied": said.replied, "language": said.language}


def _findings(call: NodeCall, steps: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """What agents found, without the evidence behind it."""
    chosen = wanted or [name for name, output in steps.items() if output.get("agent_type")]
    return {name: {key: value for key, value in steps[name].items() if key not in RAW} for name in chosen}


_PARTS = {"lead": _lead, "campaign": _campaign, "conversation": _conversation, "findings": _findings}


SPECIFICATION = NodeSpecification(
    kind=HANDOFF,
    name=HANDOFF,
    label="Hand-over",
    icon="arrow-right-left",
    description="Hands the run over from one agent to the next, with what that one gets to know.",
    docs=(
        "Passes on a **draft**, **what to do** and the parts of what is known that the next agent shall see; the next *Creative "
        "agent* or *Deterministic agent* then works from that alone. Phone number and e-mail address are never part of it. "
        "What was handed over is in the step, so that the run page shows what an agent knew."
    ),
    category="agents",
    handles=(Handle("next", "Next", "The next agent takes over."),),
    run=run,
    params=HandoffParams,
    is_pure=True,
    output=HandoffOutput,
    example={"to": "deterministic agent", "reason": "The draft is written.", "instructions": "Check the facts."},
)

"""Wait for reply: the run goes on when the lead writes, or when nothing came in time."""

from __future__ import annotations

from pydantic import BaseModel, Field

from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.wait import zone_of
from outrider.workflows.timing import BusinessHours, Unit, after, within_hours
from outrider.workflows.waiting import Wait, WaitKind


class WaitForReplyParams(NodeParams):
    amount: float = Field(3, gt=0, le=400, description="How long to wait for an answer.")
    unit: Unit = Field(Unit.DAYS, description="Days and weeks keep the time of day where the lead is.")
    within: BusinessHours | None = Field(None, description="Without an answer, go on only within these hours.")


class WaitForReplyOutput(BaseModel):
    replied: bool
    text: str
    """What the lead wrote; empty without an answer."""
    at: str
    """When, in ISO 8601."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, WaitForReplyParams)
    params, zone = call.params, zone_of(call.context.lead)
    ends = after(call.context.now(), params.amount, params.unit, zone)
    if params.within is not None:
        ends = within_hours(ends, params.within, zone)
    answer = await call.wait(Wait(WaitKind.REPLY, ends, {"zone": zone.key}))
    if answer.event != "reply":
        return NodeResult("timeout", "No answer came in time", output={"replied": False, "text": "", "at": ""})
    output = {"replied": True, "text": str(answer.data.get("text", "")), "at": str(answer.data.get("at", ""))}
    return NodeResult("replied", "The lead answered", output=output)


SPECIFICATION = NodeSpecification(
    kind="wait_for_reply",
    name="wait_for_reply",
    label="Wait for reply",
    icon="message-circle-question-mark",
    description="Goes on when the lead answers, or after a time without an answer.",
    docs=(
        "Leaves by **replied** as soon as the lead writes, with their text in `steps.<id>.text`; by **timeout** when nothing "
        "came in time. The answer is handled by the agent or a person, as in every campaign; an opt-out ends "
        "the run."
    ),
    category="timing",
    handles=(
        Handle("replied", "Replied", "The lead wrote."),
        Handle("timeout", "No reply", "Nothing came in time."),
    ),
    run=run,
    params=WaitForReplyParams,
    pauses=True,
    output=WaitForReplyOutput,
    example={"amount": 3, "unit": "days"},
)

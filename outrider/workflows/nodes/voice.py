"""Voice agent: a call to the lead. A person places it for now; the run waits for what came of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.sms import ensure_has_number
from outrider.workflows.nodes.wait import zone_of
from outrider.workflows.timing import BusinessHours, Unit, after, within_hours
from outrider.workflows.waiting import Wait, WaitKind

UNAVAILABLE = "Calls by an agent can't be placed yet."
REMEDY = "Choose `by: person`: somebody of yours gets the call as a task."
NOTES = "notes"
OUTCOMES = {
    "reached": Handle("reached", "Reached", "Somebody spoke with the lead."),
    "no_answer": Handle("no_answer", "No answer", "Nobody picked up.", otherwise="ordinary"),
    "voicemail": Handle("voicemail", "Voicemail", "A message was left.", otherwise="ordinary"),
    "wrong_number": Handle("wrong_number", "Wrong number", "Somebody else has this number.", otherwise="finalize"),
}
TIMED_OUT = Handle("timed_out", "Nobody called", "The call was not made in time.", otherwise="ordinary")


class VoiceParams(NodeParams):
    by: Literal["person", "agent"] = Field("person", title="Who calls", description=f"A person of yours. {UNAVAILABLE}")
    title: str = Field("", max_length=200, title="Task", description="What the task is called; empty says “Call” and the name.")
    script: str = Field(
        "",
        max_length=8000,
        title="Script",
        description="What to say, as in `Ask about {{ steps.growth.angle | their plans }}`; empty says what it is about.",
        json_schema_extra={"format": "textarea"},
    )
    assignee: str = Field(
        "",
        max_length=200,
        title="Who is asked",
        description="A name, a role or a team, in words; an e-mail address is written to. Empty asks everybody.",
        json_schema_extra={"x-options": "users"},
    )
    amount: float = Field(2, gt=0, le=400, title="Time-out", description="How long the call may take to be made.")
    unit: Unit = Field(Unit.DAYS, title="Unit", description="Days and weeks keep the time of day where the lead is.")
    within: BusinessHours | None = Field(
        None, title="Within", description="The time-out ends only within these hours, where the lead is."
    )

    @field_validator("by")
    @classmethod
    def _can_be_placed(cls, by: str) -> str:
        if by == "agent":
            raise ValueError(f"{UNAVAILABLE} {REMEDY}")
        return by


class VoiceOutput(BaseModel):
    outcome: str
    """`reached`, `no_answer`, `voicemail`, `wrong_number` or `timed_out`."""
    notes: str
    """What the person noted."""
    by: str
    """Who called."""
    at: str
    """When it was noted, in ISO 8601."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, VoiceParams)
    context, params = call.context, call.params
    ensure_has_number(context)
    zone = zone_of(context.lead)
    ends = after(context.now(), params.amount, params.unit, zone)
    if params.within is not None:
        ends = within_hours(ends, params.within, zone)
    answer = await call.wait(Wait(WaitKind.APPROVAL, ends, task_of(call, params)))
    if answer.event != "decided":
        output = {"outcome": TIMED_OUT.name, "notes": "", "by": "", "at": ""}
        return NodeResult(TIMED_OUT.name, "Nobody called in time", level="WARNING", output=output)
    outcome, notes = str(answer.data["action"]), str((answer.data.get("answers") or {}).get(NOTES) or "")
    by = str(answer.data.get("by", ""))
    output = {"outcome": outcome, "notes": notes, "by": by, "at": str(answer.data.get("at", ""))}
    return NodeResult(outcome, f"{by or 'Somebody'} called: {OUTCOMES[outcome].label.lower()}", output=output)


def task_of(call: NodeCall, params: VoiceParams) -> dict[str, Any]:
    """The call as a task for a person, in the form in which approvals ask."""
    lead, zone = call.context.lead, zone_of(call.context.lead)
    who = lead["name"].strip() or "the lead"
    about = ", ".join(filter(None, (lead["title"], lead["company"], lead["city"])))
    now = f"It was {call.context.now().astimezone(zone):%H:%M} there ({zone.key}) when this was asked."
    parts = [f"{who}, {lead['phone']}", about, now, params.script.strip() or _script(call)]
    return {
        "title": " ".join(params.title.split()) or f"Call {who}",
        "body": "\n\n".join(filter(None, parts)),
        "assignee": params.assignee.strip(),
        "actions": [{"name": handle.name, "label": handle.label} for handle in OUTCOMES.values()],
        "form": [{"name": NOTES, "label": "Notes", "type": "text", "required": False, "options": [], "value": None}],
    }


def _script(call: NodeCall) -> str:
    campaign, said = call.context.campaign, call.context.conversation.last_text
    from_us = f"You call on behalf of {campaign.sender_name}." if campaign.sender_name else ""
    about = f"What it is about: {campaign.description}" if campaign.description else ""
    wrote = f"They wrote last: “{said}”" if said else ""
    return "\n".join(filter(None, (from_us, about, wrote)))


SPECIFICATION = NodeSpecification(
    kind="voice",
    name="voice_agent",
    label="Voice agent",
    icon="phone",
    description="Has the lead called, and goes on by what came of the call.",
    docs=(
        "With **by: person** the run waits while somebody of yours calls: the task (“Call Ann Lee”, with number, local time and "
        "script) appears among the approvals, with a button for each outcome and a field for notes, which later steps read as "
        "`steps.<id>.notes`. Nobody is called automatically: **by: agent** can't be chosen until calls can be placed."
    ),
    category="message",
    handles=(*OUTCOMES.values(), TIMED_OUT),
    run=run,
    params=VoiceParams,
    pauses=True,
    output=VoiceOutput,
    example={"by": "person", "script": "Ask whether the text arrived, and offer two times.", "amount": 1, "unit": "days"},
)

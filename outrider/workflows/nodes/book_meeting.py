"""Book meeting: agrees on a time in the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from outrider.workflows.intents import RunEffect
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.wait import zone_of
from outrider.workflows.runs.meetings import BOOK_MEETING, BOOKED, NO_TIME, TAKEN
from outrider.workflows.waiting import Wait, WaitKind


class BookMeetingParams(NodeParams):
    title: str = Field("Meeting with {{ lead.name | a lead }}", max_length=300, title="Title")
    calendar_id: int | None = Field(
        None,
        ge=1,
        title="Calendar",
        description="One of those that serve the campaign; empty takes whichever is free.",
        json_schema_extra={"x-options": "calendars"},
    )
    start: datetime | None = Field(
        None,
        title="Begin",
        description="The time to book, often an expression. Empty takes the first free time that fits. "
        "Without a zone it is the lead's own time.",
    )
    after: datetime | None = Field(None, title="Not before", description="For the first free time.")
    before: datetime | None = Field(None, title="Not after", description="For the first free time: it ends by then.")
    part_of_day: Literal["morning", "afternoon", "evening"] | None = Field(
        None, title="Part of the day", description="On the lead's clock, for the first free time."
    )


class BookMeetingOutput(BaseModel):
    id: int | None
    """Number of the booking; null if none was made."""
    start: str
    """In ISO 8601."""
    end: str
    title: str
    location: str
    """A place, or the link of a video call."""
    calendar_id: int | None


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, BookMeetingParams)
    params, zone = call.params, zone_of(call.context.lead)
    payload: dict[str, Any] = {
        "title": " ".join(params.title.split()),
        "calendar_id": params.calendar_id,
        "start": _stored(params.start, zone),
        "after": _stored(params.after, zone),
        "before": _stored(params.before, zone),
        "part_of_day": params.part_of_day,
        "time_zone": zone.key,
        "conversation_id": call.context.conversation.id,
    }
    effect = RunEffect(call.node_id, BOOK_MEETING, payload, answer_wanted=True)
    answer = await call.wait(Wait(WaitKind.EFFECT, None, {"books": payload["title"]}), [effect])
    if answer.event != "failed":
        start = str(answer.data.get("start", ""))
        return NodeResult(BOOKED, f"Booked {start or 'a meeting'}", output=_output(answer.data))
    outcome, reason = answer.data.get("outcome"), str(answer.data.get("error", ""))
    if outcome not in (TAKEN, NO_TIME):
        raise NodeFailed(reason or "The meeting could not be booked.", kind="not_booked")
    return NodeResult(str(outcome), reason, level="WARNING", output=_output({}))


def _output(data: dict[str, Any]) -> dict[str, Any]:
    texts = {name: str(data.get(name) or "") for name in ("start", "end", "title", "location")}
    return {"id": data.get("id"), "calendar_id": data.get("calendar_id"), **texts}


def _stored(moment: datetime | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


SPECIFICATION = NodeSpecification(
    kind="book_meeting",
    name="book_meeting",
    label="Book meeting",
    icon="calendar-plus",
    description="Books a given time, or the first free one that fits, in a calendar that serves the campaign.",
    docs=(
        "The calendar's working hours, buffers and limits hold. It is booked once, also when a worker dies meanwhile or the run "
        "is replayed; calendar and people get their invitations as always. A lead whose conversation has a meeting ahead gets "
        "it moved. Later steps read `steps.<id>.start`, in any workflow `conversation.meeting.start` is the lead's next meeting."
    ),
    category="people",
    handles=(
        Handle(BOOKED, "Booked", "The meeting is in the calendar."),
        Handle(TAKEN, "Taken", "The given time is not free, or none that can be booked.", otherwise="finalize"),
        Handle(NO_TIME, "No time", "No free time fits.", otherwise="finalize"),
    ),
    run=run,
    params=BookMeetingParams,
    pauses=True,
    has_effects=True,
    output=BookMeetingOutput,
    example={"title": "Roof check with {{ lead.name }}", "part_of_day": "morning"},
)

"""Finding times, booking one of them, and calling a meeting off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from outrider.agents.base import AgentType, BookMeeting, CancelMeeting, Slot
from outrider.agents.tools.base import Arguments, NoArguments, PartOfDay, RunAuthority, ToolRefused, ToolResult, tool

PLANNERS = (AgentType.SCHEDULER, AgentType.CONVERSATION, AgentType.BDR)


class FindSlots(Arguments):
    after: Annotated[datetime | None, Field(description="Not before this time, ISO 8601 in the lead's own time.")] = None
    before: Annotated[datetime | None, Field(description="To end by this time, ISO 8601 in the lead's own time.")] = None
    part_of_day: PartOfDay | None = None


class BookSlot(Arguments):
    number: Annotated[int, Field(ge=1, le=20, description="Number of the slot as find_slots listed it.")]
    title: Annotated[str, Field(min_length=1, max_length=120, description="What the meeting is about.")]


@tool("find_slots", "Free times for a meeting, in the lead's own time zone, numbered.", FindSlots, agent_types=PLANNERS)
async def find_slots(authority: RunAuthority, arguments: FindSlots) -> ToolResult:
    if authority.slots is None:
        raise ToolRefused("No calendar is connected.")
    zone = _zone(authority)
    found = await authority.slots.find(
        campaign_id=authority.campaign_id,
        time_zone=authority.context.time_zone,
        now=authority.context.now,
        after=_local(arguments.after, zone),
        before=_local(arguments.before, zone),
        part_of_day=arguments.part_of_day,
        spread_by=authority.lead_id or 0,
    )
    if not found:
        return ToolResult("There is no free time then.")
    return ToolResult([_shown(number, slot, zone) for number, slot in enumerate(found, 1)], offered=found)


@tool(
    "book_meeting",
    "Book one of the times that were offered, once the lead agreed to it.",
    BookSlot,
    has_effects=True,
    agent_types=PLANNERS,
)
async def book_meeting(authority: RunAuthority, arguments: BookSlot) -> ToolResult:
    if any(isinstance(intent, BookMeeting) for intent in authority.intents):
        raise ToolRefused("A meeting was asked for already in this answer.")
    offered = authority.known_slots
    if arguments.number > len(offered):
        raise ToolRefused("Only times that were offered can be booked. Look for times with find_slots first.")
    slot = offered[arguments.number - 1]
    if slot.starts_at <= authority.context.now:
        raise ToolRefused("That time has passed. Look for new times with find_slots.")
    asked = BookMeeting(slot=slot, title=arguments.title)
    return ToolResult({"asked for": _shown(arguments.number, slot, _zone(authority))}, intents=[asked])


@tool("cancel_meeting", "Call off the meeting that was agreed on.", NoArguments, has_effects=True, agent_types=PLANNERS)
async def cancel_meeting(authority: RunAuthority, _: NoArguments) -> ToolResult:
    meeting = authority.context.meeting
    if meeting is None:
        raise ToolRefused("There is no meeting with this lead.")
    return ToolResult("The meeting will be called off.", intents=[CancelMeeting(booking_id=meeting.booking_id)])


def _shown(number: int, slot: Slot, zone: ZoneInfo) -> dict[str, object]:
    here = slot.starts_at.astimezone(zone)
    return {
        "number": number,
        "starts_at": here.isoformat(timespec="minutes"),
        "in words": f"{here:%A, %-d %B at %H:%M}",
        "minutes": round((slot.ends_at - slot.starts_at).total_seconds() / 60),
    }


def _zone(authority: RunAuthority) -> ZoneInfo:
    try:
        return ZoneInfo(authority.context.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A time without a zone is the lead's own."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)

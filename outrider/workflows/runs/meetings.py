"""Meetings that runs book after the commit. Booking and its name are committed together, so that each is made once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from outrider.agents.base import BookMeeting, Slot
from outrider.agents.scheduling.models import Booking
from outrider.agents.scheduling.service import SlotTaken, book, requested, slots_at
from outrider.agents.scheduling.slots import SlotFinder
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import NotFound
from outrider.workflows.runs.effects import EffectCall, EffectDelayed, EffectRefused, effect

BOOK_MEETING = "book_meeting"
BOOKED, TAKEN, NO_TIME = "booked", "taken", "no_time"
MOST_TRIES = 10
"""Slots that others may take from under our hands, one after the other, before it is tried later."""


async def find_booked(call: EffectCall) -> dict[str, Any] | None:
    """What an earlier attempt booked."""
    async with call.part(Database).transaction() as session:
        found = await requested(session, call.idempotency_key)
        return None if found is None else _told(found)


@effect(BOOK_MEETING, look_up=find_booked)
async def book_meeting(call: EffectCall) -> dict[str, Any]:
    """Book the slot that is asked for, or the first free one that fits.

    Raises:
        EffectRefused: its result says `taken` or `no_time`; without one the lead is gone.
        EffectDelayed: others took every slot that was found.
    """
    if (start := _moment(call.payload.get("start"))) is not None:
        return await _book_at(call, start)
    finder = SlotFinder(call.part(Database), call.part(Settings))
    for _ in range(MOST_TRIES):
        slots = await finder.find(
            campaign_id=call.campaign_id,
            time_zone=call.payload["time_zone"],
            now=datetime.now(UTC),
            after=_moment(call.payload.get("after")),
            before=_moment(call.payload.get("before")),
            part_of_day=call.payload.get("part_of_day"),
            limit=1,
            calendar_id=call.payload.get("calendar_id"),
        )
        if not slots:
            raise EffectRefused("No free time fits.", result={"outcome": NO_TIME})
        if (booked := await _book(call, slots[0])) is not None:
            return booked
    raise EffectDelayed("Others took every time that was free.")


async def _book_at(call: EffectCall, start: datetime) -> dict[str, Any]:
    async with call.part(Database).transaction() as session:
        zone = call.part(Settings).time_zone
        slots = await slots_at(session, start, call.payload.get("calendar_id"), call.campaign_id, zone)
    for slot in slots:
        if (booked := await _book(call, slot)) is not None:
            return booked
    raise EffectRefused("The time is not free.", result={"outcome": TAKEN})


async def _book(call: EffectCall, slot: Slot) -> dict[str, Any] | None:
    """The booking; None if the slot is not free any more."""
    try:
        async with call.part(Database).transaction() as session:
            booking = await book(
                session,
                BookMeeting(slot=slot, title=call.payload.get("title", "")),
                lead_id=call.lead_id,
                conversation_id=call.payload.get("conversation_id"),
                campaign_id=call.campaign_id,
                key=call.idempotency_key,
            )
            return _told(booking)
    except SlotTaken:
        return None
    except NotFound as error:
        raise EffectRefused(error.detail) from error


def _told(booking: Booking) -> dict[str, Any]:
    return {
        "outcome": BOOKED,
        "id": booking.id,
        "start": booking.starts_at.isoformat(),
        "end": booking.ends_at.isoformat(),
        "title": booking.title,
        "location": booking.location,
        "calendar_id": booking.calendar_id,
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

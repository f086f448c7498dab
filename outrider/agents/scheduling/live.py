"""What people who look at meetings are told, and what is noted in their threads."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scheduling.events import MeetingBooked, MeetingCancelled, MeetingMoved
from outrider.agents.scheduling.models import AGENT, Booking
from outrider.conversations.models import Decision
from outrider.conversations.repository import threads
from outrider.events.bus import subscribe
from outrider.events.live import announce
from outrider.events.topics import Topic


def tell_booking(session: AsyncSession, booking: Booking) -> None:
    """Calendar or people outside know more of it, or less."""
    announce(session, Topic.BOOKINGS, "delivery", [booking.id])


@subscribe(MeetingBooked)
async def tell_booked(session: AsyncSession, event: MeetingBooked) -> None:
    announce(session, Topic.BOOKINGS, "booked", [event.booking_id])
    await _note(session, event, Decision.MEETING_BOOKED, event.booked_by)


@subscribe(MeetingMoved)
async def tell_moved(session: AsyncSession, event: MeetingMoved) -> None:
    announce(session, Topic.BOOKINGS, "moved", [event.earlier_booking_id, event.booking_id])
    await _note(session, event, Decision.MEETING_MOVED, event.moved_by)


@subscribe(MeetingCancelled)
async def tell_cancelled(session: AsyncSession, event: MeetingCancelled) -> None:
    announce(session, Topic.BOOKINGS, "cancelled", [event.booking_id])
    await _note(session, event, Decision.MEETING_CANCELLED, event.cancelled_by)


async def _note(
    session: AsyncSession, event: MeetingBooked | MeetingMoved | MeetingCancelled, decision: Decision, by: str
) -> None:
    """The lead's timeline shows it by itself; the thread, as a decision about the conversation."""
    if event.lead_id is not None:
        announce(session, Topic.LEADS, "changed", [event.lead_id])
    if event.conversation_id is not None:
        actor = None if by == AGENT else by
        threads.keep_decision(session, event.conversation_id, decision, actor, event.starts_at.isoformat())
        announce(session, Topic.CONVERSATIONS, "handling", [event.conversation_id])

"""What people who look at meetings are told."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scheduling.events import MeetingBooked, MeetingCancelled, MeetingMoved
from outrider.agents.scheduling.models import Booking
from outrider.events.bus import subscribe
from outrider.events.live import announce
from outrider.events.topics import Topic


def tell_booking(session: AsyncSession, booking: Booking) -> None:
    """Calendar or people outside know more of it, or less."""
    announce(session, Topic.BOOKINGS, "delivery", [booking.id])


@subscribe(MeetingBooked)
async def tell_booked(session: AsyncSession, event: MeetingBooked) -> None:
    announce(session, Topic.BOOKINGS, "booked", [event.booking_id])
    _tell_around(session, event)


@subscribe(MeetingMoved)
async def tell_moved(session: AsyncSession, event: MeetingMoved) -> None:
    announce(session, Topic.BOOKINGS, "moved", [event.earlier_booking_id, event.booking_id])
    _tell_around(session, event)


@subscribe(MeetingCancelled)
async def tell_cancelled(session: AsyncSession, event: MeetingCancelled) -> None:
    announce(session, Topic.BOOKINGS, "cancelled", [event.booking_id])
    _tell_around(session, event)


def _tell_around(session: AsyncSession, event: MeetingBooked | MeetingMoved | MeetingCancelled) -> None:
    """The lead's timeline and the thread show it, too."""
    if event.lead_id is not None:
        announce(session, Topic.LEADS, "changed", [event.lead_id])
    if event.conversation_id is not None:
        announce(session, Topic.CONVERSATIONS, "handling", [event.conversation_id])

"""Meetings: book, move, cancel. Calendar and people outside learn of it afterwards, by jobs of the same transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import BookMeeting, Meeting, Slot, WorkflowContext
from outrider.agents.scheduling import repository
from outrider.agents.scheduling.delivery_jobs import deliver, invite
from outrider.agents.scheduling.events import MeetingBooked, MeetingCancelled, MeetingMoved
from outrider.agents.scheduling.hours import Span, working_slots
from outrider.agents.scheduling.models import (
    AGENT,
    Booking,
    BookingStatus,
    Calendar,
    CalendarKind,
    InvitationState,
    MeetingDelivery,
    span_of,
)
from outrider.agents.scheduling.openings import Taken, full_days, merged
from outrider.agents.scheduling.slots import rules_of
from outrider.agents.variables import fill
from outrider.conversations.meetings import knows_meetings
from outrider.conversations.threads import require_conversation
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.bus import publish
from outrider.leads.models import Lead

FARTHEST = timedelta(days=730)
OVERLAP = "ex_bookings_one_at_a_time"


class SlotTaken(Conflict):
    """The time is not free any more, or never was one that could be booked."""

    title = "The time is not free"


class NotBooked(Conflict):
    """The meeting was cancelled or moved, or is over."""

    title = "The meeting does not take place"


@dataclass(frozen=True, slots=True)
class _Wish:
    """A meeting that somebody asks for."""

    starts_at: datetime
    ends_at: datetime
    title: str
    lead_id: int
    conversation_id: int | None
    campaign_id: int | None
    by: str
    note: str = ""
    key: str | None = None


async def book(
    session: AsyncSession, intent: BookMeeting, *, lead_id: int, conversation_id: int | None, campaign_id: int | None,
    key: str | None = None,
) -> Booking:  # fmt: skip
    """Book a slot that an agent offered. Asked for twice it is one booking; a conversation that has a meeting ahead moves it.

    Args:
        key: unique name of the request, by which `requested` finds what it brought.

    Raises:
        SlotTaken: the slot is not free, or none of its calendar.
    """
    slot, now = intent.slot, datetime.now(UTC)
    wish = _Wish(
        slot.starts_at.astimezone(UTC), slot.ends_at.astimezone(UTC), intent.title, lead_id, conversation_id, campaign_id, AGENT,
        key=key,
    )  # fmt: skip
    calendar = await repository.lock_calendar(session, slot.calendar_id)
    if calendar is None or not calendar.enabled:
        raise SlotTaken("This calendar takes no meetings.")
    if again := await repository.same_booking(session, calendar.id, lead_id, wish.starts_at):
        return again
    ahead = await repository.meeting_ahead(session, conversation_id, now, lock=True) if conversation_id is not None else None
    rules = rules_of(calendar)
    span = Span(wish.starts_at, wish.ends_at)
    if span not in working_slots(rules.hours, rules.zone, rules.length, span.starts_at, span.ends_at):
        raise SlotTaken("The time is none of the calendar's slots.")
    taken = await _ensure_free(session, calendar, span, now, besides=ahead)
    if rules.day_of(span.starts_at) in full_days(rules, taken):
        raise SlotTaken("The day has as many meetings as it may have.")
    if ahead is not None:
        return await _move(session, ahead, calendar, span, AGENT, key)
    return await _add(session, calendar, wish)


async def book_by_person(
    session: AsyncSession, calendar_id: int, wish_starts_at: datetime, minutes: int | None, *, lead_id: int, by: str,
    title: str = "", note: str = "", conversation_id: int | None = None, campaign_id: int | None = None,
) -> Booking:  # fmt: skip
    """Book any time at which the calendar has nothing else, also outside its working hours.

    Raises:
        NotFound: no such calendar or lead.
        InvalidInput: the time is past.
        SlotTaken: the calendar has something else.
    """
    calendar = await _calendar(session, calendar_id)
    starts_at = wish_starts_at.astimezone(UTC)
    span = Span(starts_at, starts_at + timedelta(minutes=minutes or calendar.slot_minutes))
    now = datetime.now(UTC)
    _ensure_sensible(starts_at, now)
    if conversation_id is not None:
        conversation = await require_conversation(session, conversation_id)
        if conversation.lead_id != lead_id:
            raise InvalidInput.on("body.conversation_id", "is another lead's conversation", "Leave it out.")
    await _ensure_free(session, calendar, span, now)
    return await _add(
        session,
        calendar,
        _Wish(span.starts_at, span.ends_at, title, lead_id, conversation_id, campaign_id, by, note),
        given=title,
    )


async def move(
    session: AsyncSession, booking_id: int, starts_at: datetime, *, by: str, calendar_id: int | None = None
) -> Booking:
    """Give a meeting another time, and another calendar if one is named; returns the booking of the new time.

    Raises:
        NotFound: no such booking or calendar.
        NotBooked: it was cancelled or moved, or is over.
        InvalidInput: the time is past.
        SlotTaken: the calendar has something else.
    """
    known = await get_booking(session, booking_id)
    calendar = await _calendar(session, calendar_id or known.calendar_id)
    booking = await _locked(session, booking_id)
    now = datetime.now(UTC)
    _ensure_ahead(booking, now)
    begin = starts_at.astimezone(UTC)
    _ensure_sensible(begin, now)
    span = Span(begin, begin + (booking.ends_at - booking.starts_at))
    if span.starts_at == booking.starts_at and calendar.id == booking.calendar_id:
        return booking
    await _ensure_free(session, calendar, span, now, besides=booking)
    return await _move(session, booking, calendar, span, by)


async def cancel(session: AsyncSession, booking_id: int, *, lead_id: int | None, reason: str, by: str = AGENT) -> Booking:
    """Cancel a meeting; one that was cancelled or moved already stays as it is.

    Args:
        lead_id: on whose behalf; None for a person of ours, who may cancel any.

    Raises:
        NotFound: no such booking, or it is another lead's.
        NotBooked: it is over.
    """
    # In the order of whoever books or moves, so that neither waits for the other.
    await repository.lock_calendar(session, (await get_booking(session, booking_id)).calendar_id)
    booking = await _locked(session, booking_id)
    if lead_id is not None and booking.lead_id != lead_id:
        raise _no_booking(booking_id)
    if booking.status != BookingStatus.BOOKED:
        return booking
    _ensure_ahead(booking, datetime.now(UTC))
    await end_booking(session, booking, reason, by)
    return booking


async def end_booking(session: AsyncSession, booking: Booking, reason: str, by: str) -> None:
    """Cancel a locked booking."""
    booking.status = BookingStatus.CANCELLED
    booking.sequence += 1
    booking.ended_at, booking.ended_by, booking.end_reason = datetime.now(UTC), by, reason[:300] or None
    if booking.delivery_state != MeetingDelivery.NOT_NEEDED:
        booking.delivery_state, booking.delivery_problem = MeetingDelivery.PENDING, None
    if booking.invitation_state != InvitationState.NOT_SENT:
        booking.invitation_state, booking.invitation_problem = InvitationState.PENDING, None
    await session.flush()
    await _tell_outside(session, booking)
    await publish(
        session,
        MeetingCancelled(
            booking.id, booking.calendar_id, booking.lead_id, booking.conversation_id, booking.campaign_id, booking.starts_at,
            booking.end_reason or "", by,
        ),
    )  # fmt: skip


async def meeting_of(session: AsyncSession, conversation_id: int) -> Meeting | None:
    """The conversation's next meeting; None if none lies ahead."""
    booking = await repository.meeting_ahead(session, conversation_id, datetime.now(UTC))
    if booking is None:
        return None
    slot = Slot(calendar_id=booking.calendar_id, starts_at=booking.starts_at, ends_at=booking.ends_at)
    return Meeting(booking_id=booking.id, slot=slot, status=booking.status)


async def requested(session: AsyncSession, key: str) -> Booking | None:
    """The booking that the request of this name brought; None if it brought none."""
    return await repository.requested(session, key)


async def slots_at(
    session: AsyncSession, starts_at: datetime, calendar_id: int | None, campaign_id: int | None, time_zone: str
) -> list[Slot]:
    """The slots that would begin at this moment, free or not: of one calendar, or of all that serve the campaign.

    Args:
        time_zone: the installation's, for the calendar that is made if there is none.
    """
    await repository.ensure_one(session, time_zone)
    calendars = [one for one in await repository.serving(session, campaign_id) if calendar_id in (None, one.id)]
    begin = starts_at.astimezone(UTC)
    return [Slot(calendar_id=one.id, starts_at=begin, ends_at=begin + timedelta(minutes=one.slot_minutes)) for one in calendars]


@knows_meetings
async def leads_with_meeting(session: AsyncSession, lead_ids: Collection[int]) -> set[int]:
    """Those of the leads that have a meeting ahead: their “cancel the call” is about it."""
    return await repository.leads_with_meeting(session, lead_ids, datetime.now(UTC))


async def get_booking(session: AsyncSession, booking_id: int) -> Booking:
    """
    Raises:
        NotFound: no such booking.
    """
    booking = await repository.booking(session, booking_id)
    if booking is None:
        raise _no_booking(booking_id)
    return booking


async def deliver_again(session: AsyncSession, booking_id: int) -> Booking:
    """Tell calendar and people once more, as far as that failed.

    Raises:
        NotFound: no such booking.
    """
    booking = await _locked(session, booking_id)
    if booking.delivery_state == MeetingDelivery.FAILED:
        booking.delivery_state, booking.delivery_problem = MeetingDelivery.PENDING, None
    if booking.invitation_state == InvitationState.FAILED:
        booking.invitation_state, booking.invitation_problem = InvitationState.PENDING, None
    await session.flush()
    await _tell_outside(session, booking)
    return booking


async def _calendar(session: AsyncSession, calendar_id: int) -> Calendar:
    calendar = await repository.lock_calendar(session, calendar_id)
    if calendar is None:
        raise NotFound(f"There is no calendar {calendar_id}.")
    return calendar


async def _locked(session: AsyncSession, booking_id: int) -> Booking:
    booking = await repository.booking(session, booking_id, lock=True)
    if booking is None:
        raise _no_booking(booking_id)
    return booking


def _no_booking(booking_id: int) -> NotFound:
    return NotFound(f"There is no booking {booking_id}.")


def _ensure_ahead(booking: Booking, now: datetime) -> None:
    if booking.status != BookingStatus.BOOKED:
        raise NotBooked(f"The meeting was {booking.status}.", remedy="Book another one.")
    if booking.ends_at <= now:
        raise NotBooked("The meeting is over.")


def _ensure_sensible(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise InvalidInput.on("body.starts_at", "is past", "Choose a time ahead.")
    if starts_at > now + FARTHEST:
        raise InvalidInput.on("body.starts_at", "is too far ahead", "Choose a time within two years.")


async def _ensure_free(
    session: AsyncSession, calendar: Calendar, span: Span, now: datetime, *, besides: Booking | None = None
) -> Taken:
    """
    Raises:
        SlotTaken: it is past, or the calendar has something else.
    """
    if span.starts_at <= now:
        raise SlotTaken("The time is past.")
    rules = rules_of(calendar)
    around = Span(span.starts_at - rules.before, span.ends_at + rules.after)
    found = await repository.taken(
        session, [calendar.id], around.starts_at, around.ends_at, besides=besides.id if besides else None
    )
    taken = found[calendar.id]
    if any(one.starts_at < around.ends_at and around.starts_at < one.ends_at for one in merged([*taken.meetings, *taken.busy])):
        raise SlotTaken("The calendar has something else at this time.", remedy="Choose another time.")
    return taken


async def _add(session: AsyncSession, calendar: Calendar, wish: _Wish, *, given: str = "") -> Booking:
    lead = await session.get(Lead, wish.lead_id)
    if lead is None:
        raise NotFound(f"There is no lead {wish.lead_id}.")
    booking = Booking(
        calendar_id=calendar.id, lead_id=wish.lead_id, conversation_id=wish.conversation_id, campaign_id=wish.campaign_id,
        starts_at=wish.starts_at, ends_at=wish.ends_at, span=_span(calendar, Span(wish.starts_at, wish.ends_at)),
        time_zone=lead.time_zone or next(iter(lead.time_zones), None) or calendar.time_zone,
        title=given or _title(calendar, lead, wish.title), location=calendar.location, note=wish.note,
        attendee_name=lead.name or None, attendee_email=lead.email, booked_by=wish.by,
        request_key=wish.key, uid=uuid4().hex, sequence=0,
        **_states(calendar, lead.email),
    )  # fmt: skip
    await _insert(session, booking)
    await _tell_outside(session, booking)
    await publish(
        session,
        MeetingBooked(
            booking.id, calendar.id, booking.lead_id, booking.conversation_id, booking.campaign_id, booking.starts_at,
            booking.ends_at, wish.by,
        ),
    )  # fmt: skip
    return booking


async def _move(
    session: AsyncSession, earlier: Booking, calendar: Calendar, span: Span, by: str, key: str | None = None
) -> Booking:
    earlier.status = BookingStatus.MOVED
    earlier.ended_at, earlier.ended_by = datetime.now(UTC), by
    if earlier.delivery_state != MeetingDelivery.NOT_NEEDED and calendar.id != earlier.calendar_id:
        # The event leaves the one outside calendar and appears in the other.
        earlier.sequence += 1
        earlier.delivery_state = MeetingDelivery.PENDING
    elif earlier.delivery_state == MeetingDelivery.PENDING:
        earlier.delivery_state = MeetingDelivery.DELIVERED if earlier.external_id else MeetingDelivery.NOT_NEEDED
    await session.flush()
    booking = Booking(
        calendar_id=calendar.id, lead_id=earlier.lead_id, conversation_id=earlier.conversation_id,
        campaign_id=earlier.campaign_id, starts_at=span.starts_at, ends_at=span.ends_at, span=_span(calendar, span),
        time_zone=earlier.time_zone, title=earlier.title, location=calendar.location, note=earlier.note,
        attendee_name=earlier.attendee_name, attendee_email=earlier.attendee_email, booked_by=by, uid=earlier.uid,
        request_key=key, sequence=earlier.sequence + 1, **_states(calendar, earlier.attendee_email),
    )  # fmt: skip
    await _insert(session, booking)
    earlier.moved_to_id = booking.id
    await session.flush()
    if earlier.delivery_state == MeetingDelivery.PENDING:
        await deliver.enqueue(session, earlier.id)
    await _tell_outside(session, booking)
    await publish(
        session,
        MeetingMoved(
            booking.id, earlier.id, calendar.id, booking.lead_id, booking.conversation_id, booking.campaign_id,
            booking.starts_at, booking.ends_at, earlier.starts_at, by,
        ),
    )  # fmt: skip
    return booking


async def _insert(session: AsyncSession, booking: Booking) -> None:
    """
    Raises:
        SlotTaken: another meeting came first.
    """
    try:
        async with session.begin_nested():
            session.add(booking)
    except IntegrityError as error:
        if OVERLAP in str(error.orig):
            raise SlotTaken("The calendar has something else at this time.", remedy="Choose another time.") from error
        raise
    await session.refresh(booking)


async def _tell_outside(session: AsyncSession, booking: Booking) -> None:
    if booking.delivery_state == MeetingDelivery.PENDING:
        await deliver.enqueue(session, booking.id)
    if booking.invitation_state == InvitationState.PENDING:
        await invite.enqueue(session, booking.id)


def _states(calendar: Calendar, attendee: str | None) -> dict[str, object]:
    is_outside = calendar.kind != CalendarKind.BUILT_IN
    has_reader = bool(attendee or calendar.owner_email)
    return {
        "delivery_state": MeetingDelivery.PENDING if is_outside else MeetingDelivery.NOT_NEEDED,
        "invitation_state": InvitationState.PENDING if has_reader else InvitationState.NOT_SENT,
        "invitation_problem": None if has_reader else "Neither the lead nor the calendar has an e-mail address.",
    }


def _span(calendar: Calendar, span: Span) -> object:
    rules = rules_of(calendar)
    return span_of(calendar.id, span.starts_at - rules.before, span.ends_at + rules.after)


def _title(calendar: Calendar, lead: Lead, said: str) -> str:
    """The calendar's own title, else what was said; data of the lead on one line."""
    who = {"name": lead.name, "company": lead.company, "title": lead.title, "city": lead.city}
    context = WorkflowContext(call_id="title", now=datetime.now(UTC), lead=who)
    title = fill(calendar.title_template, context) or said or fill("Meeting with {{lead.name|a lead}}", context)
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())[:300]

"""Bring meetings to the calendars and the people outside, and outside busy times here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from outrider.agents.scheduling import repository
from outrider.agents.scheduling.hours import Span
from outrider.agents.scheduling.invitations import event_of, invitation
from outrider.agents.scheduling.live import tell_booking
from outrider.agents.scheduling.mailer import Mailer
from outrider.agents.scheduling.models import Booking, BookingStatus, Calendar, InvitationState, MeetingDelivery
from outrider.agents.scheduling.openings import merged, without
from outrider.errors import ConfigurationError, ProviderError
from outrider.integrations.calendar.base import Busy, OutsideCalendar
from outrider.integrations.calendar.build import OutsideCalendars
from outrider.jobs import JobContext, job

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
"""Longer than a delivery takes with every time-out in it."""
CONFLICT = "The outside calendar has something else at this time."


@job("bookings.deliver")
async def deliver(context: JobContext, booking_id: int) -> None:
    """Make the outside calendar agree with a booking. Asked twice it changes nothing twice: the event has an id of ours."""
    async with context.transaction() as session:
        booking = await repository.claim_delivery(session, booking_id, LEASE)
        if booking is None:
            waiting = await repository.booking(session, booking_id)
            if waiting is not None and waiting.delivery_state == MeetingDelivery.PENDING:
                # The meeting is in somebody's hands, perhaps as it was before.
                await deliver.later(LEASE, key=f"bookings.deliver:{booking_id}")(session, booking_id)
            return
        calendar = await session.get_one(Calendar, booking.calendar_id)
    try:
        outside = context.part(OutsideCalendars).open(calendar.account, calendar.external_id, calendar.time_zone)
        try:
            values = await _bring(outside, booking, calendar, is_retry=context.attempt > 0)
        finally:
            await outside.aclose()
    except (ProviderError, ConfigurationError) as error:
        await _note_failure(context, booking, error)
        return
    async with context.transaction() as session:
        is_current = await repository.settle_delivery(session, booking.id, booking.sequence, **values)
        tell_booking(session, booking)
        if not is_current:
            await deliver.enqueue(session, booking.id)
        elif booking.sequence > 0:
            # The earlier time is free again; the copy learns of it now rather than in minutes.
            await repository.forget_earlier(session, booking)
            await refresh.enqueue(session, booking.calendar_id)


async def _bring(outside: OutsideCalendar, booking: Booking, calendar: Calendar, *, is_retry: bool) -> dict[str, object]:
    """Speak to the calendar; returns what the booking's row has to say then."""
    if booking.status != BookingStatus.BOOKED:
        await outside.remove(booking.uid)
        return {"delivery_state": MeetingDelivery.DELIVERED, "delivery_problem": None, "external_id": None}
    problem = None
    if booking.sequence == 0 and booking.external_id is None and not is_retry:
        # Something may have been entered since the copy was made. The lead was told the time, so the meeting stands.
        seen = await outside.busy(booking.starts_at, booking.ends_at)
        problem = CONFLICT if any(busy.uid != booking.uid for busy in seen) else None
    external_id = await outside.put(event_of(booking, calendar))
    return {"delivery_state": MeetingDelivery.DELIVERED, "delivery_problem": problem, "external_id": external_id}


async def _note_failure(context: JobContext, booking: Booking, error: ProviderError | ConfigurationError) -> None:
    """Let people see what is wrong; what may pass is tried again by the queue, and later by `bookings.sweep`.

    Raises:
        ProviderError: it may pass.
    """
    passes = isinstance(error, ProviderError) and error.retryable
    state = MeetingDelivery.PENDING if passes else MeetingDelivery.FAILED
    async with context.transaction() as session:
        await repository.settle_delivery(
            session, booking.id, booking.sequence, delivery_state=state, delivery_problem=f"{error.detail} {error.remedy}".strip()
        )
        tell_booking(session, booking)
    log.warning("booking_not_delivered", booking_id=booking.id, error=repr(error), passes=passes)
    if passes and context.attempt + 1 < deliver.max_attempts:
        raise error


@job("bookings.invite")
async def invite(context: JobContext, booking_id: int) -> None:
    """Write to the people of a meeting what became of it. The same change is always the same mail."""
    async with context.transaction() as session:
        booking = await repository.booking(session, booking_id)
        if booking is None or booking.invitation_state != InvitationState.PENDING or booking.status == BookingStatus.MOVED:
            return
        calendar = await session.get_one(Calendar, booking.calendar_id)
    mailer = context.part(Mailer)
    state, problem = InvitationState.SENT, None
    if not mailer.is_set_up:
        state, problem = InvitationState.NOT_SENT, "No e-mail is set up."
    elif (mail := invitation(booking, calendar, mailer.address)) is None:
        state, problem = InvitationState.NOT_SENT, "Nobody has an e-mail address."
    else:
        try:
            await mailer.send(mail)
        except ProviderError as error:
            log.warning("invitation_not_sent", booking_id=booking.id, error=repr(error))
            if error.retryable and context.attempt + 1 < invite.max_attempts:
                raise
            state, problem = InvitationState.FAILED, error.detail
    async with context.transaction() as session:
        await repository.settle_invitation(
            session, booking.id, booking.sequence, invitation_state=state, invitation_problem=problem
        )
        tell_booking(session, booking)


@job("calendars.refresh", max_attempts=1)
async def refresh(context: JobContext, calendar_id: int) -> None:
    """Copy the busy times of an outside calendar; what fails is tried again at the next round, and told meanwhile."""
    async with context.transaction() as session:
        calendar = await session.get(Calendar, calendar_id)
    if calendar is None or calendar.account is None:
        return
    began = datetime.now(UTC)
    try:
        outside = context.part(OutsideCalendars).open(calendar.account, calendar.external_id, calendar.time_zone)
        try:
            busy = await outside.busy(began, began + timedelta(days=calendar.horizon_days + 1))
        finally:
            await outside.aclose()
    except (ProviderError, ConfigurationError) as error:
        log.warning("calendar_not_read", calendar_id=calendar_id, error=repr(error))
        async with context.transaction() as session:
            (await session.get_one(Calendar, calendar_id)).busy_problem = f"{error.detail} {error.remedy}".strip()
        return
    async with context.transaction() as session:
        current = await repository.lock_calendar(session, calendar_id)
        if current is None or (current.account, current.external_id) != (calendar.account, calendar.external_id):
            return
        meetings, uids = await repository.outside_meetings(session, calendar_id, began)
        await repository.replace_busy(session, calendar_id, of_others(busy, meetings, uids))
        current.busy_fetched_at, current.busy_problem = began, None


def of_others(busy: Sequence[Busy], meetings: Sequence[Span], uids: Collection[str]) -> list[Span]:
    """Busy times without those of our own meetings, which the bookings tell better.

    Calendars that name no ids run neighbouring times together, so ours are cut out of them.
    """
    named = [Span(one.starts_at, one.ends_at) for one in busy if one.uid is not None and one.uid not in uids]
    nameless = [Span(one.starts_at, one.ends_at) for one in busy if one.uid is None]
    return merged([*named, *without(nameless, meetings)])

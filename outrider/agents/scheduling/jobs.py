"""What becomes due by the clock, and what follows when leads go."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scheduling import live, repository  # noqa: F401  (what is told live takes part)
from outrider.agents.scheduling.delivery_jobs import deliver, refresh
from outrider.agents.scheduling.events import MeetingNear
from outrider.agents.scheduling.service import end_booking
from outrider.config import Settings
from outrider.events.bus import publish, subscribe
from outrider.jobs import JobContext, schedule
from outrider.leads.events import LeadsLeaving


@schedule("calendars.refresh_all", "*/5 * * * *")
async def refresh_all(context: JobContext) -> None:
    """Renew the copies of all outside calendars."""
    async with context.transaction() as session:
        for calendar_id in await repository.outside_ids(session):
            await refresh.later(timedelta(0), key=f"calendars.refresh:{calendar_id}")(session, calendar_id)


@schedule("bookings.sweep", "*/5 * * * *")
async def sweep(context: JobContext) -> None:
    """Try meetings again whose calendar was away for longer than the queue is patient."""
    async with context.transaction() as session:
        await deliver.enqueue_many(session, [{"booking_id": one} for one in await repository.undelivered(session)])


@schedule("bookings.remind", "* * * * *")
async def remind(context: JobContext) -> None:
    """Tell which meetings come near."""
    within = timedelta(minutes=context.part(Settings).meeting_reminder_minutes)
    async with context.transaction() as session:
        for booking in await repository.remind(session, within):
            await publish(
                session,
                MeetingNear(
                    booking.id, booking.calendar_id, booking.lead_id, booking.conversation_id, booking.campaign_id,
                    booking.starts_at,
                ),
            )  # fmt: skip


@subscribe(LeadsLeaving)
async def leave_no_meetings(session: AsyncSession, event: LeadsLeaving) -> None:
    """Meetings of leads that are deleted don't take place, and what is kept of past ones names nobody."""
    ahead = await repository.ahead_of_leads(session, event.lead_ids)
    await repository.forget_people(session, event.lead_ids)
    for booking in ahead:
        await session.refresh(booking)
        await end_booking(session, booking, "The lead was deleted.", "system")

"""What is done with CRMs in the background."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings
from outrider.crm import deliveries, repository
from outrider.crm.delivering import Deliverer
from outrider.crm.models import BackfillState, ConnectionState
from outrider.crm.polling import Poller
from outrider.errors import OutriderError
from outrider.integrations.crm.build import Crms
from outrider.jobs import JobContext, job, schedule

BUSY_PAUSE = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)


def _poller(context: JobContext) -> Poller:
    return Poller(context.database, context.part(Crms), context.part(Settings))


@schedule("crm.tick", "* * * * * */10")
async def tick(context: JobContext) -> None:
    """Start what is due: polls, backfills that were interrupted, deliveries."""
    async with context.transaction() as session:
        now = datetime.now(UTC)
        for one in await repository.connections(session):
            if one.state != ConnectionState.ACTIVE:
                continue
            seconds = timedelta(seconds=one.options.get("poll_seconds", 30))
            if one.polled_at is None or one.polled_at + seconds <= now:
                await start_poll(session, one.id)
            if one.backfill == BackfillState.RUNNING and (one.backfilling_until is None or one.backfilling_until < now):
                await start_backfill(session, one.id)
        for connection_id in sorted(await deliveries.has_waiting(session)):
            await start_delivery(session, connection_id)


async def start_poll(session: AsyncSession, connection_id: int) -> None:
    await poll.later(timedelta(0), key=f"crm.poll:{connection_id}")(session, connection_id=connection_id)


async def start_backfill(session: AsyncSession, connection_id: int) -> None:
    await backfill.later(timedelta(0), key=f"crm.backfill:{connection_id}")(session, connection_id=connection_id)


async def start_delivery(session: AsyncSession, connection_id: int, delay: timedelta = timedelta(0)) -> None:
    await deliver.later(delay, key=f"crm.deliver:{connection_id}")(session, connection_id=connection_id)


@job("crm.poll", max_attempts=1, is_bulk=True)
async def poll(context: JobContext, connection_id: int) -> None:
    """Bring in what changed there. A failure is noted at the connection; the next tick tries again."""
    try:
        await _poller(context).poll(connection_id)
    except OutriderError:
        return
    async with context.transaction() as session:
        if connection_id in await deliveries.has_waiting(session):
            await start_delivery(session, connection_id)


@job("crm.backfill", max_attempts=1, is_bulk=True)
async def backfill(context: JobContext, connection_id: int) -> None:
    """Bring in everything that is there. A failure is noted at the connection; the next tick carries on from the last page."""
    with suppress(OutriderError):
        await _poller(context).backfill(connection_id)


@job("crm.deliver", max_attempts=20)
async def deliver(context: JobContext, connection_id: int) -> None:
    """Deliver what is due, and come again when there is more."""
    again = await Deliverer(context.database, context.part(Crms), context.part(Settings)).deliver(connection_id)
    if again is None:
        return
    wait = min(max(again - datetime.now(UTC), BUSY_PAUSE), LONGEST_WAIT)
    async with context.transaction() as session:
        await start_delivery(session, connection_id, wait)

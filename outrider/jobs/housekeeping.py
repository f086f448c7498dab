"""Schedules that keep the database small."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from outrider.db.idempotency import forget_before
from outrider.jobs.definition import JobContext, schedule

KEEP_KEYS = timedelta(days=1)
KEEP_JOB_LOG = timedelta(days=7)
KEEP_LIVE_EVENTS = timedelta(hours=1)

FORGET_LIVE_EVENTS = text("""
    DELETE FROM live_events WHERE created_at < :before AND id < (SELECT max(id) FROM live_events)
""")
"""The newest stays: clients that have heard of everything can still resume after a quiet night."""


@schedule("jobs.forget_live_events", "*/10 * * * *")
async def forget_live_events(context: JobContext) -> None:
    """Drop live updates that are too old to be replayed."""
    async with context.transaction() as session:
        await session.execute(FORGET_LIVE_EVENTS, {"before": datetime.now(UTC) - KEEP_LIVE_EVENTS})


@schedule("jobs.housekeeping", "17 * * * *")
async def housekeeping(context: JobContext) -> None:
    """Drop idempotency keys of yesterday and the log of jobs that ended a week ago."""
    now = datetime.now(UTC)
    async with context.transaction() as session:
        await forget_before(session, now - KEEP_KEYS)
        await session.execute(text("DELETE FROM pgqueuer_log WHERE created < :before"), {"before": now - KEEP_JOB_LOG})

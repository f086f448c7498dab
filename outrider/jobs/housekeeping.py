"""Schedules that keep the database small."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from outrider.db.idempotency import forget_before
from outrider.jobs.definition import JobContext, schedule

KEEP_KEYS = timedelta(days=1)
KEEP_JOB_LOG = timedelta(days=7)


@schedule("jobs.housekeeping", "17 * * * *")
async def housekeeping(context: JobContext) -> None:
    """Drop idempotency keys of yesterday and the log of jobs that ended a week ago."""
    now = datetime.now(UTC)
    async with context.transaction() as session:
        await forget_before(session, now - KEEP_KEYS)
        await session.execute(text("DELETE FROM pgqueuer_log WHERE created < :before"), {"before": now - KEEP_JOB_LOG})

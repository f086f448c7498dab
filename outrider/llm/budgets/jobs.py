"""Schedules of the books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from outrider.config import Settings
from outrider.jobs import JobContext, schedule
from outrider.llm.budgets import health_repository, repository

log = structlog.get_logger(__name__)

MOST_DROPPED = 5_000
"""Calls in one transaction."""
HEALTH_KEPT = timedelta(days=7)


@schedule("models.lose_abandoned", "* * * * *")
async def lose_abandoned(context: JobContext) -> None:
    """Calls whose process died count as spent."""
    async with context.transaction() as session:
        lost = await repository.lose(session, datetime.now(UTC))
    if lost:
        log.warning("model_calls_lost", calls=lost)


@schedule("models.drop_old_calls", "23 * * * *")
async def drop_old_calls(context: JobContext) -> None:
    """Keep of old calls only the sums of their days."""
    before = datetime.now(UTC) - timedelta(days=context.part(Settings).model_calls_kept_days)
    dropped = MOST_DROPPED
    while dropped == MOST_DROPPED:
        async with context.transaction() as session:
            dropped = await repository.drop_old(session, before, MOST_DROPPED)
    async with context.transaction() as session:
        await health_repository.forget_before(session, datetime.now(UTC) - HEALTH_KEPT)

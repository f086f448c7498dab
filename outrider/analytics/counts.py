"""What the dashboard counts over every text of two periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.analytics import repository
from outrider.analytics.periods import Periods
from outrider.db.kept_counts import KeptCounts


@dataclass(frozen=True, slots=True)
class Counts:
    """By bucket or by period of `periods`; see `repository`."""

    as_of: datetime
    periods: Periods
    texts: Mapping[int, Row[Any]]
    models: Mapping[int, Row[Any]]
    replied: Row[Any]
    opted_out: Row[Any]
    funnel: Mapping[bool, Row[Any]]


async def count(session: AsyncSession, time_zone: str, days: int, now: datetime | None = None) -> Counts:
    """
    Raises:
        InvalidInput: no such zone.
    """
    now = now or datetime.now(UTC)
    periods = Periods.ending(now, days, time_zone)
    return Counts(
        as_of=now,
        periods=periods,
        texts=await repository.texts(session, periods),
        models=await repository.model_work(session, periods),
        replied=await repository.replied(session, periods),
        opted_out=await repository.opted_out(session, periods),
        funnel=await repository.funnel(session, periods),
    )


async def latest(session: AsyncSession, kept: KeptCounts, time_zone: str, days: int) -> Counts:
    """Counts of now, or of the moment that they say.

    Raises:
        InvalidInput: no such zone.
    """
    return await kept.get(session, ("dashboard", time_zone, days), lambda own: count(own, time_zone, days))

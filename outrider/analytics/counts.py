"""What the dashboard counts over every text of two periods, and for how long a count is shown again.

A million texts take a second to count. People who watch a running campaign ask every second or two, and each change would
set off the next count. So a count that took long is shown for a multiple of that time, with the moment it is of; then the
next one begins, and whoever asks meanwhile sees the last one without waiting. A short count is made anew for every question.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.analytics import repository
from outrider.analytics.periods import Periods
from outrider.db.engine import DATABASE_TROUBLE, Database

log = structlog.get_logger(__name__)

SHORT_SECONDS = 0.1
"""A count that took no longer is not kept."""
SHARE_OF_TIME = 0.1
"""One view of a large installation may keep the database busy for at most this part of the time."""
OLDEST_SECONDS = 60.0
"""Nobody is shown an older count."""
MOST_KEPT = 50

Key = tuple[str, int]
"""Zone and number of days."""


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


@dataclass(frozen=True, slots=True)
class _Kept:
    counts: Counts
    seconds: float
    """How long it took."""
    ended: float

    @property
    def age(self) -> float:
        return time.monotonic() - self.ended

    @property
    def is_fresh(self) -> bool:
        return self.age < min(self.seconds / SHARE_OF_TIME, OLDEST_SECONDS)


class KeptCounts:
    """The process's latest counts that took long."""

    def __init__(self, database: Database):
        self._database = database
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._counting: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._renewing: dict[Key, asyncio.Task[None]] = {}

    async def get(self, session: AsyncSession, time_zone: str, days: int) -> Counts:
        """Counts of now, or of the moment that they say.

        Raises:
            InvalidInput: no such zone.
        """
        key = (time_zone, days)
        if (kept := self._known(key)) is None:
            if not self._counting[key].locked():
                return await self._count(session, key)
            async with self._counting[key]:
                pass
            kept = self._known(key)
            return kept.counts if kept else await self._count(session, key)
        if not kept.is_fresh and key not in self._renewing:
            self._renewing[key] = asyncio.create_task(self._renew(key))
        return kept.counts

    async def aclose(self) -> None:
        """Give up counts under way."""
        tasks = list(self._renewing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _known(self, key: Key) -> _Kept | None:
        kept = self._kept.get(key)
        return kept if kept is not None and kept.age < OLDEST_SECONDS else None

    async def _count(self, session: AsyncSession, key: Key) -> Counts:
        began = time.monotonic()
        try:
            async with self._counting[key]:
                counts = await count(session, *key)
        finally:
            self._counting.pop(key, None)
        ended = time.monotonic()
        self._kept.pop(key, None)
        if ended - began > SHORT_SECONDS:
            self._kept[key] = _Kept(counts, ended - began, ended)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return counts

    async def _renew(self, key: Key) -> None:
        try:
            async with self._database.transaction() as session:
                await self._count(session, key)
        except DATABASE_TROUBLE as error:
            log.warning("dashboard_not_counted", error=repr(error))
        finally:
            del self._renewing[key]

"""Counts over many rows, and for how long one is shown again.

A million rows take part of a second to count. People who watch a running campaign ask every second or two, and each change would
set off the next count. So a count that took long is shown for a multiple of that time; then the next one begins, and whoever
asks meanwhile sees the last one without waiting. A short count is made anew for every question.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import DATABASE_TROUBLE, Database

log = structlog.get_logger(__name__)

SHORT_SECONDS = 0.1
"""A count that took no longer is not kept."""
SHARE_OF_TIME = 0.1
"""One view of a large installation may keep the database busy for at most this part of the time."""
OLDEST_SECONDS = 60.0
"""Nobody is shown an older count."""
MOST_KEPT = 50

T = TypeVar("T")
Count = Callable[[AsyncSession], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
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
    """The process's latest counts that took long. Whoever shows one says of which moment it is."""

    def __init__(self, database: Database):
        self._database = database
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._counting: defaultdict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._renewing: dict[Hashable, asyncio.Task[None]] = {}

    async def get(self, session: AsyncSession, key: Hashable, count: Count[T]) -> T:
        """A count of now, or the latest one.

        Args:
            key: names what is counted: the same key gives the same count.
            count: makes it. Only one at a time is made of each key. What it raises is raised to whoever waits for it.
        """
        if (kept := self._known(key)) is None:
            if not self._counting[key].locked():
                return await self._count(session, key, count)
            async with self._counting[key]:
                pass
            kept = self._known(key)
            return kept.value if kept else await self._count(session, key, count)
        if not kept.is_fresh and key not in self._renewing:
            self._renewing[key] = asyncio.create_task(self._renew(key, count))
        value: T = kept.value
        return value

    async def aclose(self) -> None:
        """Give up counts under way."""
        tasks = list(self._renewing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _known(self, key: Hashable) -> _Kept | None:
        kept = self._kept.get(key)
        return kept if kept is not None and kept.age < OLDEST_SECONDS else None

    async def _count(self, session: AsyncSession, key: Hashable, count: Count[T]) -> T:
        began = time.monotonic()
        try:
            async with self._counting[key]:
                value = await count(session)
        finally:
            self._counting.pop(key, None)
        ended = time.monotonic()
        self._kept.pop(key, None)
        if ended - began > SHORT_SECONDS:
            self._kept[key] = _Kept(value, ended - began, ended)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return value

    async def _renew(self, key: Hashable, count: Count[Any]) -> None:
        try:
            async with self._database.transaction() as session:
                await self._count(session, key, count)
        except DATABASE_TROUBLE as error:
            log.warning("not_counted_anew", error=repr(error))
        finally:
            del self._renewing[key]

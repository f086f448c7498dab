"""Group commit: many small results, one transaction.

A commit costs a disk flush whatever it holds. Producers hand in items one by one and wait; the writer takes all that
have gathered, writes them in one transaction and wakes the producers with their results. While one group is being
written the next one gathers, so the group grows with the load and a lone item waits for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    done: asyncio.Future[Result]


class GroupCommit(Generic[Item, Result]):
    """Writes items in groups.

    Args:
        write: writes a group inside the given transaction and returns one result per item, in order.
        max_group: most items in one transaction.
        gather_seconds: how long the first item of a group waits for company.
        interval_seconds: least time from one group to the next: many items that come one by one make fewer commits, and
            one that comes after a rest does not wait for it.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[AsyncSession, Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_group: int = 200,
        gather_seconds: float = 0.005,
        interval_seconds: float = 0.0,
    ):
        self._database = database
        self._write = write
        self._max_group = max_group
        self._gather_seconds = gather_seconds
        self._interval_seconds = interval_seconds
        self._next_group = 0.0
        self._waiting: list[_Waiting[Item, Result]] = []
        self._writer: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """Hand in one item; returns its result once its group is committed.

        Raises whatever `write` raised for the group: then nothing of the group was written.
        """
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._drain())
        return await done

    async def _drain(self) -> None:
        clock = asyncio.get_running_loop()
        while self._waiting:
            if len(self._waiting) < self._max_group:
                await asyncio.sleep(max(self._gather_seconds, self._next_group - clock.time()))
            self._next_group = clock.time() + self._interval_seconds
            group, self._waiting = self._waiting[: self._max_group], self._waiting[self._max_group :]
            await self._commit(group)

    async def _commit(self, group: list[_Waiting[Item, Result]]) -> None:
        try:
            async with self._database.transaction() as session:
                results = await self._write(session, [waiting.item for waiting in group])
        except BaseException as error:
            for waiting in group:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for waiting, result in zip(group, results, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(result)

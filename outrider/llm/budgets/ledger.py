"""The books of a process: reservations and settlements of all its model calls, written in groups.

Nobody waits for a settlement. A process that dies before it is written leaves a reservation behind, which counts as spent: a
budget is never exceeded, whatever happens.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.group_commit import GroupCommit
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.llm.base import BooksUnavailable, CallScope
from outrider.llm.budgeted import CANCELLED, Call, Reservation, Result
from outrider.llm.budgets import repository as rows
from outrider.llm.budgets.alerts import keep_alerts, tell_alerts
from outrider.llm.budgets.limits import default_limits, exhausted
from outrider.llm.budgets.purses import BudgetPart, Purse, Standing, installation_purses
from outrider.llm.budgets.repository import Entry

log = structlog.get_logger(__name__)

T = TypeVar("T")

LEASE = timedelta(minutes=15)
"""Longer than a call takes with all that is asked again. One that takes even longer is settled all the same."""
SMALLEST = Decimal("0.00000001")
MOST_PER_COMMIT = 500
RESERVE_GATHER_SECONDS, RESERVE_INTERVAL_SECONDS = 0.002, 0.03
"""Somebody waits for a reservation: a lone one goes at once, and many share a commit."""
SETTLE_GATHER_SECONDS = 0.1
NOTE_GATHER_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
"""How long a call waits for money that is reserved for others and may be given back."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.05, 1.0
STORE_ATTEMPTS = 8
STORE_WAIT_SECONDS = 0.25
"""Doubled each time: about half a minute in all, enough for PostgreSQL to restart."""
TOLD_SECONDS = 1.0
"""So often at most it is told that calls were entered: figures that people look at need no more."""
LAST_SECONDS = 10.0
"""For what is still to be written when the process ends."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    call: Call
    amount: Decimal
    moment: datetime


@dataclass(frozen=True, slots=True)
class _Refusal:
    purse: Purse
    standing: Standing
    """As it was before the call."""
    may_pass: bool
    """The money is only reserved for others."""


class Ledger:
    """Implements `llm.budgeted.Books`. Belongs to one event loop; close it after the models."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        parts: Sequence[BudgetPart] = (),
        *,
        lease: timedelta = LEASE,
        patience: float = PATIENCE_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self.parts = parts
        self._defaults = default_limits(settings)
        self._lease = lease
        self._patience = patience
        self._now = now
        self._reservations = GroupCommit(
            database,
            self._reserve,
            max_group=MOST_PER_COMMIT,
            gather_seconds=RESERVE_GATHER_SECONDS,
            interval_seconds=RESERVE_INTERVAL_SECONDS,
        )
        self._settlements = GroupCommit(database, self._settle, max_group=MOST_PER_COMMIT, gather_seconds=SETTLE_GATHER_SECONDS)
        self._notes = GroupCommit(database, self._note, max_group=MOST_PER_COMMIT, gather_seconds=NOTE_GATHER_SECONDS)
        self._writing: set[asyncio.Task[Any]] = set()
        self._told_at = float("-inf")

    async def reserve(self, call: Call, amount: Decimal) -> Entry:
        """Keep the money for one attempt.

        While the only obstacle is money that is reserved for other calls under way, most of which will be given back, it
        waits for that.

        Raises:
            BudgetExhausted, BooksUnavailable
        """
        loop = asyncio.get_running_loop()
        deadline, wait = loop.time() + self._patience, FIRST_WAIT_SECONDS
        while True:
            wanted = _Wanted(call, amount.quantize(SMALLEST, ROUND_UP), self._now())
            granted = await self._granted(wanted)
            if isinstance(granted, Entry):
                return granted
            if not granted.may_pass or loop.time() + wait > deadline:
                raise exhausted(granted.purse, granted.standing)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def settle(self, reservation: Reservation, result: Result) -> None:
        assert isinstance(reservation, Entry)
        exact = replace(result, cost=result.cost.quantize(SMALLEST, ROUND_UP))
        self._start(_stored(lambda: self._settlements.submit((reservation, exact))))

    def note(self, call: Call, result: Result) -> None:
        noted = (call, result, self._now())
        self._start(_stored(lambda: self._notes.submit(noted)))

    async def flush(self) -> None:
        """Wait until all that was entered is written."""
        while self._writing:
            await asyncio.gather(*self._writing, return_exceptions=True)

    async def aclose(self) -> None:
        """Write what was entered; what can't be written soon is left to count as spent."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await self.flush()
        except TimeoutError:
            log.warning("model_calls_unwritten", calls=len(self._writing))

    async def _granted(self, wanted: _Wanted) -> Entry | _Refusal:
        """The entry; one that nobody waits for any more is given back."""
        task = self._start(_stored(lambda: self._reservations.submit(wanted)))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._give_back)
            raise
        except DATABASE_TROUBLE as error:
            raise BooksUnavailable("The database does not answer, so that money can't be reserved for the model.") from error

    def _give_back(self, task: asyncio.Task[Entry | _Refusal]) -> None:
        if not task.cancelled() and task.exception() is None and isinstance(entry := task.result(), Entry):
            self.settle(entry, Result(entry.call.model, CANCELLED))

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._writing.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._writing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("model_call_unwritten", error=repr(error))

    async def _reserve(self, session: AsyncSession, wanted: Sequence[_Wanted]) -> list[Entry | _Refusal]:
        """Reserve what the purses pay for, in the order of the calls.

        All amounts are added first, which locks the purses; those that don't fit are taken off again.
        """
        purses = [self._purses(one.call.scope, one.moment) for one in wanted]
        total: dict[Purse, Decimal] = defaultdict(Decimal)
        for one, its in zip(wanted, purses, strict=True):
            for purse in its:
                total[purse] += one.amount
        after = await self._add(session, total)
        before = {purse: Standing(standing.spent - total[purse], standing.limit) for purse, standing in after.items()}
        granted: dict[Purse, Decimal] = defaultdict(Decimal)
        short = [_short_of(one.amount, its, before, granted) for one, its in zip(wanted, purses, strict=True)]
        refusals = await self._refuse(session, wanted, purses, short, before, granted)
        passed = [one for one, purse in zip(wanted, short, strict=True) if purse is None]
        calls = [(one.call, one.amount, one.moment) for one in passed]
        entries = iter(await rows.reserve(session, calls, self._lease) if calls else [])
        return [next(entries) if purse is None else refusals[place] for place, purse in enumerate(short)]

    async def _refuse(
        self,
        session: AsyncSession,
        wanted: Sequence[_Wanted],
        purses: Sequence[Sequence[Purse]],
        short: Sequence[Purse | None],
        before: Mapping[Purse, Standing],
        granted: Mapping[Purse, Decimal],
    ) -> dict[int, _Refusal]:
        """Take off what does not fit, and find out whether it is gone for good."""
        refused = {place: purse for place, purse in enumerate(short) if purse is not None}
        back: dict[Purse, Decimal] = defaultdict(Decimal)
        for place in refused:
            for purse in purses[place]:
                back[purse] -= wanted[place].amount
        if back:
            await self._add(session, back)
        refusals: dict[int, _Refusal] = {}
        reserved = {purse: await rows.under_way(session, purse) for purse in sorted(set(refused.values()))}
        for place, purse in refused.items():
            standing, amount = before[purse], wanted[place].amount
            spent = Standing(standing.spent - reserved[purse], standing.limit)
            may_pass = standing.limit is not None and spent.spent + amount <= standing.limit
            refusals[place] = _Refusal(purse, spent, may_pass)
            if not may_pass:
                await keep_alerts(session, purse, spent, [100])
        return refusals

    async def _settle(self, session: AsyncSession, settlements: Sequence[tuple[Entry, Result]]) -> list[None]:
        once = list({entry.id: (entry, result) for entry, result in reversed(settlements)}.values())
        new = await rows.settle(session, once)
        changes: dict[Purse, Decimal] = defaultdict(Decimal)
        for entry, result in once:
            if entry.id in new:
                for purse in self._purses(entry.call.scope, entry.created_at):
                    changes[purse] += result.cost - entry.amount
        if changes:
            await tell_alerts(session, await self._add(session, changes))
        self._tell(session)
        return [None] * len(settlements)

    async def _note(self, session: AsyncSession, notes: Sequence[tuple[Call, Result, datetime]]) -> list[None]:
        await rows.note(session, notes)
        self._tell(session)
        return [None] * len(notes)

    def _tell(self, session: AsyncSession) -> None:
        """Tell those who look at the figures that there are new ones."""
        now = asyncio.get_running_loop().time()
        if now >= self._told_at + TOLD_SECONDS:
            self._told_at = now
            announce(session, Topic.BUDGETS, "entered")

    def _purses(self, scope: CallScope, moment: datetime) -> list[Purse]:
        return [*(purse for part in self.parts for purse in part.purses(scope)), *installation_purses(scope, moment)]

    async def _add(self, session: AsyncSession, amounts: Mapping[Purse, Decimal]) -> dict[Purse, Standing]:
        """Add to all purses: those of other parts first, here and everywhere."""
        standings: dict[Purse, Standing] = {}
        for part in self.parts:
            theirs = {purse: amount for purse, amount in amounts.items() if purse.scope == part.scope}
            if theirs:
                standings |= await part.add(session, theirs)
        ours = {purse: amount for purse, amount in amounts.items() if purse.scope in self._defaults}
        return standings | (await rows.add(session, ours, self._defaults) if ours else {})


def _short_of(
    amount: Decimal, purses: Sequence[Purse], before: Mapping[Purse, Standing], granted: dict[Purse, Decimal]
) -> Purse | None:
    """The first purse that does not pay for it; None if all do, and then it is granted."""
    for purse in purses:
        standing = before.get(purse)
        if standing is None or standing.limit is None:
            continue
        if standing.spent + granted[purse] + amount > standing.limit:
            return purse
    for purse in purses:
        granted[purse] += amount
    return None


async def _stored(submit: Callable[[], Awaitable[T]]) -> T:
    """Hand in; a database that fails for a moment is waited for."""
    for attempt in range(STORE_ATTEMPTS - 1):
        try:
            return await submit()
        except DATABASE_TROUBLE as error:
            log.warning("model_calls_not_written", attempt=attempt, error=repr(error))
            await asyncio.sleep(STORE_WAIT_SECONDS * 2**attempt)
    return await submit()

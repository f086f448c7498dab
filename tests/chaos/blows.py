"""The blows that fall while the campaign runs, in an order that the seed decides."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.plan import USUAL_COPIES, Plan
from tests.chaos.processes import Keeper, crash_postgres

RETRY_SECONDS = 0.2
LONGEST_AT_WORK = 2.0
"""Seconds that a worker is left alone once it works."""


LATEST = 0.9
"""Share of the texts after which no blow is planned any more."""
POLL_SECONDS = 0.5
OUTAGE_AT, STORM_ENDS_AT = 0.4, 0.25


@dataclass
class Blows:
    """Falls upon the installation until all of the plan's blows have landed.

    Args:
        progress: share of the campaign's leads that have their end; None while nobody can tell.
        set_faults: changes the carrier's faults.
    """

    plan: Plan
    workers: Sequence[Keeper]
    api: Keeper
    postgres_folder: Path
    progress: Callable[[], Awaitable[float | None]]
    set_faults: Callable[[dict[str, float]], Awaitable[None]]
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self.landed: Counter[str] = Counter()
        self._chance = random.Random(self.plan.seed)
        self._stopped: set[str] = set()
        self._reached = 0.0

    async def fall(self) -> None:
        """Let every blow fall at its moment; those of one kind one after the other."""
        watching = asyncio.create_task(self._watch())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._spread(self.plan.kills, self._kill))
                tasks.create_task(self._spread(self.plan.stops, self._stop))
                tasks.create_task(self._spread(self.plan.postgres_restarts, self._crash_postgres))
                tasks.create_task(self._end_storm())
                if self.plan.outage:
                    tasks.create_task(self._outage())
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            self._reached = max(self._reached, await self.progress() or 0.0)
            await asyncio.sleep(POLL_SECONDS)

    async def _until(self, share: float) -> None:
        while self._reached < share:
            await asyncio.sleep(POLL_SECONDS)

    async def _spread(self, count: int, blow: Callable[[], Awaitable[None]]) -> None:
        for share in sorted(self._chance.uniform(0.0, LATEST) for _ in range(count)):
            await self._until(share)
            await blow()

    async def _kill(self) -> None:
        worker = await self._one_at_work()
        if worker.kill():
            self.landed["kills"] += 1
            self.say(f"SIGKILL {worker.name}")

    async def _stop(self) -> None:
        worker = await self._one_at_work()
        self._stopped.add(worker.name)
        self.say(f"SIGSTOP {worker.name} for {self.plan.pause:.0f} s")
        try:
            if await worker.pause(self.plan.pause):
                self.landed["stops"] += 1
        finally:
            self._stopped.discard(worker.name)

    async def _one_at_work(self) -> Keeper:
        """A worker that a blow can hit: it has started, worked a moment, and does not sleep already."""
        while True:
            able = [worker for worker in self.workers if worker.name not in self._stopped and worker.works]
            if able:
                await asyncio.sleep(self._chance.uniform(0, LONGEST_AT_WORK))
                worker = self._chance.choice(able)
                if worker.name not in self._stopped and worker.works:
                    return worker
            await asyncio.sleep(RETRY_SECONDS)

    async def _crash_postgres(self) -> None:
        self.say("PostgreSQL: restart -m immediate")
        await crash_postgres(self.postgres_folder)
        self.landed["postgres_restarts"] += 1

    async def _outage(self) -> None:
        await self._until(OUTAGE_AT)
        self.say(f"API down for {self.plan.outage:.0f} s")
        await self.api.stay_down(self.plan.outage)
        self.landed["outages"] += 1

    async def _end_storm(self) -> None:
        await self._until(STORM_ENDS_AT)
        await self.set_faults({"callback_duplicates": USUAL_COPIES})

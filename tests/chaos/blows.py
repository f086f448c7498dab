"""The blows that fall while the campaign runs, in an order that the seed decides."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.plan import PAUSE, Plan
from tests.chaos.processes import Keeper, crash_postgres

RETRY_SECONDS = 0.2
LONGEST_AT_WORK = 2.0
"""Seconds that a worker is left alone once it works."""


@dataclass
class Blows:
    """Falls upon the installation until all of the plan's blows have landed."""

    plan: Plan
    workers: Sequence[Keeper]
    api: Keeper
    postgres_folder: Path
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self.landed: Counter[str] = Counter()
        self._chance = random.Random(self.plan.seed)
        self._stopped: set[str] = set()

    async def fall(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._spread(self.plan.kills, self._kill))
            tasks.create_task(self._spread(self.plan.stops, self._stop))
            tasks.create_task(self._spread(self.plan.postgres_restarts, self._crash_postgres))
            if self.plan.outage:
                tasks.create_task(self._outage())

    async def _spread(self, count: int, blow: Callable[[], object]) -> None:
        """`count` blows at uneven intervals over the plan's time."""
        moments = sorted(self._chance.uniform(0.03, 0.97) * self.plan.seconds for _ in range(count))
        elapsed = 0.0
        for moment in moments:
            await asyncio.sleep(max(0.0, moment - elapsed))
            elapsed = moment
            result = blow()
            if asyncio.iscoroutine(result):
                await result

    async def _kill(self) -> None:
        worker = await self._one_at_work()
        if worker.kill():
            self.landed["kills"] += 1
            self.say(f"SIGKILL {worker.name}")

    async def _stop(self) -> None:
        worker = await self._one_at_work()
        self._stopped.add(worker.name)
        self.say(f"SIGSTOP {worker.name} for {PAUSE:.0f} s")
        try:
            if await worker.pause(PAUSE):
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
        await asyncio.sleep(self.plan.seconds / 2)
        self.say(f"API down for {self.plan.outage:.0f} s")
        await self.api.stay_down(self.plan.outage)
        self.landed["outages"] += 1

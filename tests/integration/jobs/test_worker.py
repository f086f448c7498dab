from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from outrider.db.engine import Database
from outrider.errors import ProviderError
from outrider.jobs import JobContext, job
from outrider.jobs.definition import Job, registry
from outrider.jobs.worker import Worker, backoff, wait_after
from tests.clocks import PATIENCE

HEARTBEAT = timedelta(seconds=0.5)


class Ledger:
    """What the test's jobs did."""

    def __init__(self) -> None:
        self.notes: list[Any] = []
        self.changed = asyncio.Event()

    def note(self, value: Any) -> None:
        self.notes.append(value)
        self.changed.set()

    async def until(self, count: int, seconds: float = PATIENCE) -> list[Any]:
        async with asyncio.timeout(seconds):
            while len(self.notes) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.notes


@pytest.fixture
def remember() -> Any:
    """A job that notes its argument; removed from the registry afterwards."""

    @job("test.remember", max_attempts=2)
    async def remember(context: JobContext, value: int, fail_until: int = 0) -> None:
        context.part(Ledger).note((value, context.attempt))
        if context.attempt < fail_until:
            raise ValueError("not yet")

    yield remember
    del registry["test.remember"]


@asynccontextmanager
async def running(database: Database, ledger: Ledger) -> AsyncIterator[None]:
    stop = asyncio.Event()
    worker = Worker(database, {Ledger: ledger}, concurrency=4, bulk_concurrency=2, heartbeat=HEARTBEAT)
    working = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(working, PATIENCE)


async def test_a_job_runs_once_its_transaction_is_committed(database: Database, remember: Job[Any]) -> None:
    ledger = Ledger()
    async with running(database, ledger):
        async with database.transaction() as session:
            await remember.enqueue(session, 7)
            await asyncio.sleep(0.3)
            assert ledger.notes == []
        assert await ledger.until(1) == [(7, 0)]


async def test_a_job_of_a_rolled_back_transaction_never_runs(database: Database, remember: Job[Any]) -> None:
    ledger = Ledger()
    async with running(database, ledger):
        with pytest.raises(RuntimeError):
            async with database.transaction() as session:
                await remember.enqueue(session, 7)
                raise RuntimeError("changed my mind")
        async with database.transaction() as session:
            await remember.enqueue(session, 8)
        assert await ledger.until(1) == [(8, 0)]


async def test_many_jobs_are_stored_in_one_statement(database: Database, remember: Job[Any]) -> None:
    ledger = Ledger()
    async with database.transaction() as session:
        await remember.enqueue_many(session, [{"value": n} for n in range(50)])
    async with running(database, ledger):
        assert sorted(await ledger.until(50)) == [(n, 0) for n in range(50)]


async def test_a_delayed_job_waits_and_its_key_keeps_it_single(database: Database, remember: Job[Any]) -> None:
    ledger = Ledger()
    async with database.transaction() as session:
        for value in (1, 2):
            await remember.later(timedelta(hours=1), key="only one")(session, value)
    async with running(database, ledger):
        await asyncio.sleep(0.3)
        assert ledger.notes == []
        async with database.transaction() as session:
            await session.execute(text("UPDATE pgqueuer SET execute_after = now()"))
        await ledger.until(1)
        await asyncio.sleep(0.5)
        assert ledger.notes == [(1, 0)]


async def test_a_failing_job_is_tried_again_then_held_with_its_error(database: Database, remember: Job[Any]) -> None:
    ledger = Ledger()
    async with database.transaction() as session:
        await remember.enqueue(session, 1, fail_until=9)
    async with running(database, ledger):
        await ledger.until(2)
        await asyncio.sleep(0.3)
    async with database.transaction() as session:
        assert (await session.execute(text("SELECT status::text, attempts FROM pgqueuer"))).all() == [("failed", 1)]
        assert (
            "not yet"
            in (await session.execute(text("SELECT traceback::text FROM pgqueuer_log WHERE status = 'failed'"))).scalar_one()
        )


async def test_arguments_are_checked_when_the_job_is_stored(database: Database, remember: Job[Any]) -> None:
    async with database.transaction() as session:
        with pytest.raises(ValidationError):
            await remember.enqueue(session, "seven")


async def test_a_job_of_a_dead_worker_comes_back_within_seconds(database: Database, remember: Job[Any]) -> None:
    ledger = Ledger()
    async with database.transaction() as session:
        await remember.enqueue(session, 5)
        await session.execute(
            text(
                "UPDATE pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(), heartbeat = now() - interval '2 s'"
            )
        )
    async with running(database, ledger):
        assert await ledger.until(1) == [(5, 0)]


async def test_short_jobs_do_not_wait_for_bulk_jobs(database: Database, remember: Job[Any]) -> None:
    gate = asyncio.Event()

    @job("test.crunch", is_bulk=True)
    async def crunch(context: JobContext) -> None:
        await gate.wait()

    try:
        ledger = Ledger()
        async with database.transaction() as session:
            await crunch.enqueue_many(session, [{}] * 20)
            await remember.enqueue(session, 1)
        async with running(database, ledger):
            assert await ledger.until(1, seconds=5) == [(1, 0)]
            gate.set()
    finally:
        del registry["test.crunch"]


def test_backoff_doubles_up_to_five_minutes() -> None:
    assert [backoff(n).total_seconds() for n in (0, 1, 2, 20)] == [1, 2, 4, 300]


def test_a_provider_that_asks_for_time_gets_it() -> None:
    asks = [ProviderError("away", retryable=True, retry_after=seconds) for seconds in (0.5, 30, 9000, None)]
    assert [wait_after(error, 1).total_seconds() for error in asks] == [2, 30, 300, 2]
    assert wait_after(ValueError("ours"), 1).total_seconds() == 2

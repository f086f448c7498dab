"""Runs the registered jobs and schedules until told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import structlog
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import EntrypointExecutor
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Context
from pgqueuer.domain.models import Job as StoredJob
from pgqueuer.domain.models import Schedule as DueSchedule

from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.errors import ProviderError
from outrider.jobs.definition import Job, JobContext, Schedule, registry, schedules
from outrider.telemetry import JOB_SECONDS, JOBS, timed

log = structlog.get_logger(__name__)

LONGEST_BACKOFF = timedelta(minutes=5)
RECONNECT_SECONDS = 1.0
HELD_AFTER_SECONDS = 1.0
CONNECTION_LOST = (
    OSError,
    FailingListenerError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)


def backoff(attempts: int) -> timedelta:
    """Wait before the next try after `attempts` failed ones: 1, 2, 4 … seconds, at most five minutes."""
    return min(timedelta(seconds=2**attempts), LONGEST_BACKOFF)


def wait_after(error: Exception, attempts: int) -> timedelta:
    """The backoff, or longer if a provider asks for it: a try before that would be in vain, and there are not many."""
    asked = error.retry_after if isinstance(error, ProviderError) else None
    return max(backoff(attempts), min(timedelta(seconds=asked or 0), LONGEST_BACKOFF))


@dataclass
class Worker:
    """One worker's share of the queue.

    Args:
        parts: what jobs may ask for with `JobContext.part`.
        concurrency: short jobs side by side.
        bulk_concurrency: bulk jobs beside them.
        heartbeat: a job whose worker is silent for twice this long goes to another worker.
        on_given_up: called with the name of a job that used up its attempts, once the queue holds it as failed.
    """

    database: Database
    parts: Mapping[type, Any]
    concurrency: int
    bulk_concurrency: int
    heartbeat: timedelta
    on_given_up: Callable[[str], Awaitable[None]] | None = None
    _telling: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the jobs in hand. A lost database is waited for."""
        short = [registered for registered in registry.values() if not registered.is_bulk]
        bulk = [registered for registered in registry.values() if registered.is_bulk]
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._run_lane(stop, short, list(schedules.values()), self.concurrency))
            if bulk:
                lanes.create_task(self._run_lane(stop, bulk, [], self.bulk_concurrency))

    async def _run_lane(self, stop: asyncio.Event, jobs: Sequence[Job[Any]], timed_jobs: Sequence[Schedule], slots: int) -> None:
        while not stop.is_set():
            try:
                await self._run_connected(stop, jobs, timed_jobs, slots)
            except CONNECTION_LOST as error:
                log.warning("queue_connection_lost", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _run_connected(
        self, stop: asyncio.Event, jobs: Sequence[Job[Any]], timed_jobs: Sequence[Schedule], slots: int
    ) -> None:
        connection = await self.database.connect()
        try:
            queue = PgQueuer.from_asyncpg_connection(connection)
            for registered in jobs:
                self._register(queue, registered)
            for scheduled in timed_jobs:
                self._register_schedule(queue, scheduled)
            watcher = asyncio.create_task(self._relay(stop, queue, connection))
            try:
                await queue.run(
                    # The queue looks for work at most ten times a second once its slots are full: many slots, small batches.
                    batch_size=max(1, slots // 2),
                    max_concurrent_tasks=max(2, slots),
                    heartbeat_timeout=2 * self.heartbeat,
                    dequeue_timeout=timedelta(seconds=5),
                    shutdown_on_listener_failure=True,
                )
            finally:
                watcher.cancel()
        finally:
            await connection.close(timeout=5)

    async def _relay(self, stop: asyncio.Event, queue: PgQueuer, connection: asyncpg.Connection) -> None:
        """Tell the queue to end when we are stopped or when its connection is gone."""
        while not stop.is_set() and not connection.is_closed():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=1.0)
        queue.shutdown.set()

    def _register(self, queue: PgQueuer, registered: Job[Any]) -> None:
        async def run(stored: StoredJob, _: Context) -> None:
            await self._run_job(registered, stored)

        queue.entrypoint(registered.name, accepts_context=True, on_failure="hold", executor_factory=EntrypointExecutor)(run)

    async def _run_job(self, registered: Job[Any], stored: StoredJob) -> None:
        context = JobContext(self.database, self.parts, stored.attempts)
        with (
            structlog.contextvars.bound_contextvars(job=registered.name, job_id=int(stored.id)),
            timed(JOB_SECONDS.labels(registered.name)),
        ):
            began = time.perf_counter()
            try:
                await registered.run(context, stored.payload)
            except Exception as error:
                final = stored.attempts + 1 >= registered.max_attempts
                JOBS.labels(registered.name, "failed" if final else "retried").inc()
                log.warning("job_failed", error=repr(error), attempts=stored.attempts + 1, final=final)
                if final:
                    self._tell_given_up(registered.name)
                    raise
                raise RetryRequested(delay=wait_after(error, stored.attempts), reason=str(error)[:500]) from error
            JOBS.labels(registered.name, "done").inc()
            log.debug("job_done", seconds=round(time.perf_counter() - began, 3))

    def _tell_given_up(self, name: str) -> None:
        if self.on_given_up is not None:
            task = asyncio.create_task(self._tell_later(self.on_given_up, name))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell_later(self, tell: Callable[[str], Awaitable[None]], name: str) -> None:
        # The queue writes down that it holds the job after the job has raised, a few together.
        await asyncio.sleep(HELD_AFTER_SECONDS)
        try:
            await tell(name)
        except DATABASE_TROUBLE as error:
            log.warning("failed_job_not_told", job=name, error=repr(error))

    def _register_schedule(self, queue: PgQueuer, scheduled: Schedule) -> None:
        async def run(_: DueSchedule) -> None:
            try:
                await scheduled.function(JobContext(self.database, self.parts))
            except Exception as error:
                # A schedule comes round again; one failed round must not end the worker.
                JOBS.labels(scheduled.name, "failed").inc()
                log.exception("schedule_failed", schedule=scheduled.name, error=repr(error))
            else:
                JOBS.labels(scheduled.name, "done").inc()

        queue.schedule(scheduled.name, scheduled.expression, accepts_context=False)(run)

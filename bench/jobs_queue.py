"""Jobs per second: ours (PgQueuer in the product's database, transactional) and RQ's (Redis), one worker each.

`python -m bench.jobs_queue DSN CONCURRENCY` is our worker with a job that does nothing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import timedelta

import uvloop
from rq import Queue
from rq.registry import StartedJobRegistry

from bench.baselines import rq_queue
from bench.harness import Context, Measurement, database
from bench.processes import process, python, redis_server
from bench.progress import drain_rate
from outrider.config import read_settings
from outrider.db.engine import Database
from outrider.jobs.definition import JobContext, job
from outrider.jobs.worker import Worker
from outrider.telemetry import configure_logging

ROUNDS = 3
FASTER_THAN_RQ = 5
ENQUEUED_AT_ONCE = 1_000
WIDE = 100
"""Jobs side by side in the second figure: what the queue itself can do when its jobs only wait."""


@job("bench.nothing")
async def nothing(context: JobContext, number: int) -> None:
    """The job: what is measured is the queue."""


async def run(context: Context) -> dict[str, Measurement]:
    usual = read_settings().worker_jobs
    ours, wide = [], []
    async with database(context.folder) as opened:
        for _ in range(ROUNDS):
            ours.append(await _our_round(context, opened, context.scaled(10_000, 1_000), usual))
            wide.append(await _our_round(context, opened, context.scaled(20_000, 1_000), WIDE))
            context.say(f"ours: {ours[-1][1]:,.0f} jobs/s, {wide[-1][1]:,.0f} with {WIDE} side by side")
    forking = [await _rq_round(context, context.scaled(300, 50), forking=True) for _ in range(ROUNDS)]
    simple = [await _rq_round(context, context.scaled(1_500, 200), forking=False) for _ in range(ROUNDS)]
    rq_enqueued, rq_run = _median([rate for rate, _ in forking + simple]), _median([rate for _, rate in forking])
    return {
        "queue": Measurement(
            samples=[rate for _, rate in ours],
            unit="jobs/s",
            goal=FASTER_THAN_RQ * rq_run,
            baseline=rq_run,
            baseline_name="RQ worker",
            details={
                "jobs_side_by_side": usual,
                f"jobs_per_second_{WIDE}_side_by_side": _median([rate for _, rate in wide]),
                "rq_simple_worker_jobs_per_second": _median([rate for _, rate in simple]),
            },
        ),
        "queue_enqueue": Measurement(
            samples=[rate for rate, _ in ours + wide],
            unit="jobs/s",
            baseline=rq_enqueued,
            baseline_name="RQ enqueue_many in a pipeline",
            details={"durable": "ours commits with the caller's data; Redis here keeps nothing on disk"},
        ),
    }


async def _our_round(context: Context, opened: Database, count: int, concurrency: int) -> tuple[float, float]:
    """Jobs enqueued and jobs run per second."""
    began = time.perf_counter()
    async with opened.transaction() as session:
        for first in range(0, count, ENQUEUED_AT_ONCE):
            numbers = range(first, min(first + ENQUEUED_AT_ONCE, count))
            await nothing.enqueue_many(session, [{"number": number} for number in numbers])
    enqueued = count / (time.perf_counter() - began)
    watching = await opened.connect()

    async def left() -> int:
        return int(await watching.fetchval("SELECT count(*) FROM pgqueuer"))

    try:
        async with process(
            *python("bench.jobs_queue", opened.dsn, str(concurrency)), log=context.folder / "worker.log"
        ) as worker:
            return enqueued, await drain_rate(left, count, [worker])
    finally:
        await watching.close()


async def _rq_round(context: Context, count: int, *, forking: bool) -> tuple[float, float]:
    log = context.folder / "rq.log"
    async with redis_server(log) as address:
        queue = rq_queue.queue_at(address)
        began = time.perf_counter()
        await asyncio.to_thread(rq_queue.enqueue, queue, count)
        enqueued = count / (time.perf_counter() - began)

        async def left() -> int:
            return await asyncio.to_thread(_waiting_or_running, queue)

        kind = "forking" if forking else "simple"
        async with process(*python("bench.baselines.rq_queue", address, kind), log=log) as worker:
            rate = await drain_rate(left, count, [worker])
    context.say(f"RQ ({kind}): {rate:,.0f} jobs/s")
    return enqueued, rate


def _waiting_or_running(queue: Queue) -> int:
    return int(queue.count) + int(StartedJobRegistry(queue=queue).count)


def _median(rates: list[float]) -> float:
    return sorted(rates)[len(rates) // 2]


async def _work(dsn: str, concurrency: int) -> None:
    worker = Worker(Database(dsn), {}, concurrency, bulk_concurrency=2, heartbeat=timedelta(seconds=5))
    await worker.run(asyncio.Event())


if __name__ == "__main__":
    configure_logging("WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(sys.argv[1], int(sys.argv[2])))

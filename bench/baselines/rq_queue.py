"""RQ, the queue of a plain Flask or FastAPI project: a worker that forks for each job."""

from __future__ import annotations

import sys

from redis import Redis
from rq import Queue, SimpleWorker, Worker

QUEUE = "bench"


def nothing(number: int) -> None:
    """The job: what is measured is the queue."""


def queue_at(address: str) -> Queue:
    return Queue(QUEUE, connection=Redis.from_url(address))


def enqueue(queue: Queue, count: int) -> None:
    """All jobs in one pipeline, RQ's fastest way."""
    with queue.connection.pipeline() as pipeline:
        queue.enqueue_many([Queue.prepare_data(nothing, (number,), result_ttl=0) for number in range(count)], pipeline=pipeline)
        pipeline.execute()


def work(address: str, *, forking: bool) -> None:
    kind = Worker if forking else SimpleWorker
    connection = Redis.from_url(address)
    kind([Queue(QUEUE, connection=connection)], connection=connection).work(logging_level="WARNING", burst=False)


if __name__ == "__main__":
    work(sys.argv[1], forking=sys.argv[2] == "forking")

"""The queue of background jobs: how much waits, what failed for good, and putting it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.db import AsyncpgDriver
from pgqueuer.types import JobId
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import BigInteger, Row, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.auth.permissions import Permission, require
from outrider.db.engine import raw_connection
from outrider.db.pages import LARGEST_ID, Cursor, Limit, Order, Page, SortKey, read_rows
from outrider.db.web import Transaction
from outrider.errors import NotFound

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

DEPTH = text("""
    SELECT entrypoint AS name,
           count(*) FILTER (WHERE status = 'queued' AND execute_after <= now()) AS waiting,
           count(*) FILTER (WHERE status = 'queued' AND execute_after > now()) AS scheduled,
           count(*) FILTER (WHERE status = 'picked') AS running,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           min(execute_after) FILTER (WHERE status = 'queued' AND execute_after <= now()) AS oldest_waiting
    FROM pgqueuer GROUP BY entrypoint ORDER BY entrypoint
""")
LAST_ERROR = text("""
    SELECT DISTINCT ON (job_id) job_id, traceback ->> 'exception_type' AS kind, traceback ->> 'exception_message' AS message
    FROM pgqueuer_log WHERE job_id = ANY(:ids) AND traceback IS NOT NULL ORDER BY job_id, created DESC
""")
FAILED_IDS = text("SELECT id FROM pgqueuer WHERE status = 'failed' AND (:all OR id = ANY(:ids))")
DELETE_FAILED = text("DELETE FROM pgqueuer WHERE id = :id AND status = 'failed' RETURNING id")

JOBS = table(
    "pgqueuer",
    column("id", BigInteger), column("status"), column("entrypoint"), column("payload"), column("attempts"), column("created"),
    column("updated"),
)  # fmt: skip
LATEST_FIRST = Order("-id", SortKey(JOBS.c.id, int), JOBS.c.id)


class QueueDepth(BaseModel):
    """Jobs of one kind."""

    name: str
    waiting: int
    """Due, and not taken by a worker yet."""
    scheduled: int
    """Due later: retries, delayed answers."""
    running: int
    failed: int
    oldest_waiting: datetime | None
    """When the one that waits longest became due."""


class QueueState(BaseModel):
    waiting: int
    scheduled: int
    running: int
    failed: int
    oldest_waiting: datetime | None
    jobs: list[QueueDepth]
    """By kind; only kinds that have a job."""


class FailedJob(BaseModel):
    id: int
    name: str
    arguments: dict[str, Any]
    attempts: int
    error: str | None
    created_at: datetime
    failed_at: datetime


class RequeueRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_ID)]], Field(max_length=1000)] = []
    all: bool = False
    """Every failed job instead of those named."""

    @model_validator(mode="after")
    def _names_some(self) -> RequeueRequest:
        if bool(self.ids) == self.all:
            raise ValueError("name either ids or all")
        return self


class Requeued(BaseModel):
    requeued: int


READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]


@router.get("", dependencies=READ)
async def get_queue(session: Transaction) -> QueueState:
    """How many jobs wait, run and failed, by kind."""
    jobs = [QueueDepth.model_validate(row, from_attributes=True) for row in await session.execute(DEPTH)]
    return QueueState(
        waiting=sum(job.waiting for job in jobs),
        scheduled=sum(job.scheduled for job in jobs),
        running=sum(job.running for job in jobs),
        failed=sum(job.failed for job in jobs),
        oldest_waiting=min((job.oldest_waiting for job in jobs if job.oldest_waiting), default=None),
        jobs=jobs,
    )


@router.get("/failed", dependencies=READ)
async def list_failed_jobs(session: Transaction, cursor: Cursor = None, limit: Limit = 50) -> Page[FailedJob]:
    """Jobs that used up their attempts, the latest first."""
    rows, next_cursor = await read_rows(
        session, select(JOBS).where(JOBS.c.status == text("'failed'")), LATEST_FIRST, cursor, limit
    )
    errors = {row.job_id: row for row in await session.execute(LAST_ERROR, {"ids": [row.id for row in rows]})}
    return Page(items=[_failed_job(row, errors.get(row.id)) for row in rows], next_cursor=next_cursor)


@router.post("/requeue", dependencies=WRITE)
async def requeue_jobs(session: Transaction, request: RequeueRequest) -> Requeued:
    """Put failed jobs back into the queue with a fresh count of attempts.

    Raises:
        NotFound: a number that is no failed job.
    """
    failed = list((await session.execute(FAILED_IDS, {"all": request.all, "ids": request.ids})).scalars())
    if unknown := sorted(set(request.ids) - set(failed)):
        raise NotFound(
            f"Not among the failed jobs: {', '.join(map(str, unknown))}.", remedy="List them with GET /api/jobs/failed."
        )
    await (await _queries(session)).requeue_jobs([JobId(number) for number in failed])
    return Requeued(requeued=len(failed))


@router.delete("/failed/{job_id}", status_code=204, dependencies=WRITE)
async def delete_failed_job(session: Transaction, job_id: int) -> None:
    """Give a failed job up.

    Raises:
        NotFound: no failed job has this number.
    """
    if (await session.execute(DELETE_FAILED, {"id": job_id})).one_or_none() is None:
        raise NotFound(f"There is no failed job {job_id}.", remedy="List them with GET /api/jobs/failed.")


async def _queries(session: AsyncSession) -> Queries:
    return Queries(AsyncpgDriver(await raw_connection(session)))


def _failed_job(job: Row[Any], error: Row[Any] | None) -> FailedJob:
    return FailedJob(
        id=job.id,
        name=job.entrypoint,
        arguments=orjson.loads(job.payload or b"{}"),
        attempts=job.attempts,
        error=error and ": ".join(part for part in (error.kind, error.message) if part),
        created_at=job.created,
        failed_at=job.updated,
    )

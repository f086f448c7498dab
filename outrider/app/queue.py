"""The queue of background jobs: how much waits, what failed for good, putting it back or giving it up."""

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
from outrider.errors import Conflict, NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic

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
FAILED_IDS = text("SELECT id FROM pgqueuer WHERE status = 'failed' AND (:all OR id = ANY(:ids)) ORDER BY id FOR UPDATE")
DELETE_FAILED = text("DELETE FROM pgqueuer WHERE id = ANY(:ids) AND status = 'failed'")

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


class FailedJobsMeant(BaseModel):
    """Failed jobs by number, or all of them."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_ID)]], Field(max_length=10_000)] = []
    all: bool = False
    """Every failed job instead of those named."""
    count: Annotated[int, Field(ge=0, le=LARGEST_ID)] | None = None
    """With `all`: how many there were when it was decided; nothing is done if that has changed."""

    @model_validator(mode="after")
    def _names_some(self) -> FailedJobsMeant:
        if bool(self.ids) == self.all:
            raise ValueError("name either ids or all")
        if self.count is not None and not self.all:
            raise ValueError("count goes with all")
        return self


class FailedJobsChanged(Conflict):
    """Others failed, or were put back or deleted, since somebody decided about all of them."""

    title = "The failed jobs have changed"


class Requeued(BaseModel):
    requeued: int


class Deleted(BaseModel):
    deleted: int


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
async def requeue_jobs(session: Transaction, meant: FailedJobsMeant) -> Requeued:
    """Put failed jobs back into the queue with a fresh count of attempts.

    Raises:
        NotFound: a number that is no failed job.
        FailedJobsChanged: there are not as many as `count`.
    """
    failed = await _meant(session, meant)
    await (await _queries(session)).requeue_jobs([JobId(number) for number in failed])
    _tell(session)
    return Requeued(requeued=len(failed))


@router.post("/failed/bulk-delete", dependencies=WRITE)
async def delete_failed_jobs(session: Transaction, meant: FailedJobsMeant) -> Deleted:
    """Give failed jobs up: what they were to do is never done.

    Raises:
        NotFound: a number that is no failed job.
        FailedJobsChanged: there are not as many as `count`.
    """
    failed = await _meant(session, meant)
    await _delete(session, failed)
    return Deleted(deleted=len(failed))


@router.delete("/failed/{job_id}", status_code=204, dependencies=WRITE)
async def delete_failed_job(session: Transaction, job_id: int) -> None:
    """Give one failed job up.

    Raises:
        NotFound: no failed job has this number.
    """
    await _delete(session, await _named(session, [job_id]))


async def _meant(session: AsyncSession, meant: FailedJobsMeant) -> list[int]:
    """Numbers of the failed jobs that are meant; nobody else changes them until the transaction ends."""
    if not meant.all:
        return await _named(session, meant.ids)
    failed = list((await session.execute(FAILED_IDS, {"all": True, "ids": []})).scalars())
    if meant.count is not None and meant.count != len(failed):
        raise FailedJobsChanged(
            f"There are {len(failed)} failed jobs now, not {meant.count}; nothing was changed.",
            remedy="Look at them again, then decide.",
        )
    return failed


async def _named(session: AsyncSession, ids: list[int]) -> list[int]:
    failed = list((await session.execute(FAILED_IDS, {"all": False, "ids": ids})).scalars())
    if unknown := sorted(set(ids) - set(failed)):
        raise NotFound(
            f"Not among the failed jobs: {', '.join(map(str, unknown))}.", remedy="List them with GET /api/jobs/failed."
        )
    return failed


async def _delete(session: AsyncSession, failed: list[int]) -> None:
    await session.execute(DELETE_FAILED, {"ids": failed})
    _tell(session)


def _tell(session: AsyncSession) -> None:
    announce(session, Topic.JOBS, "changed", more=True)


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

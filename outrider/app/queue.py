"""Jobs that failed for good: look at them, and put them back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Query
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.models import Job as StoredJob
from pgqueuer.types import JobId
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.auth.permissions import Permission, require
from outrider.db.engine import raw_connection
from outrider.db.web import Transaction
from outrider.errors import NotFound

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

LAST_TRACEBACK = text("""
    SELECT DISTINCT ON (job_id) job_id, traceback ->> 'exception_message' AS message
    FROM pgqueuer_log WHERE job_id = ANY(:ids) AND traceback IS NOT NULL ORDER BY job_id, created DESC
""")


class FailedJob(BaseModel):
    id: int
    name: str
    arguments: dict[str, Any]
    attempts: int
    error: str | None
    created_at: datetime
    failed_at: datetime


class QueueDepth(BaseModel):
    name: str
    status: str
    count: int


class RequeueRequest(BaseModel):
    ids: list[int] = Field(min_length=1, max_length=1000)


@router.get("", dependencies=[Depends(require(Permission.SETTINGS_READ))])
async def list_queue(session: Transaction) -> list[QueueDepth]:
    """How many jobs wait or run, by name."""
    sizes = await (await _queries(session)).queue_size()
    return [QueueDepth(name=size.entrypoint, status=size.status, count=size.count) for size in sizes]


@router.get("/failed", dependencies=[Depends(require(Permission.SETTINGS_READ))])
async def list_failed_jobs(session: Transaction, limit: int = Query(100, ge=1, le=1000)) -> list[FailedJob]:
    """Jobs that used up their attempts, newest first."""
    failed = await (await _queries(session)).list_failed_jobs(limit=limit)
    rows = await session.execute(LAST_TRACEBACK, {"ids": [int(job.id) for job in failed]})
    errors = {row.job_id: row.message for row in rows}
    return [_failed_job(job, errors.get(int(job.id))) for job in failed]


@router.post("/requeue", dependencies=[Depends(require(Permission.SETTINGS_WRITE))])
async def requeue_jobs(session: Transaction, request: RequeueRequest) -> list[int]:
    """Put failed jobs back into the queue with a fresh count of attempts.

    Raises:
        NotFound: a number that is no failed job.
    """
    queries = await _queries(session)
    failed = {int(job.id) for job in await queries.list_failed_jobs(limit=100_000)}
    unknown = sorted(set(request.ids) - failed)
    if unknown:
        raise NotFound(
            f"Not among the failed jobs: {', '.join(map(str, unknown))}.", remedy="List them with GET /api/jobs/failed."
        )
    await queries.requeue_jobs([JobId(number) for number in request.ids])
    return request.ids


async def _queries(session: AsyncSession) -> Queries:
    return Queries(AsyncpgDriver(await raw_connection(session)))


def _failed_job(job: StoredJob, error: str | None) -> FailedJob:
    return FailedJob(
        id=int(job.id),
        name=job.entrypoint,
        arguments=orjson.loads(job.payload or b"{}"),
        attempts=job.attempts,
        error=error,
        created_at=job.created,
        failed_at=job.updated,
    )

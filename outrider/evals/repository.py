"""Queries of runs of evals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from outrider.evals.models import EvalRun, RunStatus


async def latest(session: AsyncSession, most: int) -> Sequence[EvalRun]:
    """The latest runs without their conversations, newest first."""
    return (await session.scalars(select(EvalRun).order_by(EvalRun.id.desc()).limit(most))).all()


async def whole(session: AsyncSession, run_id: int) -> EvalRun | None:
    return (await session.scalars(select(EvalRun).where(EvalRun.id == run_id).options(undefer(EvalRun.results)))).one_or_none()


async def under_way(session: AsyncSession) -> EvalRun | None:
    """The run that waits or runs."""
    unfinished = EvalRun.status.in_([RunStatus.WAITING, RunStatus.RUNNING])
    return (await session.scalars(select(EvalRun).where(unfinished).limit(1))).one_or_none()


async def beat(session: AsyncSession, run_id: int, now: datetime) -> bool:
    """Note that the run is being played; False if it has ended meanwhile."""
    statement = update(EvalRun).where(EvalRun.id == run_id, EvalRun.status == RunStatus.RUNNING).values(seen_at=now)
    return (await session.scalar(statement.returning(EvalRun.id))) is not None


async def give_up_silent(session: AsyncSession, before: datetime, now: datetime, problem: str) -> Sequence[int]:
    """End the runs of which nothing was heard since then; returns their ids."""
    statement = (
        update(EvalRun)
        .where(EvalRun.status == RunStatus.RUNNING, EvalRun.seen_at < before)
        .values(status=RunStatus.GIVEN_UP, problem=problem, ended_at=now)
    )
    return (await session.scalars(statement.returning(EvalRun.id))).all()

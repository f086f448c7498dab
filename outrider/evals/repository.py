"""Queries of runs of evals."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
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

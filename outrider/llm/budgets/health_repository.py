"""Queries of the models' health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.llm.budgets.models import ModelHealth

FIGURES = text("""
    SELECT split_part(model, ':', 1) AS provider, count(*) AS calls,
        count(*) FILTER (WHERE from_cache) AS from_cache,
        count(*) FILTER (WHERE outcome = 'ok' AND NOT from_cache) AS answered,
        count(*) FILTER (WHERE state = 'reserved') AS under_way,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE outcome = 'ok' AND NOT from_cache) AS p50,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE outcome = 'ok' AND NOT from_cache) AS p95,
        coalesce(sum(input_tokens) FILTER (WHERE NOT from_cache), 0)::bigint AS input_tokens,
        coalesce(sum(output_tokens) FILTER (WHERE NOT from_cache), 0)::bigint AS output_tokens,
        coalesce(sum(cost), 0) AS cost
    FROM model_calls WHERE created_at >= :since GROUP BY 1
""")

ERRORS = text("""
    SELECT split_part(model, ':', 1) AS provider, outcome, count(*) AS calls
    FROM model_calls WHERE created_at >= :since AND outcome <> 'ok' GROUP BY 1, 2 ORDER BY 3 DESC
""")


async def keep(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write how a process finds a provider."""
    statement = insert(ModelHealth).values(row)
    changed = {name: value for name, value in row.items() if name not in ("provider", "process")}
    await session.execute(statement.on_conflict_do_update(index_elements=["provider", "process"], set_=changed))


async def forget(session: AsyncSession, process: str) -> None:
    await session.execute(delete(ModelHealth).where(ModelHealth.process == process))


async def forget_before(session: AsyncSession, before: datetime) -> None:
    """Drop what processes said that have been silent since: they are gone, or nothing has changed for them."""
    await session.execute(delete(ModelHealth).where(ModelHealth.changed_at < before))


async def board(session: AsyncSession) -> Sequence[ModelHealth]:
    return (await session.scalars(select(ModelHealth).order_by(ModelHealth.provider, ModelHealth.changed_at.desc()))).all()


async def figures(session: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    """Of the calls since then, by provider."""
    return (await session.execute(FIGURES, {"since": since})).all()


async def errors(session: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    """(provider, outcome, calls) of the calls since then that did not succeed."""
    return (await session.execute(ERRORS, {"since": since})).all()

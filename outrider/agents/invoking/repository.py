"""Every query on agents' runs, and on how often they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import AgentExecution, AgentRate
from outrider.agents.team.models import ConversationMemory
from outrider.conversations.models import Conversation
from outrider.db.pages import Order, SortKey, read_rows

WINDOW = timedelta(hours=24)
ORDER = Order("-id", SortKey(AgentExecution.id.expression, int), AgentExecution.id.expression)

TAKE = text("""
    INSERT INTO agent_rates AS rate (agent_type, hour, used) VALUES (:agent_type, date_trunc('hour', now()), 1)
    ON CONFLICT (agent_type) DO UPDATE SET hour = excluded.hour,
        used = CASE WHEN rate.hour = excluded.hour THEN rate.used ELSE 0 END + 1
    WHERE rate.hour <> excluded.hour OR rate.used < :most
    RETURNING used
""")

FIGURES = text("""
    SELECT agent_type, count(*) AS runs, count(*) FILTER (WHERE success) AS successes,
        count(*) FILTER (WHERE success AND processing_time_ms <= goal.ms) AS within_goal,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY processing_time_ms) AS p50,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY processing_time_ms) AS p95
    FROM agent_executions JOIN unnest(CAST(:types AS text[]), CAST(:goals AS int[])) AS goal (kind, ms) ON goal.kind = agent_type
    WHERE executed_at > now() - CAST(:window AS interval)
    GROUP BY agent_type
""")

LATEST = text("""
    SELECT kind AS agent_type, latest.executed_at, latest.success, latest.error, latest.error_code
    FROM unnest(CAST(:types AS text[])) AS kind
    CROSS JOIN LATERAL (
        SELECT executed_at, success, error, error_code FROM agent_executions
        WHERE agent_type = kind ORDER BY executed_at DESC LIMIT 1
    ) AS latest
""")


@dataclass(frozen=True, slots=True)
class LatestRun:
    at: datetime
    success: bool
    error: str | None
    error_code: str | None


async def take_turn(session: AsyncSession, agent_type: str, most: int) -> bool:
    """Count a call within this hour; False if there were `most` already."""
    if most <= 0:
        return False
    return (await session.execute(TAKE, {"agent_type": agent_type, "most": most})).first() is not None


async def used_turns(session: AsyncSession) -> dict[str, int]:
    """Calls within this hour, by type."""
    query = select(AgentRate.agent_type, AgentRate.used).where(AgentRate.hour == func.date_trunc("hour", func.now()))
    return {row.agent_type: row.used for row in await session.execute(query)}


async def forget_turns(session: AsyncSession, agent_type: str) -> None:
    await session.execute(delete(AgentRate).where(AgentRate.agent_type == agent_type))


async def figures(session: AsyncSession, goals: Mapping[str, int]) -> Mapping[str, Any]:
    """Runs, successes and times in milliseconds of the last 24 hours, by type.

    Args:
        goals: by type, the time in milliseconds that a run should take at most.
    """
    rows = await session.execute(FIGURES, {"window": WINDOW, "types": list(goals), "goals": list(goals.values())})
    return {row.agent_type: row for row in rows}


async def latest_runs(session: AsyncSession, types: Sequence[str]) -> dict[str, LatestRun]:
    rows = await session.execute(LATEST, {"types": list(types)})
    return {row.agent_type: LatestRun(row.executed_at, row.success, row.error, row.error_code) for row in rows}


async def executions(
    session: AsyncSession, query: Select[Any], cursor: str | None, limit: int
) -> tuple[Sequence[AgentExecution], str | None]:
    """Newest first."""
    rows, next_cursor = await read_rows(session, query, ORDER, cursor, limit)
    return [row[0] for row in rows], next_cursor


async def clear_memories(session: AsyncSession, *, conversation_id: int | None, lead_id: int | None) -> int:
    """Forget what agents remember of a conversation, or of all that a lead had."""
    doomed = delete(ConversationMemory)
    if conversation_id is not None:
        doomed = doomed.where(ConversationMemory.conversation_id == conversation_id)
    if lead_id is not None:
        theirs = select(Conversation.id).where(Conversation.lead_id == lead_id)
        doomed = doomed.where(ConversationMemory.conversation_id.in_(theirs))
    return len((await session.execute(doomed.returning(ConversationMemory.conversation_id))).all())

"""Every query on stored agents and their versions."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import Agent, AgentVersion
from outrider.db.engine import raw_connection


async def list_agents(session: AsyncSession) -> Sequence[tuple[Agent, AgentVersion | None]]:
    """All agents by name, each with the version that speaks."""
    query = select(Agent, AgentVersion).outerjoin(AgentVersion, _speaks()).order_by(Agent.name)
    return [(agent, version) for agent, version in (await session.execute(query)).all()]


async def agent_named(session: AsyncSession, name: str) -> Agent | None:
    return (await session.execute(select(Agent).where(Agent.name == name))).scalar_one_or_none()


async def locked(session: AsyncSession, agent_id: int) -> Agent | None:
    """The agent, which nobody else changes until the transaction ends."""
    return await session.get(Agent, agent_id, with_for_update=True, populate_existing=True)


async def versions(session: AsyncSession, agent_id: int) -> Sequence[AgentVersion]:
    """Newest first."""
    query = select(AgentVersion).where(AgentVersion.agent_id == agent_id).order_by(AgentVersion.number.desc())
    return (await session.execute(query)).scalars().all()


async def version(session: AsyncSession, agent_id: int, number: int) -> AgentVersion | None:
    return await session.get(AgentVersion, (agent_id, number))


async def latest_number(session: AsyncSession, agent_id: int) -> int:
    """0 if nothing was published yet."""
    query = select(func.coalesce(func.max(AgentVersion.number), 0)).where(AgentVersion.agent_id == agent_id)
    return int((await session.execute(query)).scalar_one())


async def default_ids(session: AsyncSession) -> dict[str, int]:
    """By type, the stored agent that stands for it."""
    query = select(Agent.agent_type, Agent.id).where(Agent.is_default)
    return {row.agent_type: row.id for row in await session.execute(query)}


async def clear_default(session: AsyncSession, agent_type: str) -> None:
    await session.execute(update(Agent).where(Agent.agent_type == agent_type, Agent.is_default).values(is_default=False))


SPEAKING = """
    SELECT agents.id, agents.agent_type, agents.is_default, spoken.number, spoken.configuration::text AS configuration
    FROM agents JOIN agent_versions AS spoken ON spoken.agent_id = agents.id AND spoken.number = agents.published
    WHERE agents.is_default OR agents.id = ANY($1::bigint[])
"""


async def speaking(session: AsyncSession, agent_ids: Sequence[int]) -> Sequence[asyncpg.Record]:
    """Of these agents and of those that stand for their types, each that was published, with the version that speaks.

    Every turn of a conversation asks it, so it runs on the raw connection.
    """
    connection = await raw_connection(session)
    return await connection.fetch(SPEAKING, agent_ids)


def _speaks() -> ColumnElement[bool]:
    return and_(AgentVersion.agent_id == Agent.id, AgentVersion.number == Agent.published)

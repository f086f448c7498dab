"""Every query on agents."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import Agent
from outrider.conversations.models import Author, Conversation, Message


async def list_agents(session: AsyncSession) -> Sequence[Agent]:
    return (await session.execute(select(Agent).order_by(Agent.name))).scalars().all()


async def agent_named(session: AsyncSession, name: str) -> Agent | None:
    return (await session.execute(select(Agent).where(Agent.name == name))).scalar_one_or_none()


async def automated_replies(session: AsyncSession, conversation_id: int) -> int:
    """How often agents answered since a person last wrote or the conversation began."""
    last_person = (
        select(func.coalesce(func.max(Message.id), 0))
        .where(Message.conversation_id == conversation_id, Message.author == Author.PERSON)
        .scalar_subquery()
    )
    query = select(func.count()).where(
        Message.conversation_id == conversation_id, Message.author == Author.AGENT, Message.id > last_person
    )
    return int((await session.execute(query)).scalar_one())


async def conversation(session: AsyncSession, conversation_id: int) -> Conversation | None:
    return await session.get(Conversation, conversation_id)

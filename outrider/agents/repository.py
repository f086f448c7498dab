"""Every query on agents."""

from __future__ import annotations

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Author, Conversation, Message, OutboxState


async def automated_replies(session: AsyncSession, conversation_id: int) -> int:
    """How often agents answered since a person last wrote or gave them the conversation."""
    last_person = (
        select(func.coalesce(func.max(Message.id), 0))
        .where(Message.conversation_id == conversation_id, Message.author == Author.PERSON)
        .scalar_subquery()
    )
    handed_back = select(Conversation.agent_since).where(Conversation.id == conversation_id).scalar_subquery()
    query = select(func.count()).where(
        Message.conversation_id == conversation_id,
        Message.author == Author.AGENT,
        # What never left annoys nobody: taken back by a person, cancelled by the lead's next text, refused by the carrier.
        Message.state.not_in([OutboxState.CANCELLED, OutboxState.FAILED]),
        Message.id > last_person,
        Message.created_at > func.coalesce(handed_back, literal_column("'-infinity'::timestamptz")),
    )
    return int((await session.execute(query)).scalar_one())


async def message_named(session: AsyncSession, dedupe_key: str) -> int | None:
    """The text that was queued for the intent of this name."""
    return await session.scalar(select(Message.id).where(Message.dedupe_key == dedupe_key))


async def conversation(session: AsyncSession, conversation_id: int) -> Conversation | None:
    return await session.get(Conversation, conversation_id)

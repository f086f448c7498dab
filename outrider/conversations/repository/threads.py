"""Queries of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from outrider.conversations.models import Conversation, Message, Suppression
from outrider.db.pages import Order, SortKey, read_rows
from outrider.leads.models import Lead

LATEST_FIRST = Order("-last_message_at", SortKey(Conversation.last_message_at.expression, datetime), Conversation.id.expression)
NEWEST_FIRST = Order("-id", SortKey(Message.id.expression, int), Message.id.expression)
NEEDS_REPLY = Conversation.answered_count < Conversation.inbound_count


def _overview() -> Select[*tuple[Any, ...]]:
    """One row per conversation with its lead, its latest message and whether the number is suppressed."""
    last = (
        select(Message)
        .where(Message.conversation_id == Conversation.id)
        .order_by(Message.id.desc())
        .limit(1)
        .lateral("last_message")
    )
    latest = aliased(Message, last)
    is_suppressed = (
        select(Suppression.id)
        .where(Suppression.phone == Lead.phone, Suppression.lifted_at.is_(None))
        .exists()
        .label("is_suppressed")
    )
    return (
        select(Conversation, Lead.name, Lead.company, Lead.phone, NEEDS_REPLY.label("needs_reply"), is_suppressed, latest)
        .join(Lead, Lead.id == Conversation.lead_id)
        .join(latest, true(), isouter=True)
    )


async def page(
    session: AsyncSession,
    cursor: str | None,
    limit: int,
    *,
    needs_reply: bool | None,
    handled_by: str | None,
    campaign_id: int | None,
    search: str | None,
) -> tuple[Sequence[Any], str | None]:
    """Conversations by their last message, the latest first, and the cursor of the next page."""
    query = _overview()
    if needs_reply is not None:
        query = query.where(NEEDS_REPLY if needs_reply else ~NEEDS_REPLY)
    if handled_by is not None:
        query = query.where(Conversation.handled_by == handled_by)
    if campaign_id is not None:
        query = query.where(Conversation.campaign_id == campaign_id)
    if search is not None:
        query = query.where(
            or_(
                Lead.name.icontains(search, autoescape=True),
                Lead.company.icontains(search, autoescape=True),
                Lead.phone.contains(search, autoescape=True),
            )
        )
    return await read_rows(session, query, LATEST_FIRST, cursor, limit)


async def one(session: AsyncSession, conversation_id: int) -> Any:
    return (await session.execute(_overview().where(Conversation.id == conversation_id))).one_or_none()


async def messages(
    session: AsyncSession, conversation_id: int, cursor: str | None, limit: int
) -> tuple[Sequence[Message], str | None]:
    """Messages of a conversation, newest first, and the cursor of the next page."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    rows, next_cursor = await read_rows(session, query, NEWEST_FIRST, cursor, limit)
    return [row.Message for row in rows], next_cursor


async def take_over(session: AsyncSession, conversation_id: int) -> None:
    """A person answers from now on; a run in progress is overtaken."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(handled_by="person", run_token=None, run_lease_until=None, updated_at=func.now())
    )


async def hand_back(session: AsyncSession, conversation_id: int) -> None:
    await session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(handled_by="agent", updated_at=func.now())
    )


async def mark_answered(session: AsyncSession, conversation_id: int) -> None:
    """Everything received so far is answered."""
    await session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(answered_count=Conversation.inbound_count)
    )

"""Queries of single conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from outrider.conversations.models import Conversation, ConversationDecision, ConversationNote, Decision, Message, Suppression
from outrider.db.pages import Order, SortKey, read_rows
from outrider.leads.models import Lead

NEWEST_FIRST = Order("-id", SortKey(Message.id.expression, int), Message.id.expression)
NEWEST_NOTE_FIRST = Order("-id", SortKey(ConversationNote.id.expression, int), ConversationNote.id.expression)
NEWEST_DECISION_FIRST = Order("-id", SortKey(ConversationDecision.id.expression, int), ConversationDecision.id.expression)
NEEDS_REPLY = Conversation.answered_count < Conversation.inbound_count
IS_WRITING = and_(Conversation.run_token.is_not(None), Conversation.run_lease_until > func.now())
"""A run has the turn, and its lease has not ended."""


def overview() -> Select[*tuple[Any, ...]]:
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
        select(
            Conversation,
            Lead.name,
            Lead.company,
            Lead.phone,
            NEEDS_REPLY.label("needs_reply"),
            func.coalesce(IS_WRITING, false()).label("agent_is_writing"),
            is_suppressed,
            latest,
        )
        .join(Lead, Lead.id == Conversation.lead_id)
        .join(latest, true(), isouter=True)
    )


async def one(session: AsyncSession, conversation_id: int) -> Any:
    return (await session.execute(overview().where(Conversation.id == conversation_id))).one_or_none()


async def messages(
    session: AsyncSession, conversation_id: int, cursor: str | None, limit: int
) -> tuple[Sequence[Message], str | None]:
    """Messages of a conversation, newest first, and the cursor of the next page."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    rows, next_cursor = await read_rows(session, query, NEWEST_FIRST, cursor, limit)
    return [row.Message for row in rows], next_cursor


async def notes(
    session: AsyncSession, conversation_id: int, cursor: str | None, limit: int
) -> tuple[Sequence[ConversationNote], str | None]:
    """Notes of a conversation, newest first, and the cursor of the next page."""
    query = select(ConversationNote).where(ConversationNote.conversation_id == conversation_id)
    rows, next_cursor = await read_rows(session, query, NEWEST_NOTE_FIRST, cursor, limit)
    return [row.ConversationNote for row in rows], next_cursor


async def decisions(
    session: AsyncSession, conversation_id: int, cursor: str | None, limit: int
) -> tuple[Sequence[ConversationDecision], str | None]:
    """Decisions about a conversation, newest first, and the cursor of the next page."""
    query = select(ConversationDecision).where(ConversationDecision.conversation_id == conversation_id)
    rows, next_cursor = await read_rows(session, query, NEWEST_DECISION_FIRST, cursor, limit)
    return [row.ConversationDecision for row in rows], next_cursor


def keep_decision(
    session: AsyncSession, conversation_id: int, decision: Decision, actor: str | None = None, detail: str | None = None
) -> None:
    """Keep a decision; without `actor` it is the agent's."""
    session.add(ConversationDecision(conversation_id=conversation_id, decision=decision, actor=actor, detail=detail))

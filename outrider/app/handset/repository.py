"""Queries of the handset."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Conversation, Sender, SenderKind
from outrider.leads.filters import conditions
from outrider.leads.models import Lead
from outrider.leads.schemas import LeadFilter

THREAD_FIRST = (Conversation.last_message_at.desc(), Conversation.id.desc())


async def people(session: AsyncSession, search: str | None, limit: int) -> list[Any]:
    """Leads with a number: those with a thread first, the latest on top, then the newest of the others."""
    matching: list[ColumnElement[bool]] = [Lead.phone.is_not(None), *conditions(LeadFilter(search=search))]
    shown = (Lead.id.label("lead_id"), Lead.name, Lead.company, Lead.phone)
    with_thread = (
        select(*shown, Conversation.id.label("conversation_id"), Conversation.last_message_at)
        .join(Conversation, Conversation.lead_id == Lead.id)
        .where(*matching)
        .order_by(*THREAD_FIRST)
        .limit(limit)
    )
    found: list[Any] = list((await session.execute(with_thread)).all())
    if len(found) == limit:
        return found
    has_thread = select(Conversation.id).where(Conversation.lead_id == Lead.id).exists()
    nothing = (literal(None).label("conversation_id"), literal(None).label("last_message_at"))
    others = select(*shown, *nothing).where(*matching, ~has_thread).order_by(Lead.created_at.desc(), Lead.id.desc())
    found.extend((await session.execute(others.limit(limit - len(found)))).all())
    return found


async def sender_addresses(session: AsyncSession, phone: str) -> list[str]:
    """Numbers that we send from: first the one that this person hears from, then the enabled others."""
    is_theirs = _sender_of(phone).exists()
    usable = or_(Sender.enabled, is_theirs)
    query = select(Sender.address).where(Sender.kind == SenderKind.NUMBER, usable).order_by(is_theirs.desc(), Sender.id)
    return list((await session.execute(query)).scalars())


def _sender_of(phone: str) -> Select[Any]:
    return (
        select(Conversation.id)
        .join(Lead, Lead.id == Conversation.lead_id)
        .where(Lead.phone == phone, Conversation.sender_id == Sender.id)
        .correlate(Sender)
    )

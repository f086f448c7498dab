"""Queries of the lists that the campaign pages show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, lateral, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import (
    Campaign,
    CampaignLead,
    CampaignLeadStatus,
    CampaignStatus,
    ConversationMessage,
    ProcessingLog,
    SkipReason,
)
from outrider.conversations.models import Conversation, Direction, Message, OutboxState
from outrider.db.pages import SortKey, read_order, read_rows
from outrider.leads.models import Lead

CAMPAIGN_SORTS = {
    "id": SortKey(Campaign.id.expression, int),
    "name": SortKey(func.lower(Campaign.name), str),
    "created_at": SortKey(Campaign.created_at.expression, datetime),
}
LEAD_SORTS = {"id": SortKey(CampaignLead.id.expression, int)}
LOG_SORTS = {"id": SortKey(ProcessingLog.id.expression, int)}


async def campaigns(
    session: AsyncSession, statuses: Sequence[CampaignStatus], search: str | None, sort: str, cursor: str | None, limit: int
) -> tuple[list[Campaign], str | None]:
    query = select(Campaign)
    if statuses:
        query = query.where(Campaign.status.in_(statuses))
    if search:
        query = query.where(Campaign.name.icontains(search, autoescape=True))
    rows, next_cursor = await read_rows(session, query, read_order(sort, CAMPAIGN_SORTS, Campaign.id), cursor, limit)
    return [row.Campaign for row in rows], next_cursor


async def campaign_leads(
    session: AsyncSession,
    campaign_id: int,
    *,
    statuses: Sequence[CampaignLeadStatus],
    skip_reasons: Sequence[SkipReason],
    replied: bool | None,
    error: str | None,
    sort: str,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row[Any]], str | None]:
    """Rows with CampaignLead, name, phone, company, sent, response, delivery_status, hold_reason, conversation_id."""
    query = _campaign_leads().where(CampaignLead.campaign_id == campaign_id)
    if statuses:
        query = query.where(CampaignLead.status.in_(statuses))
    if skip_reasons:
        query = query.where(CampaignLead.skip_reason.in_(skip_reasons))
    if replied is not None:
        query = query.where(CampaignLead.replied_at.is_not(None) if replied else CampaignLead.replied_at.is_(None))
    if error is not None:
        query = query.where(CampaignLead.error_message == error)
    return await read_rows(session, query, read_order(sort, LEAD_SORTS, CampaignLead.id), cursor, limit)


async def campaign_lead_chunks(
    session: AsyncSession, campaign_id: int, statuses: Sequence[CampaignLeadStatus], size: int
) -> AsyncIterator[Sequence[Row[Any]]]:
    """The campaign's leads as rows of `campaign_leads`, by id, read with a server-side cursor."""
    query = _campaign_leads().where(CampaignLead.campaign_id == campaign_id).order_by(CampaignLead.id)
    if statuses:
        query = query.where(CampaignLead.status.in_(statuses))
    result = await session.stream(query.execution_options(yield_per=size))
    async for chunk in result.partitions():
        session.expunge_all()
        yield chunk


async def campaign_lead(session: AsyncSession, campaign_lead_id: int) -> Row[Any] | None:
    """As a row of `campaign_leads`."""
    row: Row[Any] | None = (await session.execute(_campaign_leads().where(CampaignLead.id == campaign_lead_id))).one_or_none()
    return row


def _campaign_leads() -> Select[Any]:
    latest = lateral(
        select(Message.state, Message.delivery_status, Message.hold_reason)
        .where(Message.campaign_lead_id == CampaignLead.id)
        .order_by(Message.id.desc())
        .limit(1)
    )
    response = lateral(
        select(Message.body)
        .where(
            Message.lead_id == CampaignLead.lead_id,
            Message.direction == Direction.IN,
            CampaignLead.replied_at.is_not(None),
            Message.created_at >= CampaignLead.processed_at,
        )
        .order_by(Message.id)
        .limit(1)
    )
    return (
        select(
            CampaignLead,
            Lead.name,
            Lead.phone,
            Lead.company,
            (latest.c.state == OutboxState.SENT).label("sent"),
            latest.c.delivery_status,
            latest.c.hold_reason,
            response.c.body.label("response"),
            Conversation.id.label("conversation_id"),
        )
        .join(Lead, Lead.id == CampaignLead.lead_id)
        .outerjoin(Conversation, Conversation.lead_id == CampaignLead.lead_id)
        .outerjoin(latest, true())
        .outerjoin(response, true())
    )


async def logs(
    session: AsyncSession,
    campaign_id: int,
    *,
    levels: Sequence[str],
    nodes: Sequence[str],
    campaign_lead_id: int | None,
    sort: str,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row[Any]], str | None]:
    """Rows with ProcessingLog and the lead's name."""
    query: Any = (
        select(ProcessingLog, Lead.name)
        .join(CampaignLead, CampaignLead.id == ProcessingLog.campaign_lead_id)
        .join(Lead, Lead.id == CampaignLead.lead_id)
        .where(ProcessingLog.campaign_id == campaign_id)
    )
    if levels:
        query = query.where(ProcessingLog.level.in_(levels))
    if nodes:
        query = query.where(ProcessingLog.node_name.in_(nodes))
    if campaign_lead_id is not None:
        query = query.where(ProcessingLog.campaign_lead_id == campaign_lead_id)
    return await read_rows(session, query, read_order(sort, LOG_SORTS, ProcessingLog.id), cursor, limit)


async def transcript(session: AsyncSession, campaign_lead_id: int) -> list[ConversationMessage]:
    """What was said to and by the model, oldest first."""
    query = select(ConversationMessage).where(ConversationMessage.campaign_lead_id == campaign_lead_id)
    return list((await session.execute(query.order_by(ConversationMessage.id))).scalars())


async def thread(session: AsyncSession, lead_id: int, most: int) -> list[Message]:
    """The latest texts between the lead and us, oldest first, whatever became of them."""
    query = select(Message).where(Message.lead_id == lead_id).order_by(Message.id.desc()).limit(most)
    return list(reversed((await session.execute(query)).scalars().all()))

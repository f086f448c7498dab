"""Queries of the lists that the campaign pages show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign, CampaignLead, CampaignStatus, ConversationMessage
from outrider.conversations.models import Message
from outrider.db.pages import SortKey, read_order, read_rows
from outrider.leads.models import Lead
from outrider.workflows.models import Step

CAMPAIGN_SORTS = {
    "id": SortKey(Campaign.id.expression, int),
    "name": SortKey(func.lower(Campaign.name), str),
    "created_at": SortKey(Campaign.created_at.expression, datetime),
}
LOG_SORTS = {"id": SortKey(Step.id.expression, int)}


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
    """Rows with Step and the lead's name."""
    query: Any = (
        select(Step, Lead.name)
        .join(CampaignLead, CampaignLead.id == Step.campaign_lead_id)
        .join(Lead, Lead.id == CampaignLead.lead_id)
        .where(Step.campaign_id == campaign_id)
    )
    if levels:
        query = query.where(Step.level.in_(levels))
    if nodes:
        query = query.where(Step.node_name.in_(nodes))
    if campaign_lead_id is not None:
        query = query.where(Step.campaign_lead_id == campaign_lead_id)
    return await read_rows(session, query, read_order(sort, LOG_SORTS, Step.id), cursor, limit)


async def transcript(session: AsyncSession, campaign_lead_id: int) -> list[ConversationMessage]:
    """What was said to and by the model, oldest first."""
    query = select(ConversationMessage).where(ConversationMessage.campaign_lead_id == campaign_lead_id)
    return list((await session.execute(query.order_by(ConversationMessage.id))).scalars())


async def thread(session: AsyncSession, lead_id: int, most: int) -> list[Message]:
    """The latest texts between the lead and us, oldest first, whatever became of them."""
    query = select(Message).where(Message.lead_id == lead_id).order_by(Message.id.desc()).limit(most)
    return list(reversed((await session.execute(query)).scalars().all()))

"""Queries of campaigns themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import Exists, Row, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import Agent
from outrider.campaigns.models import Campaign, CampaignLead, CampaignLeadStatus, CampaignStatus
from outrider.campaigns.transitions import Action, decide
from outrider.db.engine import raw_connection
from outrider.llm.budgets.models import CallState, ModelCall

OPEN = (CampaignLeadStatus.PENDING, CampaignLeadStatus.PROCESSING, CampaignLeadStatus.WAITING)


async def find(session: AsyncSession, campaign_id: int) -> Campaign | None:
    return await session.get(Campaign, campaign_id)


async def find_many(session: AsyncSession, campaign_ids: Collection[int]) -> dict[int, Campaign]:
    """Those of the campaigns that there are, by id."""
    found = await session.execute(select(Campaign).where(Campaign.id.in_(campaign_ids)))
    return {campaign.id: campaign for campaign in found.scalars()}


BRIEFING = """
    SELECT name, description, sender_name, sms_system_prompt, sms_template, sms_temperature, model, auto_reply,
        agent_id, qualification_agent_id, objection_handler_agent_id, scheduler_agent_id
    FROM campaigns WHERE id = $1
"""


async def briefing_of(session: AsyncSession, campaign_id: int) -> asyncpg.Record | None:
    """What agents are told of the campaign; every turn of a conversation asks it, so it runs on the raw connection."""
    connection = await raw_connection(session)
    return await connection.fetchrow(BRIEFING, campaign_id)


async def lock(session: AsyncSession, campaign_id: int) -> Campaign | None:
    """The campaign as it is now; nobody else changes it until the transaction ends.

    Whoever locks a campaign and its leads locks the campaign first.
    """
    statement = select(Campaign).where(Campaign.id == campaign_id).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def remove(session: AsyncSession, campaign_id: int) -> None:
    await session.execute(delete(Campaign).where(Campaign.id == campaign_id))


async def answering_themselves(session: AsyncSession, campaign_ids: Collection[int]) -> set[int]:
    """Those of the campaigns whose leads are answered by an agent. One that is gone leaves that to a person."""
    statement = select(Campaign.id).where(Campaign.id.in_(campaign_ids), Campaign.auto_reply)
    return set((await session.execute(statement)).scalars())


async def may_go_on(session: AsyncSession, campaign_ids: Sequence[int]) -> set[int]:
    """Those of the campaigns whose next leads may be started: processing, and not over budget.

    What is reserved for models under way counts only where it does not matter: most of it is given back.
    """
    reserved = func.coalesce(
        select(func.sum(ModelCall.cost))
        .where(ModelCall.campaign_id == Campaign.id, ModelCall.state == CallState.RESERVED)
        .scalar_subquery(),
        0,
    )
    statement = select(Campaign.id).where(
        Campaign.id.in_(campaign_ids),
        Campaign.status == CampaignStatus.PROCESSING,
        or_(Campaign.budget.is_(None), Campaign.spent < Campaign.budget, Campaign.spent - reserved < Campaign.budget),
    )
    return set((await session.execute(statement)).scalars())


def _has_open_leads() -> Exists:
    return exists().where(CampaignLead.campaign_id == Campaign.id, CampaignLead.status.in_(OPEN))


async def complete_finished(session: AsyncSession, campaign_ids: Sequence[int] | None = None) -> list[int]:
    """Complete the processing campaigns (of those given) that have no open lead; returns them.

    The lock comes before the look: the second statement sees all that was committed before the lock was had, so of two
    transactions that settle the last leads, the later one notices. One that somebody else has locked is left for the
    next look (the schedule's, at the latest).
    """
    candidates = select(Campaign.id).where(Campaign.status == CampaignStatus.PROCESSING, ~_has_open_leads())
    if campaign_ids is not None:
        candidates = candidates.where(Campaign.id.in_(campaign_ids))
    locked = (await session.execute(candidates.with_for_update(skip_locked=True, key_share=True))).scalars().all()
    if not locked:
        return []
    statement = (
        update(Campaign)
        .where(Campaign.id.in_(locked), Campaign.status == CampaignStatus.PROCESSING, ~_has_open_leads())
        .values(status=decide(Action.COMPLETE, CampaignStatus.PROCESSING).target, completed_at=func.now(), updated_at=func.now())
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    )
    return list((await session.execute(statement)).scalars())


async def budgeted(session: AsyncSession, completed_since: datetime) -> list[int]:
    """Campaigns with a budget that still spend: under way, or completed lately, so that replies go on."""
    spending = or_(
        Campaign.status.in_([CampaignStatus.PROCESSING, CampaignStatus.PAUSED]),
        (Campaign.status == CampaignStatus.COMPLETED) & (Campaign.completed_at >= completed_since),
    )
    statement = select(Campaign.id).where(Campaign.budget.is_not(None), spending).order_by(Campaign.id)
    return list((await session.execute(statement)).scalars())


SPENT = text("""
    SELECT c.id, c.name, c.budget,
        coalesce((SELECT sum(cost) FROM model_calls WHERE campaign_id = c.id), 0)
        + coalesce((SELECT sum(cost) FROM model_call_totals WHERE campaign_id = c.id AND campaign_id > 0), 0)
        + coalesce((
            SELECT sum(CASE WHEN state = 'sent' THEN coalesce(price, estimated_cost) ELSE estimated_cost END)
            FROM messages
            WHERE campaign_id = c.id AND direction = 'out'
                AND (state = 'sent' OR admitted AND state IN ('queued', 'held', 'sending', 'unknown'))
        ), 0) AS spent
    FROM campaigns AS c WHERE c.id = ANY(:ids) ORDER BY c.id DESC
""")


async def with_budget(session: AsyncSession, most: int) -> Sequence[Row[Any]]:
    """(id, name, budget, spent) of the latest campaigns with a budget that were started, computed from the rows."""
    started = Campaign.status.not_in([CampaignStatus.DRAFT, CampaignStatus.FAILED, CampaignStatus.CANCELLED])
    latest = select(Campaign.id).where(Campaign.budget.is_not(None), started).order_by(Campaign.id.desc()).limit(most)
    ids = (await session.execute(latest)).scalars().all()
    return (await session.execute(SPENT, {"ids": ids})).all() if ids else []


async def recompute_spent(session: AsyncSession, campaign: Campaign) -> None:
    """Set the guard of the budget to what the rows say: model calls, those under way with what is reserved for them, texts
    sent at their price, texts admitted at their estimate. The caller holds the lock on the campaign."""
    campaign.spent = Decimal((await session.execute(SPENT, {"ids": [campaign.id]})).one().spent)
    await session.flush()


async def agents(session: AsyncSession, agent_ids: Sequence[int]) -> dict[int, Agent]:
    """The stored agents of these ids."""
    found = await session.execute(select(Agent).where(Agent.id.in_(agent_ids)))
    return {agent.id: agent for agent in found.scalars()}

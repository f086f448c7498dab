"""Queries of campaigns themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Exists, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign, CampaignLead, CampaignLeadStatus, CampaignStatus
from outrider.campaigns.transitions import Action, decide

OPEN = (CampaignLeadStatus.PENDING, CampaignLeadStatus.PROCESSING, CampaignLeadStatus.WAITING)


async def find(session: AsyncSession, campaign_id: int) -> Campaign | None:
    return await session.get(Campaign, campaign_id)


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
    """Those of the campaigns whose next leads may be started: processing, and not over budget."""
    statement = select(Campaign.id).where(
        Campaign.id.in_(campaign_ids),
        Campaign.status == CampaignStatus.PROCESSING,
        Campaign.budget.is_(None) | (Campaign.spent < Campaign.budget),
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
    SELECT
        coalesce((SELECT sum(cost) FROM runs WHERE campaign_id = :campaign_id), 0)
        + coalesce((SELECT sum(cost) FROM agent_executions WHERE campaign_id = :campaign_id), 0)
        + coalesce((
            SELECT sum(CASE WHEN state = 'sent' THEN coalesce(price, estimated_cost) ELSE estimated_cost END)
            FROM messages
            WHERE campaign_id = :campaign_id AND direction = 'out'
                AND (state = 'sent' OR admitted AND state IN ('queued', 'held', 'sending', 'unknown'))
        ), 0)
""")


async def recompute_spent(session: AsyncSession, campaign: Campaign) -> None:
    """Set the guard of the budget to what the rows say: model calls, texts sent at their price, texts admitted at their
    estimate. The caller holds the lock on the campaign."""
    campaign.spent = Decimal((await session.execute(SPENT, {"campaign_id": campaign.id})).scalar_one())
    await session.flush()

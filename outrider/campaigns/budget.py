"""Campaigns' part in the budgets: a campaign pays for the models that work on it from the money that pays for its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import notices
from outrider.campaigns.live import tell_changed
from outrider.campaigns.models import Campaign, CampaignStatus
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import sending as rows
from outrider.campaigns.transitions import Action, decide
from outrider.conversations.outbox import hold_texts
from outrider.llm.base import CallScope
from outrider.llm.budgets.limits import exhausted
from outrider.llm.budgets.models import Scope
from outrider.llm.budgets.purses import LIFETIME, Listed, Purse, Standing
from outrider.llm.budgets.repository import under_way

log = structlog.get_logger(__name__)

MOST_LISTED = 100


class CampaignBudgets:
    """Implements `llm.budgets.purses.BudgetPart` on `campaigns.budget` and `campaigns.spent`."""

    scope = Scope.CAMPAIGN

    def purses(self, scope: CallScope) -> Sequence[Purse]:
        return [] if scope.campaign_id is None else [purse_of(scope.campaign_id)]

    async def add(self, session: AsyncSession, amounts: Mapping[Purse, Decimal]) -> Mapping[Purse, Standing]:
        found = await rows.add_spent(session, {purse.subject_id: amount for purse, amount in amounts.items()})
        return {purse_of(campaign_id): standing for campaign_id, standing in found.items()}

    async def listed(self, session: AsyncSession) -> Sequence[Listed]:
        return [Listed(row.id, row.name, row.budget, row.spent) for row in await campaign_rows.with_budget(session, MOST_LISTED)]


def purse_of(campaign_id: int) -> Purse:
    """The purse that is the campaign's budget."""
    return Purse(Scope.CAMPAIGN, campaign_id, LIFETIME)


async def is_spent(session: AsyncSession, campaign: Campaign) -> bool:
    """Nothing of its budget is left, even if all that is reserved for models under way were given back."""
    if campaign.budget is None or campaign.spent < campaign.budget:
        return False
    return campaign.spent - await under_way(session, purse_of(campaign.id)) >= campaign.budget


def used_up(campaign_id: int, budget: Decimal, spent: Decimal) -> str:
    """Why a campaign can't go on, and what to do."""
    error = exhausted(purse_of(campaign_id), Standing(spent, budget))
    return f"{error.detail} {error.remedy}"


async def pause_by_system(session: AsyncSession, campaign_id: int, reason: str) -> None:
    """Pause the campaign, if it is under way: what is pending stays pending. The caller holds the lock on it."""
    campaign = await campaign_rows.lock(session, campaign_id)
    if campaign is None or campaign.status != CampaignStatus.PROCESSING:
        return
    log.warning("campaign_paused_by_system", campaign_id=campaign_id, reason=reason)
    campaign.status = decide(Action.PAUSE, campaign.status).target
    campaign.status_reason = reason
    await session.flush()
    await hold_texts(session, campaign_id)
    tell_changed(session, [campaign_id])
    await notices.tell_paused(session, campaign, reason)

"""How campaigns end or stop, told to people outside; and the one place at which campaigns complete."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign
from outrider.campaigns.repository import campaigns as rows
from outrider.events.facts import Fact, Severity, notify


class _CampaignFact(Fact):
    """What all facts about a campaign tell."""

    campaign_id: int
    campaign_name: str

    def link(self) -> str:
        return f"/campaigns/{self.campaign_id}"


class CampaignCompleted(_CampaignFact):
    """The last lead of a campaign was worked."""

    name = "campaign.completed"
    label = "Campaign completed"
    severity = Severity.SUCCESS

    def title(self) -> str:
        return f"{self.campaign_name} is completed"


class CampaignFailed(_CampaignFact):
    """A campaign can't go on; its leads can be retried once the reason is gone."""

    name = "campaign.failed"
    label = "Campaign failed"
    severity = Severity.CRITICAL

    reason: str

    def title(self) -> str:
        return f"{self.campaign_name} failed"

    def detail(self) -> str:
        return self.reason


class CampaignPaused(_CampaignFact):
    """The system paused a campaign, because something that it needs is missing: a budget, a model, a sender."""

    name = "campaign.paused"
    label = "Campaign paused by the system"
    severity = Severity.CRITICAL

    reason: str

    def title(self) -> str:
        return f"{self.campaign_name} was paused"

    def detail(self) -> str:
        return self.reason


async def complete_finished(session: AsyncSession, campaign_ids: Sequence[int] | None = None) -> list[int]:
    """Complete the processing campaigns (of those given) that have no open lead, and tell of it; returns them."""
    completed = await rows.complete_finished(session, campaign_ids)
    if completed:
        names = await session.execute(select(Campaign.id, Campaign.name).where(Campaign.id.in_(completed)))
        await notify(session, *(CampaignCompleted(campaign_id=row.id, campaign_name=row.name) for row in names))
    return completed


async def tell_failed(session: AsyncSession, campaign: Campaign, reason: str) -> None:
    await notify(session, CampaignFailed(campaign_id=campaign.id, campaign_name=campaign.name, reason=reason))


async def tell_paused(session: AsyncSession, campaign: Campaign, reason: str) -> None:
    await notify(session, CampaignPaused(campaign_id=campaign.id, campaign_name=campaign.name, reason=reason))

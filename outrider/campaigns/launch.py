"""The launch: fixes who is reached, skips who may not be texted, and puts the rest on the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import notices
from outrider.campaigns.audience import audience_parts
from outrider.campaigns.live import tell_changed
from outrider.campaigns.models import Campaign, CampaignStatus
from outrider.campaigns.process import enqueue_pending, fail_campaign
from outrider.campaigns.repository import audience as audience_rows
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.transitions import Action, decide
from outrider.config import Settings
from outrider.errors import OutriderError
from outrider.jobs import JobContext, job

log = structlog.get_logger(__name__)


@job("campaigns.launch")
async def launch(context: JobContext, campaign_id: int) -> None:
    """Launch a started campaign; a second delivery does nothing, one that comes before its time comes again."""
    async with context.transaction() as session:
        campaign = await campaign_rows.lock(session, campaign_id)
        if campaign is None or campaign.status != CampaignStatus.PENDING:
            return
        if _time_left(campaign) > timedelta(0):
            await enqueue_launch(session, campaign)
            return
        try:
            async with session.begin_nested():
                await _launch(session, campaign, context.part(Settings).chunk_size)
        except OutriderError as error:
            await fail_campaign(session, campaign_id, error.detail)


async def enqueue_launch(session: AsyncSession, campaign: Campaign) -> None:
    """Let the campaign be launched now, or at its time."""
    await launch.later(max(timedelta(0), _time_left(campaign)))(session, campaign_id=campaign.id)


async def _launch(session: AsyncSession, campaign: Campaign, chunk_size: int) -> None:
    await audience_rows.assign(session, campaign.id, audience_parts(campaign))
    await audience_rows.skip_excluded(session, campaign.id, campaign.require_consent)
    campaign.status = decide(Action.LAUNCH, campaign.status).target
    campaign.launched_at = datetime.now(UTC)
    await session.flush()
    await enqueue_pending(session, campaign.id, chunk_size)
    await notices.complete_finished(session, [campaign.id])
    tell_changed(session, [campaign.id])
    log.info("campaign_launched", campaign_id=campaign.id)


def _time_left(campaign: Campaign) -> timedelta:
    return campaign.scheduled_at - datetime.now(UTC) if campaign.scheduled_at else timedelta(0)

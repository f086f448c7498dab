"""Start, pause, resume, cancel, retry: what a person does with a campaign. Each is one transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import notices
from outrider.campaigns.launch import enqueue_launch
from outrider.campaigns.live import tell_changed
from outrider.campaigns.models import Campaign, CampaignLead, CampaignStatus, SkipReason
from outrider.campaigns.preflight import check_before_start
from outrider.campaigns.process import enqueue_chunks, enqueue_pending
from outrider.campaigns.repository import audience as audience_rows
from outrider.campaigns.repository import leads as lead_rows
from outrider.campaigns.schemas import PreflightReport
from outrider.campaigns.service import lock_campaign
from outrider.campaigns.transitions import Action, decide
from outrider.config import Settings
from outrider.conversations.models import Purpose
from outrider.conversations.outbox import cancel_texts, hold_texts, release_texts
from outrider.errors import Conflict, FieldProblem
from outrider.workflows.context import Models
from outrider.workflows.drafts import publish_version
from outrider.workflows.runs.repository import wake_timers
from outrider.workflows.runs.service import cancel_campaign
from outrider.workflows.service import standard_workflow

log = structlog.get_logger(__name__)


class CampaignBlocked(Conflict):
    """Something must be put right before the campaign can be started."""

    title = "The campaign can't be started yet"


async def start(session: AsyncSession, campaign_id: int, settings: Settings, models: Models) -> Campaign:
    """Start a draft: check it, fix its workflow, and let it be launched now or at its time.

    Raises:
        CampaignNotFound
        CampaignBlocked: lists what must be put right, each with its remedy.
        Conflict: a named subclass; it can't be started in its present state.
    """
    campaign = await lock_campaign(session, campaign_id)
    decision = decide(Action.START, campaign.status)
    if not decision.changes:
        return campaign
    _refuse_blocked(await check_before_start(session, campaign, settings, models))
    if campaign.workflow_config is None:
        workflow_id = campaign.workflow_id or (await standard_workflow(session)).id
        version = await publish_version(session, workflow_id)
        campaign.workflow_id, campaign.workflow_version_id = workflow_id, version.id
    campaign.status, campaign.status_reason = decision.target, None
    campaign.started_at = datetime.now(UTC)
    await enqueue_launch(session, campaign)
    return await _changed(session, campaign, "campaign_started")


async def pause(session: AsyncSession, campaign_id: int) -> Campaign:
    """Stop at once: no further lead is started, and waiting texts of the campaign are held. Replies still leave.

    Raises:
        CampaignNotFound, CampaignNotRunning
    """
    campaign = await lock_campaign(session, campaign_id)
    decision = decide(Action.PAUSE, campaign.status)
    if not decision.changes:
        return campaign
    campaign.status, campaign.status_reason = decision.target, None
    await session.flush()
    await hold_texts(session, campaign_id)
    return await _changed(session, campaign, "campaign_paused")


async def resume(session: AsyncSession, campaign_id: int, settings: Settings) -> Campaign:
    """Go on: what is still pending goes back on the queue, and held texts may leave.

    Raises:
        CampaignNotFound, CampaignNotPaused
    """
    campaign = await lock_campaign(session, campaign_id)
    decision = decide(Action.RESUME if campaign.launched_at else Action.RESCHEDULE, campaign.status)
    if not decision.changes:
        return campaign
    campaign.status, campaign.status_reason = decision.target, None
    await session.flush()
    if campaign.launched_at is None:
        await enqueue_launch(session, campaign)
    else:
        await release_texts(session, campaign_id)
        await enqueue_pending(session, campaign_id, settings.chunk_size)
        await wake_timers(session)
        await notices.complete_finished(session, [campaign_id])
    return await _changed(session, campaign, "campaign_resumed")


async def cancel(session: AsyncSession, campaign_id: int) -> Campaign:
    """End it: leads that were not written to are skipped, and waiting texts never leave.

    A text that is being handed to the carrier at this moment still goes; its lead is settled when it has.

    Raises:
        CampaignNotFound, CampaignNotRunning
    """
    campaign = await lock_campaign(session, campaign_id)
    decision = decide(Action.CANCEL, campaign.status)
    if not decision.changes:
        return campaign
    campaign.status, campaign.status_reason = decision.target, None
    campaign.completed_at = datetime.now(UTC)
    await session.flush()
    await lead_rows.skip(session, SkipReason.CANCELLED, CampaignLead.campaign_id == campaign_id)
    await cancel_campaign(session, campaign_id)
    await cancel_texts(session, reason="cancelled", campaign_id=campaign_id, purpose=Purpose.CAMPAIGN)
    return await _changed(session, campaign, "campaign_cancelled")


async def retry_failed(session: AsyncSession, campaign_id: int, settings: Settings) -> int:
    """Work the failed leads once more, and those that a failed campaign left behind; returns how many.

    Those that may not be texted any more are skipped.

    Raises:
        CampaignNotFound
        Conflict: a named subclass; it is a draft, not launched yet, or was cancelled.
    """
    campaign = await lock_campaign(session, campaign_id)
    decision = decide(Action.RETRY, campaign.status)
    again = await lead_rows.reset_failed(session, campaign_id)
    if campaign.status == CampaignStatus.FAILED and campaign.launched_at is not None:
        # Their chunks found the campaign failed and were given up.
        again = await lead_rows.pending_ids(session, campaign_id)
    if not again:
        return 0
    await audience_rows.skip_excluded(session, campaign_id, campaign.require_consent)
    campaign.status, campaign.status_reason = decision.target, None
    campaign.completed_at = None
    await session.flush()
    if campaign.status == CampaignStatus.PROCESSING:
        await enqueue_chunks(session, campaign_id, again, settings.chunk_size)
        await notices.complete_finished(session, [campaign_id])
    await _changed(session, campaign, "campaign_failures_retried")
    return len(again)


def _refuse_blocked(report: PreflightReport) -> None:
    if report.can_start:
        return
    raise CampaignBlocked(
        " ".join(blocker.message for blocker in report.blockers),
        remedy=report.blockers[0].remedy,
        fields=[
            FieldProblem(field=blocker.field or "", problem=blocker.message, remedy=blocker.remedy) for blocker in report.blockers
        ],
        blockers=[blocker.model_dump(mode="json") for blocker in report.blockers],
    )


async def _changed(session: AsyncSession, campaign: Campaign, event: str) -> Campaign:
    await session.flush()
    await session.refresh(campaign)
    tell_changed(session, [campaign.id])
    log.info(event, campaign_id=campaign.id)
    return campaign

"""Background work of campaigns. The jobs themselves stand beside the work they do; importing this registers them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from outrider.campaigns import notices
from outrider.campaigns.launch import launch
from outrider.campaigns.live import tell_changed
from outrider.campaigns.process import enqueue_chunks, process_chunk
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import leads as lead_rows
from outrider.config import Settings
from outrider.jobs import JobContext, schedule
from outrider.workflows.runs.service import stop_orphans

__all__ = ["complete_campaigns", "end_orphaned_runs", "free_abandoned_leads", "launch", "process_chunk", "settle_budgets"]

log = structlog.get_logger(__name__)

ABANDONED_AFTER = timedelta(minutes=10)
"""A delivery that is alive shows so every minute."""
SPENDING_AFTER_END = timedelta(days=7)
"""Conversations of a completed campaign go on, at its cost."""


@schedule("campaigns.complete", "* * * * * */2")
async def complete_campaigns(context: JobContext) -> None:
    """Complete campaigns whose last leads were settled by several transactions at once, none of which saw the others."""
    async with context.transaction() as session:
        tell_changed(session, await notices.complete_finished(session))


@schedule("campaigns.free_abandoned_leads", "* * * * *")
async def free_abandoned_leads(context: JobContext) -> None:
    """Put leads back on the queue whose chunk failed for good."""
    size = context.part(Settings).chunk_size
    async with context.transaction() as session:
        for (campaign_id, alone), campaign_lead_ids in (await lead_rows.free_abandoned(session, ABANDONED_AFTER)).items():
            log.warning("abandoned_leads_freed", campaign_id=campaign_id, leads=len(campaign_lead_ids))
            await enqueue_chunks(session, campaign_id, campaign_lead_ids, 1 if alone else size, alone=alone)


@schedule("campaigns.end_orphaned_runs", "*/10 * * * *")
async def end_orphaned_runs(context: JobContext) -> None:
    """End the runs of leads that were deleted, so that nothing of them is kept."""
    async with context.transaction() as session:
        await stop_orphans(session)


@schedule("campaigns.settle_budgets", "*/5 * * * *")
async def settle_budgets(context: JobContext) -> None:
    """Bring the guards of the budgets to what the rows say: real prices for estimates, nothing for what leaked."""
    async with context.transaction() as session:
        campaign_ids = await campaign_rows.budgeted(session, datetime.now(UTC) - SPENDING_AFTER_END)
    for campaign_id in campaign_ids:
        async with context.transaction() as session:
            campaign = await campaign_rows.lock(session, campaign_id)
            if campaign is not None and campaign.budget is not None:
                await campaign_rows.recompute_spent(session, campaign)

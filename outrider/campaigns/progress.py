"""Figures of campaigns: always a query, never a counter kept on the side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import CampaignLeadStatus as LeadStatus
from outrider.campaigns.models import CampaignStatus, SkipReason
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import stats as rows
from outrider.campaigns.schemas import CampaignProgress, CampaignStats
from outrider.campaigns.transitions import ENDED
from outrider.db.engine import Database
from outrider.workflows.waiting import WaitKind

RATE_WINDOW_SECONDS = 60.0
MOST_FAILURES = 10
LIVE_EVERY_SECONDS = 1.0
SHARE_OF_TIME = 0.1
"""A live view of a huge campaign may keep the database busy for at most this part of the time."""


async def read_stats(session: AsyncSession, campaign_ids: Sequence[int]) -> dict[int, CampaignStats]:
    """The figures of each campaign; the same few queries for one as for a page of them."""
    if not campaign_ids:
        return {}
    found = {campaign_id: CampaignStats() for campaign_id in campaign_ids}
    await _count_leads(session, found)
    texts, models = await rows.texts(session, campaign_ids), await rows.models(session, campaign_ids)
    opted_out = await rows.opted_out(session, campaign_ids)
    for campaign_id, stats in found.items():
        if text := texts.get(campaign_id):
            stats.sms_sent, stats.delivered, stats.undelivered = text.sent, text.delivered, text.undelivered
            stats.unknown, stats.texts_cost = text.unknown, text.cost
        if model := models.get(campaign_id):
            stats.input_tokens, stats.output_tokens = int(model.input_tokens), int(model.output_tokens)
            stats.models_cost = model.cost
        stats.opted_out = opted_out.get(campaign_id, 0)
        stats.cost = stats.texts_cost + stats.models_cost
    return found


async def read_detailed_stats(session: AsyncSession, campaign_id: int) -> CampaignStats:
    """The figures of one campaign, with its reasons of failure."""
    stats = (await read_stats(session, [campaign_id]))[campaign_id]
    if stats.failed:
        stats.failures = await rows.failures(session, campaign_id, LeadStatus.FAILED, MOST_FAILURES)
    if stats.undelivered:
        stats.delivery_failures = await rows.failures(session, campaign_id, LeadStatus.COMPLETED, MOST_FAILURES)
    return stats


async def watch(database: Database, campaign_id: int) -> AsyncIterator[CampaignProgress]:
    """The campaign's figures once per second until it has ended; no transaction is open in between."""
    while True:
        began = time.perf_counter()
        async with database.transaction() as session:
            campaign = await campaign_rows.find(session, campaign_id)
            if campaign is None:
                return
            progress = CampaignProgress(
                id=campaign_id,
                status=CampaignStatus(campaign.status),
                status_reason=campaign.status_reason,
                stats=await read_detailed_stats(session, campaign_id),
            )
        yield progress
        if progress.status in ENDED and not progress.stats.waiting:
            return
        await asyncio.sleep(max(LIVE_EVERY_SECONDS, (time.perf_counter() - began) / SHARE_OF_TIME))


async def _count_leads(session: AsyncSession, found: dict[int, CampaignStats]) -> None:
    written, gone = dict.fromkeys(found, 0), dict.fromkeys(found, 0)
    for row in await rows.leads_by_status(session, list(found), RATE_WINDOW_SECONDS):
        stats = found[row.campaign_id]
        stats.total_leads += row.leads
        stats.replied += row.replied
        setattr(stats, row.status, getattr(stats, row.status) + row.leads)
        if row.skip_reason:
            stats.skipped_by_reason[SkipReason(row.skip_reason)] = row.leads
        elif row.status in (LeadStatus.COMPLETED, LeadStatus.FAILED):
            gone[row.campaign_id] += row.recent
        elif row.status == LeadStatus.WAITING:
            written[row.campaign_id] += row.recent
    if waiting := [campaign_id for campaign_id, stats in found.items() if stats.waiting]:
        for row in await rows.waits(session, waiting):
            found[row.campaign_id].waiting_for[WaitKind(row.kind)] = row.runs
    for campaign_id, stats in found.items():
        stats.success_rate = round(stats.completed / stats.total_leads * 100, 2) if stats.total_leads else 0.0
        open_leads = stats.pending + stats.processing
        finished = gone[campaign_id] + (written[campaign_id] if open_leads else 0)
        left = open_leads or max(0, stats.waiting - sum(stats.waiting_for.values()))
        stats.rate = round(finished / RATE_WINDOW_SECONDS, 2)
        stats.eta_seconds = round(left / stats.rate) if stats.rate and left else None

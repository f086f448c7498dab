"""The work on chunks of leads: take what is free, run it, give back what was not started.

A chunk may be delivered more than once, and while an earlier delivery still runs. Each delivery takes its leads under a
token of its own and every result is stored by compare-and-set on it, so only one delivery's work counts.

What a lost delivery leaves behind goes on in smaller chunks, at last lead by lead: one of them may be what ended its process.
A lead with which that happens too often fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import notices
from outrider.campaigns.budget import is_spent, pause_by_system, used_up
from outrider.campaigns.live import tell_changed
from outrider.campaigns.models import Campaign, CampaignStatus
from outrider.campaigns.plan import CampaignPlan, WorkflowMissing, read_plan
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import leads as lead_rows
from outrider.campaigns.repository import results as rows
from outrider.campaigns.runner import CampaignRunner, ClaimedLead
from outrider.campaigns.transitions import Action, decide
from outrider.config import Settings
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.errors import OutriderError
from outrider.jobs import JobContext, job
from outrider.workflows.validation import InvalidWorkflow

log = structlog.get_logger(__name__)

BEHIND_EVERYTHING_ELSE = -10
"""Priority of chunks: an answer to a lead doesn't wait for the campaign's other ten thousand."""
PARTS = 8
"""In so many smaller chunks the leads of a lost delivery go on."""
SIGN_OF_LIFE_SECONDS = 60.0
"""How often a delivery shows that it still works on its leads."""


@job("campaigns.process_chunk", is_bulk=True)
async def process_chunk(
    context: JobContext, campaign_id: int, campaign_lead_ids: list[int], chunk: str, alone: bool = False
) -> None:
    """Work on those of the campaign leads that nobody else has.

    Args:
        alone: one lead, which this process works on beside no other such lead.
    """
    async with context.part(CampaignRunner).alone if alone else nullcontext():
        await _process(context, campaign_id, campaign_lead_ids, chunk, alone=alone)


async def _process(context: JobContext, campaign_id: int, campaign_lead_ids: list[int], chunk: str, *, alone: bool) -> None:
    token = f"{chunk}/{uuid4().hex[:16]}"
    runner, size = context.part(CampaignRunner), context.part(Settings).chunk_size
    async with context.transaction() as session:
        taken = await _take(session, campaign_id, campaign_lead_ids, chunk, token, alone=alone)
    if taken is None:
        return
    plan, leads = taken
    try:
        async with _showing_life(context.database, [lead.campaign_lead_id for lead in leads], token):
            report = await runner.work(plan, leads, token)
    except InvalidWorkflow as error:
        await _fail(context.database, campaign_id, campaign_lead_ids, chunk, error)
        return
    if report.unfinished:
        async with context.transaction() as session:
            await _give_back(session, campaign_id, report.unfinished, chunk, size, pause_because=report.refusal)


async def enqueue_pending(session: AsyncSession, campaign_id: int, size: int) -> None:
    """Put all pending leads of the campaign on the queue."""
    await enqueue_chunks(session, campaign_id, await lead_rows.pending_ids(session, campaign_id), size)


async def enqueue_chunks(
    session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], size: int, *, alone: bool = False
) -> None:
    """Put these leads on the queue, `size` at a time.

    Each chunk gets a name, by which a later delivery recognises what an earlier one of the same chunk left behind.
    """
    chunks = [
        {"campaign_id": campaign_id, "campaign_lead_ids": ids, "chunk": uuid4().hex[:16], "alone": alone}
        for ids in _slices(campaign_lead_ids, size)
    ]
    await process_chunk.enqueue_many(session, chunks, priority=BEHIND_EVERYTHING_ELSE - alone)


def _slices(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


async def _part(session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], chunk: str) -> Sequence[int]:
    """Give the leads that a lost delivery of this chunk left behind to smaller chunks, at last to one of their own each.

    Returns the other leads.
    """
    left = await rows.left_behind(session, campaign_id, campaign_lead_ids, chunk)
    released = await rows.release(session, campaign_id, left, chunk) if left else []
    if released:
        log.warning("chunk_lost", campaign_id=campaign_id, leads=len(released))
        size = -(-len(released) // PARTS)
        await enqueue_chunks(session, campaign_id, sorted(released), size, alone=size == 1)
    return sorted(set(campaign_lead_ids) - set(released))


async def _take(
    session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], chunk: str, token: str, *, alone: bool
) -> tuple[CampaignPlan, list[ClaimedLead]] | None:
    """The plan and the leads to work on; None if there is nothing to do."""
    campaign = await campaign_rows.find(session, campaign_id)
    if campaign is None:
        return None
    if campaign.status != CampaignStatus.PROCESSING:
        # A dead delivery of this chunk may have left leads behind.
        await rows.release(session, campaign_id, campaign_lead_ids, chunk)
        return None
    if await is_spent(session, campaign):
        await _pause_for_budget(session, campaign)
        await rows.release(session, campaign_id, campaign_lead_ids, chunk)
        return None
    try:
        plan = await read_plan(session, campaign)
    except WorkflowMissing as error:
        await fail_campaign(session, campaign_id, error.detail)
        return None
    free = campaign_lead_ids if alone else await _part(session, campaign_id, campaign_lead_ids, chunk)
    claimed = await rows.claim(session, campaign_id, free, token, chunk, alone=alone)
    return (plan, [ClaimedLead.of(row) for row in claimed]) if claimed else None


async def _give_back(
    session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], chunk: str, size: int, *, pause_because: str | None
) -> None:
    """Make leads that were not worked pending again; with a budget that is used up they wait for somebody to raise it.

    The campaign is locked first: a resume either happened before, then the leads go back on the queue here, or it waits
    and then finds them pending.
    """
    campaign = await campaign_rows.lock(session, campaign_id)
    if campaign is None:
        return
    if pause_because:
        await pause_by_system(session, campaign_id, pause_because)
    elif await is_spent(session, campaign):
        await _pause_for_budget(session, campaign)
    released = await rows.release(session, campaign_id, campaign_lead_ids, chunk)
    if campaign.status == CampaignStatus.PROCESSING:
        await enqueue_chunks(session, campaign_id, released, size)


async def _pause_for_budget(session: AsyncSession, campaign: Campaign) -> None:
    assert campaign.budget is not None
    await pause_by_system(session, campaign.id, used_up(campaign.id, campaign.budget, campaign.spent))


async def fail_campaign(session: AsyncSession, campaign_id: int, reason: str) -> None:
    """End a campaign that can't go on; its leads stay as they are and can be retried."""
    campaign = await campaign_rows.lock(session, campaign_id)
    if campaign is None or campaign.status not in (CampaignStatus.PENDING, CampaignStatus.PROCESSING):
        return
    log.warning("campaign_failed", campaign_id=campaign_id, reason=reason)
    campaign.status = decide(Action.FAIL, campaign.status).target
    campaign.status_reason = reason
    await session.flush()
    tell_changed(session, [campaign_id])
    await notices.tell_failed(session, campaign, reason)


async def _fail(database: Database, campaign_id: int, campaign_lead_ids: Sequence[int], chunk: str, error: OutriderError) -> None:
    async with database.transaction() as session:
        await fail_campaign(session, campaign_id, error.detail)
        await rows.release(session, campaign_id, campaign_lead_ids, chunk)


@asynccontextmanager
async def _showing_life(database: Database, campaign_lead_ids: Sequence[int], token: str) -> AsyncIterator[None]:
    """Keep the leads' `updated_at` fresh, so that nobody takes a slow model for a lost delivery."""

    async def show() -> None:
        while True:
            await asyncio.sleep(SIGN_OF_LIFE_SECONDS)
            try:
                async with database.transaction() as session:
                    await rows.keep(session, campaign_lead_ids, token)
            except DATABASE_TROUBLE as error:
                log.warning("life_not_shown", error=repr(error))

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        showing.cancel()

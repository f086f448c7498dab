"""Enriching many leads in the background, and forgetting what was kept too long."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from outrider.config import Settings
from outrider.integrations.enrichment.build import Enrichers
from outrider.integrations.enrichment.cache import forget_outdated
from outrider.jobs import JobContext, job, schedule
from outrider.leads import repository as leads
from outrider.leads.enriching import repository, service
from outrider.leads.filters import selected_lead_ids
from outrider.leads.schemas import Selection
from outrider.leads.service import LeadNotFound

log = structlog.get_logger(__name__)

AT_ONCE = 5
"""Leads that are asked about at the same time: providers count questions per minute."""
STEP = 100


@job("leads.enrich", is_bulk=True)
async def enrich_leads(context: JobContext, selection: Selection, begun_at: datetime) -> None:
    """Enrich the selected leads; delivered again, it leaves out those that it has done."""
    async with context.transaction() as session:
        lead_ids = await leads.read_ids(session, selected_lead_ids(selection))
    for start in range(0, len(lead_ids), STEP):
        some = lead_ids[start : start + STEP]
        async with context.transaction() as session:
            done = await repository.enriched_since(session, some, begun_at)
        places = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_enrich(context, lead_id, places) for lead_id in some if lead_id not in done))


async def _enrich(context: JobContext, lead_id: int, places: asyncio.Semaphore) -> None:
    async with places:
        try:
            region = context.part(Settings).default_region
            await service.enrich_lead(context.database, context.part(Enrichers), lead_id, region)
        except LeadNotFound:
            log.info("lead_left_before_enrichment", lead_id=lead_id)


@schedule("enrichment.forget", "17 3 * * *")
async def forget(context: JobContext) -> None:
    """Delete what providers said longer ago than it may be kept."""
    async with context.transaction() as session:
        log.info("enrichment_forgotten", rows=await forget_outdated(session))

"""Enriching a lead: ask the providers, keep what they say, fill what is empty."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.errors import InvalidInput
from outrider.events.bus import publish
from outrider.integrations.enrichment.base import Enrichment, EnrichmentQuery, Fact, ProviderProblem
from outrider.integrations.enrichment.build import Enricher
from outrider.leads import service as leads
from outrider.leads.enriching import repository
from outrider.leads.enriching.applying import field_value, fillable, query_of
from outrider.leads.enriching.schemas import FieldSourceOut, LeadFactOut, LeadKnowledge
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.schemas import LeadPatch

log = structlog.get_logger(__name__)


async def enrich_lead(
    database: Database, enricher: Enricher, lead_id: int, default_region: str, *, refresh: bool = False
) -> LeadKnowledge:
    """Ask all providers about a lead and keep what they say. No transaction is open while they are asked.

    Raises:
        LeadNotFound
    """
    async with database.transaction() as session:
        query = query_of(await leads.get_lead(session, lead_id))
    found = await enricher.enrich(query, refresh=refresh)
    async with database.transaction() as session:
        await keep(session, lead_id, query, found, default_region)
        return await knowledge(session, lead_id)


async def keep(
    session: AsyncSession, lead_id: int, query: EnrichmentQuery, found: Enrichment, default_region: str
) -> dict[str, Fact]:
    """Store what the providers said, and fill the lead's empty fields; returns the facts that filled them, by field.

    What a provider said before is replaced by what it says now; one that could not be asked keeps its earlier facts.

    Raises:
        LeadNotFound
    """
    lead = await leads.get_lead(session, lead_id)
    silent = {problem.provider for problem in found.problems}
    await repository.replace_facts(session, lead_id, found.facts, keep_providers=silent)
    await repository.mark_enriched(session, lead_id, datetime.now(UTC), [p.model_dump() for p in found.problems])
    filled = await _fill(session, lead_id, fillable(lead, query, found), default_region)
    await repository.keep_sources(session, lead_id, filled)
    await publish(session, LeadsTouched(LeadChange.CHANGED, [lead_id]))
    return filled


async def knowledge(session: AsyncSession, lead_id: int) -> LeadKnowledge:
    """
    Raises:
        LeadNotFound
    """
    await leads.get_lead(session, lead_id)
    state = await repository.state(session, lead_id)
    return LeadKnowledge(
        enriched_at=state.enriched_at if state else None,
        facts=[LeadFactOut.model_validate(fact) for fact in await repository.facts(session, lead_id)],
        fields=[FieldSourceOut.model_validate(source) for source in await repository.sources(session, lead_id)],
        problems=[ProviderProblem.model_validate(problem) for problem in (state.problems if state else [])],
    )


async def _fill(session: AsyncSession, lead_id: int, facts: dict[str, Fact], default_region: str) -> dict[str, Fact]:
    filled: dict[str, Fact] = {}
    for field, fact in facts.items():
        try:
            patch = LeadPatch.model_validate({field: field_value(fact)})
            await leads.change_lead(session, lead_id, patch, default_region)
        except (InvalidInput, ValueError):
            # Something that no person would type into the field; the fact itself is kept and shown.
            log.info("fact_not_applied", lead_id=lead_id, field=field, provider=fact.source.provider)
            continue
        filled[field] = fact
    return filled

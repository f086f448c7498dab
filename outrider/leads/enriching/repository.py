"""Every query on what is known about leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.integrations.enrichment.base import Fact
from outrider.leads.enriching.applying import field_value
from outrider.leads.enriching.models import LeadEnrichment, LeadFact, LeadFieldSource


async def replace_facts(
    session: AsyncSession, lead_id: int, facts: Sequence[Fact], *, keep_providers: Collection[str] = ()
) -> None:
    """Put `facts` in the place of the earlier ones, except those of `keep_providers`."""
    outdated = delete(LeadFact).where(LeadFact.lead_id == lead_id)
    if keep_providers:
        outdated = outdated.where(LeadFact.provider.not_in(keep_providers))
    await session.execute(outdated)
    if facts:
        rows = [
            {
                "lead_id": lead_id, "subject": fact.subject, "name": fact.name, "value": fact.value,
                "confidence": fact.confidence, "provider": fact.source.provider, "detail": fact.source.detail,
                "observed_at": fact.source.observed_at,
            }
            for fact in facts
        ]  # fmt: skip
        await session.execute(insert(LeadFact).values(rows))


async def mark_enriched(session: AsyncSession, lead_id: int, at: datetime, problems: list[dict[str, Any]]) -> None:
    values = {"enriched_at": at, "problems": problems}
    statement = insert(LeadEnrichment).values(lead_id=lead_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["lead_id"], set_=values))


async def keep_sources(session: AsyncSession, lead_id: int, filled: Mapping[str, Fact]) -> None:
    for field, fact in filled.items():
        values = {
            "value": field_value(fact) or fact.value, "provider": fact.source.provider, "detail": fact.source.detail,
            "confidence": fact.confidence, "applied_at": func.now(),
        }  # fmt: skip
        statement = insert(LeadFieldSource).values(lead_id=lead_id, field=field, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=["lead_id", "field"], set_=values))


async def facts(session: AsyncSession, lead_id: int) -> Sequence[LeadFact]:
    query = select(LeadFact).where(LeadFact.lead_id == lead_id).order_by(LeadFact.id)
    return (await session.execute(query)).scalars().all()


async def sources(session: AsyncSession, lead_id: int) -> Sequence[LeadFieldSource]:
    query = select(LeadFieldSource).where(LeadFieldSource.lead_id == lead_id).order_by(LeadFieldSource.field)
    return (await session.execute(query)).scalars().all()


async def state(session: AsyncSession, lead_id: int) -> LeadEnrichment | None:
    return await session.get(LeadEnrichment, lead_id, populate_existing=True)


async def enriched_since(session: AsyncSession, lead_ids: Sequence[int], since: datetime) -> set[int]:
    """Those of the leads that were enriched after `since`."""
    query = select(LeadEnrichment.lead_id).where(LeadEnrichment.lead_id.in_(lead_ids), LeadEnrichment.enriched_at >= since)
    return set((await session.execute(query)).scalars())

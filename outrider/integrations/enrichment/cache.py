"""A cache around a provider: `enrichment_cache` for companies, `enrichment_person_cache` for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.integrations.enrichment.apollo import APOLLO
from outrider.integrations.enrichment.base import (
    EnrichmentProvider,
    EnrichmentQuery,
    Fact,
    FactName,
    Subject,
    company_key,
    read_domain,
)
from outrider.integrations.enrichment.models import EnrichmentCache, EnrichmentPersonCache

FACTS = TypeAdapter(list[Fact])
TTL_HOURS = 24


class Cached:
    """Answers from the database what was asked within the last `ttl_hours`; failures are not kept."""

    def __init__(self, provider: EnrichmentProvider, database: Database, *, ttl_hours: int = TTL_HOURS):
        self.wrapped = provider
        self._database = database
        self._ttl = timedelta(hours=ttl_hours)

    @property
    def name(self) -> str:
        return self.wrapped.name

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        known = await self._read(query)
        return known if known is not None else await self.refresh(query)

    async def refresh(self, query: EnrichmentQuery) -> Sequence[Fact]:
        """Ask the provider, whatever is kept."""
        facts = await self.wrapped.enrich(query)
        async with self._database.transaction() as session:
            await self._keep(session, query, facts)
        return facts

    async def aclose(self) -> None:
        await self.wrapped.aclose()

    async def _read(self, query: EnrichmentQuery) -> list[Fact] | None:
        since = datetime.now(UTC) - self._ttl
        async with self._database.transaction() as session:
            if self.name == APOLLO and query.person_key:
                person = await session.get(EnrichmentPersonCache, query.person_key)
                return _fresh(person.apollo_data if person else None, since)
            if query.company_key is None:
                return None
            company = await session.get(EnrichmentCache, query.company_key)
        if company is None or _differ(company.domain, query.company_domain):
            return None
        market = _fresh((company.market_data or {}).get(self.name), since)
        if self.name != APOLLO:
            return market
        own, linkedin = _fresh(company.apollo_data, since), _fresh(company.linkedin_data, since)
        return None if own is None else [*own, *(linkedin or []), *(market or [])]

    async def _keep(self, session: AsyncSession, query: EnrichmentQuery, facts: Sequence[Fact]) -> None:
        hours = int(self._ttl.total_seconds() // 3600)
        if self.name == APOLLO and query.person_key:
            values = {"apollo_data": _part(facts), "cached_at": datetime.now(UTC), "ttl_hours": hours}
            statement = insert(EnrichmentPersonCache).values(person_key=query.person_key, **values)
            await session.execute(statement.on_conflict_do_update(index_elements=["person_key"], set_=values))
        # Somebody may work elsewhere by now: that other company's facts are not this one's.
        is_ours = self.name != APOLLO or query.person_key is None or is_of_company(facts, query)
        if query.company_key is not None and is_ours:
            await self._keep_company(session, query, [fact for fact in facts if fact.subject is not Subject.PERSON], hours)

    async def _keep_company(self, session: AsyncSession, query: EnrichmentQuery, facts: Sequence[Fact], hours: int) -> None:
        values: dict[str, Any] = {"domain": query.company_domain, "cached_at": datetime.now(UTC), "ttl_hours": hours}
        market = facts
        if self.name == APOLLO:
            linkedin = [fact for fact in facts if fact.name is FactName.LINKEDIN_URL]
            market = [fact for fact in facts if fact.subject is Subject.MARKET]
            own = [fact for fact in facts if fact not in linkedin and fact not in market]
            values |= {"apollo_data": _part(own), "linkedin_data": _part(linkedin)}
        values["market_data"] = {self.name: _part(market)}
        statement = insert(EnrichmentCache).values(company_name=query.company_key, **values)
        merged = func.coalesce(EnrichmentCache.market_data, func.jsonb_build_object()).op("||")(statement.excluded.market_data)
        await session.execute(
            statement.on_conflict_do_update(index_elements=["company_name"], set_=values | {"market_data": merged})
        )


async def forget_outdated(session: AsyncSession) -> int:
    """Delete what is older than it may be; returns how many rows."""
    deleted = 0
    for table in (EnrichmentCache, EnrichmentPersonCache):
        outdated = table.cached_at + func.make_interval(0, 0, 0, 0, table.ttl_hours) < func.now()
        keys = (await session.execute(delete(table).where(outdated).returning(*table.__table__.primary_key))).all()
        deleted += len(keys)
    return deleted


def is_of_company(facts: Sequence[Fact], query: EnrichmentQuery) -> bool:
    """Whether the company in the facts is the one in the question: its domain agrees, or else its name."""
    domains = {read_domain(fact.value) for fact in facts if (fact.subject, fact.name) == (Subject.COMPANY, FactName.DOMAIN)}
    if domains and query.company_domain:
        return query.company_domain in domains
    names = {company_key(fact.value) for fact in facts if (fact.subject, fact.name) == (Subject.COMPANY, FactName.NAME)}
    return bool(names) and company_key(query.company) in names


def _part(facts: Sequence[Fact]) -> dict[str, Any]:
    return {"at": datetime.now(UTC).isoformat(), "facts": FACTS.dump_python(list(facts), mode="json")}


def _fresh(part: Mapping[str, Any] | None, since: datetime) -> list[Fact] | None:
    if not part or datetime.fromisoformat(part["at"]) < since:
        return None
    return FACTS.validate_python(part["facts"])


def _differ(stored: str | None, asked: str | None) -> bool:
    return stored is not None and asked is not None and stored != asked

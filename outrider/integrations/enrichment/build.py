"""All providers together, each behind its cache and breaker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.integrations.enrichment.apollo import ApolloProvider
from outrider.integrations.enrichment.base import (
    Enrichment,
    EnrichmentError,
    EnrichmentProvider,
    EnrichmentQuery,
    Fact,
    ProviderProblem,
    Subject,
)
from outrider.integrations.enrichment.breaker import Breaker
from outrider.integrations.enrichment.cache import Cached
from outrider.integrations.enrichment.local import CompanyDirectory, LocalProvider
from outrider.integrations.enrichment.website import WebsiteProvider
from outrider.integrations.fetching import Fetcher

log = structlog.get_logger(__name__)


class Enricher(Protocol):
    """Asks whoever may know."""

    async def enrich(self, query: EnrichmentQuery, *, refresh: bool = False) -> Enrichment:
        """What all providers know, and which of them could not be asked. `refresh`: nothing from the cache."""


class Enrichers:
    """Asks all providers at once; one that fails costs its own facts and no others."""

    def __init__(self, providers: Sequence[EnrichmentProvider]):
        self._providers = providers

    @property
    def names(self) -> list[str]:
        return [provider.name for provider in self._providers]

    async def enrich(self, query: EnrichmentQuery, *, refresh: bool = False) -> Enrichment:
        answers = await asyncio.gather(*(_asked(provider, query, refresh=refresh) for provider in self._providers))
        facts = [fact for found, _ in answers for fact in found]
        return Enrichment(facts=_once(facts), problems=[problem for _, problem in answers if problem is not None])

    async def company(self, *, name: str | None, domain: str | None) -> Mapping[str, Any] | None:
        """What is known about a company, by field, each the surest there is; None if nothing is."""
        found = await self.enrich(EnrichmentQuery(company=name, domain=domain))
        told = {fact.name for fact in found.facts if fact.subject is Subject.COMPANY}
        best = {str(name): fact.value for name in told if (fact := found.best(Subject.COMPANY, name)) is not None}
        return best or None

    async def aclose(self) -> None:
        for provider in self._providers:
            await provider.aclose()


def build_enrichers(settings: Settings, database: Database, directory: CompanyDirectory | None = None) -> Enrichers:
    """The local one always, websites unless they are switched off, Apollo with its key."""
    ttl = settings.enrichment_ttl_hours
    providers: list[EnrichmentProvider] = [LocalProvider(directory)]
    if settings.apollo_api_key is not None:
        apollo = ApolloProvider(
            settings.apollo_api_key.get_secret_value(), str(settings.apollo_base_url), timeout=settings.enrichment_timeout
        )
        providers.append(Cached(Breaker(apollo), database, ttl_hours=ttl))
    if settings.enrichment_websites == "on":
        website = WebsiteProvider(Fetcher(seconds=settings.enrichment_timeout))
        providers.append(Cached(Breaker(website, part=lambda query: query.company_domain), database, ttl_hours=ttl))
    return Enrichers(providers)


async def _asked(
    provider: EnrichmentProvider, query: EnrichmentQuery, *, refresh: bool
) -> tuple[Sequence[Fact], ProviderProblem | None]:
    try:
        if refresh and isinstance(provider, Cached):
            return await provider.refresh(query), None
        return await provider.enrich(query), None
    except EnrichmentError as error:
        log.warning("enrichment_failed", provider=provider.name, error=type(error).__name__, retryable=error.retryable)
        return [], ProviderProblem(provider=provider.name, message=error.detail, retryable=error.retryable)


def _once(facts: Sequence[Fact]) -> list[Fact]:
    """What the same provider says twice, once."""
    return list({(f.subject, f.name, f.value.casefold(), f.source.provider): f for f in reversed(facts)}.values())[::-1]

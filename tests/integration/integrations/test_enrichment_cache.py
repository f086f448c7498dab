"""The cache and the breaker around providers, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from outrider.circuit import Circuit, CircuitRules
from outrider.db.engine import Database
from outrider.integrations.enrichment.base import (
    EnrichmentCircuitOpen,
    EnrichmentError,
    EnrichmentQuery,
    EnrichmentRefused,
    EnrichmentUnavailable,
    Fact,
    FactName,
    Source,
    Subject,
    company_key,
    domain_of_email,
    read_domain,
)
from outrider.integrations.enrichment.breaker import Breaker
from outrider.integrations.enrichment.build import Enrichers
from outrider.integrations.enrichment.cache import Cached, forget_outdated
from outrider.integrations.enrichment.models import EnrichmentCache, EnrichmentPersonCache

ANN = EnrichmentQuery(email="ann@acme.example", name="Ann Lee", company="ACME, Inc.")
ACME = EnrichmentQuery(company="Acme inc", domain="acme.example")


def fact(subject: Subject, name: FactName, value: str, provider: str = "apollo", confidence: float = 0.9) -> Fact:
    source = Source(provider=provider, detail="test", observed_at=datetime.now(UTC))
    return Fact(subject=subject, name=name, value=value, confidence=confidence, source=source)


class Told:
    """Says what it is told."""

    def __init__(self, name: str = "apollo", facts: Sequence[Fact] = (), error: EnrichmentError | None = None):
        self.name = name
        self.facts = list(facts)
        self.error = error
        self.asked = 0

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.facts

    async def aclose(self) -> None:
        """Nothing to release."""


COMPANY = [
    fact(Subject.COMPANY, FactName.NAME, "Acme"),
    fact(Subject.COMPANY, FactName.DOMAIN, "acme.example"),
    fact(Subject.COMPANY, FactName.LINKEDIN_URL, "http://www.linkedin.com/company/acme"),
    fact(Subject.MARKET, FactName.FUNDING_STAGE, "Series A"),
]
PERSON = [fact(Subject.PERSON, FactName.TITLE, "Owner"), *COMPANY]


async def test_the_second_question_is_answered_from_the_table(database: Database) -> None:
    told = Told(facts=PERSON)
    cached = Cached(told, database)
    first = await cached.enrich(ANN)
    assert {f.value for f in await cached.enrich(ANN)} == {f.value for f in first} == {f.value for f in PERSON}
    assert told.asked == 1
    assert {f.value for f in await cached.enrich(ACME)} == {f.value for f in COMPANY}
    assert told.asked == 1


async def test_the_parts_lie_in_their_columns(database: Database) -> None:
    await Cached(Told(facts=PERSON), database).enrich(ANN)
    await Cached(Told("website", [fact(Subject.COMPANY, FactName.DESCRIPTION, "Anvils", "website")]), database).enrich(ANN)
    async with database.transaction() as session:
        row = (await session.scalars(select(EnrichmentCache))).one()
        person = (await session.scalars(select(EnrichmentPersonCache))).one()
    assert (row.company_name, row.domain, row.ttl_hours) == ("acme", "acme.example", 24)
    assert [f["name"] for f in (row.apollo_data or {})["facts"]] == ["name", "domain"]
    assert [f["name"] for f in (row.linkedin_data or {})["facts"]] == ["linkedin_url"]
    assert set(row.market_data or {}) == {"apollo", "website"}
    assert "ann" not in person.person_key and len(person.person_key) == 64


async def test_another_company_of_that_name_is_another(database: Database) -> None:
    told = Told(facts=COMPANY)
    cached = Cached(told, database)
    await cached.enrich(ACME)
    await cached.enrich(EnrichmentQuery(company="Acme", domain="acme.other.example"))
    assert told.asked == 2


async def test_a_person_who_works_elsewhere_by_now_tells_nothing_about_the_old_company(database: Database) -> None:
    moved = [fact(Subject.COMPANY, FactName.NAME, "Beta"), fact(Subject.COMPANY, FactName.DOMAIN, "beta.example")]
    await Cached(Told(facts=moved), database).enrich(ANN)
    async with database.transaction() as session:
        assert (await session.scalars(select(EnrichmentCache))).all() == []


async def test_what_is_too_old_is_asked_anew_and_forgotten(database: Database) -> None:
    told = Told(facts=PERSON)
    cached = Cached(told, database, ttl_hours=1)
    await cached.enrich(ANN)
    async with database.transaction() as session:
        for table in ("enrichment_cache", "enrichment_person_cache"):
            await session.execute(
                text(
                    f"UPDATE {table} SET cached_at = now() - interval '2 hours',"
                    " apollo_data = jsonb_set(apollo_data, '{at}', to_jsonb((now() - interval '2 hours')::text))"
                )
            )
        assert await forget_outdated(session) == 2
    await cached.enrich(ANN)
    assert told.asked == 2


async def test_failures_are_not_kept_and_refresh_asks_anew(database: Database) -> None:
    told = Told(error=EnrichmentUnavailable("down"))
    cached = Cached(told, database)
    for _ in range(2):
        with pytest.raises(EnrichmentUnavailable):
            await cached.enrich(ANN)
    told.error, told.facts = None, PERSON
    await cached.enrich(ANN)
    await cached.refresh(ANN)
    assert told.asked == 4


def circuits(now: Callable[[], float] = lambda: 0.0, **rules: Any) -> Callable[[str], Circuit]:
    return lambda name: Circuit(name, refusal=EnrichmentCircuitOpen, rules=CircuitRules(**rules), now=now)


async def test_the_breaker_opens_tries_and_closes() -> None:
    now = 0.0
    told = Told(error=EnrichmentUnavailable("down"))
    breaker = Breaker(told, make=circuits(failures=2, pause_seconds=10, longest_pause_seconds=10, now=lambda: now))
    for _ in range(2):
        with pytest.raises(EnrichmentUnavailable):
            await breaker.enrich(ANN)
    with pytest.raises(EnrichmentCircuitOpen) as refused:
        await breaker.enrich(ANN)
    assert (told.asked, refused.value.retry_after) == (2, 10)
    now = 11.0
    with pytest.raises(EnrichmentUnavailable):
        await breaker.enrich(ANN)
    with pytest.raises(EnrichmentCircuitOpen):
        await breaker.enrich(ANN)
    now, told.error = 22.0, None
    await breaker.enrich(ANN)
    await breaker.enrich(ANN)
    assert told.asked == 5


async def test_a_refusal_is_no_outage_and_each_website_has_a_breaker_of_its_own() -> None:
    told = Told(error=EnrichmentRefused("no"))
    breaker = Breaker(told, make=circuits(failures=1))
    for _ in range(3):
        with pytest.raises(EnrichmentRefused):
            await breaker.enrich(ANN)
    told.error = EnrichmentUnavailable("down")
    sites = Breaker(told, part=lambda query: query.company_domain, make=circuits(failures=1))
    with pytest.raises(EnrichmentUnavailable):
        await sites.enrich(ANN)
    with pytest.raises(EnrichmentCircuitOpen):
        await sites.enrich(ANN)
    told.error = None
    await sites.enrich(EnrichmentQuery(domain="beta.example"))


async def test_one_provider_that_fails_costs_only_its_own_facts() -> None:
    down = Told("apollo", error=EnrichmentUnavailable("Apollo answered 503."))
    found = await Enrichers([Told("website", [fact(Subject.COMPANY, FactName.NAME, "Acme", "website")]), down]).enrich(ANN)
    assert [f.value for f in found.facts] == ["Acme"]
    assert [(p.provider, p.retryable) for p in found.problems] == [("apollo", True)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ACME, Inc.", "acme"),
        ("Acme inc", "acme"),
        ("Müller GmbH", "muller"),
        ("Co", "co"),
        ("  ", None),
        (None, None),
        ("!!", None),
    ],
)
def test_spellings_of_a_company_share_a_key(name: str | None, key: str | None) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize(
    ("given", "domain"),
    [
        ("https://www.Example.com/x?y", "example.com"), ("example.com.", "example.com"), ("localhost", None), ("10.0.0.1", None),
        ("http://[::1]/", None), ("a b.com", None), ("müller.de", "xn--mller-kva.de"), ("x@y.io", "y.io"), ("", None),
    ],
)  # fmt: skip
def test_domains_are_read_from_what_people_write(given: str, domain: str | None) -> None:
    assert read_domain(given) == domain


def test_private_mailboxes_tell_no_company() -> None:
    assert domain_of_email("ann@Gmail.com") is None
    assert domain_of_email("ann@acme.example") == "acme.example"

"""Reads what a company's own website says: its front page, and nothing else of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from outrider.integrations.enrichment.base import (
    EnrichmentQuery,
    EnrichmentUnavailable,
    Fact,
    FactName,
    Source,
    Subject,
    clean_value,
    read_domain,
)
from outrider.integrations.enrichment.html import PageFacts, kinds_of, read_page
from outrider.integrations.fetching import AddressRefused, Fetcher, FetchError, PageUnavailable

WEBSITE = "website"
STATED, TOLD, READ = 0.85, 0.7, 0.6
"""How sure facts are: stated as schema.org data, told in a description, read from a title or a link."""
GENERIC_TYPES = frozenset({"Organization", "Corporation", "LocalBusiness", "Company"})
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


class WebsiteProvider:
    """Reads `https://<domain>/`, or the `www.` or plain form of it where that does not answer.

    Args:
        origins: addresses of a domain's front page, the best one first.
    """

    def __init__(self, fetcher: Fetcher, origins: Sequence[str] = ("https://{}/", "https://www.{}/", "http://{}/")):
        self._fetcher = fetcher
        self._origins = origins

    @property
    def name(self) -> str:
        return WEBSITE

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        domain = query.company_domain
        if domain is None:
            return []
        failure: FetchError | None = None
        for origin in self._origins:
            try:
                page = await self._fetcher.fetch(origin.format(domain))
            except (PageUnavailable, AddressRefused) as error:
                failure = failure or error
                continue
            except FetchError:
                # There is a site, and it has nothing that may be read: that is an answer.
                return []
            read = await asyncio.to_thread(read_page, page.text, page.url)
            return list(_facts(read, page.url, domain))
        if isinstance(failure, PageUnavailable):
            raise EnrichmentUnavailable(f"The website of {domain} could not be reached.") from failure
        return []

    async def aclose(self) -> None:
        await self._fetcher.aclose()


def _facts(page: PageFacts, url: str, domain: str) -> Iterator[Fact]:
    source = Source(provider=WEBSITE, detail=url[:300], observed_at=datetime.now(UTC))

    def fact(name: FactName, value: object, sure: float) -> Iterator[Fact]:
        if text := clean_value(value):
            yield Fact(subject=Subject.COMPANY, name=name, value=text, confidence=sure, source=source)

    yield from fact(FactName.DOMAIN, domain, READ)
    yield from fact(FactName.WEBSITE, url, READ)
    for organization in page.organizations[:1]:
        for name, value in _stated(organization):
            yield from fact(name, value, STATED)
    if not page.organizations:
        yield from fact(FactName.NAME, page.site_name or _name_in_title(page.title), READ)
    yield from fact(FactName.DESCRIPTION, page.description, TOLD)
    for name, values in (
        (FactName.EMAIL, [email for email in page.emails if _EMAIL.fullmatch(email)]),
        (FactName.PHONE, page.phones),
        (FactName.CONTACT_PAGE, page.contact_pages),
        (FactName.SOCIAL, page.social),
    ):
        for value in values:
            yield from fact(name, value, READ)


def _stated(organization: Mapping[str, Any]) -> Iterator[tuple[FactName, object]]:
    """What a schema.org Organization says of itself."""
    yield FactName.NAME, organization.get("name") or organization.get("legalName")
    yield FactName.DESCRIPTION, organization.get("description")
    year = re.match(r"\d{4}", clean_value(organization.get("foundingDate")))
    yield FactName.FOUNDED_YEAR, year[0] if year else None
    employees = organization.get("numberOfEmployees")
    yield FactName.EMPLOYEES, employees.get("value") if isinstance(employees, dict) else employees
    yield FactName.PHONE, organization.get("telephone")
    email = clean_value(organization.get("email")).removeprefix("mailto:").lower()
    yield FactName.EMAIL, email if _EMAIL.fullmatch(email) else None
    kinds = [kind for kind in kinds_of(organization) if kind not in GENERIC_TYPES]
    yield FactName.INDUSTRY, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kinds[0]).lower() if kinds else None
    for offer in _named_things(organization.get("makesOffer")) + _named_things(organization.get("knowsAbout")):
        yield FactName.OFFER, offer
    address = organization.get("address")
    if isinstance(address, list):
        address = address[0] if address else None
    if isinstance(address, dict):
        yield FactName.CITY, address.get("addressLocality")
        yield FactName.REGION, address.get("addressRegion")
        country = address.get("addressCountry")
        yield FactName.COUNTRY, country.get("name") if isinstance(country, dict) else country
        parts = ("streetAddress", "postalCode", "addressLocality", "addressRegion")
        yield FactName.ADDRESS, ", ".join(text for part in parts if (text := clean_value(address.get(part))))
    same = organization.get("sameAs")
    for link in (same if isinstance(same, list) else [same])[:5]:
        if isinstance(link, str) and link.startswith("https://") and read_domain(link):
            yield FactName.SOCIAL, link


def _named_things(value: object) -> list[str]:
    found = []
    for item in (value if isinstance(value, list) else [value])[:5]:
        inner = item.get("itemOffered", item) if isinstance(item, dict) else item
        found.append(clean_value(inner.get("name") if isinstance(inner, dict) else inner))
    return [text for text in found if text]


def _name_in_title(title: str) -> str:
    """`Acme | Anvils for everyone` → `Acme`: the shortest part, for that is rarely the slogan."""
    parts = [part.strip() for part in re.split(r"\s[|–—·:-]\s", title) if part.strip()]
    return min(parts, key=len) if len(parts) > 1 else ""

"""What can be told without asking anybody: from the e-mail address, the number, and the installation's table of companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import phonenumbers

from outrider.integrations.enrichment.base import EnrichmentQuery, Fact, FactName, Source, Subject

LOCAL = "local"
IN_TABLE, BY_NAME_ONLY, FROM_ADDRESS, FROM_NUMBER = 0.9, 0.75, 0.7, 0.5
"""How sure facts are, by where they come from."""


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company that the installation's own table knows."""

    values: Mapping[FactName, str]
    is_by_domain: bool
    """Found by its domain; otherwise only the name agrees."""
    updated_at: datetime
    market: Mapping[FactName, Sequence[str]] = field(default_factory=dict)
    """What the table says about funding, technologies, competitors."""


class CompanyDirectory(Protocol):
    """The installation's table of companies."""

    async def find(self, domain: str | None, name_key: str | None) -> CompanyRecord | None:
        """By domain, else by name (`company_key`)."""


class LocalProvider:
    def __init__(self, directory: CompanyDirectory | None = None):
        self._directory = directory

    @property
    def name(self) -> str:
        return LOCAL

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        facts = list(_from_query(query))
        if self._directory is not None and (query.company_domain or query.company_key):
            record = await self._directory.find(query.company_domain, query.company_key)
            facts += _from_record(record) if record else []
        return facts

    async def aclose(self) -> None:
        """Nothing to release."""


def _from_query(query: EnrichmentQuery) -> Iterator[Fact]:
    now = datetime.now(UTC)
    if domain := query.company_domain:
        source = Source(provider=LOCAL, detail="domain of the e-mail address", observed_at=now)
        yield Fact(subject=Subject.COMPANY, name=FactName.DOMAIN, value=domain, confidence=FROM_ADDRESS, source=source)
    if country := _country(query.phone):
        source = Source(provider=LOCAL, detail="country of the phone number", observed_at=now)
        yield Fact(subject=Subject.PERSON, name=FactName.COUNTRY, value=country, confidence=FROM_NUMBER, source=source)


def _from_record(record: CompanyRecord) -> Iterator[Fact]:
    source = Source(provider=LOCAL, detail="table of companies", observed_at=record.updated_at)
    sure = IN_TABLE if record.is_by_domain else BY_NAME_ONLY
    for name, value in record.values.items():
        yield Fact(subject=Subject.COMPANY, name=name, value=value, confidence=sure, source=source)
    for name, values in record.market.items():
        for value in values:
            yield Fact(subject=Subject.MARKET, name=name, value=value, confidence=sure, source=source)


def _country(phone: str | None) -> str | None:
    try:
        number = phonenumbers.parse(phone) if phone else None
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number) if number else None
    return region if region and len(region) == 2 and region.isalpha() else None

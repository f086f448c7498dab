"""Which facts may fill a lead's fields.

A fact fills a field only where the field is empty, never over what somebody wrote, and only if all of this holds: its provider
is sure enough (`FEWEST`), the value is an ordinary short text, and facts about a company come from a provider that means the
lead's own company. Phone numbers, addresses of any kind, consent, place and time zone are never filled: whom we may contact,
and at which hours, must not depend on what a provider believes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from outrider.integrations.enrichment.base import Enrichment, EnrichmentQuery, Fact, FactName, Subject
from outrider.integrations.enrichment.cache import is_of_company
from outrider.leads.models import Lead

FEWEST = 0.7
LONGEST = 120
FILLED: Mapping[tuple[Subject, FactName], str] = {
    (Subject.PERSON, FactName.NAME): "name",
    (Subject.PERSON, FactName.TITLE): "title",
    (Subject.COMPANY, FactName.NAME): "company",
    (Subject.COMPANY, FactName.INDUSTRY): "industry",
    (Subject.COMPANY, FactName.EMPLOYEES): "company_size",
}
SIZES = ((10, "1-10"), (50, "11-50"), (200, "51-200"), (500, "201-500"), (1000, "501-1000"), (5000, "1001-5000"))
LARGEST = "5001+"
_UNUSUAL = re.compile(r"https?:|www\.|[<>{}\[\]|\\]|\n", re.IGNORECASE)


def query_of(lead: Lead) -> EnrichmentQuery:
    """The question about a lead."""
    return EnrichmentQuery(email=lead.email, name=lead.name or None, company=lead.company, phone=lead.phone)


def fillable(lead: Lead, query: EnrichmentQuery, found: Enrichment) -> dict[str, Fact]:
    """The facts that fill the lead's empty fields, by field; the surest one each."""
    chosen: dict[str, Fact] = {}
    for fact in found.facts:
        field = FILLED.get((fact.subject, fact.name))
        if field is None or getattr(lead, field) or fact.confidence < FEWEST or not field_value(fact):
            continue
        if fact.subject is Subject.COMPANY and not _means_our_company(fact, query, found):
            continue
        if field not in chosen or fact.confidence > chosen[field].confidence:
            chosen[field] = fact
    return chosen


def field_value(fact: Fact) -> str | None:
    """The fact as a lead's field holds it; None if it is nothing that a field should hold."""
    if fact.name is FactName.EMPLOYEES:
        return size_of(fact.value)
    if len(fact.value) > LONGEST or _UNUSUAL.search(fact.value) or not any(c.isalpha() for c in fact.value):
        return None
    return fact.value


def size_of(employees: str) -> str | None:
    """`1600` → `1001-5000`."""
    digits = re.sub(r"[\s,.']", "", employees)
    if not digits.isdecimal() or not 0 < int(digits) < 10_000_000:
        return None
    return next((name for most, name in SIZES if int(digits) <= most), LARGEST)


def _means_our_company(fact: Fact, query: EnrichmentQuery, found: Enrichment) -> bool:
    same = [other for other in found.facts if other.source.provider == fact.source.provider]
    if not query.company and not query.company_domain:
        return True  # The person was found, and nothing says that they work elsewhere.
    return is_of_company(same, query)

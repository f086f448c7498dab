"""Apollo.io: people by `POST /people/match`, companies by `GET /organizations/enrich`.

Contract: https://docs.apollo.io/reference/people-enrichment and …/organization-enrichment; the key goes in the header
`x-api-key`. Neither personal e-mail addresses nor phone numbers are asked for (`reveal_*` stay off): they cost extra credits,
and a number that nobody gave us comes without consent. LinkedIn is known only as far as Apollo tells: the addresses of profiles.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from outrider.integrations.enrichment.base import (
    EnrichmentAnswerUnusable,
    EnrichmentError,
    EnrichmentNotAllowed,
    EnrichmentNotAuthenticated,
    EnrichmentQuery,
    EnrichmentRateLimited,
    EnrichmentRefused,
    EnrichmentTimeout,
    EnrichmentUnavailable,
    Fact,
    FactName,
    Source,
    Subject,
    clean_value,
)

APOLLO = "apollo"
ADDRESS = "https://api.apollo.io/api/v1"
LARGEST_ANSWER = 4_000_000
BY_EMAIL, BY_NAME, BY_DOMAIN, LESS_SURE = 0.95, 0.75, 0.9, 0.7
"""How sure facts are, by what the person or company was found with; the last one is for figures that Apollo estimates."""
MOST_OF_A_KIND = 15
KEY_REMEDY = "Check APOLLO_API_KEY; it must be allowed to call people/match and organizations/enrich."

PERSON = {
    FactName.NAME: "name", FactName.TITLE: "title", FactName.SENIORITY: "seniority", FactName.EMAIL_STATUS: "email_status",
    FactName.LINKEDIN_URL: "linkedin_url", FactName.CITY: "city", FactName.REGION: "state", FactName.COUNTRY: "country",
}  # fmt: skip
COMPANY = {
    FactName.NAME: "name", FactName.DOMAIN: "primary_domain", FactName.WEBSITE: "website_url", FactName.INDUSTRY: "industry",
    FactName.FOUNDED_YEAR: "founded_year", FactName.LINKEDIN_URL: "linkedin_url", FactName.CITY: "city",
    FactName.REGION: "state", FactName.COUNTRY: "country", FactName.DESCRIPTION: "short_description",
    FactName.ADDRESS: "raw_address",
}  # fmt: skip
ESTIMATED = {FactName.EMPLOYEES: "estimated_num_employees", FactName.REVENUE: "annual_revenue_printed"}
MARKET = {FactName.FUNDING_STAGE: "latest_funding_stage", FactName.FUNDING_TOTAL: "total_funding_printed"}
GROWTH_MONTHS = (6, 12, 24)


class ApolloProvider:
    """Asks Apollo. `timeout` in seconds."""

    def __init__(self, api_key: str, base_url: str = ADDRESS, *, timeout: float = 8.0):
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            headers={"x-api-key": api_key, "Accept": "application/json", "Cache-Control": "no-cache"},
            timeout=timeout,
            follow_redirects=False,
        )

    @property
    def name(self) -> str:
        return APOLLO

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        person = await self._person(query)
        organization = _object(person.get("organization")) if person else {}
        # People whom Apollo knows bring their company with them; asking for it again would cost another credit.
        if not organization and query.company_domain:
            organization = await self._organization(query.company_domain)
        return [*_person_facts(person, query), *_company_facts(organization, query)]

    async def reach(self) -> None:
        """Ask Apollo whether it takes the key; costs no credit.

        Raises:
            EnrichmentError
        """
        if not (await self._ask("GET", "/auth/health", {})).get("is_logged_in"):
            raise EnrichmentNotAuthenticated("Apollo refused the key.", remedy=KEY_REMEDY)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _person(self, query: EnrichmentQuery) -> Mapping[str, Any]:
        asked = {"email": query.email}
        if query.name and (query.company or query.company_domain):
            asked |= {"name": query.name, "organization_name": query.company, "domain": query.company_domain}
        given = {name: value for name, value in asked.items() if value}
        if not given:
            return {}
        answer = await self._ask("POST", "/people/match", given)
        return _object(answer.get("person"))

    async def _organization(self, domain: str) -> Mapping[str, Any]:
        answer = await self._ask("GET", "/organizations/enrich", {"domain": domain})
        return _object(answer.get("organization"))

    async def _ask(self, method: str, path: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            async with self._client.stream(method, path, params=parameters) as response:
                body = b""
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise EnrichmentAnswerUnusable("Apollo's answer is larger than any it should give.")
        except httpx.TimeoutException as error:
            raise EnrichmentTimeout("Apollo did not answer in time.") from error
        except httpx.HTTPError as error:
            raise EnrichmentUnavailable(f"Apollo could not be reached ({type(error).__name__}).") from error
        if response.status_code != 200:
            raise _failure(response)
        try:
            answer = httpx.Response(200, content=body).json()
        except ValueError as error:
            raise EnrichmentAnswerUnusable("Apollo answered with something that is no JSON.") from error
        if not isinstance(answer, dict):
            raise EnrichmentAnswerUnusable("Apollo answered with something that is no object.")
        return answer


def _failure(response: httpx.Response) -> EnrichmentError:
    """The named error for a status. Apollo's own message is left out: it repeats the question, which names a person."""
    status = response.status_code
    retry_after = _seconds(response.headers.get("retry-after"))
    if status == 401:
        return EnrichmentNotAuthenticated("Apollo refused the key (401).", remedy=KEY_REMEDY)
    if status in (402, 403):
        return EnrichmentNotAllowed(f"Apollo's plan or the key does not allow this ({status}).", remedy=KEY_REMEDY)
    if status == 429:
        return EnrichmentRateLimited("Apollo is asked too often (429).", retry_after=retry_after)
    if status == 408 or status >= 500:
        return EnrichmentUnavailable(f"Apollo answered {status}.", retry_after=retry_after)
    return EnrichmentRefused(f"Apollo refused the question ({status}).")


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text) if text else -1.0
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _person_facts(person: Mapping[str, Any], query: EnrichmentQuery) -> Iterator[Fact]:
    sure = BY_EMAIL if query.email else BY_NAME
    yield from _named(Subject.PERSON, PERSON, person, sure, "people/match")
    for department in _texts(person.get("departments"))[:1]:
        yield _fact(Subject.PERSON, FactName.DEPARTMENT, department.replace("_", " "), sure, "people/match")
    earlier = [job for job in _objects(person.get("employment_history")) if job.get("current") is False]
    for job in earlier[:3]:
        if company := clean_value(job.get("organization_name")):
            yield _fact(Subject.PERSON, FactName.PREVIOUS_COMPANY, company, LESS_SURE, "people/match")


def _company_facts(company: Mapping[str, Any], query: EnrichmentQuery) -> Iterator[Fact]:
    detail = "organizations/enrich" if not query.email and not query.name else "people/match"
    yield from _named(Subject.COMPANY, COMPANY, company, BY_DOMAIN, detail)
    yield from _named(Subject.COMPANY, ESTIMATED, company, LESS_SURE, detail)
    yield from _named(Subject.MARKET, MARKET, company, BY_DOMAIN, detail)
    for keyword in _texts(company.get("keywords"))[:MOST_OF_A_KIND]:
        yield _fact(Subject.COMPANY, FactName.KEYWORD, keyword, LESS_SURE, detail)
    for technology in _texts(company.get("technology_names"))[:MOST_OF_A_KIND]:
        yield _fact(Subject.MARKET, FactName.TECHNOLOGY, technology, LESS_SURE, detail)
    for event in _objects(company.get("funding_events"))[:5]:
        if told := _funding(event):
            yield _fact(Subject.MARKET, FactName.FUNDING_ROUND, told, BY_DOMAIN, detail)
    for months in GROWTH_MONTHS:
        share = company.get(f"organization_headcount_{_months(months)}_growth")
        if isinstance(share, int | float) and not isinstance(share, bool) and abs(share) < 100:
            yield _fact(Subject.MARKET, FactName.HEADCOUNT_GROWTH, f"{months} months: {share:+.0%}", LESS_SURE, detail)


def _months(months: int) -> str:
    return {6: "six_month", 12: "twelve_month", 24: "twenty_four_month"}[months]


def _funding(event: Mapping[str, Any]) -> str:
    amount = clean_value(event.get("amount"))
    parts = [clean_value(event.get("type")), f"{clean_value(event.get('currency'))}{amount}" if amount else ""]
    date = re.match(r"\d{4}-\d{2}", clean_value(event.get("date")))
    investors = clean_value(event.get("investors"))
    told = ", ".join(part for part in (*parts, investors) if part)
    return f"{date[0]}: {told}" if date and told else told


def _named(subject: Subject, fields: Mapping[FactName, str], row: Mapping[str, Any], sure: float, detail: str) -> Iterator[Fact]:
    for name, field in fields.items():
        value = clean_value(row.get(field))
        if value and value != "0":
            yield _fact(subject, name, value, sure, detail)


def _fact(subject: Subject, name: FactName, value: str, sure: float, detail: str) -> Fact:
    source = Source(provider=APOLLO, detail=detail, observed_at=datetime.now(UTC))
    return Fact(subject=subject, name=name, value=value, confidence=sure, source=source)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [text for item in value if (text := clean_value(item))] if isinstance(value, list) else []

"""Apollo's API as its published description has it: `POST /people/match` and `GET /organizations/enrich`.

It is strict: an unknown path, method or parameter, or a key that is not in `x-api-key`, is refused as Apollo refuses it. Answers
have the fields of the published examples. https://docs.apollo.io/reference/people-enrichment, …/organization-enrichment,
…/status-codes, …/rate-limits
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.stand_ins.http import Answer, Heard

KEY = "apollo-key-of-the-tests"
PEOPLE, ORGANIZATIONS = "/api/v1/people/match", "/api/v1/organizations/enrich"
PARAMETERS = {
    ("POST", PEOPLE): {
        "first_name", "last_name", "name", "email", "hashed_email", "organization_name", "domain", "id", "linkedin_url",
        "run_waterfall_email", "run_waterfall_phone", "reveal_personal_emails", "reveal_phone_number", "webhook_url",
    },
    ("GET", ORGANIZATIONS): {"domain"},
}  # fmt: skip
PAID_FOR = ("reveal_personal_emails", "reveal_phone_number", "run_waterfall_email", "run_waterfall_phone")


def organization(**values: Any) -> dict[str, Any]:
    return {
        "id": "5e66b6381e05b4008c8331b8", "name": "Leeworks", "website_url": "http://www.leeworks.example", "blog_url": None,
        "linkedin_url": "http://www.linkedin.com/company/leeworks", "primary_phone": {}, "languages": [], "alexa_ranking": None,
        "phone": None, "founded_year": 1998, "primary_domain": "leeworks.example", "industry": "construction",
        "keywords": ["roofing", "solar"], "estimated_num_employees": 130, "industries": ["construction"],
        "retail_location_count": 0, "raw_address": "1 Main St, Austin, Texas, US", "street_address": "1 Main St",
        "city": "Austin", "state": "Texas", "postal_code": "73301", "country": "United States",
        "short_description": "Leeworks builds roofs.", "annual_revenue_printed": "25M", "annual_revenue": 25_000_000,
        "total_funding": 5_000_000, "total_funding_printed": "5M", "latest_funding_stage": "Series A",
        "funding_events": [
            {"id": "1", "date": "2025-08-01T00:00:00.000+00:00", "news_url": None, "type": "Series A",
             "investors": "Hill Capital", "amount": "5M", "currency": "$"},
        ],
        "technology_names": ["Hubspot", "WordPress.org"], "organization_headcount_twelve_month_growth": 0.12,
    } | values  # fmt: skip


def person(**values: Any) -> dict[str, Any]:
    return {
        "id": "64a7ff0cc4dfae00013df1a5", "first_name": "Ann", "last_name": "Lee", "name": "Ann Lee",
        "linkedin_url": "http://www.linkedin.com/in/ann-lee", "title": "Owner", "email_status": "verified", "photo_url": None,
        "twitter_url": None, "extrapolated_email_confidence": None, "headline": "Owner at Leeworks",
        "email": "ann@leeworks.example", "organization_id": "5e66b6381e05b4008c8331b8",
        "employment_history": [
            {"_id": "1", "current": True, "organization_name": "Leeworks", "title": "Owner", "start_date": "2016-01-01"},
            {"_id": "2", "current": False, "organization_name": "Hill & Sons", "title": "Foreman", "end_date": "2015-01-01"},
        ],
        "state": "Texas", "city": "Austin", "country": "United States", "organization": organization(),
        "departments": ["c_suite"], "seniority": "owner",
    } | values  # fmt: skip


class Apollo:
    """Knows one person and one company; `fails` answers in its place."""

    def __init__(self) -> None:
        self.people = {"ann@leeworks.example": person()}
        self.companies = {"leeworks.example": organization()}
        self.fails: Callable[[Heard], Answer | None] | None = None
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    async def __call__(self, heard: Heard) -> Answer | None:
        parts = urlsplit(heard.path)
        given = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        self.asked.append((parts.path, given))
        if self.fails is not None:
            return self.fails(heard)
        if heard.headers.get("x-api-key") != KEY or "authorization" in heard.headers:
            return told(401, "Invalid access credentials.")
        allowed = PARAMETERS.get((heard.method, parts.path))
        if allowed is None:
            return told(404, "Not found")
        if set(given) - allowed or not all(given.values()):
            return told(422, f"unknown or empty parameters: {sorted(set(given) - allowed)}")
        if any(given.get(name) for name in PAID_FOR):
            return told(422, "webhook_url is required")
        await asyncio.sleep(0)
        return self._people(given) if parts.path == PEOPLE else self._organization(given)

    def _people(self, given: Mapping[str, str]) -> Answer:
        found = self.people.get(given.get("email", ""))
        if found is None and given.get("name") and (given.get("organization_name") or given.get("domain")):
            found = next((one for one in self.people.values() if one["name"] == given["name"]), None)
        return answered({"person": found, "request_id": 1039995589705121900})

    def _organization(self, given: Mapping[str, str]) -> Answer:
        if "domain" not in given:
            return told(422, "domain can't be blank")
        found = self.companies.get(given["domain"])
        return answered({"organization": found} if found else {})


def answered(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers)


def told(status: int, message: str, **headers: str) -> Answer:
    return answered({"error": message}, status, **headers)

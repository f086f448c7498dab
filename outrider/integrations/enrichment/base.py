"""The port for enrichment: a question about one person and their company, and facts as the answer.

Each fact names its source and how sure it is. What a provider does not know is missing from the answer; nothing is guessed.
All values are text from outside: data to show and to compare, never instructions.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, Field

from outrider.errors import ProviderError

LONGEST_VALUE = 1_000
"""Characters of a fact that are kept."""

FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "icloud.com",
    "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com", "proton.me", "protonmail.com",
    "pm.me", "fastmail.com", "zoho.com", "yandex.com", "yandex.ru", "mail.ru", "qq.com", "163.com", "126.com", "orange.fr",
    "free.fr", "laposte.net", "wanadoo.fr", "t-online.de", "comcast.net", "verizon.net", "att.net", "sbcglobal.net",
    "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "libero.it", "hotmail.fr", "hotmail.es", "yahoo.es", "terra.com.br",
})  # fmt: skip
"""Hosts of private mailboxes: they tell nothing about a company."""

_INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]+")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")
_LEGAL_FORM = re.compile(
    r"\b(?:inc|incorporated|llc|l l c|ltd|limited|corp|corporation|co|company|gmbh|ag|sa|sas|sarl|s a|srl|spa|bv|nv|plc|pty|oy)$"
)


class EnrichmentError(ProviderError):
    """A provider gave no answer; `retryable` says whether asking again may help."""

    title = "The enrichment provider failed"
    passing: ClassVar[bool] = False
    """Whether this kind of failure goes away by itself."""

    def __init__(self, detail: str, *, retry_after: float | None = None, **extra: Any):
        super().__init__(detail, retryable=self.passing, retry_after=retry_after, **extra)


class EnrichmentUnavailable(EnrichmentError):
    title = "The enrichment provider is not available"
    passing = True


class EnrichmentTimeout(EnrichmentUnavailable):
    title = "The enrichment provider did not answer in time"


class EnrichmentCircuitOpen(EnrichmentUnavailable):
    title = "The enrichment provider failed too often"


class EnrichmentRateLimited(EnrichmentError):
    title = "The enrichment provider is asked too often"
    passing = True


class EnrichmentAnswerUnusable(EnrichmentError):
    title = "The enrichment provider's answer can't be used"
    passing = True


class EnrichmentNotAuthenticated(EnrichmentError):
    title = "The enrichment provider refused the key"


class EnrichmentNotAllowed(EnrichmentError):
    title = "The enrichment provider's plan does not allow this"


class EnrichmentRefused(EnrichmentError):
    title = "The enrichment provider refused the request"


class Subject(StrEnum):
    PERSON = "person"
    COMPANY = "company"
    MARKET = "market"
    """How the company moves: funding, growth, technologies."""


class FactName(StrEnum):
    """What a fact is about. Some may occur several times (`MANY`)."""

    NAME = "name"
    TITLE = "title"
    SENIORITY = "seniority"
    DEPARTMENT = "department"
    EMAIL_STATUS = "email_status"
    """The provider's word on whether mail arrives there: `verified`, `unverified` …"""
    PREVIOUS_COMPANY = "previous_company"
    LINKEDIN_URL = "linkedin_url"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    """ISO 3166-1 alpha-2 where the provider has it, else as the provider writes it."""
    DOMAIN = "domain"
    WEBSITE = "website"
    INDUSTRY = "industry"
    EMPLOYEES = "employees"
    """A number."""
    FOUNDED_YEAR = "founded_year"
    REVENUE = "revenue"
    """A year's, as the provider writes it: `100M`."""
    DESCRIPTION = "description"
    KEYWORD = "keyword"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    SOCIAL = "social"
    CONTACT_PAGE = "contact_page"
    OFFER = "offer"
    """What the company sells, in its own words."""
    FUNDING_STAGE = "funding_stage"
    FUNDING_TOTAL = "funding_total"
    FUNDING_ROUND = "funding_round"
    """`2023-08: Series D, 100M, Bain Capital Ventures`."""
    TECHNOLOGY = "technology"
    HEADCOUNT_GROWTH = "headcount_growth"
    """`12 months: +8 %`."""
    COMPETITOR = "competitor"
    NOTE = "note"


MANY = frozenset({
    FactName.PREVIOUS_COMPANY, FactName.KEYWORD, FactName.PHONE, FactName.EMAIL, FactName.SOCIAL, FactName.CONTACT_PAGE,
    FactName.OFFER, FactName.FUNDING_ROUND, FactName.TECHNOLOGY, FactName.HEADCOUNT_GROWTH, FactName.COMPETITOR, FactName.NOTE,
})  # fmt: skip


class Source(BaseModel):
    """Where a fact comes from."""

    provider: str
    """`apollo`, `website`, `local`."""
    detail: str = ""
    """The page or table it was read from."""
    observed_at: datetime


class Fact(BaseModel):
    """One thing that a provider says."""

    subject: Subject
    name: FactName
    value: Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]
    confidence: Annotated[float, Field(ge=0, le=1)]
    """How sure the provider, or the way it was found out, makes it; 1 is certain."""
    source: Source


class ProviderProblem(BaseModel):
    """A provider that could not be asked."""

    provider: str
    message: str
    retryable: bool


class Enrichment(BaseModel):
    """All that the providers know."""

    facts: list[Fact] = []
    problems: list[ProviderProblem] = []

    def best(self, subject: Subject, name: FactName) -> Fact | None:
        """The surest fact of a name; of equally sure ones the first provider's."""
        found = [fact for fact in self.facts if (fact.subject, fact.name) == (subject, name)]
        return max(found, key=lambda fact: fact.confidence, default=None)


@dataclass(frozen=True, slots=True)
class EnrichmentQuery:
    """Whom a question is about: by e-mail address, by name and company, by domain, or by all that is known."""

    email: str | None = None
    name: str | None = None
    company: str | None = None
    domain: str | None = None
    phone: str | None = None
    """E.164."""

    @property
    def company_domain(self) -> str | None:
        """The company's domain: the given one, else that of an e-mail address that is no private mailbox."""
        return read_domain(self.domain) or (domain_of_email(self.email) if self.email else None)

    @property
    def company_key(self) -> str | None:
        """The name under which the company is remembered: its own, else its domain."""
        return company_key(self.company) or self.company_domain

    @property
    def person_key(self) -> str | None:
        """Names the person without telling who it is; None if the question is about nobody in particular."""
        if self.email:
            whom = self.email.strip().lower()
        elif self.name and self.company_key:
            whom = f"{' '.join(self.name.lower().split())}@{self.company_key}"
        else:
            return None
        return hashlib.sha256(whom.encode()).hexdigest()


class EnrichmentProvider(Protocol):
    """Knows people or companies. Any number of questions may be under way at once."""

    @property
    def name(self) -> str:
        """As in `Source.provider`."""

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        """What it knows; nothing if it does not know them, or if the question tells too little to ask.

        Raises:
            EnrichmentError: it could not be asked; the subclass says why, and `retryable` whether to ask again.
        """

    async def aclose(self) -> None:
        """Release connections; the provider can't be asked afterwards."""


def clean_value(value: object) -> str:
    """Text from outside in one line, without invisible characters, cut to `LONGEST_VALUE`; empty for what is no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = unicodedata.normalize("NFC", str(value))
    return " ".join(_INVISIBLE.sub(" ", text).split())[:LONGEST_VALUE].strip()


def read_domain(text: str | None) -> str | None:
    """The host of a domain, address or URL, without `www.`: `https://www.Example.com/x` → `example.com`."""
    if not text:
        return None
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/", 1)[0].rpartition("@")[2].split(":", 1)[0].rstrip(".")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return None
    host = host.removeprefix("www.")
    return host if len(host) <= 253 and _DOMAIN.fullmatch(host) else None


def domain_of_email(email: str) -> str | None:
    """The domain of a company's address; None for private mailboxes."""
    domain = read_domain(email.rpartition("@")[2]) if "@" in email else None
    return None if domain in FREE_MAIL else domain


def company_key(name: str | None) -> str | None:
    """A company's name in the form that spellings share: `ACME, Inc.` and `Acme inc` → `acme`."""
    folded = unicodedata.normalize("NFKD", name or "").casefold()
    words = " ".join(re.sub(r"[^\w]+", " ", "".join(c for c in folded if not unicodedata.combining(c))).split())
    stem = _LEGAL_FORM.sub("", words).strip()
    return (stem or words)[:255] or None

"""How well a company fits: stated weights by rule, and a bounded part for a model's judgement.

A score has 100 points: 85 by the rules below, 15 by the model, whose part counts only as far as its reasons name evidence.
What is unknown gives no points and is listed as unknown, so that a low score can be told from a bad fit.
"""

from __future__ import annotations

import re
import time
from typing import ClassVar

from outrider.agents.base import (
    AgentResponse,
    AgentType,
    Qualification,
    Tier,
    WorkflowContext,
)
from outrider.agents.sales.agent import SalesAgent
from outrider.agents.sales.contacts import Contact, contact_of
from outrider.agents.sales.evidence import OURS, EvidenceBook
from outrider.agents.sales.results import CompanyJudgement, CompanyQualification, Evidence, QualificationFactor
from outrider.integrations.enrichment.base import domain_of_email

TASK = "Judge how well this company fits our offer, from -1 (not for us) over 0 (can't tell) to 1 (made for us), with reasons."

SIZE, ROLE, REACH, INDUSTRY, MOVEMENT, JUDGEMENT = 30, 20, 15, 15, 5, 15
TIERS = ((75, Tier.A), (55, Tier.B), (35, Tier.C))
"""Lowest scores of the tiers; below is D."""
SIZE_POINTS = ((10, 8), (50, 16), (200, 24), (1000, 30))
"""Most employees, and the points up to there; more employees take longer to decide."""
LARGEST_POINTS = 24
ROLES = (
    (ROLE, re.compile(r"\b(?:owner|founder|c[a-z]o|chief|president|partner|principal|managing director|inhaber|gérant)\b", re.I)),
    (16, re.compile(r"\b(?:vp|vice president|head|director|svp|evp)\b", re.I)),
    (10, re.compile(r"\b(?:manager|lead|supervisor|leiter)\b", re.I)),
)
OTHER_ROLE = 4
BY_PHONE, BY_BUSINESS_MAIL, BY_PRIVATE_MAIL = 8, 7, 3
KNOWN_INDUSTRY = 7
_WORD = re.compile(r"[^\W\d_]{4,}")


class CompanyQualificationAgent(SalesAgent):
    """Qualifies a company from what is known about it; the conversation team's agent of this type qualifies from what is said."""

    agent_type: ClassVar[AgentType] = AgentType.QUALIFICATION
    result_type = CompanyQualification
    seconds_goal: ClassVar[float] = 0.633

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        began = time.perf_counter()
        book = self._book(context)
        contact = await contact_of(self._parts, context)
        factors = company_factors(book, contact, context)
        judgement, reply = await self._ask(
            context, book, CompanyJudgement, purpose="qualify_company", task=TASK, data={"asked": user_input}
        )
        kept, dropped = book.checked(judgement.reasons)
        # Without a reason that stands the model's opinion moves nothing.
        fit = judgement.fit if kept else 0.0
        known = any(factor.evidence for factor in factors)
        points = round(JUDGEMENT * (1 + fit) / 2) if known else 0
        score = min(100, sum(factor.points for factor in factors) + points)
        tier = tier_of(score)
        result = CompanyQualification(
            score=score,
            tier=tier,
            reasoning=_reasoning(score, tier, factors, points),
            processing_time=round(time.perf_counter() - began, 4),
            factors=factors,
            judgement=kept,
            unknown=[factor.name for factor in factors if not factor.evidence],
            dropped=dropped,
        )
        return self._response(
            result,
            result.reasoning,
            confidence=round(sum(f.weight for f in factors if f.evidence) / sum(f.weight for f in factors), 2),
            qualification=Qualification(score=score, tier=tier, reasoning=result.reasoning),
            reply=reply,
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return bool(context.lead.get("company") or context.lead.get("industry"))


def company_factors(book: EvidenceBook, contact: Contact, context: WorkflowContext) -> list[QualificationFactor]:
    """The parts of the score that rules give."""
    return [_size(book), _role(book), _reach(contact), _industry(book, context), _movement(book)]


def tier_of(score: int) -> Tier:
    return next((tier for least, tier in TIERS if score >= least), Tier.D)


def employees_in(text: str) -> int | None:
    """`51-200` → 200, `1,600` → 1600, `5001+` → 5001: the upper end where there is one."""
    numbers = [int(re.sub(r"[.,' ]", "", found)) for found in re.findall(r"\d{1,3}(?:[.,' ]\d{3})+|\d+", text)]
    return max(numbers, default=None)


def _size(book: EvidenceBook) -> QualificationFactor:
    for entry in [*book.about("employees"), *book.about("company_size")]:
        employees = employees_in(entry.value)
        if employees:
            points = next((points for most, points in SIZE_POINTS if employees <= most), LARGEST_POINTS)
            return _factor("company size", SIZE, points, f"{entry.value} employees.", [entry])
    return _factor("company size", SIZE, 0, "The number of employees is unknown.", [])


def _role(book: EvidenceBook) -> QualificationFactor:
    entries = book.about("title")
    if not entries:
        return _factor("role", ROLE, 0, "The person's position is unknown.", [])
    best = max(entries, key=lambda entry: _role_points(entry.value))
    points = _role_points(best.value)
    says = "decides" if points == ROLE else "has a say" if points > OTHER_ROLE else "may not decide"
    return _factor("role", ROLE, points, f"{best.value}: probably {says}.", [best])


def _role_points(title: str) -> int:
    return next((points for points, pattern in ROLES if pattern.search(title)), OTHER_ROLE)


def _reach(contact: Contact) -> QualificationFactor:
    ways: list[str] = []
    points = 0
    if contact.phone:
        points, ways = points + BY_PHONE, [*ways, "a phone number"]
    if contact.email:
        is_business = domain_of_email(contact.email) is not None
        points += BY_BUSINESS_MAIL if is_business else BY_PRIVATE_MAIL
        ways.append("a business address" if is_business else "a private address")
    said = f"There is {' and '.join(ways)}." if ways else "There is neither a number nor an address."
    # The ways themselves stay out: a score is shown to more people than a number is.
    return _factor(
        "reach", REACH, points, said, [Evidence(id="contact", about="contact", value=said, source=OURS)] if ways else []
    )


def _industry(book: EvidenceBook, context: WorkflowContext) -> QualificationFactor:
    entries = book.about("industry")
    if not entries:
        return _factor("industry", INDUSTRY, 0, "The industry is unknown.", [])
    offer = f"{context.briefing.name} {context.briefing.description}".casefold()
    for entry in entries:
        if any(word.casefold() in offer for word in _WORD.findall(entry.value)):
            return _factor("industry", INDUSTRY, INDUSTRY, f"{entry.value}: the campaign names it.", [entry])
    return _factor("industry", INDUSTRY, KNOWN_INDUSTRY, f"{entries[0].value}: the campaign does not name it.", entries[:1])


def _movement(book: EvidenceBook) -> QualificationFactor:
    entries = book.about("funding_round", "headcount_growth", "note")
    falling = [entry for entry in entries if entry.about == "headcount_growth" and "-" in entry.value]
    rising = [entry for entry in entries if entry not in falling]
    if rising:
        return _factor("movement", MOVEMENT, MOVEMENT, f"{rising[0].value}.", rising[:2])
    if falling:
        return _factor("movement", MOVEMENT, 0, f"Headcount falls: {falling[0].value}.", falling[:1])
    return _factor("movement", MOVEMENT, 0, "Nothing is known about growth.", [])


def _factor(name: str, weight: int, points: int, reason: str, evidence: list[Evidence]) -> QualificationFactor:
    return QualificationFactor(name=name, weight=weight, points=points, reason=reason, evidence=evidence)


def _reasoning(score: int, tier: Tier, factors: list[QualificationFactor], judgement: int) -> str:
    parts = ", ".join(f"{factor.name} {factor.points}/{factor.weight}" for factor in factors)
    known = " ".join(factor.reason for factor in sorted(factors, key=lambda f: -f.points) if factor.evidence)
    return f"{score} points, tier {tier}: {parts}, judgement {judgement}/{JUDGEMENT}. {known}".strip()

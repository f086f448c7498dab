"""From what a lead said to a score and a tier. Pure: the same findings always give the same result.

Every factor has a weight; the weights add up to 100. A finding of strength s (-1 to 1) is worth (s + 1) / 2 of its factor's
weight; a factor of which nothing is known is worth `PRIOR` of it. A lead who has said nothing of substance thus stands at 30,
the lower end of tier C, and rises or falls with what they say:

    A  75 and more   most of what matters is known and speaks for us: somebody should talk to them now
    B  55 to 74      a real need and something that makes it concrete
    C  30 to 54      open: not enough is known
    D  below 30      what they said speaks against it

Who clearly has no need is not qualified by money and authority: a need of -0.6 or less caps the score at 29.

BANT (budget, authority, need, timeline) goes back to IBM's sales method; metrics, decision criteria, decision process and
champion are what MEDDIC (J. Napoli, D. Dunkel, PTC) adds. The weights are ours: the need comes first, since nothing replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outrider.agents.base import Factor, FactorFinding, Qualification, QualificationFactors, Tier
from outrider.leads.folding import words

WEIGHTS: dict[Factor, int] = {
    Factor.NEED: 28,
    Factor.TIMELINE: 20,
    Factor.AUTHORITY: 18,
    Factor.BUDGET: 18,
    Factor.METRICS: 6,
    Factor.DECISION_CRITERIA: 4,
    Factor.DECISION_PROCESS: 3,
    Factor.CHAMPION: 3,
}
PRIOR = 0.3
TIERS = ((75, Tier.A), (55, Tier.B), (30, Tier.C), (0, Tier.D))
"""Lowest score of each tier."""
NO_NEED = -0.6
MOST_WITHOUT_NEED = 29
SPEAKS_FOR_US = 0.2
"""From this strength on a finding is called a reason for; below minus this one against."""
ASKED_IN_ORDER = (Factor.NEED, Factor.TIMELINE, Factor.AUTHORITY, Factor.BUDGET)
"""What a conversation asks for, one at a time; the rest is noted when it comes up."""
LONGEST_QUOTED = 80


def qualify(factors: QualificationFactors) -> Qualification:
    """The score, tier and reasoning that follow from the findings."""
    score = round(sum(_worth(factors.findings.get(factor)) * weight for factor, weight in WEIGHTS.items()))
    need = factors.findings.get(Factor.NEED)
    if need is not None and need.strength <= NO_NEED:
        score = min(score, MOST_WITHOUT_NEED)
    tier = tier_of(score)
    return Qualification(score=score, tier=tier, reasoning=_reasoning(score, tier, factors), factors=factors)


def tier_of(score: int) -> Tier:
    """The tier of a score from 0 to 100."""
    return next(tier for lowest, tier in TIERS if score >= lowest)


def merged(known: QualificationFactors, findings: Iterable[FactorFinding]) -> QualificationFactors:
    """What is known with what was found now: the newest word on a factor holds, unless it says nothing of substance."""
    together = dict(known.findings)
    for finding in findings:
        before = together.get(finding.factor)
        if before is None or finding.strength != 0 or before.strength == 0:
            together[finding.factor] = finding
    return QualificationFactors(findings=together)


def said(findings: Iterable[FactorFinding], lead_texts: Sequence[str]) -> list[FactorFinding]:
    """Those of the findings whose quote stands in one of the lead's texts: word for word, in any case and punctuation."""
    spoken = [f" {' '.join(words(text))} " for text in lead_texts]
    kept = []
    for finding in findings:
        quote = " ".join(words(finding.quote))
        if quote and any(f" {quote} " in text for text in spoken):
            kept.append(finding)
    return kept


def next_to_ask(factors: QualificationFactors, asked: Factor | None = None) -> Factor | None:
    """What to find out next: the most important thing not known, and never what was asked just now; None if all is known."""
    return next((factor for factor in ASKED_IN_ORDER if factor not in factors.findings and factor != asked), None)


def _worth(finding: FactorFinding | None) -> float:
    return PRIOR if finding is None else (finding.strength + 1) / 2


def _reasoning(score: int, tier: Tier, factors: QualificationFactors) -> str:
    found = sorted(factors.findings.values(), key=lambda finding: -WEIGHTS[finding.factor])
    speaks_for = [_named(finding) for finding in found if finding.strength >= SPEAKS_FOR_US]
    against = [_named(finding) for finding in found if finding.strength <= -SPEAKS_FOR_US]
    undecided = [_named(finding) for finding in found if abs(finding.strength) < SPEAKS_FOR_US]
    unknown = [_name(factor) for factor in ASKED_IN_ORDER if factor not in factors.findings]
    parts = [
        f"{score} of 100, tier {tier}.",
        f"For: {'; '.join(speaks_for)}." if speaks_for else "",
        f"Against: {'; '.join(against)}." if against else "",
        f"Undecided: {'; '.join(undecided)}." if undecided else "",
        f"Not known: {', '.join(unknown)}." if unknown else "",
    ]
    return " ".join(part for part in parts if part)


def _named(finding: FactorFinding) -> str:
    quote = " ".join(finding.quote.split())
    quote = quote if len(quote) <= LONGEST_QUOTED else f"{quote[: LONGEST_QUOTED - 1]}…"
    return f"{_name(finding.factor)} (“{quote}”)"


def _name(factor: Factor) -> str:
    return factor.replace("_", " ")

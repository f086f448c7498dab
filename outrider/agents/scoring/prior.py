"""What the scorer says of a lead beside what the lead says.

A conversation's qualification gives every factor of which nothing is known the same share of its weight
(`team.qualifying.PRIOR`). Where a scorer is active, that share is the lead's own: `PRIOR` × score / 50, so that an average
lead (50) stands where leads stood before, the best (100) at twice the share and the worst (0) at none. What is known speaks for
itself: the more the lead has said, the less the scorer counts, and once every factor is known it counts nothing.

The conversation goes by the same figure that is shown and stored: a lead of tier B is offered a call, however they came to it.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import Factor, Prior, Qualification
from outrider.agents.scoring import repository
from outrider.agents.scoring.features import label_of
from outrider.agents.scoring.models import Outcome
from outrider.agents.team.qualifying import MOST_WITHOUT_NEED, NO_NEED, PRIOR, WEIGHTS, tier_of

AVERAGE = 50
MOST_NAMED = 3
DOES = {Outcome.REPLIED: "replies", Outcome.QUALIFIED: "qualifies", Outcome.BOOKED: "books a meeting"}


def in_words(prior: Prior) -> str:
    reasons = f" ({'; '.join(prior.reasons)})" if prior.reasons else ""
    share, does = f"{100 * prior.probability:.0f} %", DOES[Outcome(prior.outcome)]
    return f"Of leads like this one {share} do it: {does}; {prior.score} of 100, average {AVERAGE}{reasons}."


async def prior_of(session: AsyncSession, lead_id: int) -> Prior | None:
    """What the active scorer says of a lead; None if none is active, or it has not come to this lead."""
    found = await repository.active_score(session, lead_id)
    if found is None:
        return None
    score, model = found
    reasons = tuple(f"{label_of(part['feature'])} {part['value']}: {part['points']:+.0f}" for part in score.parts[:MOST_NAMED])
    return Prior(model_id=model.id, outcome=model.outcome, probability=score.probability, score=score.score, reasons=reasons)


def blended(found: Qualification, prior: Prior | None) -> Qualification:
    """A conversation's qualification with what is not known judged by the scorer. Pure."""
    if prior is None:
        return found
    unknown = sum(weight for factor, weight in WEIGHTS.items() if factor not in found.factors.findings)
    score = found.score + round(unknown * PRIOR * (prior.score - AVERAGE) / AVERAGE)
    need = found.factors.findings.get(Factor.NEED)
    if need is not None and need.strength <= NO_NEED:
        score = min(score, MOST_WITHOUT_NEED)
    score = min(100, max(0, score))
    if not unknown:
        return found
    tier = tier_of(score)
    said = found.reasoning.removeprefix(f"{found.score} of 100, tier {found.tier}.").strip()
    reasoning = f"{score} of 100, tier {tier}. {said} {in_words(prior)}".replace("  ", " ")
    return found.model_copy(update={"score": score, "tier": tier, "reasoning": reasoning})

"""Where a scorer is in use, the conversation goes by the figure that is stored and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from outrider.agents.base import AgentType, Factor, FactorFinding, Prior, QualificationFactors, Tier, WorkflowContext
from outrider.agents.contract import Briefing
from outrider.agents.factory import AgentParts
from outrider.agents.team.graph import ConversationTeam, TeamAnswer
from tests.integration.agents.conftest import SpokenModel
from tests.worlds import OneModel

SAID = "We have been looking for this"


async def answered(prior: Prior | None) -> TeamAnswer:
    model = SpokenModel()
    need = {"factor": "need", "summary": "Looks for it", "quote": SAID, "strength": 0.9}
    model.reads = [{"intent": "tells", "confidence": 0.9, "findings": [need]}]
    context = WorkflowContext(
        call_id="test", now=datetime.now(UTC), lead={"id": 1, "name": "Ann Lee"}, briefing=Briefing(name="Roofs"), prior=prior
    )
    return await ConversationTeam(AgentParts(models=OneModel(model))).answer(context, SAID)


def prior(score: int) -> Prior:
    return Prior(model_id=1, outcome="booked", probability=0.2, score=score, reasons=("Industry roofing: +8",))


@pytest.mark.parametrize(
    ("known", "tier", "agent"),
    [
        (None, Tier.C, AgentType.QUALIFICATION),
        (prior(50), Tier.C, AgentType.QUALIFICATION),
        (prior(95), Tier.B, AgentType.SCHEDULER),
        (prior(5), Tier.D, AgentType.QUALIFICATION),
    ],
)
async def test_a_likely_lead_is_offered_a_call_sooner(known: Any, tier: Tier, agent: AgentType) -> None:
    answer = await answered(known)
    assert answer.qualification is not None
    assert (answer.qualification.tier, answer.route.agent) == (tier, agent)
    assert answer.context.qualification == answer.qualification, "one figure for all that follows"


async def test_what_the_lead_says_outweighs_the_scorer() -> None:
    known = {factor: FactorFinding(factor=factor, strength=0.5, summary="s", quote="q") for factor in Factor}
    model = SpokenModel()
    finding = {"factor": "timeline", "summary": "Not soon", "quote": SAID, "strength": -0.5}
    model.reads = [{"intent": "tells", "confidence": 0.9, "findings": [finding]}]
    scores = set()
    for scorer in (None, prior(5), prior(95)):
        factors = QualificationFactors(findings=known)
        context = WorkflowContext(
            call_id="test", now=datetime.now(UTC), lead={"id": 1}, prior=scorer, qualification_factors=factors
        )
        answer = await ConversationTeam(AgentParts(models=OneModel(model))).answer(context, SAID)
        assert answer.qualification is not None
        scores.add(answer.qualification.score)
    assert len(scores) == 1

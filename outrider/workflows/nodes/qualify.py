"""Qualify: how well the company fits, as a score with its reasons; good ones go one way, the others another."""

from __future__ import annotations

from pydantic import Field

from outrider.agents.base import AgentType
from outrider.agents.sales.qualification import TIERS, CompanyQualificationAgent
from outrider.agents.sales.results import CompanyQualification
from outrider.workflows.intents import ChangeLead
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.nodes.teamwork import AgentOutput, AgentParams, take_turn, tell, told_result

_BOUNDS = ", ".join(f"{tier} from {least}" for least, tier in TIERS)


class QualifyParams(AgentParams):
    threshold: int = Field(
        55, ge=0, le=100, title="Qualified from", description=f"Fewest points of a qualified lead. Tiers: {_BOUNDS}, D below."
    )
    store: bool = Field(False, title="Store score and tier", description="Write score and tier into the lead.")


class QualifyOutput(AgentOutput):
    score: int
    """From 0 to 100."""
    tier: str
    """A, B, C or D."""
    qualified: bool
    reasons: list[str]
    """Why, the strongest first."""
    unknown: list[str]
    """Parts of the score of which nothing is known."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, QualifyParams)
    told = await tell(call, AgentType.QUALIFICATION, call.params)
    agent = CompanyQualificationAgent(told.configuration, told.parts)
    response = await take_turn(call, told, agent, call.params.task)
    found = CompanyQualification.model_validate(response.result)
    is_qualified = found.score >= call.params.threshold
    fields = {
        "score": found.score,
        "tier": str(found.tier),
        "qualified": is_qualified,
        "reasons": _reasons(found),
        "unknown": found.unknown,
    }
    rated = ChangeLead(call.node_id, {"score": found.score, "tier": str(found.tier)})
    return told_result(
        "qualified" if is_qualified else "not_qualified",
        f"{found.score} points, tier {found.tier}; {call.params.threshold} are needed",
        response,
        fields,
        intents=[rated] if call.params.store else [],
    )


def _reasons(found: CompanyQualification) -> list[str]:
    ordered = sorted((factor for factor in found.factors if factor.evidence), key=lambda factor: -factor.points)
    return [*(factor.reason for factor in ordered), *(claim.text for claim in found.judgement)]


SPECIFICATION = NodeSpecification(
    kind="qualify",
    name="qualify",
    label="Qualify",
    icon="gauge",
    description="Scores how well the company fits and splits good leads from the others.",
    docs=(
        "Gives 0 to 100 points: 85 by fixed rules (company size, role, ways to reach them, industry, movement) and up to 15 by "
        "the model, whose reasons must name what is known. What is unknown gives no points. Leads with at least **threshold** "
        "points leave by **qualified**, the others by **not qualified**. Put *Enrichment* before it: it judges by what is known."
    ),
    category="agents",
    handles=(
        Handle("qualified", "Qualified", "The score reaches the threshold."),
        Handle("not_qualified", "Not qualified", "The score is below the threshold.", otherwise="finalize"),
    ),
    run=run,
    params=QualifyParams,
    asks_model=True,
    has_effects=True,
    output=QualifyOutput,
    example={"threshold": 55, "store": True},
)

"""Growth analysis: how the company moves, and where our offer could help it."""

from __future__ import annotations

from outrider.agents.base import AgentType
from outrider.agents.sales import growth as _agent  # noqa: F401  (registers its agent)
from outrider.agents.sales.results import GrowthAnalysis
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.nodes.teamwork import AgentOutput, AgentParams, ask_agent, told_result


class GrowthAnalysisOutput(AgentOutput):
    growth_potential: int | None
    """From 0 to 100; null when nothing is known."""
    signals: list[str]
    competitors: list[str]
    angle: str
    """The problem that they probably have; an inference."""
    question: str
    """That would find out whether they have it."""
    unknown: list[str]


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, AgentParams)
    response = await ask_agent(call, AgentType.GROWTH_ANALYSIS, call.params)
    found = GrowthAnalysis.model_validate(response.result)
    fields = {
        "growth_potential": found.growth_potential,
        "signals": [signal.text for signal in found.growth_signals],
        "competitors": [competitor.name for competitor in found.competitors],
        "angle": found.angle.text if found.angle else "",
        "question": found.question,
        "unknown": found.unknown,
    }
    return told_result("next", response.reason, response, fields)


SPECIFICATION = NodeSpecification(
    kind="growth_analysis",
    name="growth_analysis",
    label="Growth analysis",
    icon="trending-up",
    description="Finds how the company grows, whom it competes with, and where your offer could help.",
    docs=(
        "Reads signals (hiring, funding, new places, products, rules) from what *Enrichment* found; nothing is said without a "
        "source. Gives the **angle** for a first conversation, said to be an inference, and one **question** that would find out."
    ),
    category="agents",
    handles=(Handle("next", "Next", "The analysis is there, even if nothing was found."),),
    run=run,
    params=AgentParams,
    is_pure=True,
    asks_model=True,
    output=GrowthAnalysisOutput,
    example={"task": "Look for signs of hiring."},
)

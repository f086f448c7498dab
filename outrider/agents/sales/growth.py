"""The growth agent: how the company moves, whom it competes with, and where our offer could help. Nothing without a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from outrider.agents.base import AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import agent
from outrider.agents.sales.agent import SalesAgent
from outrider.agents.sales.evidence import EvidenceBook
from outrider.agents.sales.results import Competitor, GrowthAnalysis, GrowthReading, Signal, SignalKind, SourcedClaim

TASK = """Find what tells how this company grows. `competitors`: only those that an entry names. `growth_signals`: hiring, \
funding, expansion, products, technology, regulation. `angle`: the one problem they probably have that our offer would ease, \
as an inference from entries. `question`: one that would find out, in the language with \
the code `language`; everything else is in English."""
STRENGTH = {
    SignalKind.FUNDING: 30, SignalKind.HIRING: 25, SignalKind.EXPANSION: 25, SignalKind.PRODUCT: 15, SignalKind.REGULATION: 10,
    SignalKind.TECHNOLOGY: 10, SignalKind.OTHER: 5,
}  # fmt: skip
"""Points that each kind of signal gives once to the growth potential; one that speaks of shrinking takes them away."""
BASE = 30
SHRINKING = ("shrink", "layoff", "lay-off", "fell", "falls", "decline", "closed", "closing", "insolv", "fewer")


@agent
class GrowthAnalysisAgent(SalesAgent):
    agent_type: ClassVar[AgentType] = AgentType.GROWTH_ANALYSIS
    result_type = GrowthAnalysis
    tools: ClassVar[Sequence[str]] = ("get_lead_facts", "lookup_company")
    seconds_goal: ClassVar[float] = 5.0

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        book = self._book(context)
        reading, reply = await self._ask(context, book, GrowthReading, purpose="growth", task=TASK, data={"asked": user_input})
        result = checked(reading, book)
        return self._response(
            result,
            _reason(result),
            confidence=0.0 if result.growth_potential is None else 0.7,
            reply=reply,
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return bool(context.lead.get("company") or context.results.get(AgentType.ENRICHMENT))


def checked(reading: GrowthReading, book: EvidenceBook) -> GrowthAnalysis:
    """What of a model's reading stands on evidence."""
    market, dropped = book.checked(reading.market_opportunity)
    competitors = [
        Competitor(name=claim.name, text=claim.text, sources=found)
        for claim in reading.competitors
        if (found := book.stands(claim, claim.name)) is not None
    ]
    signals = [
        Signal(kind=claim.kind, text=claim.text, sources=found)
        for claim in reading.growth_signals
        if (found := book.stands(claim)) is not None
    ]
    angle = book.stands(reading.angle) if reading.angle else None
    dropped += len(reading.competitors) - len(competitors) + len(reading.growth_signals) - len(signals)
    dropped += reading.angle is not None and angle is None
    result = GrowthAnalysis(
        market_opportunity=market,
        competitors=competitors,
        growth_signals=signals,
        angle=SourcedClaim(text=reading.angle.text, sources=angle) if reading.angle and angle else None,
        # A question about an angle that nothing supports would lead a salesperson astray.
        question=book.asked(reading.question) if angle else "",
        growth_potential=_potential(signals),
        dropped=dropped,
    )
    parts = {"market opportunity": market, "competitors": competitors, "growth signals": signals, "angle": result.angle}
    result.unknown = [name for name, part in parts.items() if not part]
    return result


def _potential(signals: Sequence[Signal]) -> int | None:
    if not signals:
        return None
    score = BASE
    for kind in {signal.kind for signal in signals}:
        told = " ".join(s.text + " " + " ".join(e.value for e in s.sources) for s in signals if s.kind is kind).casefold()
        falls = any(word in told for word in SHRINKING) or ": -" in told
        score += -STRENGTH[kind] if falls else STRENGTH[kind]
    return max(0, min(100, score))


def _reason(result: GrowthAnalysis) -> str:
    if result.growth_potential is None:
        return "No source tells how this company grows."
    return f"Growth potential {result.growth_potential} from {len(result.growth_signals)} signals."

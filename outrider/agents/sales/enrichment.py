"""The enrichment agent: asks the providers, points out where they disagree, and sums up what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from outrider.agents.base import AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import agent
from outrider.agents.sales.agent import SalesAgent
from outrider.agents.sales.contacts import contact_of, query_for
from outrider.agents.sales.evidence import EvidenceBook
from outrider.agents.sales.results import Conflict, Digest, EnrichmentResult
from outrider.integrations.enrichment.base import Enrichment
from outrider.leads.enriching.applying import size_of

TASK = "Sum up in at most three statements what these sources tell about the company and the person. Prefer what our offer needs."
WANTED = ("industry", "employees", "title", "description", "funding_round", "technology")
"""What a salesperson would like to know; missing ones are said to be unknown."""
COMPARED = ("industry", "employees", "title", "founded_year", "country", "company_name")


@agent
class EnrichmentAgent(SalesAgent):
    agent_type: ClassVar[AgentType] = AgentType.ENRICHMENT
    result_type = EnrichmentResult
    tools: ClassVar[Sequence[str]] = ("get_lead_facts", "lookup_company")
    seconds_goal: ClassVar[float] = 3.0

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        contact = await contact_of(self._parts, context)
        enricher = self._parts.enricher
        found = await enricher.enrich(query_for(context, contact)) if enricher is not None else Enrichment()
        result = EnrichmentResult(facts=found.facts, problems=found.problems)
        told = context.model_copy(update={"results": {**context.results, self.agent_type: result.model_dump(mode="json")}})
        book = self._book(told)
        digest, reply = await self._ask(told, book, Digest, purpose="enrich", task=TASK, data={"asked": user_input})
        result.summary, result.dropped = book.checked(digest.statements)
        result.conflicts = conflicts_in(book)
        result.unknown = [name for name in WANTED if not book.about(name)]
        return self._response(
            result,
            _reason(result),
            confidence=round(sum(fact.confidence for fact in found.facts) / len(found.facts), 2) if found.facts else 0.0,
            reply=reply,
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return bool(context.lead.get("company") or context.lead.get("email") or context.lead.get("id"))


def conflicts_in(book: EvidenceBook) -> list[Conflict]:
    """Where two sources say different things; sizes are compared by their class, `51-200` with 130."""
    found = []
    for about in COMPARED:
        names = {"employees": ("employees", "company_size"), "company_name": ("company_name", "company")}.get(about, (about,))
        entries = book.about(*names)
        if len({_comparable(about, entry.value) for entry in entries}) > 1:
            found.append(Conflict(about=about, values=entries))
    return found


def _comparable(about: str, value: str) -> str:
    if about == "employees":
        return size_of(value) or value.replace("–", "-").replace(" ", "")
    return "".join(c for c in value.casefold() if c.isalnum())


def _reason(result: EnrichmentResult) -> str:
    providers = sorted({fact.source.provider for fact in result.facts})
    said = f"{len(result.facts)} facts from {', '.join(providers)}" if providers else "Nobody knows anything"
    failed = f"; not answered: {', '.join(problem.provider for problem in result.problems)}" if result.problems else ""
    return f"{said}{failed}."

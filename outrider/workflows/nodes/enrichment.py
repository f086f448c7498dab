"""Enrichment: asks the providers what they know about the person and the company."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from outrider.agents.base import AgentType
from outrider.agents.sales import enrichment as _agent  # noqa: F401  (registers its agent)
from outrider.agents.sales.results import EnrichmentResult
from outrider.integrations.enrichment.base import Enrichment
from outrider.leads.enriching.applying import field_value, fillable, query_of
from outrider.leads.models import Lead
from outrider.workflows.intents import ChangeLead
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.nodes.teamwork import AgentOutput, AgentParams, ask_agent, told_result

FILLED = ("name", "title", "company", "industry")
"""Fields of which a run knows whether they are empty."""


class EnrichmentParams(AgentParams):
    fill_empty_fields: bool = Field(
        False,
        title="Fill empty fields",
        description="Write name, title, company and industry into the lead where they are empty and a provider is sure.",
    )


class EnrichmentOutput(AgentOutput):
    summary: list[str]
    """What the sources tell, in up to three sentences."""
    facts: dict[str, str]
    """The surest value of each thing that is known: `industry`, `employees` …"""
    unknown: list[str]
    """What a salesperson would like to know and nobody told."""
    filled: dict[str, str]
    """Fields of the lead that are filled with it."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, EnrichmentParams)
    response = await ask_agent(call, AgentType.ENRICHMENT, call.params)
    found = EnrichmentResult.model_validate(response.result)
    filled = _filled(call, found) if call.params.fill_empty_fields else {}
    fields = {
        "summary": [claim.text for claim in found.summary],
        "facts": _surest(found),
        "unknown": found.unknown,
        "filled": filled,
    }
    intents = [ChangeLead(call.node_id, filled)] if filled else []
    level = "WARNING" if found.problems else "INFO"
    return told_result("enriched" if found.facts else "nothing", response.reason, response, fields, intents=intents, level=level)


def _surest(found: EnrichmentResult) -> dict[str, str]:
    ordered = sorted(found.facts, key=lambda fact: fact.confidence)
    return {str(fact.name): fact.value for fact in ordered}


def _filled(call: NodeCall, found: EnrichmentResult) -> dict[str, Any]:
    """What fills the lead's empty fields, by the rules that hold for every enrichment."""
    known = call.context.lead
    lead = Lead(name=known["name"], email=known["email"], phone=known["phone"], company=known["company"])
    lead.title, lead.industry = known["title"], known["industry"]
    facts = fillable(lead, query_of(lead), Enrichment(facts=found.facts, problems=found.problems))
    return {field: value for field, fact in facts.items() if field in FILLED and (value := field_value(fact))}


SPECIFICATION = NodeSpecification(
    kind="enrichment",
    name="enrichment",
    label="Enrichment",
    icon="database-zap",
    description="Looks up what providers know about the person and the company.",
    docs=(
        "Asks the connected providers (Apollo, the company's website, your own company table) and sums up what they say, each "
        "statement with its source. Agents of later steps work with it; expressions read single facts, as in "
        "`steps.<id>.facts.employees`. Leaves by **Nothing found** when nobody knows anything. With **fill empty fields** the "
        "lead's empty fields are filled; what somebody wrote there is never replaced."
    ),
    category="agents",
    handles=(
        Handle("enriched", "Enriched", "At least one source knows something."),
        Handle("nothing", "Nothing found", "No source knows anything.", otherwise="ordinary"),
    ),
    run=run,
    params=EnrichmentParams,
    asks_model=True,
    has_effects=True,
    output=EnrichmentOutput,
    example={"fill_empty_fields": True},
)

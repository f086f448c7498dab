"""The nodes of the sales agents, with the offline model and without a database."""

from __future__ import annotations

from typing import Any

import pytest

from outrider.agents.factory import AgentFactory, AgentParts
from outrider.integrations.enrichment.base import Enrichment, EnrichmentQuery, Fact, FactName, Source, Subject
from outrider.llm.base import BudgetExhausted, ChatReply, ChatRequest, ModelUnavailable
from outrider.llm.offline import OfflineModel
from outrider.workflows.context import CampaignFacts, Services
from outrider.workflows.intents import ChangeLead
from outrider.workflows.nodes.base import NodeFailed
from outrider.workflows.nodes.teamwork import handed_over, latest_text
from outrider.workflows.state import initialize_lead_state
from tests.unit.workflows.visits import NOW, visit
from tests.worlds import OneModel

ROOFS = CampaignFacts(id=1, name="Spring roofs", description="A free roof check for roofing owners.", sender_name="Maya of Acme")


class Provider:
    """Knows one company."""

    def __init__(self, *facts: Fact):
        self._facts = list(facts)

    async def enrich(self, query: EnrichmentQuery, *, refresh: bool = False) -> Enrichment:
        return Enrichment(facts=self._facts)


def fact(subject: Subject, name: FactName, value: str, confidence: float = 0.9) -> Fact:
    return Fact(subject=subject, name=name, value=value, confidence=confidence, source=Source(provider="local", observed_at=NOW))


FACTS = (
    fact(Subject.COMPANY, FactName.NAME, "Leeworks"),
    fact(Subject.COMPANY, FactName.DOMAIN, "leeworks.example"),
    fact(Subject.COMPANY, FactName.INDUSTRY, "Roofing"),
    fact(Subject.COMPANY, FactName.EMPLOYEES, "130"),
    fact(Subject.COMPANY, FactName.FUNDING_ROUND, "2025-08: Series A, 4M"),
)


def knowing(*facts: Fact) -> Services:
    models, provider = OneModel(OfflineModel()), Provider(*facts)
    return Services(models, agents=AgentFactory(AgentParts(models, enricher=provider)), enricher=provider)


async def test_enrichment_tells_what_the_sources_know_and_fills_what_is_empty() -> None:
    found = await visit("enrichment", {"fill_empty_fields": True}, lead={"industry": None}, services=knowing(*FACTS))

    assert found.handle == "enriched"
    assert found.output["facts"]["employees"] == "130"
    assert found.intents == [ChangeLead("here", {"industry": "Roofing"})]
    assert found.output["filled"] == {"industry": "Roofing"}
    assert (await visit("enrichment", {}, lead={"industry": None}, services=knowing(*FACTS))).intents == []


async def test_enrichment_that_finds_nothing_says_so() -> None:
    found = await visit("enrichment", {"fill_empty_fields": True}, services=knowing())

    assert (found.handle, found.intents, found.output["facts"]) == ("nothing", [], {})


@pytest.mark.parametrize(("threshold", "handle"), [(20, "qualified"), (95, "not_qualified")])
async def test_qualification_splits_by_the_threshold(threshold: int, handle: str) -> None:
    found = await visit("qualify", {"threshold": threshold, "store": True}, campaign=ROOFS)

    score, tier = found.output["score"], found.output["tier"]
    assert (found.handle, 20 < score < 95, found.output["qualified"]) == (handle, True, handle == "qualified")
    assert found.intents == [ChangeLead("here", {"score": score, "tier": tier})]
    assert any("Owner" in reason for reason in found.output["reasons"])
    assert "company size" in found.output["unknown"]


async def test_later_agents_work_with_what_earlier_ones_found() -> None:
    enriched = await visit("enrichment", {}, services=knowing(*FACTS))
    steps = {"enrich": enriched.output}
    qualified = await visit("qualify", {}, steps=steps, campaign=ROOFS)
    grown = await visit("growth_analysis", {}, steps=steps, campaign=ROOFS)
    steps |= {"grow": grown.output}
    planned = await visit("marketing_plan", {}, steps=steps, campaign=ROOFS)
    drafted = await visit("bdr", {}, steps={**steps, "plan": planned.output}, campaign=ROOFS)

    assert "company size" not in qualified.output["unknown"]
    assert grown.output["signals"] == ["Funding: 2025-08: Series A, 4M"] and grown.output["angle"]
    assert [touch["channel"] for touch in planned.output["touches"]][:1] == ["sms"]
    assert (drafted.handle, drafted.output["text"]) == ("drafted", planned.output["touches"][0]["text"])
    assert not any(result.intents for result in (grown, planned, drafted)), "they think; nothing leaves"


async def test_nobody_is_written_to_without_a_channel() -> None:
    lead = {"phone": None, "email": None}

    assert (await visit("marketing_plan", {}, lead=lead, campaign=ROOFS)).handle == "no_plan"
    assert (await visit("bdr", {}, lead=lead, campaign=ROOFS)).handle == "nothing"


class Failing:
    name = "test:failing"

    def __init__(self, error: Exception):
        self.error = error
        self.asked: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        raise self.error

    def stream(self, request: ChatRequest) -> Any:
        raise self.error

    async def aclose(self) -> None: ...


AGENTS = ["enrichment", "qualify", "growth_analysis", "marketing_plan", "bdr"]


@pytest.mark.parametrize("kind", AGENTS)
async def test_a_failing_model_fails_the_step_with_its_reason(kind: str) -> None:
    with pytest.raises(NodeFailed, match="is away") as failure:
        await visit(kind, {}, campaign=ROOFS, services=Services(OneModel(Failing(ModelUnavailable("The model is away.")))))
    assert failure.value.kind == "model"


@pytest.mark.parametrize("kind", AGENTS)
async def test_a_budget_that_is_used_up_is_no_failure_of_the_lead(kind: str) -> None:
    model = Failing(BudgetExhausted("Nothing is left."))
    with pytest.raises(BudgetExhausted):
        await visit(kind, {}, campaign=ROOFS, services=Services(OneModel(model)))
    assert [(asked.scope.campaign_id, asked.scope.lead_id) for asked in model.asked] == [(1, 7)], "its budgets count the call"


def test_the_latest_of_several_hand_overs_and_texts_counts() -> None:
    state = initialize_lead_state()
    handed = {"kind": "handoff", "at": "2026-03-27T09:30:00+00:00"}
    state["steps"] = {
        "first": {**handed, "message": "first", "agent_type": "conversation", "text": "one"},
        "second": {**handed, "message": "second", "agent_type": "conversation", "text": "two"},
    }
    assert (handed_over(state)["message"], latest_text(state["steps"])) == ("second", "two")

"""Visits to single nodes, without a graph around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from outrider.llm.offline import OfflineModel
from outrider.workflows.context import CampaignFacts, LeadData, RunContext, Services, Subject
from outrider.workflows.expressions.resolving import resolve
from outrider.workflows.intents import Intent
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import NodeCall, NodeResult
from outrider.workflows.state import initialize_lead_state
from outrider.workflows.waiting import Answer, Wait
from tests.worlds import OneModel

NOW = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)
LEAD: LeadData = {
    "id": 7,
    "name": "Ann Lee",
    "phone": "+13125550100",
    "email": "ann@leeworks.example",
    "company": "Leeworks",
    "title": "Owner",
    "industry": "Roofing",
    "city": "Austin",
    "language": "en",
    "attributes": {"plan": "pro", "meeting": "2026-03-30T15:00:00+00:00"},
    "tags": ["vip"],
    "score": 70,
    "time_zone": "Europe/Berlin",
}


@dataclass
class Pauses:
    """Answers each wait with the given answer, and keeps what was waited for."""

    answer: Answer
    waits: list[Wait] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)

    def __call__(self, wait: Wait, intents: Sequence[Intent]) -> Answer:
        self.waits.append(wait)
        self.intents.extend(intents)
        return self.answer


async def visit(
    kind: str,
    data: Mapping[str, Any],
    *,
    lead: Mapping[str, Any] | None = None,
    steps: Mapping[str, dict[str, Any]] | None = None,
    pauses: Pauses | None = None,
    node_id: str = "here",
    services: Services | None = None,
    campaign: CampaignFacts | None = None,
) -> NodeResult:
    """What one visit of a node with these parameters brings."""
    person = cast(LeadData, {**LEAD, **(lead or {})})
    context = RunContext(
        subject=Subject("campaign_lead", 3),
        campaign_id=campaign.id if campaign else 1,
        lead_id=person["id"],
        run_key="campaign_lead:3:1",
        trace_id="t",
        lead=person,
        services=services or Services(models=OneModel(OfflineModel())),
        campaign=campaign or CampaignFacts(),
        now=lambda: NOW,
    )
    state = initialize_lead_state()
    state["steps"] = dict(steps or {})
    specification = SPECIFICATIONS[kind]
    params = resolve(specification.params, data, context.names(state)).params
    call = NodeCall(node_id, 1, params, state, context)
    if pauses is not None:
        call.pause = pauses
    return await specification.run(call)

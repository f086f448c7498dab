"""A rehearsal: the campaign's workflow on a few real leads with the offline model. Nothing is sent, nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from outrider.campaigns.plan import CampaignPlan
from outrider.channels.segments import SegmentCount, count_segments
from outrider.llm.base import ChatModel
from outrider.llm.offline import OfflineModel
from outrider.workflows.compiler import Compiler
from outrider.workflows.state import CampaignLeadState, LeadData


@dataclass(frozen=True, slots=True)
class RehearsedText:
    lead_id: int
    body: str
    count: SegmentCount


@dataclass(slots=True)
class Rehearsal:
    leads: int
    texts: list[RehearsedText] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    """Leads whose run failed, by reason."""
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def segments_per_lead(self) -> float:
        """Mean over the leads whose run did not fail."""
        worked = self.leads - sum(self.failures.values())
        return sum(text.count.segments for text in self.texts) / worked if worked else 0.0


class _OfflineModels:
    """Every model is the offline one."""

    def __init__(self) -> None:
        self._model = OfflineModel()

    def get(self, name: str | None = None) -> ChatModel:
        return self._model


async def rehearse(plan: CampaignPlan, leads: Sequence[Row[Any]]) -> Rehearsal:
    """Run the plan's workflow on these leads.

    Raises:
        InvalidWorkflow: the plan's definition has problems.
    """
    workflow = Compiler(_OfflineModels()).compile(plan.definition)
    rehearsal = Rehearsal(leads=len(leads))
    for lead in leads:
        final = await workflow.run(_state(plan, lead), name="rehearsal")
        rehearsal.input_tokens += final["input_tokens"]
        rehearsal.output_tokens += final["output_tokens"]
        if final["status"] == "failed":
            rehearsal.failures[final["error_message"]] += 1
            continue
        rehearsal.texts += [RehearsedText(lead.id, intent.body, count_segments(intent.body)) for intent in final["intents"]]
    return rehearsal


def _state(plan: CampaignPlan, lead: Row[Any]) -> CampaignLeadState:
    data: LeadData = {
        "id": lead.id,
        "name": lead.name,
        "phone": lead.phone,
        "email": lead.email,
        "company": lead.company,
        "title": lead.title,
        "industry": lead.industry,
        "city": lead.city,
        "language": lead.language,
        "attributes": lead.attributes,
    }
    return plan.initial_state(campaign_lead_id=0, lead_id=lead.id, trace_id="rehearsal", lead_data=data)

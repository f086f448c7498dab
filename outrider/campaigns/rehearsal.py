"""A rehearsal: the campaign's workflow on a few real leads with the offline model. Nothing is sent, nothing is stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from outrider.campaigns.dry_runs.clock import Happenings
from outrider.campaigns.dry_runs.repository import Person
from outrider.campaigns.plan import CampaignPlan
from outrider.channels.segments import SegmentCount, count_segments
from outrider.errors import OutriderError
from outrider.llm.base import ChatModel
from outrider.llm.offline import OfflineModel, render
from outrider.llm.offline.facts import Facts
from outrider.workflows.compiler import Compiler
from outrider.workflows.context import RunContext, Services
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.intents import SendText
from outrider.workflows.nodes import sms, sub_workflow
from outrider.workflows.nodes.sms import SmsParams, offline_context

log = structlog.get_logger(__name__)

PLACEHOLDER = re.compile(r"\{\{([^{}|]++)\}\}")
"""One without a fallback of its own."""


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
    empty_placeholders: list[str] = field(default_factory=list)
    """Placeholders of the campaign's template for which no lead has a value."""
    waits: timedelta = timedelta(0)
    """The longest that the workflow waited for one of them."""
    uses_template: bool = True
    """Whether a step writes by the campaign's template."""

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


async def rehearse(plan: CampaignPlan, people: Sequence[Person]) -> Rehearsal:
    """Run the plan's workflow on these people.

    Raises:
        InvalidWorkflow: the plan's definition has problems.
    """
    workflow, services = Compiler().compile(plan.definition), Services(_OfflineModels())
    contexts = [lead_context(plan, person, services) for person in people]
    rehearsal = Rehearsal(
        leads=len(people),
        empty_placeholders=empty_placeholders(plan.sms_template or "", contexts),
        uses_template=uses_template(plan.definition),
    )
    for context in contexts:
        began = context.now()
        try:
            final = (await workflow.start(context, name="rehearsal")).view(context)
        except Exception as error:
            # What a node does to the engine must not keep anybody from seeing the rest of the report.
            log.exception("rehearsal_broke_down", campaign_id=plan.campaign_id)
            rehearsal.failures[error.detail if isinstance(error, OutriderError) else broken_down(error)] += 1
            continue
        rehearsal.input_tokens += final["input_tokens"]
        rehearsal.output_tokens += final["output_tokens"]
        if final["status"] == "failed":
            rehearsal.failures[final["error_message"]] += 1
            continue
        rehearsal.waits = max(rehearsal.waits, context.now() - began)
        bodies = [intent.body for intent in final["intents"] if isinstance(intent, SendText)]
        rehearsal.texts += [RehearsedText(context.lead_id, body, count_segments(body)) for body in bodies]
    return rehearsal


def broken_down(error: Exception) -> str:
    """Why a run failed that raised what nobody foresaw."""
    return f"The run broke down: {type(error).__name__}."


def uses_template(definition: WorkflowDefinition) -> bool:
    """Whether a step writes by the campaign's template: an SMS agent without one of its own, in sub-workflows as well."""
    for node in definition.nodes:
        if node.data.get("disabled"):
            continue
        if node.type == sms.SPECIFICATION.kind and not node.data.get("template"):
            return True
        if node.type == sub_workflow.SPECIFICATION.kind and uses_template(sub_workflow.pinned_definition(node)):
            return True
    return False


def empty_placeholders(template: str, contexts: Sequence[RunContext]) -> list[str]:
    """Placeholders without a fallback of their own that are empty for everybody: a slip such as {{frist_name}} shows so."""
    values = [Facts.of(offline_context(context, SmsParams())).values for context in contexts]
    written = dict.fromkeys(name.strip() for name in PLACEHOLDER.findall(template))
    return [name for name in written if values and not any(render(f"{{{{{name}}}}}", known, {}) for known in values)]


def lead_context(plan: CampaignPlan, person: Person, services: Services, trace_id: str = "rehearsal") -> RunContext:
    """What a run is given that leaves nothing behind. Time passes at once for it, people approve, and the lead doesn't answer."""
    context = plan.context(
        campaign_lead_id=0,
        attempt=1,
        trace_id=trace_id,
        lead=person.lead,
        services=services,
        conversation=person.conversation,
        is_dry=True,
    )
    happens = Happenings({}, context)
    context.now, context.answer_wait = happens.now, happens.answer
    return context

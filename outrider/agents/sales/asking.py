"""One question of a sales agent to a model: the configured prompt, rules that always hold, and data within a fence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from outrider.agents.base import AgentConfiguration, CostMetrics, WorkflowContext
from outrider.agents.defaults import built_in
from outrider.agents.factory import AgentParts, Models
from outrider.agents.guard.answers import Told, names_of
from outrider.agents.guard.fencing import RULE, fenced
from outrider.agents.sales.evidence import EvidenceBook, evidence_of
from outrider.agents.variables import fill
from outrider.llm.base import CallScope, ChatMessage, ChatReply, ChatRequest
from outrider.llm.structured import complete_as

Answer = TypeVar("Answer", bound=BaseModel)

EVIDENCE_RULE = """Every statement names in `evidence` the ids of the entries that it stands on, as in ["E2", "E5"]. A statement \
without them is thrown away, and so is one with a figure or a name that its entries do not have. What no entry says is unknown: \
leave it out."""
MOST_TOKENS = 1_500


def told_to(configuration: AgentConfiguration, context: WorkflowContext, parts: AgentParts) -> Told:
    """What an agent's words may stand on: the campaign alone. A provider's or a form's word is no permission to say it."""
    briefing = context.briefing
    shipped = built_in(configuration.agent_type).system_prompt
    return Told(
        by_us=[briefing.name, briefing.sender_name, briefing.description, briefing.template or "", briefing.system_prompt],
        names=names_of(context.lead),
        instructions=f"{EVIDENCE_RULE}\n{RULE}\n{shipped}",
        prompt=configuration.system_prompt,
        secrets=parts.secrets,
    )


def book_of(configuration: AgentConfiguration, context: WorkflowContext, parts: AgentParts) -> EvidenceBook:
    """The evidence of a run, and what may be said of it."""
    return evidence_of(context, told_to(configuration, context, parts), configuration.guardrails)


def system_prompt(configuration: AgentConfiguration, context: WorkflowContext) -> str:
    """The configured prompt with its variables filled in, and the rules that no edit can lose."""
    return "\n\n".join((fill(configuration.system_prompt, context), EVIDENCE_RULE, RULE))


async def ask(
    models: Models,
    configuration: AgentConfiguration,
    context: WorkflowContext,
    book: EvidenceBook,
    shape: type[Answer],
    *,
    purpose: str,
    task: str,
    data: Mapping[str, Any],
) -> tuple[Answer, ChatReply]:
    """The model's answer as a `shape`, unchecked but for its form.

    Args:
        purpose: names the work; the offline model's task.
        task: what to do, in a sentence or two.
        data: what it needs besides the evidence.

    Raises:
        ModelError, BudgetExhausted: there is none.
    """
    briefing = context.briefing
    given = {
        "evidence": book.for_prompt(),
        "our_offer": {"name": briefing.name, "description": briefing.description, "sender": briefing.sender_name},
        "language": context.language,
        **data,
    }
    lead_id = context.lead.get("id")
    request = ChatRequest(
        messages=[
            ChatMessage("system", system_prompt(configuration, context)),
            ChatMessage("user", f"{task}\n\n{fenced(given)}"),
        ],
        temperature=configuration.temperature,
        max_tokens=MOST_TOKENS,
        purpose=purpose,
        scope=CallScope(
            campaign_id=briefing.campaign_id,
            conversation_id=context.conversation_id,
            lead_id=lead_id if isinstance(lead_id, int) else None,
        ),
        metadata={"trace_id": context.call_id},
        context=given,
    )
    return await complete_as(models.get(configuration.model), request, shape)


def cost_of(reply: ChatReply) -> CostMetrics:
    return CostMetrics(input_tokens=reply.input_tokens, output_tokens=reply.output_tokens, cost=reply.cost, model_calls=1)

"""Deterministic agent: uses tools, checks facts, and makes a draft final. What its tools ask for becomes the run's intents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator

from outrider.agents.base import (
    AgentIntent,
    AgentType,
    BookMeeting,
    CostMetrics,
    NotifyPerson,
    ToolUse,
    UpdateLead,
    WorkflowContext,
)
from outrider.agents.figures import measured_run, measured_step
from outrider.agents.guard.answers import problem_in
from outrider.agents.guard.fencing import RULE, fenced
from outrider.agents.tools.base import TOOLS, NoArguments, RunAuthority
from outrider.agents.tools.box import ToolBox
from outrider.agents.tools.loop import cost_of, think
from outrider.agents.tools.people import UPDATABLE
from outrider.channels.segments import count_segments, to_gsm
from outrider.errors import ConfigurationError
from outrider.llm.base import CallScope, ChatMessage, ChatRequest, ModelError, ToolCall
from outrider.llm.structured import complete_as
from outrider.workflows.intents import ChangeLead, Intent, Notify, RunEffect
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeResult, NodeSpecification
from outrider.workflows.nodes.creative_agent import permitted
from outrider.workflows.nodes.sms import LONGEST_TEXT, storable
from outrider.workflows.nodes.teamwork import (
    AgentOutput,
    AgentParams,
    Told,
    handed_over,
    latest_text,
    lead_facts,
    recorded_turn,
    results_in,
    spent,
    tell,
)
from outrider.workflows.runs.meetings import BOOK_MEETING

GATHER, FINISH = "act_gather", "act"
"""Purposes of its two model calls: the first may use tools, the second answers."""
SPEAKS_AS = AgentType.CONVERSATION
"""Whose tools it may be given."""
USABLE = (
    "get_lead_facts",
    "lookup_company",
    "search_campaign_facts",
    "find_slots",
    "book_meeting",
    "update_lead",
    "notify_person",
)
"""Tools whose wishes the run can carry out."""
TEMPERATURE = 0.0

RULES = """You do structured work on one lead: use the tools where they help, check the draft against the facts, and answer \
with the object that is asked for.
- `checks`: what you checked, each with whether it holds. A fact that no tool and no data tells is unknown.
- `text`: the final text message, corrected where a check failed; empty if none should be sent.
- `outcome`: `done`, or `needs_person` where somebody has to decide.
- Never promise, never name a price, link or time that the data don't name."""


class Check(BaseModel):
    what: Annotated[str, Field(max_length=200)]
    holds: bool


class Done(BaseModel):
    """A model's answer, before it is checked."""

    outcome: Literal["done", "needs_person"]
    text: Annotated[str, Field(max_length=2_000)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""
    checks: Annotated[list[Check], Field(max_length=12)] = []


class DeterministicParams(AgentParams):
    tools: list[str] = Field(
        default_factory=lambda: ["get_lead_facts", "search_campaign_facts"],
        max_length=len(USABLE),
        title="Tools",
        description=f"What the model may use: {', '.join(USABLE)}.",
        json_schema_extra={"x-options": "tools"},
    )
    always: list[str] = Field(
        default_factory=lambda: ["get_lead_facts", "lookup_company"],
        max_length=len(USABLE),
        title="Always used",
        description="Tools that are used first in any case, without asking the model; only those that need nothing to be said.",
        json_schema_extra={"x-options": "tools"},
    )
    max_segments: int = Field(3, ge=1, le=10, title="Most segments", description="Longest final text, in billed segments.")

    @field_validator("tools", "always")
    @classmethod
    def _are_usable(cls, names: list[str]) -> list[str]:
        if unknown := [name for name in names if name not in USABLE]:
            raise ValueError(f"there is no tool {unknown[0]!r}; choose among {', '.join(USABLE)}")
        return list(dict.fromkeys(names))

    @field_validator("always")
    @classmethod
    def _need_nothing(cls, names: list[str]) -> list[str]:
        if asking := [name for name in names if TOOLS[name].arguments is not NoArguments]:
            raise ValueError(f"{asking[0]!r} has to be told something, which only the model can do")
        return names


class DeterministicOutput(AgentOutput):
    outcome: Literal["done", "needs_person"]
    text: str
    """The final text; empty if none should be sent."""
    segments: int
    checks: list[Check]
    tools: list[dict[str, Any]]
    """Each tool that was used: `name`, `arguments`, `result`, `refused`."""


@dataclass(slots=True)
class _Work:
    """What the visit did so far."""

    uses: list[ToolUse] = field(default_factory=list)
    intents: list[AgentIntent] = field(default_factory=list)
    cost: CostMetrics = field(default_factory=CostMetrics)
    model: str | None = None


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, DeterministicParams)
    params, campaign = call.params, call.context.campaign
    told, work = await tell(call, SPEAKS_AS, params, campaign.deterministic_agent_id), _Work()
    try:
        with recorded_turn(call, told, SPEAKS_AS, params.task) as turn, measured_run(SPEAKS_AS), measured_step(SPEAKS_AS):
            try:
                done = await _answer(call, params, told, work)
            finally:
                turn.cost, turn.model = work.cost, work.model
            text, problem = _checked(done, told, params)
            output = turn.output = _output(done, work, text, problem)
    except (ModelError, ConfigurationError) as error:
        costs = spent(work.cost, work.model)
        raise NodeFailed(error.detail, kind="model", **costs) from error
    used = [use.name for use in work.uses if not use.refused]
    return NodeResult(
        output["outcome"],
        output["reason"] or f"Done, with {len(used)} tools",
        level="WARNING" if problem else "INFO",
        output=output,
        intents=intents_of(call.node_id, work.intents, told.context),
        details={"model": work.model, "tools": used},
        **spent(work.cost, work.model),
    )


def _output(done: Done, work: _Work, text: str, problem: str) -> dict[str, Any]:
    """What the step writes.

    Args:
        problem: why the text may not be used; empty if it may.
    """
    return {
        "agent_type": str(SPEAKS_AS),
        "result": {},
        "reason": problem or done.reason,
        "outcome": "needs_person" if problem else done.outcome,
        "text": "" if problem else text,
        "segments": count_segments(text).segments if text and not problem else 0,
        "checks": [check.model_dump() for check in done.checks],
        "tools": [use.model_dump(mode="json") for use in work.uses],
    }


async def _answer(call: NodeCall, params: DeterministicParams, told: Told, work: _Work) -> Done:
    """The tools first, the answer last.

    Raises:
        ModelError, BudgetExhausted, ConfigurationError
    """
    parts = told.parts
    authority = RunAuthority(told.context, SPEAKS_AS, parts.slots, parts.enrichment, parts.database)
    await _use_always(params, authority, parts.tools, work)
    model, request = parts.models.get(told.configuration.model), _request(call, params, told, work)
    if params.tools:
        gathered = await think(model, replace(request, purpose=GATHER), parts.tools, authority, params.tools)
        work.uses += gathered.tool_uses
        work.cost += gathered.cost
        if gathered.tool_uses:
            request = replace(request, messages=gathered.messages)
    work.intents = authority.intents
    done, reply = await complete_as(model, request, Done)
    work.cost += cost_of(reply)
    work.model = f"{reply.provider}:{reply.model}"
    return done


async def _use_always(params: DeterministicParams, authority: RunAuthority, tools: ToolBox, work: _Work) -> None:
    for number, name in enumerate(params.always):
        outcome = await tools.run(ToolCall(f"always_{number}", name, {}), authority, params.always)
        work.uses.append(outcome.use)


def _request(call: NodeCall, params: DeterministicParams, told: Told, work: _Work) -> ChatRequest:
    context, passed = told.context, handed_over(call.state)
    known = passed.get("known") if passed else {"lead": lead_facts(call.context), "findings": results_in(call.state)}
    given = {
        "task": params.task,
        "instructions": passed.get("instructions", ""),
        "draft": passed.get("message", "") or latest_text(call.state["steps"]),
        "known": known or {},
        "tool_results": {use.name: use.result for use in work.uses if not use.refused},
        "our_offer": {"name": context.briefing.name, "description": context.briefing.description},
        "language": context.language,
        "most_segments": params.max_segments,
    }
    own = told.configuration.system_prompt if told.configuration.agent_id is not None else ""
    return ChatRequest(
        messages=[
            ChatMessage("system", "\n\n".join(filter(None, (own, RULES, RULE)))),
            ChatMessage("user", f"{params.task or 'Check the draft and make it final.'}\n\n{fenced(given)}"),
        ],
        temperature=TEMPERATURE,
        purpose=FINISH,
        scope=CallScope(
            campaign_id=call.context.campaign_id or None,
            conversation_id=context.conversation_id,
            lead_id=call.context.lead_id,
        ),
        metadata={"trace_id": context.call_id},
        context=given,
    )


def _checked(done: Done, told: Told, params: DeterministicParams) -> tuple[str, str]:
    """The final text, and why it may not be used; no reason if it may."""
    text = to_gsm(storable(done.text)).strip()
    if not text:
        return "", ""
    segments = count_segments(text).segments
    if len(text) > LONGEST_TEXT or segments > params.max_segments:
        return text, f"The final text takes {segments} segments; at most {params.max_segments} are allowed."
    problem = problem_in(text, permitted(told), told.configuration.guardrails)
    return text, f"The final text {problem}, so it was not used." if problem else ""


def intents_of(node_id: str, wishes: Sequence[AgentIntent], context: WorkflowContext) -> list[Intent]:
    """What the agent's tools asked for, as intents of the run. The recipient is always the lead of the run."""
    found: list[Intent] = []
    for wish in wishes:
        match wish:
            case UpdateLead(changes=changes):
                allowed = {name: value for name, value in changes.items() if name in UPDATABLE}
                found += [ChangeLead(node_id, allowed)] if allowed else []
            case NotifyPerson(subject=subject, body=body):
                found.append(Notify(node_id, subject, body))
            case BookMeeting():
                found.append(RunEffect(node_id, BOOK_MEETING, _booking(wish, context)))
    return found


def _booking(wish: BookMeeting, context: WorkflowContext) -> dict[str, Any]:
    """As the node *Book meeting* asks for it."""
    return {
        "title": wish.title,
        "calendar_id": wish.slot.calendar_id,
        "start": wish.slot.starts_at.isoformat(),
        "after": None,
        "before": None,
        "part_of_day": None,
        "time_zone": context.time_zone,
        "conversation_id": context.conversation_id,
    }


SPECIFICATION = NodeSpecification(
    kind="deterministic_agent",
    name="deterministic_agent",
    label="Deterministic agent",
    icon="wrench",
    description="Uses tools, checks the facts and makes a draft final.",
    docs=(
        "Uses the tools under **always used** first, then lets the model use those under **tools**, and only those; each works "
        "on this run's lead and nobody else. Then it checks the draft (handed over, else the latest one of this run) against "
        "what is known. Its final text is in `steps.<id>.text`; *Send text* sends it. What a tool wants changed (facts that the "
        "lead told, a note to a colleague) is done when the step is stored. A text that the guard refuses, or a doubt of the "
        "agent, leaves by **needs a person**."
    ),
    category="agents",
    handles=(
        Handle("done", "Done", "The work is done; there may be a final text."),
        Handle("needs_person", "Needs a person", "Somebody has to decide, with the reason.", otherwise="finalize"),
    ),
    run=run,
    params=DeterministicParams,
    asks_model=True,
    has_effects=True,
    output=DeterministicOutput,
    example={"tools": ["get_lead_facts", "update_lead"], "always": ["get_lead_facts", "lookup_company"]},
)

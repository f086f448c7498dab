"""What the nodes of agents have in common: what an agent is told, its turn, and its answer as the result of a visit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, AgentType, CostMetrics, WorkflowContext
from outrider.agents.contract import Briefing
from outrider.agents.defaults import built_in
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.agents.figures import error_code, measured_run, measured_step
from outrider.agents.invoking.context import invoke_context
from outrider.agents.invoking.schemas import AgentInput
from outrider.agents.invoking.service import LONGEST_ERROR, storable
from outrider.agents.library.configurations import configuration_for
from outrider.errors import ConfigurationError, InvalidInput, OutriderError
from outrider.llm.base import ModelError
from outrider.workflows.context import AgentTurn, RunContext, Services
from outrider.workflows.nodes.base import NodeCall, NodeFailed, NodeParams, NodeResult
from outrider.workflows.nodes.sms import TOLD
from outrider.workflows.state import RunState

KINDS = frozenset(str(kind) for kind in AgentType)
REACHED_BY = frozenset({"phone", "email"})
"""Facts of a lead that executions don't keep."""
HANDOFF = "handoff"
"""`kind` of what a hand-over writes."""


class AgentParams(NodeParams):
    agent_id: int | None = Field(
        None,
        ge=1,
        title="Agent",
        description="One of your own agents; empty takes the one that stands for this work.",
        json_schema_extra={"x-options": "agents"},
    )
    model: str = Field(
        "",
        max_length=120,
        title="Model",
        description="`provider:model` of this step; empty takes the agent's, else the campaign's.",
        json_schema_extra={"x-options": "models"},
    )
    task: str = Field(
        "",
        max_length=2000,
        title="What to look at",
        description="What this agent should look at in particular.",
        json_schema_extra={"format": "textarea"},
    )


class AgentOutput(BaseModel):
    """What every agent's step writes."""

    agent_type: str
    """Whose work it is: `enrichment`, `qualification` …"""
    result: dict[str, Any]
    """Everything that the agent answered, with its sources."""
    reason: str
    """What came out of it, in a sentence."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an agent begins with."""

    context: WorkflowContext
    configuration: AgentConfiguration
    parts: AgentParts


def factory_of(services: Services) -> AgentFactory:
    """The process's agents; without any, such as in a rehearsal, agents that know no more than the run does."""
    parts = AgentParts(services.models, services.slots, enricher=services.enricher, database=services.database)
    return services.agents or AgentFactory(parts)


async def tell(call: NodeCall, agent_type: AgentType, params: AgentParams, agent_id: int | None = None) -> Told:
    """Everything that an agent of this type is told at this visit: the lead, the campaign, and what earlier agents found.

    Args:
        agent_id: whom the campaign chose for the work; the node's own choice wins.

    Raises:
        NodeFailed: the lead is gone.
    """
    run, services = call.context, call.context.services
    chosen = params.agent_id or agent_id
    if services.database is None:
        context, configuration = _told_by_run(run), built_in(agent_type)
    else:
        given = AgentInput(lead_id=run.lead_id, conversation_id=run.conversation.id)
        try:
            async with services.database.transaction() as session:
                context = await invoke_context(session, _NO_BRIEFINGS, given)
                configuration = await configuration_for(session, agent_type, chosen)
        except InvalidInput as error:
            raise NodeFailed(error.detail, kind="lead") from error
    context = context.model_copy(
        update={
            "call_id": run.trace_id,
            "channel": "sms",
            "now": run.now(),
            "time_zone": run.lead.get("time_zone") or context.time_zone,
            "briefing": briefing_of(run),
            "results": results_in(call.state),
        }
    )
    model = params.model or configuration.model or run.campaign.model
    return Told(context, configuration.model_copy(update={"model": model}), factory_of(services).parts)


class _NoBriefings:
    """The campaign is told by the run, which knows it as it was when the segment began."""

    async def of_campaign(self, session: Any, campaign_id: int) -> Briefing | None:
        return None


_NO_BRIEFINGS = _NoBriefings()


def _told_by_run(run: RunContext) -> WorkflowContext:
    lead = {name: value for name, value in run.lead.items() if value is not None}
    language = str(run.lead["language"] or "en")[:2].lower()
    return WorkflowContext(call_id=run.trace_id, now=run.now(), lead=lead, language=language)


def briefing_of(run: RunContext) -> Briefing:
    campaign = run.campaign
    return Briefing(
        campaign_id=run.campaign_id or None,
        name=campaign.name,
        description=campaign.description,
        sender_name=campaign.sender_name,
        system_prompt=campaign.sms_system_prompt,
        template=campaign.sms_template,
        temperature=campaign.sms_temperature,
        model=campaign.model,
    )


def results_in(state: RunState) -> dict[AgentType, dict[str, Any]]:
    """What the agents of this run found so far, by their type; the latest of each."""
    found: dict[AgentType, dict[str, Any]] = {}
    for output in state["steps"].values():
        kind, result = output.get("agent_type"), output.get("result")
        if isinstance(kind, str) and kind in KINDS and isinstance(result, dict) and result:
            found[AgentType(kind)] = result
    return found


def latest_text(steps: Mapping[str, Mapping[str, Any]]) -> str:
    """The last text that an agent of these steps wrote; they are in the order in which they were taken."""
    texts = [str(output["text"]) for output in steps.values() if output.get("agent_type") and output.get("text")]
    return texts[-1] if texts else ""


def lead_facts(run: RunContext) -> dict[str, Any]:
    """What agents may tell each other of the lead: nothing by which they could be reached."""
    shown = {**run.lead}
    return {name: value for name, value in shown.items() if value and name in TOLD and name != "email"}


def handed_over(state: RunState) -> dict[str, Any]:
    """What the latest hand-over of this run passed on; empty without one."""
    return next((output for output in reversed(state["steps"].values()) if output.get("kind") == HANDOFF), {})


@dataclass(slots=True)
class Turn:
    """An agent at work for a step: whoever asks it writes down what it answers."""

    output: dict[str, Any] = field(default_factory=dict)
    model: str | None = None
    cost: CostMetrics = field(default_factory=CostMetrics)

    def answered(self, response: AgentResponse) -> None:
        self.output = response.model_dump(mode="json")
        self.model, self.cost = response.model, response.cost

    def failed(self, failure: NodeFailed) -> None:
        """What it cost was paid all the same."""
        spent = failure.update
        self.model = spent.get("model_used", self.model)
        self.cost = CostMetrics(
            input_tokens=spent.get("input_tokens", 0), output_tokens=spent.get("output_tokens", 0), cost=failure.cost
        )


@contextmanager
def recorded_turn(call: NodeCall, told: Told, agent_type: AgentType, task: str) -> Iterator[Turn]:
    """Record what the agent does in the block as its execution, also if it fails; it is stored with the step."""
    began, at, turn, error = time.perf_counter(), call.context.now(), Turn(), None
    try:
        yield turn
    except BaseException as caught:
        error = caught
        if isinstance(caught, NodeFailed):
            turn.failed(caught)
        raise
    finally:
        lead = {name: value for name, value in told.context.lead.items() if name not in REACHED_BY}
        call.context.recorder.turns.append(
            AgentTurn(
                node_id=call.node_id,
                agent_type=str(agent_type),
                agent_id=told.configuration.agent_id,
                agent_version=told.configuration.version,
                input=storable({"task": task, "lead": lead, "results": sorted(told.context.results)}),
                output=storable(turn.output),
                ms=round((time.perf_counter() - began) * 1000),
                error=None if error is None else _words(error),
                error_code=None if error is None else _code(error),
                model=turn.model,
                input_tokens=turn.cost.input_tokens,
                output_tokens=turn.cost.output_tokens,
                cost=turn.cost.cost,
                at=at,
            )
        )


def _words(error: BaseException) -> str:
    if isinstance(error, NodeFailed):
        return error.reason
    if isinstance(error, OutriderError):
        return f"{error.title}: {error.detail}"[:LONGEST_ERROR]
    return "It broke down." if isinstance(error, Exception) else "Its time was over."


def _code(error: BaseException) -> str:
    if not isinstance(error, NodeFailed):
        return error_code(error)
    return error.__cause__.slug if isinstance(error.__cause__, OutriderError) else error.kind


async def ask_agent(call: NodeCall, agent_type: AgentType, params: AgentParams) -> AgentResponse:
    """One turn of the agent of this type.

    Raises:
        NodeFailed: it could not do its work.
        BudgetExhausted, BooksUnavailable: nobody pays for it now.
    """
    told = await tell(call, agent_type, params)
    agent = AgentFactory(told.parts).create_agent(agent_type, told.configuration)
    return await take_turn(call, told, agent, params.task)


async def take_turn(call: NodeCall, told: Told, agent: Agent, task: str) -> AgentResponse:
    """The answer of an agent, with failures of its model as failures of the node.

    Raises:
        NodeFailed, BudgetExhausted, BooksUnavailable: as `ask_agent`.
    """
    kind = agent.agent_type
    try:
        with recorded_turn(call, told, kind, task) as turn, measured_run(kind), measured_step(kind):
            response = await agent.process(told.context, task)
            turn.answered(response)
    except (ModelError, ConfigurationError) as error:
        raise NodeFailed(error.detail, kind="model") from error
    return response


def told_result(handle: str, message: str, response: AgentResponse, fields: Mapping[str, Any], **more: Any) -> NodeResult:
    """The visit's result.

    Args:
        fields: what the step writes besides `AgentOutput`.
        more: further fields of the result.
    """
    output = {"agent_type": str(response.agent_type), "result": response.result or {}, "reason": response.reason, **fields}
    details = {"model": response.model, "confidence": response.confidence}
    return NodeResult(handle, message, output=output, **spent(response.cost, response.model), details=details, **more)


def spent(cost: CostMetrics, model: str | None) -> dict[str, Any]:
    """Fields of a result that say what the visit cost."""
    update: dict[str, Any] = {"sms_cost": cost.cost, "input_tokens": cost.input_tokens, "output_tokens": cost.output_tokens}
    if model:
        update["model_used"] = model
    return {"update": update, "tokens": cost.input_tokens + cost.output_tokens, "cost": cost.cost}

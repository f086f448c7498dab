"""One run of one sales agent: timed against its goal, and its failure told instead of raised, so that the others go on."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import Any, ClassVar

import structlog
from pydantic import BaseModel

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import AgentParts
from outrider.agents.figures import measured_run, measured_step
from outrider.agents.models import AgentExecution
from outrider.agents.team.graph import ConversationTeam
from outrider.errors import OutriderError

log = structlog.get_logger(__name__)

PURPOSE = "research"


class Step(BaseModel):
    """What an agent did."""

    agent_type: AgentType
    success: bool
    milliseconds: int
    goal_milliseconds: int
    """Time that it should take at most, model included."""
    within_goal: bool
    reason: str
    """What came out of it, or why nothing did."""
    error_code: str | None = None
    response: AgentResponse | None = None


class TeamMember(Agent):
    """An agent that talks, run as its team runs it: its answer is read, judged and guarded as one in a conversation is."""

    agent_type: ClassVar[AgentType] = AgentType.CONVERSATION

    def __init__(self, configuration: AgentConfiguration, parts: AgentParts):
        super().__init__(configuration)
        self._team = ConversationTeam(parts)

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        only = {self.agent_type: self.configuration}
        return (await self._team.answer(context, user_input, only, only=self.agent_type)).response

    def can_handle(self, context: WorkflowContext) -> bool:
        return True

    def get_system_prompt(self, context: WorkflowContext) -> str:
        return self.configuration.system_prompt


async def run(agent: Agent, context: WorkflowContext, text: str = "") -> Step:
    """Run one agent on a context. A failure that has a name becomes a step without a response."""
    began = time.perf_counter()
    # A team counts the runs of its members itself.
    counted = nullcontext() if isinstance(agent, TeamMember) else measured_run(agent.agent_type)
    try:
        with counted, measured_step(agent.agent_type):
            response = await agent.process(context, text)
    except OutriderError as error:
        log.warning("sales_agent_failed", agent_type=agent.agent_type, error=error.slug)
        return _step(agent, began, None, error.detail, error.slug)
    return _step(agent, began, response, response.reason, None)


def execution_of(step: Step, context: WorkflowContext, lead_id: int | None) -> AgentExecution:
    """The row that says what an agent was given, what it answered and what that took."""
    response = step.response
    return AgentExecution(
        agent_type=step.agent_type,
        purpose=PURPOSE,
        lead_id=lead_id,
        conversation_id=context.conversation_id,
        campaign_id=context.briefing.campaign_id,
        trace_id=context.call_id,
        input_data={"lead": _shown(context.lead), "results": sorted(context.results)},
        output_data=response.model_dump(mode="json") if response else {},
        processing_time_ms=step.milliseconds,
        success=step.success,
        error=None if step.success else step.reason,
        error_code=step.error_code,
        model=response.model if response else None,
        input_tokens=response.cost.input_tokens if response else 0,
        output_tokens=response.cost.output_tokens if response else 0,
        cost=response.cost.cost if response else 0,
    )


def _step(agent: Agent, began: float, response: AgentResponse | None, reason: str, error_code: str | None) -> Step:
    milliseconds = round((time.perf_counter() - began) * 1000)
    goal = round(agent.seconds_goal * 1000)
    return Step(
        agent_type=agent.agent_type,
        success=response is not None,
        milliseconds=milliseconds,
        goal_milliseconds=goal,
        within_goal=milliseconds <= goal,
        reason=reason,
        error_code=error_code,
        response=response,
    )


def _shown(lead: Any) -> dict[str, Any]:
    return {name: value for name, value in lead.items() if name not in ("email", "phone")}

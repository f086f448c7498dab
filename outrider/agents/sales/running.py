"""One run of one sales agent: timed against its goal, and its failure told instead of raised, so that the others go on."""

from __future__ import annotations

import time
from typing import Any

import structlog
from pydantic import BaseModel

from outrider.agents.base import Agent, AgentResponse, AgentType, WorkflowContext
from outrider.agents.models import AgentExecution
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


async def run(agent: Agent, context: WorkflowContext, text: str = "") -> Step:
    """Run one agent on a context. A failure that has a name becomes a step without a response."""
    began = time.perf_counter()
    try:
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

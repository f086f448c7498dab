"""The pipeline in and out of the API."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from outrider.agents.base import AgentType, Tier
from outrider.agents.sales.pipeline import AgentState
from outrider.agents.sales.results import CompanyQualification
from outrider.agents.sales.running import Step


class StepOut(BaseModel):
    """What one agent took, beside its goal."""

    agent_type: AgentType
    success: bool
    milliseconds: int
    goal_milliseconds: int
    within_goal: bool
    reason: str
    error_code: str | None

    @classmethod
    def of(cls, step: Step) -> StepOut:
        return cls.model_validate(step.model_dump(exclude={"response"}))


class PipelineOut(BaseModel):
    """What the agents hand on, and what each of them took."""

    lead_data: dict[str, Any]
    qualification_score: int | None
    tier: Tier | None
    enrichment_data: dict[str, Any]
    growth_insights: list[dict[str, Any]]
    marketing_plan: dict[str, Any]
    bdr_actions: list[dict[str, Any]]
    """Proposals; of a stored lead they wait in `/api/approvals`."""
    conversation_history: list[dict[str, Any]]
    current_agent: str
    steps: list[StepOut]

    @classmethod
    def of(cls, state: AgentState) -> PipelineOut:
        qualification = state["results"].get(AgentType.QUALIFICATION)
        return cls(
            lead_data=state["lead_data"],
            qualification_score=state.get("qualification_score"),
            tier=CompanyQualification.model_validate(qualification).tier if qualification else None,
            enrichment_data=state.get("enrichment_data", {}),
            growth_insights=state.get("growth_insights", []),
            marketing_plan=state.get("marketing_plan", {}),
            bdr_actions=state.get("bdr_actions", []),
            conversation_history=state.get("conversation_history", []),
            current_agent=state.get("current_agent", ""),
            steps=[StepOut.of(step) for step in state["steps"]],
        )

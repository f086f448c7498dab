"""The pipeline on a stored lead: run it, and keep what came of it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType, WorkflowContext
from outrider.agents.models import IN_WORKFLOWS, AgentExecution
from outrider.agents.sales.approvals.models import AgentApproval
from outrider.agents.sales.approvals.service import propose
from outrider.agents.sales.pipeline import AgentState
from outrider.agents.sales.results import (
    BdrPlan,
    CompanyQualification,
    EnrichmentResult,
    GrowthAnalysis,
    MarketingPlan,
)
from outrider.agents.sales.running import PURPOSE, execution_of
from outrider.integrations.enrichment.base import Enrichment
from outrider.leads.enriching import service as enriching
from outrider.leads.enriching.applying import query_of
from outrider.leads.service import get_lead

PURPOSES = (PURPOSE, IN_WORKFLOWS)
KINDS = (
    AgentType.QUALIFICATION, AgentType.ENRICHMENT, AgentType.GROWTH_ANALYSIS, AgentType.MARKETING, AgentType.BDR,
)  # fmt: skip


class RunOut(BaseModel):
    """When an agent last worked on the lead, and what that took."""

    executed_at: datetime
    success: bool
    error: str | None
    milliseconds: int
    model: str | None


class LeadResearch(BaseModel):
    """What the sales agents found about a lead the last time."""

    qualification: CompanyQualification | None = None
    enrichment: EnrichmentResult | None = None
    growth: GrowthAnalysis | None = None
    marketing: MarketingPlan | None = None
    bdr: BdrPlan | None = None
    runs: dict[AgentType, RunOut] = {}


async def keep(
    session: AsyncSession, state: AgentState, context: WorkflowContext, lead_id: int, region: str
) -> AgentApproval | None:
    """Store the steps, the providers' facts and the proposal; returns what now waits for a person.

    Raises:
        LeadNotFound
    """
    lead = await get_lead(session, lead_id)
    rows = [execution_of(step, context, lead_id) for step in state["steps"]]
    session.add_all(rows)
    await session.flush()
    if found := state.get("enrichment_data"):
        told = EnrichmentResult.model_validate(found)
        await enriching.keep(session, lead_id, query_of(lead), Enrichment(facts=told.facts, problems=told.problems), region)
    for action in state.get("bdr_actions", []):
        drafted = next(row for row in rows if row.agent_type == AgentType.BDR)
        plan = BdrPlan.model_validate(action)
        return await propose(session, lead_id, plan, campaign_id=context.briefing.campaign_id, execution_id=drafted.id)
    return None


async def latest(session: AsyncSession, lead_id: int) -> LeadResearch:
    """
    Raises:
        LeadNotFound
    """
    await get_lead(session, lead_id)
    results: dict[AgentType, dict[str, Any]] = {}
    runs: dict[AgentType, RunOut] = {}
    for row in await _rows(session, lead_id):
        kind = AgentType(row.agent_type)
        runs[kind] = RunOut(
            executed_at=row.executed_at,
            success=row.success,
            error=row.error,
            milliseconds=row.processing_time_ms,
            model=row.model,
        )
        results[kind] = row.output_data.get("result") or {} if row.success else {}
    return LeadResearch(
        qualification=results.get(AgentType.QUALIFICATION) or None,
        enrichment=results.get(AgentType.ENRICHMENT) or None,
        growth=results.get(AgentType.GROWTH_ANALYSIS) or None,
        marketing=results.get(AgentType.MARKETING) or None,
        bdr=results.get(AgentType.BDR) or None,
        runs=runs,
    )


async def _rows(session: AsyncSession, lead_id: int) -> Sequence[AgentExecution]:
    """The last run of each kind of agent."""
    newest = (
        select(func.max(AgentExecution.id))
        .where(AgentExecution.lead_id == lead_id, AgentExecution.purpose.in_(PURPOSES), AgentExecution.agent_type.in_(KINDS))
        .group_by(AgentExecution.agent_type)
    )
    return (await session.execute(select(AgentExecution).where(AgentExecution.id.in_(newest)))).scalars().all()

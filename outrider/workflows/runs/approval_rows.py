"""Queries of approvals, with the people and campaigns that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, exists, func, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Order, SortKey, read_rows
from outrider.leads.models import Lead
from outrider.workflows.models import Run, RunApproval, RunApprovalStatus, Step, Workflow, WorkflowVersion

ROW = RunApproval.__table__.c
SORTS = {"created_at": SortKey(ROW.created_at, datetime)}
CAMPAIGNS = table("campaigns", column("id"), column("name"))
"""Campaigns are above this folder; their names are shown all the same."""
CALL = "voice_agent"
"""Name of the kind of step that asks a person to call."""


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    status: RunApprovalStatus | None = None
    campaign_id: int | None = None
    workflow_id: int | None = None
    lead_id: int | None = None


async def page(
    session: AsyncSession, given: ApprovalFilter, order: Order, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    query = _shown()
    for wanted, of in (
        (given.status, ROW.status),
        (given.campaign_id, ROW.campaign_id),
        (given.lead_id, ROW.lead_id),
        (given.workflow_id, WorkflowVersion.workflow_id),
    ):
        if wanted is not None:
            query = query.where(of == wanted)
    return await read_rows(session, query, order, cursor, limit)


async def shown(session: AsyncSession, approval_ids: Sequence[int]) -> Sequence[Any]:
    """These approvals, in the order of their ids."""
    rows: Sequence[Any] = (await session.execute(_shown().where(ROW.id.in_(approval_ids)).order_by(ROW.id))).all()
    return rows


async def count_waiting(session: AsyncSession) -> int:
    query = select(func.count()).select_from(RunApproval).where(ROW.status == RunApprovalStatus.WAITING)
    return int((await session.execute(query)).scalar_one())


def _shown() -> Select[Any]:
    return (
        select(
            *ROW,
            func.coalesce(Lead.name, "").label("lead_name"),
            Lead.company.label("lead_company"),
            Lead.phone.label("lead_phone"),
            exists()
            .where(Step.campaign_lead_id == ROW.campaign_lead_id, Step.run_id == ROW.run_id)
            .where(Step.node_id == ROW.node_id, Step.node_name == CALL)
            .label("is_call"),
            func.coalesce(CAMPAIGNS.c.name, "").label("campaign_name"),
            WorkflowVersion.workflow_id.label("workflow_id"),
            Workflow.name.label("workflow_name"),
        )
        .select_from(RunApproval)
        .join(Run, Run.id == ROW.run_id)
        .outerjoin(Lead, Lead.id == ROW.lead_id)
        .outerjoin(CAMPAIGNS, CAMPAIGNS.c.id == ROW.campaign_id)
        .outerjoin(WorkflowVersion, WorkflowVersion.id == Run.workflow_version_id)
        .outerjoin(Workflow, Workflow.id == WorkflowVersion.workflow_id)
    )

"""Queries of approvals, with the people and campaigns that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, column, exists, func, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.db.pages import Order, SortKey, read_rows
from outrider.leads.models import Lead
from outrider.workflows.models import Run, RunApproval, RunApprovalStatus, Step, Workflow, WorkflowVersion

ROW = RunApproval.__table__.c
SORTS = {"created_at": SortKey(ROW.created_at, datetime)}
CAMPAIGNS = table("campaigns", column("id"), column("name"))
"""Campaigns are above this folder; their names are shown all the same."""
CALL = "voice_agent"
"""Name of the kind of step that asks a person to call."""

DECIDE = """
    WITH given AS (SELECT * FROM unnest($1::bigint[], $2::text[]) AS t (id, answers)), decided AS (
        UPDATE run_approvals AS a
        SET status = 'decided', action = $3, answers = given.answers::jsonb, decided_by = $4, decided_at = $5
        FROM given WHERE a.id = given.id AND a.status = 'waiting'
        RETURNING a.run_id, a.interrupt_id, a.answers
    ), woken AS (
        UPDATE run_waits AS w SET due_at = now(), answer = jsonb_build_object('event', 'decided', 'data', jsonb_build_object(
            'action', $3::text, 'answers', decided.answers, 'by', $4::text, 'at', $6::text))
        FROM decided JOIN runs AS r ON r.id = decided.run_id AND r.status = 'waiting'
        WHERE w.run_id = decided.run_id AND w.interrupt_id = decided.interrupt_id AND w.answer IS NULL
        RETURNING w.run_id
    )
    UPDATE runs AS r SET revision = r.revision + 1, updated_at = now()
    FROM (SELECT DISTINCT run_id FROM woken) AS woken WHERE r.id = woken.run_id
    RETURNING r.id
"""


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


async def lock(session: AsyncSession, approval_ids: Sequence[int]) -> dict[int, RunApproval]:
    """Those of these approvals that exist, by their ids; locked after their runs, as whoever commits or ends runs locks them."""
    run_ids = select(RunApproval.run_id).where(RunApproval.id.in_(approval_ids))
    await session.execute(select(Run.id).where(Run.id.in_(run_ids)).order_by(Run.id).with_for_update(key_share=True))
    wanted = select(RunApproval).where(RunApproval.id.in_(approval_ids)).order_by(RunApproval.id).with_for_update()
    found = await session.execute(wanted.execution_options(populate_existing=True))
    return {approval.id: approval for approval in found.scalars()}


async def decide(
    session: AsyncSession, answers: Mapping[int, Mapping[str, Any]], action: str, actor: str, at: datetime
) -> list[int]:
    """Store one decision for these locked approvals, and answer the waits behind them; returns the runs that go on.

    A wait that was answered before keeps its answer. A segment of such a run that is in flight is overtaken.

    Args:
        answers: what was filled in, by approval.
    """
    connection = await raw_connection(session)
    filled = [orjson.dumps(given).decode() for given in answers.values()]
    woken = await connection.fetch(DECIDE, list(answers), filled, action, actor, at, at.isoformat(timespec="seconds"))
    return [row["id"] for row in woken]


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

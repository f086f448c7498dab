"""`/api/run-approvals`: decisions that paused runs wait for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from outrider.auth.permissions import Actor, Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.workflows.models import RunApprovalStatus
from outrider.workflows.runs import approval_rows, approvals
from outrider.workflows.runs.approval_rows import ApprovalFilter
from outrider.workflows.runs.approval_schemas import RunApprovalCounts, RunApprovalOut, RunDecision, RunDecisions, RunDecisionsOut

router = APIRouter(prefix="/api/run-approvals", tags=["runs"])

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
Decider = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_WRITE))]
Id = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("", dependencies=READ)
async def list_run_approvals(
    session: Transaction,
    status: RunApprovalStatus | None = None,
    campaign_id: Id = None,
    workflow_id: Id = None,
    lead_id: Id = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RunApprovalOut]:
    """Decisions that runs wait for or waited for, the newest first; with `status=waiting` the oldest first."""
    wanted = ApprovalFilter(status=status, campaign_id=campaign_id, workflow_id=workflow_id, lead_id=lead_id)
    return await approvals.list_approvals(session, wanted, cursor, limit)


@router.get("/counts", dependencies=READ)
async def count_run_approvals(session: Transaction) -> RunApprovalCounts:
    return RunApprovalCounts(waiting=await approval_rows.count_waiting(session))


@router.post("/decide")
async def decide_run_approvals(session: Transaction, actor: Decider, given: RunDecisions) -> RunDecisionsOut:
    """Take one decision for many approvals, with their forms as they stand; says of each what came of it."""
    return RunDecisionsOut(items=await approvals.decide_all(session, given.ids, given.action, actor.name))


@router.get("/{approval_id}", dependencies=READ)
async def get_run_approval(session: Transaction, approval_id: int) -> RunApprovalOut:
    return await approvals.get_approval(session, approval_id)


@router.post("/{approval_id}/decide")
async def decide_run_approval(session: Transaction, actor: Decider, approval_id: int, given: RunDecision) -> RunApprovalOut:
    """Take the decision; the run goes on with it. The same decision again gets the same answer, another one a 409."""
    await approvals.decide(session, approval_id, given.action, given.answers, actor.name)
    return await approvals.get_approval(session, approval_id)

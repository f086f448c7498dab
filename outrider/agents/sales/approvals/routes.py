"""`/api/approvals`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from outrider.agents.sales.approvals import repository, service
from outrider.agents.sales.approvals.models import ApprovalStatus
from outrider.agents.sales.approvals.schemas import ApprovalCounts, ApprovalOut, Approve, Reject
from outrider.auth.permissions import Actor, Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/approvals", tags=["approvals"])

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
Decider = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_WRITE))]
LeadId = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("", dependencies=READ)
async def list_approvals(
    session: Transaction, status: ApprovalStatus | None = None, lead_id: LeadId = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ApprovalOut]:
    """What agents drafted for a person to decide about, the newest first."""
    return await service.list_approvals(session, status, lead_id, cursor, limit)


@router.get("/counts", dependencies=READ)
async def count_approvals(session: Transaction) -> ApprovalCounts:
    return ApprovalCounts(waiting=await repository.count_waiting(session))


@router.get("/{approval_id}", dependencies=READ)
async def get_approval(session: Transaction, approval_id: int) -> ApprovalOut:
    return await service.get_approval(session, approval_id)


@router.post("/{approval_id}/approve")
async def approve_draft(
    session: Transaction, actor: Decider, approval_id: int, given: Annotated[Approve | None, Body()] = None
) -> ApprovalOut:
    """Let the draft leave, as it is or with your text. A text goes to the outbox; mails and calls are yours to make."""
    return await service.approve(session, approval_id, given or Approve(), actor.name)


@router.post("/{approval_id}/reject")
async def reject_draft(
    session: Transaction, actor: Decider, approval_id: int, given: Annotated[Reject | None, Body()] = None
) -> ApprovalOut:
    """Let the draft never leave."""
    return await service.reject(session, approval_id, (given or Reject()).note, actor.name)

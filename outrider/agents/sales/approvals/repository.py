"""Every query on approvals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.sales.approvals.models import AgentApproval, ApprovalStatus
from outrider.db.pages import Order, SortKey, read_rows
from outrider.leads.models import Lead

ROW = AgentApproval.__table__.c
SORTS = {"created_at": SortKey(ROW.created_at, datetime)}
SHOWN = [*ROW, Lead.name.label("lead_name"), Lead.company.label("lead_company")]


async def page(
    session: AsyncSession, status: ApprovalStatus | None, lead_id: int | None, order: Order, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    query = select(*SHOWN).join(Lead, Lead.id == ROW.lead_id)
    if status is not None:
        query = query.where(ROW.status == status)
    if lead_id is not None:
        query = query.where(ROW.lead_id == lead_id)
    return await read_rows(session, query, order, cursor, limit)


async def shown(session: AsyncSession, approval_id: int) -> Any | None:
    query = select(*SHOWN).join(Lead, Lead.id == ROW.lead_id).where(ROW.id == approval_id)
    return (await session.execute(query)).one_or_none()


async def lock(session: AsyncSession, approval_id: int) -> AgentApproval | None:
    return await session.get(AgentApproval, approval_id, with_for_update=True, populate_existing=True)


async def supersede(session: AsyncSession, lead_id: int) -> None:
    """What still waits for this lead waits no more."""
    waiting = (AgentApproval.lead_id == lead_id) & (AgentApproval.status == ApprovalStatus.WAITING)
    await session.execute(update(AgentApproval).where(waiting).values(status=ApprovalStatus.SUPERSEDED))


async def count_waiting(session: AsyncSession) -> int:
    query = select(func.count()).select_from(AgentApproval).where(AgentApproval.status == ApprovalStatus.WAITING)
    return int((await session.execute(query)).scalar_one())

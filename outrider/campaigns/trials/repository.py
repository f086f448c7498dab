"""Queries of the trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import AgentExecution
from outrider.campaigns.repository.audience import AudienceParts, exclusion, judged
from outrider.leads.models import Lead

EXAMPLE = (Lead.id, Lead.name, Lead.phone, Lead.company)


async def excluded(session: AsyncSession, lead_ids: Sequence[int], require_consent: bool) -> dict[int, str]:
    """Why the campaign would leave these leads out; those that it would not are not named."""
    wanted = select(Lead.id.label("lead_id")).where(Lead.id.in_(lead_ids)).subquery("wanted")
    reason = exclusion(require_consent).label("reason")
    found = await session.execute(judged(wanted, Lead.id, reason).where(reason.is_not(None)))
    return {row.id: row.reason for row in found}


async def examples(
    session: AsyncSession, parts: AudienceParts, require_consent: bool, reasons: Sequence[str | None], most: int
) -> Sequence[Row[Any]]:
    """A few leads of each of the reasons (None: reachable), with `reason`."""
    if not reasons:
        return []
    reason = exclusion(require_consent)
    each = [
        judged(parts.leads(), *EXAMPLE, literal(wanted or "").label("reason"))
        .where(reason.is_(None) if wanted is None else reason == wanted)
        .limit(most)
        for wanted in reasons
    ]
    return (await session.execute(union_all(*(part.subquery().select() for part in each)))).all()


async def record(session: AsyncSession, executions: Sequence[AgentExecution]) -> None:
    """Keep what models were asked, so that its cost is in the figures; leads that were deleted meanwhile stay deleted."""
    wanted = [execution.lead_id for execution in executions]
    still_there = select(Lead.id).where(Lead.id.in_(wanted)).with_for_update(read=True, key_share=True)
    known = set((await session.execute(still_there)).scalars())
    session.add_all(execution for execution in executions if execution.lead_id in known)
    await session.flush()

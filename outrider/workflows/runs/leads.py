"""Applies what runs ask to change about their leads. The lead is always the run's own.

What a lead can't take is left out, and its step says so: the run has gone on, and nobody would look for it elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import get_settings
from outrider.leads.changing import change_many, list_many, tag_many
from outrider.workflows.intents import ChangeLead, ListLead, TagLead
from outrider.workflows.runs.applying import Asked, applies
from outrider.workflows.runs.step_rows import Warned, warn


@applies(ChangeLead)
async def change_leads(session: AsyncSession, asked: Sequence[Asked[ChangeLead]]) -> None:
    changes = [(one.asker.run.lead_id, one.intent.changes) for one in asked]
    await _tell(session, asked, await change_many(session, changes, get_settings().default_region))


@applies(TagLead)
async def tag_leads(session: AsyncSession, asked: Sequence[Asked[TagLead]]) -> None:
    wishes = [(one.asker.run.lead_id, one.intent.add, one.intent.remove) for one in asked]
    await _tell(session, asked, await tag_many(session, wishes, get_settings().default_region))


@applies(ListLead)
async def list_leads(session: AsyncSession, asked: Sequence[Asked[ListLead]]) -> None:
    wishes = [(one.asker.run.lead_id, one.intent.add, one.intent.remove) for one in asked]
    await _tell(session, asked, await list_many(session, wishes))


async def _tell(session: AsyncSession, asked: Sequence[Asked[Any]], left_out: Mapping[int, Sequence[str]]) -> None:
    """
    Args:
        left_out: reasons, by place among those asked.
    """
    found = ((asked[place], reason) for place, reasons in left_out.items() for reason in reasons)
    await warn(session, [Warned(one.asker.run, one.intent.node_id, one.visit, reason) for one, reason in found])

"""Applies what runs ask to change about their leads. The lead is always the run's own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import get_settings
from outrider.leads.changing import change_many, list_many, tag_many
from outrider.workflows.intents import ChangeLead, ListLead, TagLead
from outrider.workflows.runs.applying import Asked, applies


@applies(ChangeLead)
async def change_leads(session: AsyncSession, asked: Sequence[Asked[ChangeLead]]) -> None:
    changes = [(one.asker.run.lead_id, one.intent.changes) for one in asked]
    await change_many(session, changes, get_settings().default_region)


@applies(TagLead)
async def tag_leads(session: AsyncSession, asked: Sequence[Asked[TagLead]]) -> None:
    wishes = [(one.asker.run.lead_id, one.intent.add, one.intent.remove) for one in asked]
    await tag_many(session, wishes, get_settings().default_region)


@applies(ListLead)
async def list_leads(session: AsyncSession, asked: Sequence[Asked[ListLead]]) -> None:
    add = [(one.asker.run.lead_id, name) for one in asked for name in one.intent.add]
    remove = [(one.asker.run.lead_id, name) for one in asked for name in one.intent.remove]
    await list_many(session, add, remove)

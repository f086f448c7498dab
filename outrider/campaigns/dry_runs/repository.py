"""Queries of the dry runs: the leads they are for, as paused runs would read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import CampaignLead
from outrider.db.engine import raw_connection
from outrider.leads.models import Lead, LeadListMember
from outrider.workflows.context import ConversationFacts, LeadData
from outrider.workflows.runs.facts import LEAD_COLUMNS, LEAD_TABLES, conversation_of, lead_of

LOOKED_AT = 1000
"""Leads among which a sample is drawn."""
READ = f"SELECT l.id AS lead_id, {LEAD_COLUMNS} FROM {LEAD_TABLES} WHERE l.id = ANY($1::bigint[])"  # noqa: S608  (constants)


@dataclass(frozen=True, slots=True)
class Person:
    """A lead, and what was said with it."""

    lead: LeadData
    conversation: ConversationFacts


async def read_people(session: AsyncSession, lead_ids: Sequence[int]) -> dict[int, Person]:
    """The leads of these ids, those that there are, in the order of the ids."""
    connection = await raw_connection(session)
    found = {row["lead_id"]: row for row in await connection.fetch(READ, list(lead_ids))}
    known = (found[lead_id] for lead_id in lead_ids if lead_id in found)
    return {row["lead_id"]: Person(lead_of(row), conversation_of(row, None)) for row in known}


async def sample(session: AsyncSession, most: int, *, list_id: int | None, campaign_id: int | None) -> list[int]:
    """Some leads of a list, else of a campaign, else of all."""
    if list_id is not None:
        some = select(LeadListMember.lead_id).where(LeadListMember.list_id == list_id).limit(LOOKED_AT)
    elif campaign_id is not None:
        some = select(CampaignLead.lead_id).where(CampaignLead.campaign_id == campaign_id).limit(LOOKED_AT)
    else:
        some = select(Lead.id.label("lead_id")).order_by(Lead.id.desc()).limit(LOOKED_AT)
    drawn = some.subquery()
    return list((await session.execute(select(drawn.c.lead_id).order_by(func.random()).limit(most))).scalars())

"""Queries of the gate and of what happens when texts end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign
from outrider.db.engine import raw_connection
from outrider.leads.models import Lead
from outrider.llm.budgets.purses import Standing

ADD_SPENT = """
    WITH locked AS (SELECT id FROM campaigns WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE)
    UPDATE campaigns AS c SET spent = greatest(c.spent + w.amount, 0)
    FROM unnest($1::bigint[], $2::numeric[]) AS w (id, amount) JOIN locked USING (id)
    WHERE c.id = w.id AND c.budget IS NOT NULL
    RETURNING c.id, c.spent, c.budget
"""

HAND_OVER = text("""
    UPDATE conversations SET handled_by = 'person', updated_at = now(),
        needs_person_reason = coalesce(needs_person_reason, 'over_budget')
    WHERE id IN (SELECT conversation_id FROM messages WHERE id = ANY(:message_ids))
    RETURNING id
""")

NOTE_DELIVERY_FAILURES = text("""
    WITH told AS (
        SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:errors AS text[])) AS t (id, error)
    ), locked AS (
        SELECT cl.id FROM campaign_leads AS cl JOIN told USING (id)
        WHERE cl.status IN ('waiting', 'completed') ORDER BY cl.id FOR NO KEY UPDATE OF cl
    )
    UPDATE campaign_leads AS cl SET error_message = told.error, updated_at = now()
    FROM told JOIN locked USING (id) WHERE cl.id = told.id
""")


async def lock_campaigns(session: AsyncSession, campaign_ids: Collection[int]) -> dict[int, Row[Any]]:
    """id, status, budget, spent and quiet_hours of each campaign, locked in the order of their ids."""
    statement = (
        select(Campaign.id, Campaign.status, Campaign.budget, Campaign.spent, Campaign.quiet_hours)
        .where(Campaign.id.in_(campaign_ids))
        .order_by(Campaign.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row for row in await session.execute(statement)}


async def add_spent(session: AsyncSession, amounts: Mapping[int, Decimal]) -> dict[int, Standing]:
    """Add US dollars (negative ones give back) to the guards of the campaigns that have a budget; returns how these stand."""
    if not amounts:
        return {}
    connection = await raw_connection(session)
    found = await connection.fetch(ADD_SPENT, list(amounts), list(amounts.values()))
    return {row["id"]: Standing(row["spent"], row["budget"]) for row in found}


async def places(session: AsyncSession, lead_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Country and region of each lead."""
    result = await session.execute(select(Lead.id, Lead.country, Lead.region).where(Lead.id.in_(lead_ids)))
    return {row.id: (row.country, row.region) for row in result}


async def hand_over(session: AsyncSession, message_ids: Sequence[int]) -> list[int]:
    """Let a person take the conversations of these texts, because the budget does not pay for them; returns the conversations."""
    return list((await session.execute(HAND_OVER, {"message_ids": list(message_ids)})).scalars())


async def note_delivery_failures(session: AsyncSession, errors: Mapping[int, str]) -> None:
    """Write the carrier's reason to campaign leads whose text was accepted and then not delivered."""
    await session.execute(NOTE_DELIVERY_FAILURES, {"ids": list(errors), "errors": list(errors.values())})

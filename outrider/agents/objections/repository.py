"""Every query on objections."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.objections.models import ObjectionRecord
from outrider.db.engine import raw_connection


async def of_campaign(session: AsyncSession, campaign_id: int | None) -> Sequence[ObjectionRecord]:
    """Those for all campaigns, and then those of the campaign."""
    of_all = ObjectionRecord.campaign_id.is_(None)
    wanted = of_all if campaign_id is None else or_(of_all, ObjectionRecord.campaign_id == campaign_id)
    query = select(ObjectionRecord).where(wanted).order_by(ObjectionRecord.campaign_id.nulls_first(), ObjectionRecord.id)
    return (await session.execute(query)).scalars().all()


IN_USE = """
    SELECT key, name, examples, guidance, sample_answer, proof_points, enabled FROM objections
    WHERE campaign_id IS NULL OR campaign_id = $1
    ORDER BY campaign_id NULLS FIRST, id
"""


async def in_use(session: AsyncSession, campaign_id: int | None) -> Sequence[asyncpg.Record]:
    """As `of_campaign`, without what only their editors look at; every turn of a conversation asks it."""
    connection = await raw_connection(session)
    return await connection.fetch(IN_USE, campaign_id)


async def with_key(session: AsyncSession, key: str, campaign_id: int | None) -> ObjectionRecord | None:
    query = select(ObjectionRecord).where(
        ObjectionRecord.key == key, ObjectionRecord.campaign_id.is_not_distinct_from(campaign_id)
    )
    return (await session.execute(query)).scalar_one_or_none()

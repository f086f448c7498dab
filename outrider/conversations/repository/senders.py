"""Queries about senders."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Sender
from outrider.conversations.routing import SenderRate


async def enabled_senders(session: AsyncSession) -> list[SenderRate]:
    """Enabled senders with their rates, by id."""
    rows = await session.execute(select(Sender.id, Sender.segments_per_second).where(Sender.enabled).order_by(Sender.id))
    return [SenderRate(sender_id, rate) for sender_id, rate in rows]

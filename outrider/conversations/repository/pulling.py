"""Queries of the puller: how far each sender's inbound texts are complete, and whose delivery nobody reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.base import DeliveryStatus
from outrider.conversations.models import Message, OutboxState, Sender, SenderKind

SET_PRICES = text("""
    UPDATE messages AS m SET price = t.price FROM unnest(CAST(:ids AS bigint[]), CAST(:prices AS numeric[])) AS t (id, price)
    WHERE m.id = t.id
""")
COMPLETE_UNTIL = func.coalesce(Sender.inbound_watermark, Sender.created_at)
UNFINISHED = [str(status) for status in DeliveryStatus if not status.is_terminal]


@dataclass(frozen=True, slots=True)
class PulledSender:
    sender_id: int
    kind: SenderKind
    address: str
    complete_until: datetime
    """Everything that was received before is in `messages`."""


async def senders_to_pull(session: AsyncSession) -> list[PulledSender]:
    """Every sender, also a disabled one: people may still write to it."""
    rows = await session.execute(
        select(Sender.id, Sender.kind, Sender.address, func.coalesce(Sender.inbound_watermark, Sender.created_at)).order_by(
            Sender.id
        )
    )
    return [PulledSender(sender_id, SenderKind(kind), address, until) for sender_id, kind, address, until in rows]


async def advance_watermark(session: AsyncSession, sender_id: int, until: datetime) -> None:
    await session.execute(
        update(Sender)
        .where(Sender.id == sender_id, until > COMPLETE_UNTIL)
        .values(inbound_watermark=until, updated_at=Sender.updated_at)
    )


async def silent_deliveries(session: AsyncSession, quiet: timedelta, oldest: timedelta, most: int) -> dict[str, int]:
    """Sids and ids of accepted texts whose end was not reported for `quiet`, due for a look; the oldest first.

    They are sorted by the column that bounds them: sorted by id, the planner would read the whole past.
    """
    rows = await session.execute(
        select(Message.carrier_sid, Message.id)
        .where(
            Message.state == OutboxState.SENT,
            Message.carrier_sid.is_not(None),
            Message.sent_at > func.now() - oldest,
            Message.sent_at < func.now() - quiet,
            Message.delivery_status.in_(UNFINISHED),
            func.coalesce(Message.next_check_at, Message.sent_at) < func.now(),
        )
        .order_by(Message.sent_at)
        .limit(most)
    )
    return {sid: message_id for sid, message_id in rows if sid is not None}


async def look_later(session: AsyncSession, message_ids: Sequence[int]) -> None:
    """Look at these deliveries again when they are twice as old."""
    await session.execute(
        update(Message)
        .where(Message.id == func.any(list(message_ids)))
        .values(next_check_at=func.now() + (func.now() - Message.sent_at))
    )


async def set_prices(session: AsyncSession, prices: Sequence[tuple[int, Decimal]]) -> None:
    """Keep what the carrier billed for `(message id, US dollars)`."""
    await session.execute(SET_PRICES, {"ids": [message_id for message_id, _ in prices], "prices": [price for _, price in prices]})

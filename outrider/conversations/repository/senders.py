"""Queries about senders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Message, OutboxState, Sender, SenderKind
from outrider.conversations.routing import SenderRate
from outrider.db.engine import raw_connection

ENABLED = "SELECT id, segments_per_second FROM senders WHERE enabled ORDER BY id"


async def enabled_senders(session: AsyncSession) -> list[SenderRate]:
    """Enabled senders with their rates, by id."""
    connection = await raw_connection(session)
    return [SenderRate(sender_id, rate) for sender_id, rate in await connection.fetch(ENABLED)]


async def all_senders(session: AsyncSession) -> Sequence[Sender]:
    return (await session.scalars(select(Sender).order_by(Sender.id))).all()


async def waiting_by_sender(session: AsyncSession) -> dict[int, int]:
    """Number of texts in each sender's outbox."""
    rows = await session.execute(
        select(Message.sender_id, func.count()).where(Message.state == OutboxState.QUEUED).group_by(Message.sender_id)
    )
    return {sender_id: count for sender_id, count in rows if sender_id is not None}


async def sender_at(session: AsyncSession, address: str) -> Sender | None:
    return (await session.scalars(select(Sender).where(Sender.address == address))).one_or_none()


async def senders_by_address(session: AsyncSession, addresses: Sequence[str]) -> dict[str, int]:
    """Ids of the senders at these addresses."""
    rows = await session.execute(select(Sender.address, Sender.id).where(Sender.address.in_(addresses)))
    return {address: sender_id for address, sender_id in rows}  # noqa: C416  (rows are no pairs to the type checker)


async def add_if_missing(session: AsyncSession, kind: SenderKind, address: str, rate: float) -> None:
    await session.execute(
        insert(Sender)
        .values(kind=kind, address=address, segments_per_second=rate)
        .on_conflict_do_nothing(index_elements=[Sender.address])
    )


async def disable_at(session: AsyncSession, addresses: Sequence[str], reason: str) -> None:
    await session.execute(
        update(Sender).where(Sender.address.in_(addresses), Sender.enabled).values(enabled=False, disabled_reason=reason)
    )


async def has_messages(session: AsyncSession, sender_id: int) -> bool:
    return (await session.scalar(select(Message.id).where(Message.sender_id == sender_id).limit(1))) is not None

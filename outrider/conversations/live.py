"""What people who look at conversations, senders and suppressions are told."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import (
    ConversationChanged,
    DeliveriesMoved,
    SendersChanged,
    SuppressionsChanged,
    TextsQueued,
    TextsReceived,
    TextsSettled,
)
from outrider.events.bus import subscribe
from outrider.events.live import announce
from outrider.events.topics import Topic


@subscribe(TextsReceived)
async def tell_received(session: AsyncSession, event: TextsReceived) -> None:
    announce(session, Topic.CONVERSATIONS, "received", [text.conversation_id for text in event.texts])


@subscribe(TextsQueued)
async def tell_queued(session: AsyncSession, event: TextsQueued) -> None:
    announce(session, Topic.CONVERSATIONS, "queued", event.conversation_ids)


@subscribe(TextsSettled)
async def tell_settled(session: AsyncSession, event: TextsSettled) -> None:
    announce(session, Topic.CONVERSATIONS, "settled", [outcome.conversation_id for outcome in event.outcomes])


@subscribe(DeliveriesMoved)
async def tell_moved(session: AsyncSession, event: DeliveriesMoved) -> None:
    announce(session, Topic.CONVERSATIONS, "delivery", event.conversation_ids)


@subscribe(ConversationChanged)
async def tell_changed(session: AsyncSession, event: ConversationChanged) -> None:
    announce(session, Topic.CONVERSATIONS, event.change, [event.conversation_id])


@subscribe(SendersChanged)
async def tell_senders(session: AsyncSession, event: SendersChanged) -> None:
    announce(session, Topic.SENDERS, "changed", event.sender_ids)


@subscribe(SuppressionsChanged)
async def tell_suppressions(session: AsyncSession, _: SuppressionsChanged) -> None:
    announce(session, Topic.SUPPRESSIONS, "changed", more=True)

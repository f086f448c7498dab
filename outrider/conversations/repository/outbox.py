"""Queries that fill, hold, release and cancel the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import CTE, ColumnElement, Update, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import TextOutcome
from outrider.conversations.models import Author, Message, OutboxState, Purpose
from outrider.db.engine import raw_connection

OUTBOX_CHANNEL = "outrider_outbox"

OUTCOME_COLUMNS = (
    Message.id,
    Message.conversation_id,
    Message.campaign_id,
    Message.campaign_lead_id,
    Message.lead_id,
    Message.state,
    Message.hold_reason,
    Message.error_code,
    Message.error_message,
    Message.estimated_cost,
    Message.admitted,
)
"""What `outcome_of` reads."""


@dataclass(frozen=True, slots=True)
class ThreadSender:
    conversation_id: int
    sender_id: int | None


@dataclass(frozen=True, slots=True)
class NewText:
    conversation_id: int
    lead_id: int
    sender_id: int
    phone: str
    body: str
    segments: int
    estimated_cost: Decimal
    dedupe_key: str
    purpose: str
    author: str
    author_name: str | None
    priority: int
    campaign_id: int | None
    campaign_lead_id: int | None
    run_id: int | None
    due_at: datetime | None
    allowed_senders: tuple[int, ...]


def outcome_of(row: Any) -> TextOutcome:
    """The outcome in a mapping of `OUTCOME_COLUMNS`."""
    return TextOutcome(
        message_id=row["id"],
        conversation_id=row["conversation_id"],
        campaign_id=row["campaign_id"],
        campaign_lead_id=row["campaign_lead_id"],
        lead_id=row["lead_id"],
        state=OutboxState(row["state"]),
        reason=row["hold_reason"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        estimated_cost=row["estimated_cost"],
        admitted=row["admitted"],
    )


OPEN_THREADS = """
    INSERT INTO conversations AS c (lead_id, campaign_id, sender_id, last_message_at)
    SELECT lead_id, campaign_id, sender_id, now()
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (lead_id, campaign_id, sender_id)
    ON CONFLICT (lead_id) DO UPDATE SET
        campaign_id = coalesce(excluded.campaign_id, c.campaign_id),
        sender_id = CASE WHEN c.sender_id = ANY($4::bigint[]) THEN c.sender_id ELSE excluded.sender_id END,
        last_message_at = now(),
        updated_at = now()
    RETURNING c.lead_id, c.id, c.sender_id
"""


async def open_threads(
    session: AsyncSession,
    lead_ids: Sequence[int],
    campaign_ids: Sequence[int | None],
    sender_ids: Sequence[int | None],
    enabled: Sequence[int],
) -> dict[int, ThreadSender]:
    """The conversation of each lead, created if need be; it keeps its sender if that is among `enabled`.

    Lead ids must be sorted and unique: every caller then takes the row locks in the same order.
    """
    connection = await raw_connection(session)
    rows = await connection.fetch(OPEN_THREADS, lead_ids, campaign_ids, sender_ids, enabled)
    return {lead_id: ThreadSender(conversation_id, sender_id) for lead_id, conversation_id, sender_id in rows}


INSERT_TEXTS = f"""
    WITH new AS (
        INSERT INTO messages (
            conversation_id, lead_id, sender_id, phone, body, segments, estimated_cost, dedupe_key, purpose, author, priority,
            campaign_id, campaign_lead_id, run_id, due_at, details, direction, state
        )
        SELECT conversation_id, lead_id, sender_id, phone, body, segments, estimated_cost, dedupe_key, purpose, author, priority,
            campaign_id, campaign_lead_id, run_id, coalesce(due_at, now()), details::jsonb, 'out', 'queued'
        FROM unnest(
            $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::smallint[], $7::numeric[], $8::text[],
            $9::text[], $10::text[], $11::smallint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::timestamptz[],
            $16::text[]
        ) AS t (
            conversation_id, lead_id, sender_id, phone, body, segments, estimated_cost, dedupe_key, purpose, author, priority,
            campaign_id, campaign_lead_id, run_id, due_at, details
        )
        ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
        RETURNING dedupe_key, id
    )
    SELECT dedupe_key, id, (SELECT pg_notify('{OUTBOX_CHANNEL}', '')) FROM new
"""  # noqa: S608  (our own channel)


async def insert_texts(session: AsyncSession, texts: Sequence[NewText]) -> dict[str, int]:
    """Queue the texts and wake the deliverers; returns the message id by dedupe key of those that were new."""
    connection = await raw_connection(session)
    rows = await connection.fetch(
        INSERT_TEXTS,
        [t.conversation_id for t in texts],
        [t.lead_id for t in texts],
        [t.sender_id for t in texts],
        [t.phone for t in texts],
        [t.body for t in texts],
        [t.segments for t in texts],
        [t.estimated_cost for t in texts],
        [t.dedupe_key for t in texts],
        [t.purpose for t in texts],
        [t.author for t in texts],
        [t.priority for t in texts],
        [t.campaign_id for t in texts],
        [t.campaign_lead_id for t in texts],
        [t.run_id for t in texts],
        [t.due_at for t in texts],
        [_details(t) for t in texts],
    )
    return {row["dedupe_key"]: row["id"] for row in rows}


def _details(new: NewText) -> str:
    details = {"sender_ids": new.allowed_senders, "author_name": new.author_name}
    return orjson.dumps({name: value for name, value in details.items() if value}).decode()


WAKE = text(f"SELECT pg_notify('{OUTBOX_CHANNEL}', '')")


async def notify_deliverers(session: AsyncSession) -> None:
    await session.execute(WAKE)


async def hold(session: AsyncSession, campaign_id: int) -> int:
    waiting = _locked(
        Message.campaign_id == campaign_id,
        Message.state == OutboxState.QUEUED,
        Message.purpose == Purpose.CAMPAIGN,
        skip_claimed=True,
    )
    return await _count(session, _update(waiting).values(state=OutboxState.HELD, hold_reason="paused"))


async def release(session: AsyncSession, campaign_id: int) -> int:
    held = _locked(Message.campaign_id == campaign_id, Message.state == OutboxState.HELD)
    return await _count(session, _update(held).values(state=OutboxState.QUEUED, hold_reason=None))


async def cancel(
    session: AsyncSession,
    *,
    reason: str,
    batch: int,
    campaign_id: int | None,
    phones: Sequence[str] | None,
    campaign_lead_ids: Sequence[int] | None,
    purpose: Purpose | None,
    conversation_id: int | None = None,
    author: Author | None = None,
    message_ids: Sequence[int] | None = None,
) -> list[TextOutcome]:
    """Cancel at most `batch` waiting texts that match every given filter."""
    filters = [Message.state.in_([OutboxState.QUEUED, OutboxState.HELD]), Message.purpose != Purpose.COMPLIANCE]
    if campaign_id is not None:
        filters.append(Message.campaign_id == campaign_id)
    if phones is not None:
        filters.append(Message.phone == func.any(list(phones)))
    if campaign_lead_ids is not None:
        filters.append(Message.campaign_lead_id == func.any(list(campaign_lead_ids)))
    if purpose is not None:
        filters.append(Message.purpose == purpose)
    if conversation_id is not None:
        filters.append(Message.conversation_id == conversation_id)
    if author is not None:
        filters.append(Message.author == author)
    if message_ids is not None:
        filters.append(Message.id.in_(message_ids))
    waiting = _locked(*filters, limit=batch, skip_claimed=phones is None and campaign_lead_ids is None)
    result = await session.execute(
        _update(waiting).values(state=OutboxState.CANCELLED, hold_reason=reason).returning(*OUTCOME_COLUMNS)
    )
    return [outcome_of(row) for row in result.mappings()]


def _locked(*filters: ColumnElement[bool], limit: int | None = None, skip_claimed: bool = False) -> CTE:
    """The matching messages, locked by id: whoever locks several messages takes them in this order.

    Whoever holds a campaign's row must skip what a claim looks at just now: that claim waits in its gate for the row,
    and then learns there that the campaign may not send.
    """
    matching = select(Message.id).where(*filters).order_by(Message.id).limit(limit)
    return matching.with_for_update(skip_locked=skip_claimed).cte("locked")


def _update(locked: CTE) -> Update:
    return update(Message).where(Message.id == locked.c.id)


async def _count(session: AsyncSession, statement: Update) -> int:
    result = await session.execute(statement)
    return int(getattr(result, "rowcount", 0))

"""Queries of the claim: which texts a deliverer takes, and what becomes of those it may not take.

They run on the raw connection: claims are the busiest statements of the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import TextOutcome
from outrider.conversations.models import ORDINARY, URGENT, Author, Purpose, SenderKind
from outrider.conversations.repository.outbox import outcome_of
from outrider.db.engine import raw_connection

BURST_SECONDS = 1.0
REFILL_SHARE = 0.98
"""A bucket holds a second's worth, so that a busy process that looks late loses nothing, and fills a little slower than
the rate, so that no minute sees more than the rate allows (0.98 × 60 s + 1 s)."""

BURST = f"greatest(1, s.segments_per_second * {BURST_SECONDS})"
TOKENS = f"""
    least({BURST}, s.bucket_tokens
        + extract(epoch FROM statement_timestamp() - s.bucket_at) * s.segments_per_second * {REFILL_SHARE})
"""
"""Tokens of sender `s` now. A bucket dated in the future (a paused sender) has negative ones."""

PRIORITIES = f"(VALUES ({URGENT}), ({ORDINARY}))"

HAS_DUE = f"""
    EXISTS (
        SELECT 1 FROM {PRIORITIES} AS p (priority) CROSS JOIN LATERAL (
            SELECT 1 FROM messages AS m
            WHERE m.sender_id = s.id AND m.state = 'queued' AND m.priority = p.priority AND m.due_at <= now()
            ORDER BY m.due_at, m.id LIMIT 1
        ) AS due
    )
"""  # noqa: S608  (built from constants)
"""The order is the index's: without it the planner reads the table from its beginning when much of it is queued, and
what is still queued lies at its end."""

IDLE_LIMIT = "SELECT set_config('idle_in_transaction_session_timeout', $1, true)"

LOCK_SENDERS = f"""
    SELECT s.id, s.kind, s.address, {BURST}::float8 AS burst, ({TOKENS})::float8 AS tokens, statement_timestamp() AS counted_at
    FROM senders AS s
    WHERE s.enabled AND {TOKENS} >= 1 AND {HAS_DUE}
    ORDER BY s.bucket_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
"""  # noqa: S608  (built from constants)

DUE_TEXTS = f"""
    SELECT m.id, m.sender_id, m.lead_id, m.phone, m.body, m.segments, m.estimated_cost, m.purpose, m.author,
        m.campaign_id, m.campaign_lead_id, m.admitted, m.attempts, c.last_inbound_at, l.time_zones, l.country, l.region,
        EXISTS (SELECT 1 FROM suppressions AS x WHERE x.phone = m.phone AND x.lifted_at IS NULL) AS suppressed
    FROM unnest($1::bigint[], $2::int[]) AS s (id, most)
    CROSS JOIN LATERAL (
        SELECT due.* FROM {PRIORITIES} AS p (priority) CROSS JOIN LATERAL (
            SELECT * FROM messages AS q
            WHERE q.sender_id = s.id AND q.state = 'queued' AND q.priority = p.priority AND q.due_at <= now()
            ORDER BY q.due_at, q.id LIMIT s.most FOR UPDATE SKIP LOCKED
        ) AS due
    ) AS m
    JOIN conversations AS c ON c.id = m.conversation_id
    JOIN leads AS l ON l.id = m.lead_id
    ORDER BY m.sender_id, m.priority DESC, m.due_at, m.id
"""  # noqa: S608  (built from constants)

START_ATTEMPTS = """
    UPDATE messages AS m SET state = 'sending', attempt_token = t.token, attempts = m.attempts + 1, admitted = true,
        attempted_at = clock_timestamp(), lease_until = clock_timestamp() + $3::interval,
        hold_reason = NULL, error_code = NULL, error_message = NULL
    FROM unnest($1::bigint[], $2::text[]) AS t (id, token)
    WHERE m.id = t.id
"""

HOLD_TEXTS = """
    UPDATE messages AS m SET hold_reason = t.reason, due_at = coalesce(t.until, m.due_at),
        state = CASE WHEN t.until IS NULL THEN 'held' ELSE 'queued' END
    FROM unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS t (id, until, reason)
    WHERE m.id = t.id
"""

CANCEL_TEXTS = """
    UPDATE messages AS m SET state = 'cancelled', hold_reason = t.reason
    FROM unnest($1::bigint[], $2::text[]) AS t (id, reason)
    WHERE m.id = t.id
    RETURNING m.id, m.conversation_id, m.campaign_id, m.campaign_lead_id, m.lead_id, m.state, m.hold_reason, m.error_code,
        m.error_message, m.estimated_cost, m.admitted
"""

SPEND_TOKENS = """
    UPDATE senders AS s SET bucket_tokens = t.tokens, bucket_at = t.counted_at
    FROM unnest($1::bigint[], $2::float8[], $3::timestamptz[]) AS t (id, tokens, counted_at)
    WHERE s.id = t.id
"""

NEXT_READY = f"""
    SELECT min(greatest(0, (1 - {TOKENS}) / (s.segments_per_second * {REFILL_SHARE})))::float8
    FROM senders AS s WHERE s.enabled AND {HAS_DUE}
"""  # noqa: S608  (built from constants)

RETURN_TEXTS = """
    UPDATE messages AS m SET state = 'queued', attempt_token = NULL, lease_until = NULL, attempts = greatest(m.attempts - 1, 0)
    FROM unnest($1::bigint[], $2::text[]) AS t (id, token)
    WHERE m.id = t.id AND m.attempt_token = t.token AND m.state IN ('sending', 'unknown')
"""


@dataclass(frozen=True, slots=True)
class ReadySender:
    """A locked sender that may send now."""

    sender_id: int
    kind: SenderKind
    address: str
    burst: float
    tokens: float
    counted_at: datetime
    """The database's moment for which `tokens` holds."""


@dataclass(frozen=True, slots=True)
class DueText:
    """A locked text that is due, with what decides whether it may leave."""

    message_id: int
    sender_id: int
    lead_id: int
    phone: str
    body: str
    segments: int
    estimated_cost: Decimal
    purpose: Purpose
    author: Author
    campaign_id: int | None
    campaign_lead_id: int | None
    admitted: bool
    attempts: int
    """Earlier ones."""
    last_inbound_at: datetime | None
    time_zones: tuple[str, ...]
    country: str | None
    region: str | None
    suppressed: bool


async def limit_idleness(session: AsyncSession, limit: timedelta) -> None:
    """Let the server end this transaction if its process stands still in it, so that its locks are not kept."""
    connection = await raw_connection(session)
    await connection.fetchval(IDLE_LIMIT, f"{int(limit.total_seconds() * 1000)}ms")


async def lock_ready_senders(session: AsyncSession, most: int) -> list[ReadySender]:
    """Enabled senders with due texts and a token, except those another deliverer is looking at."""
    connection = await raw_connection(session)
    rows = await connection.fetch(LOCK_SENDERS, most)
    return [
        ReadySender(row["id"], SenderKind(row["kind"]), row["address"], row["burst"], row["tokens"], row["counted_at"])
        for row in rows
    ]


async def lock_due_texts(session: AsyncSession, limits: Sequence[tuple[int, int]]) -> list[DueText]:
    """Due texts of each `(sender id, at most)`, in the order in which they should leave."""
    connection = await raw_connection(session)
    rows = await connection.fetch(DUE_TEXTS, [sender for sender, _ in limits], [most for _, most in limits])
    return [
        DueText(
            message_id=row["id"],
            sender_id=row["sender_id"],
            lead_id=row["lead_id"],
            phone=row["phone"],
            body=row["body"],
            segments=row["segments"],
            estimated_cost=row["estimated_cost"],
            purpose=Purpose(row["purpose"]),
            author=Author(row["author"]),
            campaign_id=row["campaign_id"],
            campaign_lead_id=row["campaign_lead_id"],
            admitted=row["admitted"],
            attempts=row["attempts"],
            last_inbound_at=row["last_inbound_at"],
            time_zones=tuple(row["time_zones"]),
            country=row["country"],
            region=row["region"],
            suppressed=row["suppressed"],
        )
        for row in rows
    ]


async def start_attempts(session: AsyncSession, tokens: Sequence[tuple[int, str]], lease: timedelta) -> None:
    """Mark locked texts as being sent, each with the token of its attempt."""
    connection = await raw_connection(session)
    await connection.execute(START_ATTEMPTS, [message for message, _ in tokens], [token for _, token in tokens], lease)


async def hold_due(session: AsyncSession, holds: Sequence[tuple[int, datetime | None, str]]) -> None:
    """Move locked texts to a later time, or hold them until somebody releases them."""
    connection = await raw_connection(session)
    await connection.execute(HOLD_TEXTS, [h[0] for h in holds], [h[1] for h in holds], [h[2] for h in holds])


async def cancel_due(session: AsyncSession, cancels: Sequence[tuple[int, str]]) -> list[TextOutcome]:
    connection = await raw_connection(session)
    rows = await connection.fetch(CANCEL_TEXTS, [message for message, _ in cancels], [reason for _, reason in cancels])
    return [outcome_of(row) for row in rows]


async def spend_tokens(session: AsyncSession, left: Sequence[tuple[ReadySender, float]]) -> None:
    """Write what is left in the buckets of locked senders, as of the moment they were counted."""
    connection = await raw_connection(session)
    await connection.execute(
        SPEND_TOKENS,
        [sender.sender_id for sender, _ in left],
        [tokens for _, tokens in left],
        [sender.counted_at for sender, _ in left],
    )


async def seconds_until_ready(session: AsyncSession) -> float | None:
    """Until the next sender with due texts has a token; 0 if one has it now, None if nothing is due."""
    connection = await raw_connection(session)
    seconds: float | None = await connection.fetchval(NEXT_READY)
    return seconds


async def return_texts(session: AsyncSession, tokens: Sequence[tuple[int, str]]) -> None:
    """Queue texts again whose attempt surely never reached the carrier: this process did not post them."""
    connection = await raw_connection(session)
    await connection.execute(RETURN_TEXTS, [message for message, _ in tokens], [token for _, token in tokens])

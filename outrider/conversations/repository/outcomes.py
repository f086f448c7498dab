"""Queries that write down what became of attempts. Every one compares the attempt's token, so that a result counts once
and only for the attempt it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import TextOutcome
from outrider.conversations.models import OutboxState
from outrider.conversations.repository.outbox import outcome_of
from outrider.db.engine import raw_connection

LOCK_ATTEMPTS = """
    locked AS (
        SELECT m.id FROM messages AS m JOIN answered AS a ON a.id = m.id AND a.token = m.attempt_token
        WHERE m.state IN ('sending', 'unknown') ORDER BY m.id FOR UPDATE OF m
    )
"""
OUTCOME = """
    m.id, m.conversation_id, m.campaign_id, m.campaign_lead_id, m.lead_id, m.state, m.hold_reason, m.error_code,
    m.error_message, m.estimated_cost, m.admitted
"""

MARK_SENT = f"""
    WITH answered AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::numeric[])
            AS t (id, token, sid, status, segments, price)
    ), {LOCK_ATTEMPTS}
    UPDATE messages AS m SET state = 'sent', carrier_sid = a.sid, sent_at = clock_timestamp(), delivery_status = a.status,
        segments = coalesce(a.segments, m.segments), price = coalesce(a.price, m.price),
        lease_until = NULL, next_check_at = NULL, hold_reason = NULL, error_code = NULL, error_message = NULL
    FROM answered AS a JOIN locked ON locked.id = a.id
    WHERE m.id = a.id AND NOT EXISTS (SELECT 1 FROM messages AS other WHERE other.carrier_sid = a.sid)
    RETURNING {OUTCOME}, m.attempt_token
"""  # noqa: S608  (built from constants)

MARK_FAILED = f"""
    WITH answered AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[])
            AS t (id, token, reason, code, message)
    ), {LOCK_ATTEMPTS}
    UPDATE messages AS m SET state = 'failed', hold_reason = a.reason, error_code = a.code, error_message = a.message,
        lease_until = NULL, next_check_at = NULL
    FROM answered AS a JOIN locked ON locked.id = a.id
    WHERE m.id = a.id
    RETURNING {OUTCOME}
"""  # noqa: S608  (built from constants)

MARK_RETRY = f"""
    WITH answered AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::float8[], $4::bigint[], $5::text[], $6::smallint[])
            AS t (id, token, delay, code, message, counts)
    ), {LOCK_ATTEMPTS}
    UPDATE messages AS m SET
        state = CASE WHEN m.attempts >= $7 AND a.counts = 1 THEN 'failed' ELSE 'queued' END,
        hold_reason = CASE WHEN m.attempts >= $7 AND a.counts = 1 THEN 'too_many_attempts' ELSE 'retry' END,
        due_at = clock_timestamp() + make_interval(secs => a.delay),
        attempts = m.attempts - 1 + a.counts,
        attempt_token = NULL, lease_until = NULL, next_check_at = NULL, error_code = a.code, error_message = a.message
    FROM answered AS a JOIN locked ON locked.id = a.id
    WHERE m.id = a.id
    RETURNING {OUTCOME}
"""  # noqa: S608  (built from constants)

MARK_UNKNOWN = f"""
    WITH answered AS (SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (id, token, reason)), {LOCK_ATTEMPTS}
    UPDATE messages AS m SET state = 'unknown', hold_reason = 'no_clear_answer', error_message = a.reason,
        lease_until = clock_timestamp(), next_check_at = clock_timestamp()
    FROM answered AS a JOIN locked ON locked.id = a.id
    WHERE m.id = a.id
"""  # noqa: S608  (built from constants)

PAUSE_SENDERS = """
    UPDATE senders AS s SET bucket_tokens = 0,
        bucket_at = greatest(s.bucket_at, clock_timestamp() + make_interval(secs => t.seconds))
    FROM unnest($1::bigint[], $2::float8[]) AS t (id, seconds)
    WHERE s.id = t.id
"""

DISABLE_SENDERS = """
    UPDATE senders AS s SET enabled = false, disabled_reason = t.reason, updated_at = now()
    FROM unnest($1::bigint[], $2::text[]) AS t (id, reason)
    WHERE s.id = t.id AND s.enabled
    RETURNING s.id
"""

LOCK_RELEASED = """
    SELECT r.token FROM released_attempts AS r JOIN messages AS m ON m.id = r.message_id
    WHERE r.token = ANY($1::text[]) ORDER BY m.id FOR UPDATE OF m
"""

ADOPT = f"""
    UPDATE messages AS m SET state = 'sent', carrier_sid = t.sid, attempt_token = t.token, sent_at = clock_timestamp(),
        delivery_status = t.status, hold_reason = NULL, error_code = NULL, error_message = NULL
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t (id, token, sid, status)
    WHERE m.id = t.id AND m.state IN ('queued', 'held')
        AND NOT EXISTS (SELECT 1 FROM messages AS other WHERE other.carrier_sid = t.sid)
    RETURNING {OUTCOME}, m.attempt_token
"""  # noqa: S608  (built from constants)

NOTE_DUPLICATES = """
    UPDATE messages AS m SET details = jsonb_set(m.details, '{created_again}',
        coalesce(m.details -> 'created_again', '[]'::jsonb) || to_jsonb(t.sid))
    FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (id, token, sid)
    WHERE m.id = t.id AND m.carrier_sid IS DISTINCT FROM t.sid
        AND (m.carrier_sid IS NOT NULL OR EXISTS (SELECT 1 FROM released_attempts AS r WHERE r.token = t.token))
        AND NOT coalesce(m.details -> 'created_again', '[]'::jsonb) @> to_jsonb(t.sid)
    RETURNING m.id
"""


@dataclass(frozen=True, slots=True)
class SentAttempt:
    """An attempt that the carrier surely accepted."""

    token: str
    carrier_sid: str
    status: str
    message_id: int
    segments: int | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    message_id: int
    token: str
    reason: str
    code: int | None
    message: str


@dataclass(frozen=True, slots=True)
class RetriedAttempt:
    message_id: int
    token: str
    delay: float
    """Seconds."""
    code: int | None
    message: str
    counts: bool
    """False when the text is not to blame: then it has this attempt back."""


async def mark_sent(session: AsyncSession, attempts: Sequence[SentAttempt]) -> dict[str, TextOutcome]:
    """Settle attempts as sent; returns the outcome by token of those that were open."""
    rows = await _fetch(
        session,
        MARK_SENT,
        [a.message_id for a in attempts],
        [a.token for a in attempts],
        [a.carrier_sid for a in attempts],
        [a.status for a in attempts],
        [a.segments for a in attempts],
        [a.price for a in attempts],
    )
    return {row["attempt_token"]: outcome_of(row) for row in rows}


async def mark_failed(session: AsyncSession, attempts: Sequence[FailedAttempt]) -> list[TextOutcome]:
    rows = await _fetch(
        session,
        MARK_FAILED,
        [a.message_id for a in attempts],
        [a.token for a in attempts],
        [a.reason for a in attempts],
        [a.code for a in attempts],
        [a.message for a in attempts],
    )
    return [outcome_of(row) for row in rows]


async def mark_retry(session: AsyncSession, attempts: Sequence[RetriedAttempt], max_attempts: int) -> list[TextOutcome]:
    """Queue surely refused texts again; returns those that failed because they used up their attempts."""
    rows = await _fetch(
        session,
        MARK_RETRY,
        [a.message_id for a in attempts],
        [a.token for a in attempts],
        [a.delay for a in attempts],
        [a.code for a in attempts],
        [a.message for a in attempts],
        [int(a.counts) for a in attempts],
        max_attempts,
    )
    return [outcome_of(row) for row in rows if row["state"] == OutboxState.FAILED]


async def mark_unknown(session: AsyncSession, attempts: Sequence[tuple[int, str, str]]) -> None:
    """Park `(message id, token, reason)`: from now on only the carrier's list, a callback or a person settles them."""
    await _fetch(session, MARK_UNKNOWN, [a[0] for a in attempts], [a[1] for a in attempts], [a[2] for a in attempts])


async def pause_senders(session: AsyncSession, pauses: Sequence[tuple[int, float]]) -> None:
    """Empty the buckets of `(sender id, seconds)` for that long."""
    await _fetch(session, PAUSE_SENDERS, [sender for sender, _ in pauses], [seconds for _, seconds in pauses])


async def disable_senders(session: AsyncSession, reasons: Sequence[tuple[int, str]]) -> list[int]:
    """Take senders out of use; returns those that were in use."""
    rows = await _fetch(session, DISABLE_SENDERS, [sender for sender, _ in reasons], [reason for _, reason in reasons])
    return [row["id"] for row in rows]


async def lock_released(session: AsyncSession, tokens: Sequence[str]) -> set[str]:
    """Those of `tokens` whose attempt was given up; locks their messages."""
    return {row["token"] for row in await _fetch(session, LOCK_RELEASED, list(tokens))}


async def adopt(session: AsyncSession, attempts: Sequence[SentAttempt]) -> dict[str, TextOutcome]:
    """Settle texts that wait to be sent again as sent by an earlier attempt; returns the outcome by token."""
    rows = await _fetch(
        session,
        ADOPT,
        [a.message_id for a in attempts],
        [a.token for a in attempts],
        [a.carrier_sid for a in attempts],
        [a.status for a in attempts],
    )
    return {row["attempt_token"]: outcome_of(row) for row in rows}


async def note_duplicates(session: AsyncSession, attempts: Sequence[SentAttempt]) -> list[int]:
    """Keep the sids of texts that the carrier has created once already; returns the messages newly noted."""
    rows = await _fetch(
        session,
        NOTE_DUPLICATES,
        [a.message_id for a in attempts],
        [a.token for a in attempts],
        [a.carrier_sid for a in attempts],
    )
    return [row["id"] for row in rows]


async def _fetch(session: AsyncSession, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await raw_connection(session)
    return list(await connection.fetch(statement, *arguments))

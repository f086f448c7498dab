"""Queries about attempts whose outcome is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import TextOutcome
from outrider.conversations.models import SenderKind
from outrider.conversations.repository.outbox import outcome_of
from outrider.db.engine import raw_connection

EXPIRE = """
    UPDATE messages AS m SET state = 'unknown', hold_reason = 'lease_expired', next_check_at = clock_timestamp()
    FROM (
        SELECT id FROM messages WHERE state = 'sending' AND lease_until < clock_timestamp()
        ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS expired
    WHERE m.id = expired.id
    RETURNING m.id
"""

PICK = """
    UPDATE messages AS m SET next_check_at = clock_timestamp() + make_interval(secs => $2)
    FROM (
        SELECT q.id FROM messages AS q WHERE q.state = 'unknown' AND q.next_check_at <= clock_timestamp()
        ORDER BY q.next_check_at, q.id LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS due, senders AS s
    WHERE m.id = due.id AND s.id = m.sender_id
    RETURNING m.id, m.attempt_token, m.phone, m.body, m.attempted_at, s.kind, s.address, s.segments_per_second,
        m.lease_until + make_interval(secs => $3) <= clock_timestamp() AS is_settled
"""

BELIEVE_SENT = """
    UPDATE messages AS m SET state = 'sent', sent_at = m.attempted_at, hold_reason = 'resolved_by_person', lease_until = NULL,
        next_check_at = NULL, error_message = NULL
    WHERE m.id = $1 AND m.attempt_token = $2 AND m.state = 'unknown'
    RETURNING m.id, m.conversation_id, m.campaign_id, m.campaign_lead_id, m.lead_id, m.state, m.hold_reason, m.error_code,
        m.error_message, m.estimated_cost, m.admitted
"""

LOCK_PHONE = "SELECT pg_advisory_xact_lock(hashtextextended('reconcile ' || $1, 0))"

UNKNOWN_OF = """
    SELECT m.id, m.attempt_token, m.phone, m.body, m.attempted_at, s.kind, s.address, s.segments_per_second, false AS is_settled
    FROM messages AS m JOIN senders AS s ON s.id = m.sender_id
    WHERE m.phone = $1 AND m.state = 'unknown' ORDER BY m.id FOR UPDATE OF m
"""

SENDING_TO = "SELECT body FROM messages WHERE phone = $1 AND state = 'sending'"

RELEASE = """
    WITH open AS (
        SELECT m.id, m.attempt_token, m.attempted_at FROM messages AS m
        JOIN unnest($1::bigint[], $2::text[]) AS t (id, token) ON t.id = m.id AND t.token = m.attempt_token
        WHERE m.state = 'unknown' ORDER BY m.id FOR UPDATE OF m
    ), kept AS (
        INSERT INTO released_attempts (token, message_id, attempted_at) SELECT attempt_token, id, attempted_at FROM open
    )
    UPDATE messages AS m SET state = 'queued', attempt_token = NULL, lease_until = NULL, next_check_at = NULL,
        due_at = clock_timestamp(), hold_reason = 'not_accepted', error_message = NULL
    FROM open WHERE m.id = open.id
    RETURNING m.id
"""

CHECK_LATER = """
    UPDATE messages AS m SET
        hold_reason = coalesce($3, m.hold_reason), error_message = coalesce($4, m.error_message),
        next_check_at = clock_timestamp() + make_interval(secs => greatest($5,
            least(extract(epoch FROM clock_timestamp() - m.attempted_at) / 2,
                  extract(epoch FROM m.lease_until - clock_timestamp()) + $6)))
    FROM unnest($1::bigint[], $2::text[]) AS t (id, token)
    WHERE m.id = t.id AND m.attempt_token = t.token AND m.state = 'unknown'
"""

TAKEN = "SELECT carrier_sid FROM messages WHERE carrier_sid = ANY($1::text[])"


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that may or may not have been accepted."""

    message_id: int
    token: str
    phone: str
    body: str
    attempted_at: datetime
    kind: SenderKind
    address: str
    rate: float
    is_settled: bool
    """The settle time is over: what the carrier lists from now on is complete."""


async def expire_leases(session: AsyncSession, most: int) -> int:
    """Texts whose deliverer did not come back: their outcome is unknown from now on."""
    return len(await _fetch(session, EXPIRE, most))


async def pick_open(session: AsyncSession, most: int, busy_seconds: float, settle_seconds: float) -> list[OpenAttempt]:
    """Attempts to ask the carrier about; no other process picks them for `busy_seconds`."""
    return [_attempt(row) for row in await _fetch(session, PICK, most, busy_seconds, settle_seconds)]


async def lock_phone(session: AsyncSession, phone: str) -> None:
    """One process at a time attributes the carrier's texts to one number's attempts."""
    await _fetch(session, LOCK_PHONE, phone)


async def open_attempts_of(session: AsyncSession, phone: str) -> list[OpenAttempt]:
    """All open attempts of a number, locked."""
    return [_attempt(row) for row in await _fetch(session, UNKNOWN_OF, phone)]


async def bodies_being_sent(session: AsyncSession, phone: str) -> set[str]:
    return {row["body"] for row in await _fetch(session, SENDING_TO, phone)}


async def taken_sids(session: AsyncSession, sids: Sequence[str]) -> set[str]:
    """Those of `sids` that belong to a message already."""
    return {row["carrier_sid"] for row in await _fetch(session, TAKEN, list(sids))}


async def release(session: AsyncSession, attempts: Sequence[tuple[int, str]]) -> list[int]:
    """Queue texts again whose attempt the carrier surely does not have; returns their ids."""
    rows = await _fetch(session, RELEASE, [message for message, _ in attempts], [token for _, token in attempts])
    return [row["id"] for row in rows]


async def believe_sent(session: AsyncSession, message_id: int, token: str) -> list[TextOutcome]:
    """Settle an open attempt as sent, without a sid; returns its outcome unless it was settled meanwhile."""
    return [outcome_of(row) for row in await _fetch(session, BELIEVE_SENT, message_id, token)]


async def check_later(
    session: AsyncSession,
    attempts: Sequence[tuple[int, str]],
    *,
    at_least: float,
    settle_seconds: float,
    reason: str | None = None,
    message: str | None = None,
) -> None:
    """Ask again: soon while the attempt is young, less often later, and as soon as the settle time is over."""
    await _fetch(
        session,
        CHECK_LATER,
        [message_id for message_id, _ in attempts],
        [token for _, token in attempts],
        reason,
        message,
        at_least,
        settle_seconds,
    )


def _attempt(row: asyncpg.Record) -> OpenAttempt:
    return OpenAttempt(
        message_id=row["id"],
        token=row["attempt_token"],
        phone=row["phone"],
        body=row["body"],
        attempted_at=row["attempted_at"],
        kind=SenderKind(row["kind"]),
        address=row["address"],
        rate=row["segments_per_second"],
        is_settled=row["is_settled"],
    )


async def _fetch(session: AsyncSession, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await raw_connection(session)
    return list(await connection.fetch(statement, *arguments))

"""Queries about what the carrier reports on accepted texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.base import DeliveryStatus
from outrider.conversations.events import TextOutcome
from outrider.conversations.repository.outbox import outcome_of
from outrider.db.engine import raw_connection

RANK = "CASE m.delivery_status " + " ".join(f"WHEN '{s}' THEN {s.rank}" for s in DeliveryStatus) + " ELSE -1 END"

LOCK_KNOWN = """
    SELECT m.id, m.carrier_sid FROM messages AS m
    WHERE m.carrier_sid = ANY($1::text[]) AND m.direction = 'out' ORDER BY m.id FOR UPDATE
"""

ADVANCE = f"""
    UPDATE messages AS m SET delivery_status = h.status,
        delivered_at = CASE WHEN h.status IN ('delivered', 'read') THEN coalesce(m.delivered_at, clock_timestamp())
            ELSE m.delivered_at END,
        error_code = h.code, error_message = h.message
    FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[]) AS h (sid, status, rank, code, message)
    WHERE m.carrier_sid = h.sid AND m.direction = 'out' AND {RANK} < h.rank
    RETURNING m.id, m.conversation_id, m.campaign_id, m.campaign_lead_id, m.lead_id, m.state, m.hold_reason, m.error_code,
        m.error_message, m.estimated_cost, m.admitted, m.carrier_sid, m.delivery_status, m.phone, m.sender_id
"""  # noqa: S608  (built from constants)

ATTEMPTS = """
    SELECT m.id, t.token
    FROM unnest($1::text[]) AS t (token)
    LEFT JOIN released_attempts AS r ON r.token = t.token
    JOIN messages AS m ON m.attempt_token = t.token OR m.id = r.message_id
    ORDER BY m.id FOR UPDATE OF m
"""

KEEP_STRAYS = """
    INSERT INTO stray_receipts (carrier_sid, status, error_code)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
"""

TAKE_STRAYS = """
    DELETE FROM stray_receipts WHERE carrier_sid = ANY($1::text[]) RETURNING carrier_sid, status, error_code
"""

TAKE_KNOWN_STRAYS = """
    DELETE FROM stray_receipts AS s USING messages AS m
    WHERE m.carrier_sid = s.carrier_sid RETURNING s.carrier_sid, s.status, s.error_code
"""

FORGET_STRAYS = "DELETE FROM stray_receipts WHERE received_at < now() - make_interval(days => $1)"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the carrier reported on one of its texts."""

    carrier_sid: str
    status: DeliveryStatus
    error_code: int | None = None
    explanation: str | None = None
    """The error in plain words."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """A text whose delivery moved on."""

    outcome: TextOutcome
    carrier_sid: str
    status: DeliveryStatus
    phone: str
    sender_id: int | None


async def lock_known(session: AsyncSession, sids: Sequence[str]) -> set[str]:
    """Lock the texts with these sids; returns the sids that are known."""
    return {row["carrier_sid"] for row in await _fetch(session, LOCK_KNOWN, list(sids))}


async def advance(session: AsyncSession, receipts: Sequence[Receipt]) -> list[Advanced]:
    """Move deliveries forwards, never backwards. One receipt per sid; returns those that changed something."""
    rows = await _fetch(
        session,
        ADVANCE,
        [r.carrier_sid for r in receipts],
        [r.status for r in receipts],
        [r.status.rank for r in receipts],
        [r.error_code for r in receipts],
        [r.explanation for r in receipts],
    )
    return [
        Advanced(outcome_of(row), row["carrier_sid"], DeliveryStatus(row["delivery_status"]), row["phone"], row["sender_id"])
        for row in rows
    ]


async def lock_attempts(session: AsyncSession, tokens: Sequence[str]) -> dict[str, int]:
    """Message id by token of the attempts that are known, also of those that were given up; locks the messages."""
    return {row["token"]: row["id"] for row in await _fetch(session, ATTEMPTS, list(tokens))}


async def keep_strays(session: AsyncSession, receipts: Sequence[Receipt]) -> None:
    await _fetch(
        session,
        KEEP_STRAYS,
        [r.carrier_sid for r in receipts],
        [r.status for r in receipts],
        [r.error_code for r in receipts],
    )


async def take_strays(session: AsyncSession, sids: Sequence[str]) -> list[Receipt]:
    """Remove and return the kept receipts of these sids."""
    return _receipts(await _fetch(session, TAKE_STRAYS, list(sids)))


async def take_known_strays(session: AsyncSession) -> list[Receipt]:
    """Remove and return the kept receipts whose text has become known."""
    return _receipts(await _fetch(session, TAKE_KNOWN_STRAYS))


async def forget_strays(session: AsyncSession, days: int) -> None:
    await _fetch(session, FORGET_STRAYS, days)


def _receipts(rows: Sequence[asyncpg.Record]) -> list[Receipt]:
    return [Receipt(row["carrier_sid"], DeliveryStatus(row["status"]), row["error_code"]) for row in rows]


async def _fetch(session: AsyncSession, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await raw_connection(session)
    return list(await connection.fetch(statement, *arguments))

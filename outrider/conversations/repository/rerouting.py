"""Queries about texts whose sender is out of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import ORDINARY, URGENT
from outrider.db.engine import raw_connection

STRANDED = f"""
    SELECT m.id, m.lead_id, m.allowed
    FROM senders AS s
    CROSS JOIN (VALUES ({URGENT}), ({ORDINARY})) AS p (priority)
    CROSS JOIN LATERAL (
        SELECT q.id, q.lead_id, q.details ->> 'sender_ids' AS allowed FROM messages AS q
        WHERE q.sender_id = s.id AND q.state = 'queued' AND q.priority = p.priority AND q.due_at <= now()
        ORDER BY q.due_at, q.id LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS m
    WHERE NOT s.enabled
    LIMIT $1
"""  # noqa: S608  (built from constants)

MOVE = """
    UPDATE messages AS m SET sender_id = t.sender_id, hold_reason = NULL
    FROM unnest($1::bigint[], $2::bigint[]) AS t (id, sender_id) WHERE m.id = t.id
"""

POSTPONE = """
    UPDATE messages SET hold_reason = 'no_sender', due_at = clock_timestamp() + interval '1 minute' WHERE id = ANY($1::bigint[])
"""


@dataclass(frozen=True, slots=True)
class StrandedText:
    message_id: int
    lead_id: int
    allowed_senders: tuple[int, ...]
    """Empty means any."""


async def lock_stranded(session: AsyncSession, most: int) -> list[StrandedText]:
    """Due texts of disabled senders, locked."""
    connection = await raw_connection(session)
    rows = await connection.fetch(STRANDED, most)
    return [StrandedText(row["id"], row["lead_id"], tuple(orjson.loads(row["allowed"] or "[]"))) for row in rows]


async def move(session: AsyncSession, moved: Sequence[tuple[int, int]]) -> None:
    """Give `(message id, sender id)` another sender."""
    connection = await raw_connection(session)
    await connection.execute(MOVE, [message for message, _ in moved], [sender for _, sender in moved])


async def postpone(session: AsyncSession, message_ids: Sequence[int]) -> None:
    """Look at these texts again in a minute."""
    connection = await raw_connection(session)
    await connection.execute(POSTPONE, list(message_ids))

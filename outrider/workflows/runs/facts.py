"""What a segment is told of its lead and of what was said, read with the claim of the run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import asyncpg

from outrider.config import get_settings
from outrider.leads.tags import tags_of
from outrider.workflows.context import ConversationFacts, LeadData, MeetingFacts

LEAD_COLUMNS = """
    l.name, l.phone, l.email, l.company, l.title, l.industry, l.company_size, l.city, l.language, l.attributes, l.score, l.tier,
    coalesce(l.time_zone, l.time_zones[1]) AS time_zone,
    ARRAY(
        SELECT ll.name FROM lead_list_members AS lm JOIN lead_lists AS ll ON ll.id = lm.list_id WHERE lm.lead_id = l.id
    ) AS lists,
    (
        SELECT lc.kind FROM lead_consents AS lc WHERE lc.lead_id = l.id AND lc.channel = 'sms' ORDER BY lc.id DESC LIMIT 1
    ) AS consent,
    c.id AS conversation_id, coalesce(c.inbound_count, 0) AS inbound_count,
    said.body AS last_text, said.created_at AS last_text_at, clock_timestamp() AS read_at,
    meeting.id AS meeting_id, meeting.starts_at AS meeting_start, meeting.ends_at AS meeting_end,
    meeting.title AS meeting_title, meeting.location AS meeting_location
"""
"""Of `LEAD_TABLES`; what `lead_of` and `conversation_of` read."""

LEAD_TABLES = """
    leads AS l
    LEFT JOIN conversations AS c ON c.lead_id = l.id
    LEFT JOIN LATERAL (
        SELECT m.body, m.created_at FROM messages AS m
        WHERE c.inbound_count > 0 AND m.conversation_id = c.id AND m.direction = 'in'
        ORDER BY m.id DESC LIMIT 1
    ) AS said ON true
    LEFT JOIN LATERAL (
        SELECT b.id, b.starts_at, b.ends_at, b.title, b.location FROM bookings AS b
        WHERE b.lead_id = l.id AND b.status = 'booked' AND b.ends_at > now()
        ORDER BY b.starts_at LIMIT 1
    ) AS meeting ON true
"""


def lead_of(row: asyncpg.Record) -> LeadData:
    """The lead in a row with `lead_id` and `LEAD_COLUMNS`."""
    return {
        "id": row["lead_id"],
        "name": row["name"],
        "phone": row["phone"],
        "email": row["email"],
        "company": row["company"],
        "title": row["title"],
        "industry": row["industry"],
        "company_size": row["company_size"],
        "city": row["city"],
        "language": row["language"],
        "attributes": row["attributes"],
        "tags": tags_of(row["attributes"]),
        "lists": row["lists"],
        "score": row["score"],
        "tier": row["tier"],
        "time_zone": row["time_zone"] or get_settings().time_zone,
        "consent": row["consent"],
    }


def clock_of(row: asyncpg.Record) -> Callable[[], datetime]:
    """What time it is for a run that was read in this row, with `LEAD_COLUMNS`: the time of the database, which also decides
    when a wait is over. So a worker whose own clock is wrong neither waits longer nor shorter."""
    ahead = row["read_at"] - datetime.now(UTC)
    return lambda: datetime.now(UTC) + ahead


def conversation_of(row: asyncpg.Record, since: datetime | None) -> ConversationFacts:
    """What was said, in a row with `LEAD_COLUMNS`.

    Args:
        since: when the run began; None if it begins now.
    """
    heard_at = row["last_text_at"]
    return ConversationFacts(
        id=row["conversation_id"],
        last_text=row["last_text"],
        last_text_at=heard_at,
        replied=since is not None and heard_at is not None and heard_at > since,
        language=row["language"],
        meeting=_meeting_of(row),
    )


def _meeting_of(row: asyncpg.Record) -> MeetingFacts | None:
    if row["meeting_id"] is None:
        return None
    return MeetingFacts(
        id=row["meeting_id"],
        start=row["meeting_start"],
        end=row["meeting_end"],
        title=row["meeting_title"],
        location=row["meeting_location"],
    )

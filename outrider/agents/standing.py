"""Where a conversation stands when a turn begins: all that its own rows say, read by one statement.

A turn waits for it before anything else happens, so it is one round trip, on the raw connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentMessage, Meeting, Qualification
from outrider.agents.memory import Memory
from outrider.agents.team.speaking import LEAD_FACTS
from outrider.db.engine import raw_connection

READ = f"""
    SELECT {", ".join(f"lead.{name}" for name in ("id", *LEAD_FACTS))},
        coalesce(lead.time_zone, lead.time_zones[1], 'UTC') AS time_zone,
        (SELECT to_json(memory) FROM conversation_memories AS memory WHERE memory.conversation_id = thread.id) AS memory,
        (
            SELECT to_json(latest) FROM qualifications AS latest
            WHERE latest.lead_id = lead.id ORDER BY latest.id DESC LIMIT 1
        ) AS qualification,
        (
            SELECT json_build_object('booking_id', id, 'status', status, 'slot', json_build_object(
                'calendar_id', calendar_id, 'starts_at', starts_at, 'ends_at', ends_at))
            FROM bookings WHERE conversation_id = thread.id AND status = 'booked' AND ends_at > now()
            ORDER BY starts_at LIMIT 1
        ) AS meeting,
        (
            SELECT json_agg(text ORDER BY id) FROM (
                SELECT id, json_build_object(
                    'author', CASE direction WHEN 'in' THEN 'lead' ELSE 'us' END, 'body', body, 'at', created_at) AS text
                FROM messages WHERE conversation_id = thread.id AND (state IN ('cancelled', 'failed')) IS NOT TRUE
                ORDER BY id DESC LIMIT $2
            ) AS latest
        ) AS said,
        (
            -- What never left annoys nobody: taken back by a person, cancelled by the lead's next text, refused by the carrier.
            SELECT count(*) FROM messages
            WHERE conversation_id = thread.id AND author = 'agent' AND state NOT IN ('cancelled', 'failed')
                AND created_at > coalesce(thread.agent_since, '-infinity')
                AND id > coalesce((SELECT max(id) FROM messages WHERE conversation_id = thread.id AND author = 'person'), 0)
        ) AS automated_replies
    FROM conversations AS thread JOIN leads AS lead ON lead.id = thread.lead_id
    WHERE thread.id = $1
"""  # noqa: S608  (our own columns)
SAID = TypeAdapter(list[AgentMessage])


@dataclass(frozen=True, slots=True)
class Standing:
    lead: dict[str, Any]
    """Its id and what agents may know of it."""
    time_zone: str
    """The lead's IANA zone, as far as it is known."""
    said: list[AgentMessage]
    """The latest texts that were received or may have been sent, oldest first."""
    memory: Memory
    qualification: Qualification | None
    """The lead's newest."""
    meeting: Meeting | None
    """The conversation's next that is not over."""
    automated_replies: int
    """How often agents answered since a person last wrote or gave them the conversation."""


async def standing_of(session: AsyncSession, conversation_id: int, most_texts: int) -> Standing:
    """Where a conversation that there is stands."""
    connection = await raw_connection(session)
    row = await connection.fetchrow(READ, conversation_id, most_texts)
    assert row is not None
    return Standing(
        lead={name: row[name] for name in ("id", *LEAD_FACTS)},
        time_zone=row["time_zone"],
        said=SAID.validate_python(row["said"] or []),
        memory=Memory.model_validate(row["memory"] or {}),
        qualification=row["qualification"] and Qualification.model_validate(row["qualification"]),
        meeting=row["meeting"] and Meeting.model_validate(row["meeting"]),
        automated_replies=row["automated_replies"],
    )

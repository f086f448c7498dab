"""Queries that take in what people write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Message
from outrider.leads.person import Person

ADD_LEADS = text("""
    INSERT INTO leads (phone, source, country, region, time_zones, derived)
    SELECT phone, 'inbound', country, region, string_to_array(zones, ','), string_to_array(derived, ',')
    FROM unnest(CAST(:phones AS text[]), CAST(:countries AS text[]), CAST(:regions AS text[]), CAST(:zones AS text[]),
        CAST(:derived AS text[])) AS t (phone, country, region, zones, derived)
    ON CONFLICT (phone) WHERE phone IS NOT NULL DO NOTHING
""")

LEADS = text("SELECT phone, id, language FROM leads WHERE phone = ANY(CAST(:phones AS text[]))")

OPEN_THREADS = text("""
    INSERT INTO conversations AS c (lead_id, sender_id)
    SELECT lead_id, sender_id FROM unnest(CAST(:lead_ids AS bigint[]), CAST(:sender_ids AS bigint[])) AS t (lead_id, sender_id)
    ON CONFLICT (lead_id) DO UPDATE SET
        sender_id = coalesce((SELECT s.id FROM senders AS s WHERE s.id = excluded.sender_id AND s.enabled), c.sender_id)
    RETURNING c.lead_id, c.id, c.campaign_id
""")

INSERT_TEXTS = text("""
    INSERT INTO messages (
        conversation_id, lead_id, direction, author, body, phone, sender_id, carrier_sid, segments, campaign_id, created_at,
        purpose, details
    )
    SELECT conversation_id, lead_id, 'in', 'lead', body, phone, sender_id, carrier_sid, segments, campaign_id, created_at,
        'reply', CAST(details AS jsonb)
    FROM unnest(
        CAST(:conversation_ids AS bigint[]), CAST(:lead_ids AS bigint[]), CAST(:bodies AS text[]), CAST(:phones AS text[]),
        CAST(:sender_ids AS bigint[]), CAST(:sids AS text[]), CAST(:segments AS smallint[]), CAST(:campaign_ids AS bigint[]),
        CAST(:created_at AS timestamptz[]), CAST(:details AS text[])
    ) AS t (conversation_id, lead_id, body, phone, sender_id, carrier_sid, segments, campaign_id, created_at, details)
    ON CONFLICT (carrier_sid) WHERE carrier_sid IS NOT NULL DO NOTHING
    RETURNING id, carrier_sid
""")

COUNT_TEXTS = text("""
    UPDATE conversations AS c SET inbound_count = c.inbound_count + 1, updated_at = now(),
        last_inbound_at = greatest(c.last_inbound_at, t.at), last_message_at = greatest(c.last_message_at, t.at),
        first_unanswered_at = least(c.first_unanswered_at, t.at), status = 'open', snoozed_until = NULL,
        needs_person_reason = CASE WHEN c.handled_by = 'person' THEN coalesce(c.needs_person_reason, 'with_person') END
    FROM unnest(CAST(:ids AS bigint[]), CAST(:moments AS timestamptz[])) AS t (id, at)
    WHERE c.id = t.id
""")

CLOSE = text("""
    UPDATE conversations SET answered_count = inbound_count, first_unanswered_at = NULL, status = 'resolved',
        needs_person_reason = NULL, needs_person_detail = NULL
    WHERE id = ANY(CAST(:ids AS bigint[]))
""")

OBEY = text("""
    UPDATE conversations SET answered_count = inbound_count, first_unanswered_at = NULL,
        needs_person_reason = nullif(needs_person_reason, 'with_person')
    WHERE id = ANY(CAST(:ids AS bigint[])) AND answered_count >= inbound_count - 1
""")

IN_FLIGHT = text("""
    SELECT phone, count(*) AS texts FROM messages
    WHERE phone = ANY(CAST(:phones AS text[])) AND state IN ('sending', 'unknown') AND purpose <> 'compliance' GROUP BY phone
""")

NOTE_IN_FLIGHT = text("""
    UPDATE messages AS m SET details = m.details || jsonb_build_object('in_flight_at_opt_out', t.texts)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:texts AS int[])) AS t (id, texts) WHERE m.id = t.id
""")


@dataclass(frozen=True, slots=True)
class Writer:
    """The lead behind a number."""

    lead_id: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Thread:
    conversation_id: int
    campaign_id: int | None


@dataclass(frozen=True, slots=True)
class NewInbound:
    conversation_id: int
    lead_id: int
    campaign_id: int | None
    sender_id: int | None
    phone: str
    body: str
    carrier_sid: str
    segments: int
    created_at: datetime
    details: dict[str, object]


async def known_sids(session: AsyncSession, sids: Sequence[str]) -> set[str]:
    return set(await session.scalars(select(Message.carrier_sid).where(Message.carrier_sid == func.any(list(sids)))))


async def leads_of(session: AsyncSession, phones: Sequence[str]) -> dict[str, Writer]:
    rows = await session.execute(LEADS, {"phones": list(phones)})
    return {row.phone: Writer(row.id, row.language) for row in rows}


async def add_leads(session: AsyncSession, people: Sequence[Person]) -> None:
    """Add people of whom only the number, and the place it tells, is known; those that exist stay as they are."""
    await session.execute(
        ADD_LEADS,
        {
            "phones": [person.phone for person in people],
            "countries": [person.country for person in people],
            "regions": [person.region for person in people],
            "zones": [",".join(person.time_zones) for person in people],
            "derived": [",".join(person.derived) for person in people],
        },
    )


async def open_threads(session: AsyncSession, senders: Sequence[tuple[int, int | None]]) -> dict[int, Thread]:
    """The conversation of each lead, created if need be and locked; it moves to the sender the lead wrote to.

    Args:
        senders: `(lead id, sender id)`, sorted and one per lead.
    """
    result = await session.execute(
        OPEN_THREADS, {"lead_ids": [lead for lead, _ in senders], "sender_ids": [sender for _, sender in senders]}
    )
    return {row.lead_id: Thread(row.id, row.campaign_id) for row in result}


async def insert_texts(session: AsyncSession, texts: Sequence[NewInbound]) -> dict[str, int]:
    """Store the texts; returns the message id by sid of those that were new."""
    result = await session.execute(
        INSERT_TEXTS,
        {
            "conversation_ids": [t.conversation_id for t in texts],
            "lead_ids": [t.lead_id for t in texts],
            "bodies": [t.body for t in texts],
            "phones": [t.phone for t in texts],
            "sender_ids": [t.sender_id for t in texts],
            "sids": [t.carrier_sid for t in texts],
            "segments": [t.segments for t in texts],
            "campaign_ids": [t.campaign_id for t in texts],
            "created_at": [t.created_at for t in texts],
            "details": [orjson.dumps(t.details).decode() for t in texts],
        },
    )
    return {row.carrier_sid: row.id for row in result}


async def count_texts(session: AsyncSession, received: Sequence[tuple[int, datetime]]) -> None:
    """Count one text more in each `(conversation id, written at)`; at most one per conversation. It is open again."""
    await session.execute(COUNT_TEXTS, {"ids": [one for one, _ in received], "moments": [at for _, at in received]})


async def mark_obeyed(session: AsyncSession, *, closed: Sequence[int], obeyed: Sequence[int]) -> None:
    """Nobody has to answer the text just counted.

    Args:
        closed: conversations in which nobody may answer anything any more; they are resolved.
        obeyed: conversations whose earlier texts, if unanswered, still wait for an answer.
    """
    if closed:
        await session.execute(CLOSE, {"ids": list(closed)})
    if obeyed:
        await session.execute(OBEY, {"ids": list(obeyed)})


async def note_in_flight(session: AsyncSession, opt_outs: dict[str, int]) -> None:
    """Keep with each opt-out (message id by number) how many texts a deliverer held for the number at that moment."""
    counts = {row.phone: row.texts for row in await session.execute(IN_FLIGHT, {"phones": sorted(opt_outs)})}
    if counts:
        await session.execute(NOTE_IN_FLIGHT, {"ids": [opt_outs[phone] for phone in counts], "texts": list(counts.values())})

"""Queries on what is to be told to CRMs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.crm.models import ConnectionState, CrmConnection, CrmDelivery, DeliveryState, OutboxKind

OPT_OUT_PRIORITY = 10
MOST_AT_ONCE = 1000

ADD = """
    INSERT INTO crm_outbox (connection_id, lead_id, kind, key, payload, priority)
    SELECT c.id, d.lead_id, :kind, d.key, d.payload, :priority
    FROM ({given}) AS d (connection_id, lead_id, key, payload)
    JOIN crm_connections AS c ON c.id = d.connection_id
    JOIN leads ON leads.id = d.lead_id
    LEFT JOIN crm_links AS l ON l.connection_id = c.id AND l.lead_id = d.lead_id
    WHERE l.state = 'linked' OR (l.id IS NULL AND CAST(c.options->>'create_contacts' AS boolean))
    ON CONFLICT (connection_id, key) DO NOTHING RETURNING connection_id
"""
ROWS = """
    SELECT connection_id, lead_id, key, payload FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r (connection_id bigint, lead_id bigint, key text, payload jsonb) ORDER BY key
"""
TEXTS = """
    SELECT c, m.lead_id, 'text:' || m.id, jsonb_build_object(
        'kind', 'text', 'at', coalesce(m.sent_at, m.created_at), 'is_inbound', m.direction = 'inbound', 'body', m.body,
        'subject', CASE WHEN m.direction = 'inbound' THEN 'Text received' ELSE 'Text sent' END)
    FROM messages AS m CROSS JOIN unnest(CAST(:connections AS bigint[])) AS c
    WHERE m.id = ANY(CAST(:ids AS bigint[])) ORDER BY m.id
"""
NOTES = """
    SELECT c, t.lead_id, 'note:' || n.id, jsonb_build_object(
        'kind', 'note', 'at', n.created_at, 'is_inbound', false, 'body', n.body, 'subject', 'Note by ' || n.author)
    FROM conversation_notes AS n JOIN conversations AS t ON t.id = n.conversation_id
    CROSS JOIN unnest(CAST(:connections AS bigint[])) AS c JOIN crm_connections AS o ON o.id = c
    WHERE n.conversation_id = ANY(CAST(:ids AS bigint[])) AND n.created_at >= o.created_at ORDER BY n.id
"""
ADD_ROWS, ADD_TEXTS, ADD_NOTES = (text(ADD.format(given=given)) for given in (ROWS, TEXTS, NOTES))

ADD_CHANGES = text("""
    INSERT INTO crm_outbox (connection_id, lead_id, kind, key)
    SELECT l.connection_id, l.lead_id, 'contact', format('contact:%s:%s:%s', l.lead_id, leads.version, left(md5(l.base::text), 8))
    FROM crm_links AS l JOIN leads ON leads.id = l.lead_id
    WHERE l.connection_id = :connection_id AND l.state = 'linked' AND leads.version > l.lead_version AND NOT EXISTS (
        SELECT FROM crm_outbox AS o
        WHERE o.connection_id = l.connection_id AND o.lead_id = l.lead_id AND o.kind = 'contact' AND o.state = 'waiting'
    )
    ORDER BY leads.updated_at LIMIT :most
    ON CONFLICT (connection_id, key) DO NOTHING RETURNING id
""")
NEXT = text("""
    SELECT o.id FROM crm_outbox AS o
    WHERE o.connection_id = :connection_id AND o.state = 'waiting' AND o.due_at <= now() AND NOT EXISTS (
        SELECT FROM crm_outbox AS e WHERE e.connection_id = o.connection_id AND e.lead_id = o.lead_id AND e.state = 'waiting'
            AND e.id < o.id AND e.priority >= o.priority
    )
    ORDER BY o.priority DESC, o.id LIMIT 1
""")


async def outgoing(session: AsyncSession) -> Sequence[Row[Any]]:
    """Connections that are told things: one cheap query for those who have none."""
    query = select(CrmConnection.id, CrmConnection.direction, CrmConnection.options)
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


async def add(session: AsyncSession, kind: OutboxKind, rows: Sequence[Mapping[str, Any]], *, priority: int = 0) -> set[int]:
    """Queue rows of connection_id, lead_id, key and payload, each key once; returns the connections with something new."""
    if not rows:
        return set()
    values = {"kind": kind.value, "priority": priority, "rows": orjson.dumps(list(rows)).decode()}
    return set((await session.execute(ADD_ROWS, values)).scalars())


async def add_texts(session: AsyncSession, connections: Sequence[int], message_ids: Sequence[int]) -> set[int]:
    return await _add_from(session, ADD_TEXTS, connections, message_ids)


async def add_notes(session: AsyncSession, connections: Sequence[int], conversation_ids: Sequence[int]) -> set[int]:
    return await _add_from(session, ADD_NOTES, connections, conversation_ids)


async def _add_from(session: AsyncSession, statement: Any, connections: Sequence[int], ids: Sequence[int]) -> set[int]:
    values = {"kind": OutboxKind.ACTIVITY.value, "priority": 0, "connections": list(connections), "ids": list(ids)}
    return set((await session.execute(statement, values)).scalars()) if connections and ids else set()


async def add_changes(session: AsyncSession, connection_id: int) -> int:
    """Queue leads that changed here since they were last compared."""
    return len((await session.execute(ADD_CHANGES, {"connection_id": connection_id, "most": MOST_AT_ONCE})).all())


async def claim(session: AsyncSession, connection_id: int) -> CrmDelivery | None:
    """The next one that is due: opt-outs first, else in the order they came about, one lead's never past each other."""
    number = (await session.execute(NEXT, {"connection_id": connection_id})).scalar_one_or_none()
    if number is None:
        return None
    row = await session.get(CrmDelivery, number, with_for_update=True)
    if row is None or row.state != DeliveryState.WAITING:
        return None
    row.attempts += 1
    await session.flush()
    return row


async def settle(
    session: AsyncSession, delivery_id: int, state: DeliveryState, *, problem: str | None = None, external_id: str | None = None
) -> None:
    values: dict[str, Any] = {"state": state, "problem": problem, "external_id": external_id}
    if state is DeliveryState.DELIVERED:
        values["delivered_at"] = func.now()
    await session.execute(update(CrmDelivery).where(CrmDelivery.id == delivery_id).values(values))


async def postpone(session: AsyncSession, delivery_id: int, due_at: datetime, problem: str) -> None:
    await session.execute(update(CrmDelivery).where(CrmDelivery.id == delivery_id).values(due_at=due_at, problem=problem))


async def settle_opt_outs(session: AsyncSession, connection_id: int, lead_ids: Sequence[int]) -> None:
    """Opt-outs that came from there need not go back."""
    if lead_ids:
        await session.execute(
            update(CrmDelivery)
            .where(
                CrmDelivery.connection_id == connection_id, CrmDelivery.lead_id.in_(lead_ids),
                CrmDelivery.kind == OutboxKind.OPT_OUT, CrmDelivery.state == DeliveryState.WAITING,
            )
            .values(state=DeliveryState.DELIVERED, delivered_at=func.now(), problem=None)
        )  # fmt: skip


async def next_due(session: AsyncSession, connection_id: int) -> datetime | None:
    query = select(func.min(CrmDelivery.due_at)).where(
        CrmDelivery.connection_id == connection_id, CrmDelivery.state == DeliveryState.WAITING
    )
    found: datetime | None = (await session.execute(query)).scalar_one()
    return found


async def has_waiting(session: AsyncSession) -> set[int]:
    """Active connections with something that is due."""
    query = select(CrmDelivery.connection_id).join(CrmConnection, CrmConnection.id == CrmDelivery.connection_id)
    query = query.where(
        CrmDelivery.state == DeliveryState.WAITING,
        CrmDelivery.due_at <= func.now(),
        CrmConnection.state == ConnectionState.ACTIVE,
    )
    return set((await session.execute(query.distinct())).scalars())

"""Queries on links and on the leads behind them, a page of contacts at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import orjson
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.crm.models import CrmLink, LinkState
from outrider.leads.importing.repository import TYPES
from outrider.leads.person import Person, changed_fields

COLUMNS = ", ".join(Person._fields)
RECORD = ", ".join(f"{name} {TYPES.get(name, 'text')}" for name in Person._fields)
LEADS = f"SELECT id, version, updated_at, {COLUMNS} FROM leads WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608
INSERT = f"""
    INSERT INTO leads (id, {COLUMNS}) SELECT id, {COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS r (id bigint, {RECORD})
"""  # noqa: S608  (names of our own columns)
CHANGE = f"""
    UPDATE leads AS l SET {", ".join(f"{name} = r.{name}" for name in Person._fields)}, updated_at = now(),
        version = l.version + 1,
        field_versions = l.field_versions || (
            SELECT coalesce(jsonb_object_agg(field, l.version + 1), '{{}}') FROM jsonb_array_elements_text(r.changed) AS c(field)
        )
    FROM jsonb_to_recordset($1::jsonb) AS r (id bigint, changed jsonb, {RECORD}) WHERE l.id = r.id
"""  # noqa: S608
STORE = text("""
    INSERT INTO crm_links (connection_id, lead_id, external_id, base, their_hash, their_changed_at, lead_version, state)
    SELECT :connection_id, lead_id, external_id, base, their_hash, their_changed_at, lead_version, 'linked'
    FROM jsonb_to_recordset(CAST(:links AS jsonb)) AS r (
        lead_id bigint, external_id text, base jsonb, their_hash text, their_changed_at timestamptz, lead_version bigint
    )
    ON CONFLICT (connection_id, external_id) DO UPDATE SET base = excluded.base, their_hash = excluded.their_hash,
        their_changed_at = excluded.their_changed_at, lead_version = excluded.lead_version, state = 'linked', updated_at = now()
""")
SEEN = text("""
    UPDATE crm_links SET their_hash = r.hash, updated_at = now()
    FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS r (external_id text, hash text)
    WHERE crm_links.connection_id = :connection_id AND crm_links.external_id = r.external_id
""")


class StoredLead(NamedTuple):
    id: int
    version: int
    updated_at: datetime
    person: Person


async def by_external(session: AsyncSession, connection_id: int, external_ids: Sequence[str]) -> dict[str, CrmLink]:
    query = select(CrmLink).where(CrmLink.connection_id == connection_id, CrmLink.external_id.in_(external_ids))
    return {link.external_id: link for link in (await session.execute(query)).scalars()}


async def by_lead(session: AsyncSession, connection_id: int, lead_ids: Sequence[int]) -> dict[int, CrmLink]:
    query = select(CrmLink).where(CrmLink.connection_id == connection_id, CrmLink.lead_id.in_(lead_ids))
    return {link.lead_id: link for link in (await session.execute(query)).scalars() if link.lead_id is not None}


async def lock_leads(connection: asyncpg.Connection, lead_ids: Sequence[int]) -> dict[int, StoredLead]:
    """Leads by id, held until the transaction ends: nobody changes them between our comparing and writing."""
    rows = await connection.fetch(LEADS, sorted(set(lead_ids)))
    return {row[0]: StoredLead(row[0], row[1], row[2], _person(row[3:])) for row in rows}


async def insert_leads(connection: asyncpg.Connection, people: Mapping[int, Person]) -> None:
    if people:
        await connection.execute(INSERT, _json([{"id": number, **person._asdict()} for number, person in people.items()]))


async def change_leads(connection: asyncpg.Connection, people: Sequence[tuple[StoredLead, Person]]) -> None:
    if people:
        records = [
            {"id": stored.id, "changed": changed_fields(stored.person, person), **person._asdict()} for stored, person in people
        ]
        await connection.execute(CHANGE, _json(records))


async def store(session: AsyncSession, connection_id: int, links: Sequence[Mapping[str, Any]]) -> None:
    if links:
        await session.execute(STORE, {"connection_id": connection_id, "links": _json(links)})


async def note_seen(session: AsyncSession, connection_id: int, hashes: Mapping[str, str]) -> None:
    if hashes:
        seen = [{"external_id": name, "hash": value} for name, value in hashes.items()]
        await session.execute(SEEN, {"connection_id": connection_id, "seen": _json(seen)})


async def mark_gone(session: AsyncSession, connection_id: int, external_ids: Sequence[str]) -> int:
    statement = (
        update(CrmLink)
        .where(CrmLink.connection_id == connection_id, CrmLink.external_id.in_(external_ids), CrmLink.state == LinkState.LINKED)
        .values(state=LinkState.GONE)
    )
    return len((await session.execute(statement.returning(CrmLink.id))).all())


async def repoint(session: AsyncSession, connection_id: int, before: str, after: str) -> int | None:
    """Follow a merge. Returns the lead of `before` if `after` is another lead already: two leads are one contact."""
    links = await by_external(session, connection_id, [before, after])
    gone, kept = links.get(before), links.get(after)
    if gone is None or gone.state == LinkState.GONE:
        return None
    if kept is None:
        gone.external_id, gone.their_hash = after, ""
        await session.flush()
        return None
    gone.state = LinkState.GONE
    await session.flush()
    return gone.lead_id if gone.lead_id != kept.lead_id else None


def _person(values: Sequence[Any]) -> Person:
    return Person._make(tuple(value) if type(value) is list else value for value in values)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()

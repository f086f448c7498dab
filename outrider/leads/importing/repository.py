"""Every query of an import. Rows go in by COPY and set-based statements, a batch at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import orjson
from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import SortKey
from outrider.leads.importing.copying import NULL, PreparedRejection
from outrider.leads.importing.plan import Grant
from outrider.leads.models import ImportStatus, LeadImport, LeadImportRejection
from outrider.leads.person import Person, changed_fields

ONE_BATCH_AT_A_TIME = 0x1EAD_1A90
"""Advisory lock: imports write their batches in turn, or two files with the same people would block each other half-way."""

COLUMNS = ", ".join(f"l.{name}" for name in Person._fields)
STORED = f"k.position, l.id, l.import_id, l.import_line, l.updated_at, {COLUMNS}"
MATCH_PHONES = f"""
    SELECT {STORED} FROM unnest($1::bigint[], $2::text[]) AS k(position, value) JOIN leads AS l ON l.phone = k.value
"""  # noqa: S608  (names of our own columns)
MATCH_EMAILS_WITHOUT_PHONE = f"""
    SELECT {STORED} FROM unnest($1::bigint[], $2::text[]) AS k(position, value)
    JOIN leads AS l ON l.email = k.value AND l.phone IS NULL
"""  # noqa: S608
MATCH_EMAILS = f"""
    SELECT DISTINCT ON (k.position) {STORED} FROM unnest($1::bigint[], $2::text[]) AS k(position, value)
    JOIN leads AS l ON l.email = k.value ORDER BY k.position, l.id
"""  # noqa: S608
TYPES = {"time_zones": "text[]", "derived": "text[]", "attributes": "jsonb", "score": "smallint"}
CHANGE = f"""
    UPDATE leads AS l SET {", ".join(f"{name} = r.{name}" for name in Person._fields)},
        import_id = $2, import_line = r.line, updated_at = now(), version = l.version + 1,
        field_versions = l.field_versions || (
            SELECT coalesce(jsonb_object_agg(field, l.version + 1), '{{}}') FROM jsonb_array_elements_text(r.changed) AS c(field)
        )
    FROM jsonb_to_recordset($1::jsonb) AS r(
        id bigint, line bigint, seen timestamptz, changed jsonb,
        {", ".join(f"{name} {TYPES.get(name, 'text')}" for name in Person._fields)}
    )
    WHERE l.id = r.id AND l.updated_at = r.seen
"""  # noqa: S608
STRENGTH = "array_position(ARRAY['implied','express','written'], {kind})"
ADD_CONSENTS = f"""
    INSERT INTO lead_consents AS c (lead_id, channel, kind, method, source, obtained_at, evidence)
    SELECT g.lead_id, g.channel, g.kind, g.method, g.source, g.obtained_at, g.evidence
    FROM jsonb_to_recordset($1::jsonb) AS g(
        lead_id bigint, channel text, kind text, method text, source text, obtained_at timestamptz, evidence jsonb
    )
    WHERE NOT EXISTS (
        SELECT FROM lead_consents AS r WHERE r.lead_id = g.lead_id AND r.channel = g.channel AND r.revoked_at IS NOT NULL
    )
    ON CONFLICT (channel, lead_id) WHERE revoked_at IS NULL DO UPDATE SET
        kind = excluded.kind, method = excluded.method, source = excluded.source, obtained_at = excluded.obtained_at,
        evidence = excluded.evidence || jsonb_build_object('previous', jsonb_build_object(
            'kind', c.kind, 'method', c.method, 'source', c.source, 'obtained_at', c.obtained_at, 'evidence', c.evidence
        ))
    WHERE {STRENGTH.format(kind="excluded.kind")} > {STRENGTH.format(kind="c.kind")}
    RETURNING lead_id
"""  # noqa: S608
ADD_MEMBERS = """
    INSERT INTO lead_list_members (list_id, lead_id) SELECT $1, id FROM unnest($2::bigint[]) AS id ON CONFLICT DO NOTHING
"""
ADD_IMPORT_MEMBERS = """
    INSERT INTO lead_import_members (import_id, lead_id) SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING
"""
ADVANCE = """
    UPDATE lead_imports SET rows_read = rows_read + $2, rows_created = rows_created + $3, rows_updated = rows_updated + $4,
        rows_unchanged = rows_unchanged + $5, rows_duplicate = rows_duplicate + $6, rows_rejected = rows_rejected + $7,
        done_bytes = greatest(done_bytes, $8), updated_at = now()
    WHERE id = $1
"""
SAME_CONTENT = text("""
    SELECT other.id FROM lead_imports AS other JOIN lead_imports AS this ON this.id = :id
    WHERE other.content_hash = this.content_hash AND other.options = this.options
""")


SORTS = {"created_at": SortKey(LeadImport.created_at.expression, datetime)}
MOST_REASONS = 50
"""Different reasons of rejections that a report names."""


class Stored(NamedTuple):
    """A lead as it is in the database."""

    id: int
    import_id: int | None
    import_line: int | None
    seen: datetime
    """Its `updated_at`: a change is refused if somebody else was faster."""
    person: Person


class Counts(NamedTuple):
    """What became of a batch's rows."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0


# The import itself


async def find_unfinished(session: AsyncSession, content_hash: str, options: dict[str, Any], path: str) -> LeadImport | None:
    """An import of this very file and options that was interrupted."""
    query = select(LeadImport).where(
        LeadImport.content_hash == content_hash,
        LeadImport.options == options,
        LeadImport.path == path,
        LeadImport.status.in_([ImportStatus.PENDING, ImportStatus.PROCESSING, ImportStatus.FAILED]),
    )
    return (await session.execute(query.order_by(LeadImport.id.desc()).limit(1))).scalar_one_or_none()


async def same_content(session: AsyncSession, import_id: int) -> frozenset[int]:
    """This import and all earlier ones of the same content with the same options."""
    return frozenset((await session.execute(SAME_CONTENT, {"id": import_id})).scalars())


def imports() -> Select[LeadImport]:
    return select(LeadImport)


def rejections(import_id: int) -> Select[LeadImportRejection]:
    return select(LeadImportRejection).where(LeadImportRejection.import_id == import_id).order_by(LeadImportRejection.line)


async def count_left_out(session: AsyncSession, import_id: int) -> int:
    """Rows that were imported without some of their values."""
    query = select(func.count()).where(LeadImportRejection.import_id == import_id, LeadImportRejection.kept)
    return int((await session.execute(query)).scalar_one())


async def rejection_reasons(session: AsyncSession, import_id: int) -> list[tuple[str, bool, int]]:
    """Reason, whether the row was kept, and number of rows; of each row all its reasons together."""
    rows = func.count().label("rows")
    query = (
        select(LeadImportRejection.reason, LeadImportRejection.kept, rows)
        .where(LeadImportRejection.import_id == import_id)
        .group_by(LeadImportRejection.reason, LeadImportRejection.kept)
        .order_by(rows.desc(), LeadImportRejection.reason)
        .limit(MOST_REASONS)
    )
    return [(row.reason, row.kept, row.rows) for row in await session.execute(query)]


async def analyze(session: AsyncSession) -> None:
    """Tell the planner at once that there are many more leads now; by itself it would find out a minute later."""
    for table in ("leads", "lead_consents", "lead_list_members"):
        await session.execute(text(f"ANALYZE {table}"))


# A batch, on the connection of its transaction


async def begin_batch(connection: asyncpg.Connection, import_id: int) -> int:
    """Take this import for the transaction; returns how many of its rows are written."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", ONE_BATCH_AT_A_TIME)
    return int(await connection.fetchval("SELECT rows_read FROM lead_imports WHERE id = $1 FOR UPDATE", import_id))


async def advance(connection: asyncpg.Connection, import_id: int, counts: Counts, done_bytes: int) -> None:
    await connection.execute(ADVANCE, import_id, *counts, done_bytes)


async def match(connection: asyncpg.Connection, query: str, keys: dict[int, str]) -> dict[int, Stored]:
    """Leads by the position of the row whose phone or e-mail they have."""
    if not keys:
        return {}
    rows = await connection.fetch(query, list(keys), list(keys.values()))
    return {row[0]: _stored(row) for row in rows}


async def reserve_ids(connection: asyncpg.Connection, count: int) -> list[int]:
    query = "SELECT nextval(pg_get_serial_sequence('leads', 'id')) FROM generate_series(1, $1)"
    return [row[0] for row in await connection.fetch(query, count)]


async def copy_lines(connection: asyncpg.Connection, table: str, columns: Sequence[str], lines: Sequence[bytes]) -> None:
    """Append rows that are in COPY's text form already."""
    if lines:
        await connection.copy_to_table(table, source=_once(b"\n".join(lines) + b"\n"), columns=columns, format="text", null=NULL)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def change_leads(connection: asyncpg.Connection, import_id: int, people: Sequence[tuple[Stored, int, Person]]) -> int:
    """Store changed leads; returns how many still were as they had been read."""
    if not people:
        return 0
    records = [
        {
            "id": stored.id,
            "line": line,
            "seen": stored.seen,
            "changed": changed_fields(stored.person, person),
            **person._asdict(),
        }
        for stored, line, person in people
    ]
    status = await connection.execute(CHANGE, orjson.dumps(records).decode(), import_id)
    return int(status.rpartition(" ")[2])


async def add_consents(connection: asyncpg.Connection, grants: Sequence[tuple[int, Grant, str]]) -> set[int]:
    """Add consents to known leads where they add something; returns the leads that gained one.

    A revoked consent is never opened again, and a consent never becomes a weaker one.
    """
    if not grants:
        return set()
    records = [{"lead_id": lead, **grant._asdict(), "evidence": orjson.Fragment(evidence)} for lead, grant, evidence in grants]
    return {row[0] for row in await connection.fetch(ADD_CONSENTS, orjson.dumps(records).decode())}


async def add_members(connection: asyncpg.Connection, list_id: int, leads: Sequence[int]) -> None:
    await connection.execute(ADD_MEMBERS, list_id, leads)


async def add_import_members(connection: asyncpg.Connection, members: Sequence[tuple[int, int]]) -> None:
    """Remember that files name leads, as (import, lead)."""
    if members:
        await connection.execute(ADD_IMPORT_MEMBERS, [number for number, _ in members], [lead for _, lead in members])


async def copy_rejections(connection: asyncpg.Connection, import_id: int, rejected: Sequence[PreparedRejection]) -> None:
    if rejected:
        await connection.copy_records_to_table(
            "lead_import_rejections",
            records=[(import_id, *rejection) for rejection in rejected],
            columns=["import_id", "line", "kept", "reason", "row"],
        )


_FIRST_FIELD = 5


def _stored(row: asyncpg.Record) -> Stored:
    _, number, import_id, line, seen = row[:_FIRST_FIELD]
    values = (tuple(value) if type(value) is list else value for value in row[_FIRST_FIELD:])
    return Stored(number, import_id, line, seen, Person._make(values))

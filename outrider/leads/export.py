"""Leads as a CSV file, in the columns that the import knows, so that it can be imported again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.leads.csvfile import ROWS_PER_CHUNK, csv_chunks
from outrider.leads.filters import selected
from outrider.leads.models import ConsentChannel, Lead, LeadConsent
from outrider.leads.schemas import Selection
from outrider.leads.tags import said

FIELDS = (
    "name", "phone", "email", "company", "title", "industry", "company_size", "street", "city", "region", "postal_code",
    "country", "time_zone", "language", "source", "score", "tier", "notes",
)  # fmt: skip
MOST_ATTRIBUTES = 200
"""Columns for attributes; names beyond these are left out of the file."""


async def lead_chunks(database: Database, selection: Selection) -> AsyncGenerator[bytes, None]:
    """The file in pieces: the selected leads, by id, read with a server-side cursor from one snapshot."""
    async with database.transaction() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        where = list(selected(selection))
        names = await _attribute_names(session, where)
        consents = [f"consent_{channel}" for channel in ConsentChannel]
        header = ["outrider_id", *FIELDS, "outrider_time_zones", *consents, "outrider_created_at", *names]
        async for chunk in csv_chunks(header, _rows(session, where, names)):
            yield chunk


async def _attribute_names(session: AsyncSession, where: list[ColumnElement[bool]]) -> list[str]:
    keys = select(func.jsonb_object_keys(Lead.attributes).label("name")).where(*where).subquery()
    query = select(keys.c.name).distinct().order_by(keys.c.name).limit(MOST_ATTRIBUTES)
    return list((await session.execute(query)).scalars())


async def _rows(session: AsyncSession, where: list[ColumnElement[bool]], names: list[str]) -> AsyncIterator[list[list[Any]]]:
    columns = [getattr(Lead, field) for field in FIELDS]
    consents = [_open_consent(channel) for channel in ConsentChannel]
    query = (
        select(Lead.id, *columns, Lead.time_zones, *consents, Lead.created_at, Lead.attributes).where(*where).order_by(Lead.id)
    )
    result = await session.stream(query.execution_options(yield_per=ROWS_PER_CHUNK))
    zones = 1 + len(FIELDS)
    async for chunk in result.partitions():
        yield [_row(tuple(row), zones, names) for row in chunk]


def _row(values: tuple[Any, ...], zones: int, names: list[str]) -> list[Any]:
    *plain, attributes = values
    plain[zones] = " ".join(plain[zones])
    plain[-1] = plain[-1].isoformat()
    return [*plain, *(said(attributes.get(name)) for name in names)]


def _open_consent(channel: ConsentChannel) -> ColumnElement[Any]:
    query = select(LeadConsent.kind).where(
        LeadConsent.lead_id == Lead.id, LeadConsent.channel == channel, LeadConsent.revoked_at.is_(None)
    )
    return query.scalar_subquery()

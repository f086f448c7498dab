"""Every query on leads, their consents and lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Order, SortKey, after, cursor_at, directed, page_of, position, read_rows
from outrider.leads.filters import CONSENTS, LEADS, Columns, bounds, company_key, conditions, is_one_of, matches_few, score_key
from outrider.leads.models import Lead, LeadConsent, LeadList, LeadListMember
from outrider.leads.schemas import LeadFilter

SORTS = {
    "created_at": SortKey(LEADS.created_at, datetime),
    "updated_at": SortKey(LEADS.updated_at, datetime),
    "name": SortKey(func.lower(LEADS.name), str),
    "company": SortKey(company_key(), str),
    "score": SortKey(score_key(), int),
}
"""What the list can be sorted by; each expression has its index in `models.py`."""

WALKED_ROWS = 5_000
"""Rows that are looked through in the list's order before those that match are collected and sorted instead."""

MOST_WALKED_ROWS = 30_000
"""Rows that are looked through when to collect the matches would take longer: they must be joined with everybody's consents, or
are found by words with many forms, of which enough were met among the first rows."""

SLACK = 2
"""How many times as far as the first matches promise a walk may go."""

SHOWN = [column for column in LEADS if column.name not in ("search", "import_line", "field_versions")]
"""Columns of a lead that the API shows."""

LISTED_FIELDS = ("industry", "tier", "source", "country", "region")
MOST_VALUES = 200
NEWEST_LEADS = 5_000

DISTINCT_VALUES = """
    WITH RECURSIVE found(value, number) AS (
        (SELECT {field}, 1 FROM leads WHERE {field} IS NOT NULL ORDER BY {field} LIMIT 1)
        UNION ALL
        SELECT (SELECT {field} FROM leads WHERE {field} > found.value ORDER BY {field} LIMIT 1), number + 1
        FROM found WHERE found.value IS NOT NULL AND number <= :most
    )
    SELECT value FROM found WHERE value IS NOT NULL
"""
"""Jumps from value to value along the index instead of reading every row."""

NEWEST = select(LEADS.attributes).order_by(LEADS.created_at.desc(), LEADS.id.desc()).limit(NEWEST_LEADS).subquery("newest").c
"""Attributes have no order that an index could jump along; what the newest leads have fills their menus."""

ATTRIBUTE_VALUES = text(f"""
    SELECT DISTINCT word AS value
    FROM (SELECT attributes->:name AS stored FROM leads ORDER BY created_at DESC, id DESC LIMIT {NEWEST_LEADS}) AS newest
    CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(stored) WHEN 'array' THEN stored ELSE jsonb_build_array(stored) END
    ) AS word
    WHERE word IS NOT NULL ORDER BY value LIMIT {MOST_VALUES + 1}
""")  # noqa: S608  (built from constants)
"""A list counts by what is in it, as it does in a filter."""


async def read_page(
    session: AsyncSession, given: LeadFilter, order: Order, cursor: str | None, limit: int
) -> tuple[Sequence[Row[Any]], str | None]:
    """One page of the leads that match, as plain rows of `SHOWN`, with `consent_channels`.

    Either way of finding them can be slow: walking the order's index when few match or when all that do lie at its far end,
    collecting all that match when these are many. Statistics don't tell which (people named Jo all lie together in the
    order of names), so the index is walked for a bounded while, and only then the matches are collected.
    """
    if not list(conditions(given)):
        return await read_rows(session, select(*SHOWN, _open_channels(LEADS)), order, cursor, limit)
    rows: Sequence[Row[Any]] = []
    if not matches_few(given):
        rows = await _walk(session, given, order, cursor, limit)
    if len(rows) <= limit:
        rows = (await session.execute(_collected(given, order, cursor, limit))).all()
    return page_of(rows, order, limit)


async def _walk(session: AsyncSession, given: LeadFilter, order: Order, cursor: str | None, limit: int) -> Sequence[Row[Any]]:
    """The next matches in the list's order, as many as are worth looking for in it."""
    first = MOST_WALKED_ROWS if given.consent is not None else WALKED_ROWS
    rows: Sequence[Row[Any]] = (await session.execute(_walked(given, order, cursor, limit, first))).all()
    missing = limit + 1 - len(rows)
    if given.search and rows and missing:
        most = SLACK * first * missing // len(rows)
        if most <= MOST_WALKED_ROWS:
            further = _walked(given, order, cursor_at(order, rows[-1]), missing - 1, most)
            rows = [*rows, *(await session.execute(further)).all()]
    return rows


def _walked(given: LeadFilter, order: Order, cursor: str | None, limit: int, most: int) -> Select[Any]:
    """Matches among the next `most` rows in the list's order."""
    place = position(order)
    walk = select(*LEADS, *place).where(*after(order, cursor), *bounds(given, order.name)).order_by(*directed(order, *place))
    lead = walk.limit(most).subquery("walked").c
    shown = (lead[column.name] for column in SHOWN)
    query = select(*shown, _open_channels(lead), lead.sort_value, lead.sort_id).where(*conditions(given, lead))
    return query.order_by(*directed(order, lead.sort_value, lead.sort_id)).limit(limit + 1)


def _collected(given: LeadFilter, order: Order, cursor: str | None, limit: int) -> Select[Any]:
    """All that match, whatever index finds them best, then sorted."""
    matching = select(*position(order)).where(*after(order, cursor), *conditions(given)).cte("matching")
    matching = matching.prefix_with("MATERIALIZED")
    first = (
        select(matching).order_by(*directed(order, matching.c.sort_value, matching.c.sort_id)).limit(limit + 1).subquery("first")
    )
    query = select(*SHOWN, _open_channels(LEADS), first.c.sort_value, first.c.sort_id).join(first, first.c.sort_id == LEADS.id)
    return query.order_by(*directed(order, first.c.sort_value, first.c.sort_id))


def _open_channels(lead: Columns) -> ColumnElement[Any]:
    channels = select(CONSENTS.channel).where(CONSENTS.lead_id == lead.id, CONSENTS.revoked_at.is_(None))
    correlated = channels.order_by(CONSENTS.channel).correlate(lead.id.table)
    return func.array(correlated.scalar_subquery()).label("consent_channels")


async def find_by_phone(session: AsyncSession, phone: str) -> Lead | None:
    return (await session.execute(select(Lead).where(Lead.phone == phone))).scalar_one_or_none()


async def find_by_email_without_phone(session: AsyncSession, email: str) -> Lead | None:
    return (await session.execute(select(Lead).where(Lead.email == email, Lead.phone.is_(None)))).scalar_one_or_none()


async def count(session: AsyncSession, ids: Select[int]) -> int:
    return int((await session.execute(select(func.count()).select_from(ids.subquery()))).scalar_one())


async def read_ids(session: AsyncSession, ids: Select[int]) -> list[int]:
    return list((await session.execute(ids.order_by(Lead.id))).scalars())


async def read_some_ids(session: AsyncSession, ids: Select[int], before: datetime, limit: int) -> list[int]:
    return list((await session.execute(ids.where(Lead.created_at <= before).limit(limit))).scalars())


async def delete_leads(session: AsyncSession, lead_ids: Sequence[int]) -> int:
    return _rows(await session.execute(delete(Lead).where(is_one_of(Lead.id, lead_ids))))


async def distinct_values(session: AsyncSession, field: str) -> list[str]:
    """Values of one of `LISTED_FIELDS`, sorted, at most one more than `MOST_VALUES`."""
    assert field in LISTED_FIELDS
    return list((await session.execute(text(DISTINCT_VALUES.format(field=field)), {"most": MOST_VALUES})).scalars())


async def attribute_names(session: AsyncSession) -> list[str]:
    names = select(func.jsonb_object_keys(NEWEST.attributes).label("name")).distinct().order_by(text("name"))
    return list((await session.execute(names.limit(MOST_VALUES + 1))).scalars())


async def attribute_values(session: AsyncSession, name: str) -> list[str]:
    return list((await session.execute(ATTRIBUTE_VALUES, {"name": name})).scalars())


# Consents


async def consents_of(session: AsyncSession, lead_id: int) -> Sequence[LeadConsent]:
    query = select(LeadConsent).where(LeadConsent.lead_id == lead_id).order_by(LeadConsent.id.desc())
    return (await session.execute(query)).scalars().all()


async def close_consent(session: AsyncSession, lead_id: int, channel: str, at: datetime) -> bool:
    """Revoke the open consent for a channel; False when there is none."""
    closed = await session.execute(
        update(LeadConsent)
        .where(LeadConsent.lead_id == lead_id, LeadConsent.channel == channel, LeadConsent.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(LeadConsent.id)
    )
    return closed.scalar_one_or_none() is not None


# Lists


def _lists_with_counts() -> Select[Any]:
    members = select(func.count()).where(LeadListMember.list_id == LeadList.id).correlate(LeadList).scalar_subquery()
    return select(LeadList, members.label("lead_count"))


async def read_lists(session: AsyncSession) -> Sequence[Row[Any]]:
    rows: Sequence[Row[Any]] = (await session.execute(_lists_with_counts().order_by(LeadList.name))).all()
    return rows


async def read_list(session: AsyncSession, list_id: int) -> Row[Any] | None:
    row: Row[Any] | None = (await session.execute(_lists_with_counts().where(LeadList.id == list_id))).one_or_none()
    return row


async def find_list(session: AsyncSession, name: str) -> LeadList | None:
    return (await session.execute(select(LeadList).where(LeadList.name == name))).scalar_one_or_none()


async def known_lists(session: AsyncSession, list_ids: Sequence[int]) -> set[int]:
    return set((await session.execute(select(LeadList.id).where(is_one_of(LeadList.id, list_ids)))).scalars())


async def lists_of(session: AsyncSession, lead_id: int) -> list[int]:
    query = select(LeadListMember.list_id).where(LeadListMember.lead_id == lead_id).order_by(LeadListMember.list_id)
    return list((await session.execute(query)).scalars())


async def add_members(session: AsyncSession, list_id: int, ids: Select[int]) -> int:
    """Put the leads of a query into a list; returns how many were not in it."""
    chosen = ids.subquery("chosen")
    wanted = select(literal(list_id), chosen.c.id).order_by(chosen.c.id)
    statement = insert(LeadListMember).from_select(["list_id", "lead_id"], wanted).on_conflict_do_nothing()
    return _rows(await session.execute(statement))


async def remove_members(session: AsyncSession, list_id: int, ids: Select[int]) -> int:
    chosen = ids.subquery("chosen")
    statement = delete(LeadListMember).where(LeadListMember.list_id == list_id, LeadListMember.lead_id.in_(select(chosen.c.id)))
    return _rows(await session.execute(statement))


def _rows(result: Any) -> int:
    return int(result.rowcount)

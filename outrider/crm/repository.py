"""Queries on connections, their leases, logs and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Row, Select, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.crm.models import CrmConnection, CrmDelivery, CrmLink, CrmLogEntry, CrmProblem, DeliveryState, ProblemKind
from outrider.db.pages import Order, SortKey, read_rows

Lane = Literal["polling", "backfilling", "delivering"]
LEASE_SECONDS = 120

LOG_ORDER = Order("-created_at", SortKey(CrmLogEntry.created_at.expression, datetime), CrmLogEntry.id.expression)
PROBLEM_ORDER = Order("-created_at", SortKey(CrmProblem.created_at.expression, datetime), CrmProblem.id.expression)

OPEN_PROBLEMS = text("""
    INSERT INTO crm_problems (connection_id, kind, lead_id, external_id, field, ours, theirs, message)
    SELECT :connection_id, kind, lead_id, external_id, field, ours, theirs, message
    FROM jsonb_to_recordset(CAST(:problems AS jsonb))
        AS p (kind text, lead_id bigint, external_id text, field text, ours text, theirs text, message text)
    ON CONFLICT (connection_id, kind, external_id, field) WHERE resolved_at IS NULL
    DO UPDATE SET lead_id = excluded.lead_id, ours = excluded.ours, theirs = excluded.theirs, message = excluded.message,
        updated_at = now()
""")
CLOSE_PROBLEMS = text("""
    UPDATE crm_problems SET resolved_at = now(), updated_at = now()
    WHERE connection_id = :connection_id AND kind = :kind AND external_id = ANY(CAST(:external_ids AS text[]))
        AND resolved_at IS NULL
""")


async def connections(session: AsyncSession) -> Sequence[CrmConnection]:
    return (await session.execute(select(CrmConnection).order_by(CrmConnection.name))).scalars().all()


async def lock(session: AsyncSession, connection_id: int) -> CrmConnection | None:
    return await session.get(CrmConnection, connection_id, with_for_update=True, populate_existing=True)


async def find_by_name(session: AsyncSession, name: str) -> CrmConnection | None:
    return (await session.execute(select(CrmConnection).where(CrmConnection.name == name))).scalar_one_or_none()


async def take_lease(session: AsyncSession, connection_id: int, lane: Lane, *, mine: bool = False) -> bool:
    """Be the one process that works this lane of a connection for a while; `mine` renews."""
    column = f"{lane}_until"
    free = "true" if mine else f"({column} IS NULL OR {column} < now())"
    statement = (
        f"UPDATE crm_connections SET {column} = now() + make_interval(secs => :seconds) WHERE id = :id AND {free} RETURNING id"  # noqa: S608  (our own columns)
    )
    return (
        await session.execute(text(statement), {"id": connection_id, "seconds": LEASE_SECONDS})
    ).scalar_one_or_none() is not None


async def drop_lease(session: AsyncSession, connection_id: int, lane: Lane) -> None:
    await session.execute(text(f"UPDATE crm_connections SET {lane}_until = NULL WHERE id = :id"), {"id": connection_id})  # noqa: S608


async def counts(session: AsyncSession) -> Mapping[int, Row[Any]]:
    """Linked leads and open problems per connection."""
    links = select(func.count()).where(CrmLink.connection_id == CrmConnection.id, CrmLink.lead_id.is_not(None))
    problems = select(func.count()).where(CrmProblem.connection_id == CrmConnection.id, CrmProblem.resolved_at.is_(None))
    query = select(CrmConnection.id, links.scalar_subquery().label("links"), problems.scalar_subquery().label("problems"))
    return {row.id: row for row in await session.execute(query)}


async def delivery_counts(session: AsyncSession) -> Mapping[tuple[int, str], int]:
    query = select(CrmDelivery.connection_id, CrmDelivery.state, func.count().label("rows")).group_by(
        CrmDelivery.connection_id, CrmDelivery.state
    )
    return {(row.connection_id, row.state): row.rows for row in await session.execute(query)}


async def add_log(
    session: AsyncSession, connection_id: int, action: str, counted: Mapping[str, int], problem: str | None, seconds: float
) -> None:
    entry = CrmLogEntry(connection_id=connection_id, action=action, counts=dict(counted), problem=problem, seconds=seconds)
    session.add(entry)
    await session.flush()


async def log_page(session: AsyncSession, connection_id: int, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    query: Select[Any] = select(CrmLogEntry).where(CrmLogEntry.connection_id == connection_id)
    return await read_rows(session, query, LOG_ORDER, cursor, limit)


async def problem_page(
    session: AsyncSession, connection_id: int | None, *, is_open: bool, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    query: Select[Any] = select(CrmProblem)
    query = query.where(CrmProblem.resolved_at.is_(None) if is_open else CrmProblem.resolved_at.is_not(None))
    if connection_id is not None:
        query = query.where(CrmProblem.connection_id == connection_id)
    return await read_rows(session, query, PROBLEM_ORDER, cursor, limit)


async def open_problems(session: AsyncSession, connection_id: int, problems: Sequence[Mapping[str, Any]]) -> None:
    """Note problems; one that is open already is brought up to date."""
    if problems:
        empty = {"lead_id": None, "external_id": "", "field": "", "ours": None, "theirs": None}
        latest = {(one["kind"], one.get("external_id", ""), one.get("field", "")): empty | dict(one) for one in problems}
        given = {"connection_id": connection_id, "problems": orjson.dumps(list(latest.values())).decode()}
        await session.execute(OPEN_PROBLEMS, given)


async def close_problems(session: AsyncSession, connection_id: int, kind: ProblemKind, external_ids: Sequence[str]) -> None:
    if external_ids:
        values = {"connection_id": connection_id, "kind": kind.value, "external_ids": list(external_ids)}
        await session.execute(CLOSE_PROBLEMS, values)


async def undecided_fields(session: AsyncSession, connection_id: int, lead_id: int) -> frozenset[str]:
    query = select(CrmProblem.field).where(
        CrmProblem.connection_id == connection_id, CrmProblem.lead_id == lead_id,
        CrmProblem.kind == ProblemKind.CONFLICT, CrmProblem.resolved_at.is_(None),
    )  # fmt: skip
    return frozenset((await session.execute(query)).scalars())


async def requeue(session: AsyncSession, connection_id: int, key: str | None = None) -> int:
    """Have failed deliveries tried again, all of the connection or the one of this key."""
    statement = update(CrmDelivery).where(CrmDelivery.connection_id == connection_id, CrmDelivery.state == DeliveryState.FAILED)
    if key is not None:
        statement = statement.where(CrmDelivery.key == key)
    statement = statement.values(state=DeliveryState.WAITING, due_at=func.now(), problem=None)
    return len((await session.execute(statement.returning(CrmDelivery.id))).all())

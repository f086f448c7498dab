"""Every query on companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, case, delete, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Order, SortKey, read_rows
from outrider.leads.companies.models import Company

SORTS = {"name": SortKey(Company.__table__.c.name_key, str)}
FIELDS = (
    "name", "name_key", "domain", "industry", "employees", "founded_year", "revenue", "description", "city", "region", "country",
    "technologies", "competitors", "notes", "source",
)  # fmt: skip
EMPTY: Mapping[str, Any] = {"technologies": [], "competitors": [], "notes": []}


async def find(session: AsyncSession, domain: str | None, name_key: str | None) -> Company | None:
    """By domain, else by name; of several of that name the one that was told last."""
    by_domain = Company.domain == domain
    by_name = Company.name_key == name_key if domain is None else (Company.name_key == name_key) & Company.domain.is_(None)
    rank = case((by_domain, 0), else_=1)
    query = select(Company).where(or_(by_domain, by_name)).order_by(rank, Company.updated_at.desc()).limit(1)
    return (await session.execute(query)).scalar_one_or_none()


async def upsert(session: AsyncSession, companies: Sequence[Mapping[str, Any]], *, by_domain: bool) -> tuple[int, int]:
    """Write companies that all have a domain, or all have none; returns how many are new and how many were known.

    What a row leaves empty stays as it is stored.
    """
    if not companies:
        return 0, 0
    rows = [{name: company.get(name, EMPTY.get(name)) for name in FIELDS} for company in companies]
    statement = insert(Company).values(rows)
    table, given = Company.__table__.c, statement.excluded
    kept: dict[str, Any] = {name: func.coalesce(given[name], table[name]) for name in FIELDS if name not in EMPTY}
    kept |= {name: case((func.cardinality(given[name]) > 0, given[name]), else_=table[name]) for name in EMPTY}
    written = statement.on_conflict_do_update(
        index_elements=["domain"] if by_domain else ["name_key"],
        index_where=table.domain.is_not(None) if by_domain else table.domain.is_(None),
        set_={**kept, "updated_at": func.now()},
    )
    is_new = literal_column("(xmax = 0)", Boolean)
    news = (await session.execute(written.returning(is_new))).scalars().all()
    return sum(news), len(news) - sum(news)


async def page(
    session: AsyncSession, search: str | None, order: Order, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    query = select(*Company.__table__.c)
    if search:
        begin = search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(or_(Company.name_key.like(f"%{begin}%"), Company.domain.like(f"%{begin}%")))
    return await read_rows(session, query, order, cursor, limit)


async def remove(session: AsyncSession, company_id: int) -> bool:
    found = await session.execute(delete(Company).where(Company.id == company_id).returning(Company.id))
    return found.first() is not None

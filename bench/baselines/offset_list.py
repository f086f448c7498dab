"""The list of leads as a tutorial builds it: filters as they come, ILIKE for the search, OFFSET for the pages.

`python -m bench.baselines.offset_list DSN PORT`; same tables, same indexes, same framework.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Query
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from outrider.db.engine import sqlalchemy_url
from outrider.leads.models import Lead, LeadConsent, LeadListMember
from outrider.leads.schemas import LeadFilter, LeadOut

app = FastAPI()


async def _session() -> AsyncIterator[AsyncSession]:
    async with app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]


class Asked(LeadFilter):
    sort: str = "-created_at"
    page: int = 0
    cursor: str | None = None
    limit: int = 50


@app.get("/api/leads")
async def list_leads(session: Session, query: Annotated[Asked, Query()]) -> list[LeadOut]:
    column = getattr(Lead, query.sort.removeprefix("-"))
    order = column.desc() if query.sort.startswith("-") else column.asc()
    statement = select(Lead).where(*_conditions(query)).order_by(order).offset(query.page * query.limit).limit(query.limit)
    return [LeadOut.model_validate(lead) for lead in (await session.execute(statement)).scalars()]


@app.get("/api/leads/{lead_id}")
async def get_lead(session: Session, lead_id: int) -> LeadOut:
    return LeadOut.model_validate(await session.get_one(Lead, lead_id))


def _conditions(query: Asked) -> list[Any]:
    found: list[Any] = []
    if query.search:
        pattern = f"%{query.search}%"
        found.append(
            or_(Lead.name.ilike(pattern), Lead.company.ilike(pattern), Lead.email.ilike(pattern), Lead.phone.ilike(pattern))
        )
    for column, values in (
        (Lead.tier, query.tier),
        (Lead.industry, query.industry),
        (Lead.region, query.region),
        (Lead.source, query.source),
    ):
        if values:
            found.append(column.in_(values))
    if query.country:
        found.append(Lead.country == query.country)
    if query.company:
        found.append(Lead.company.ilike(query.company))
    if query.score_min is not None:
        found.append(Lead.score >= query.score_min)
    if query.score_max is not None:
        found.append(Lead.score <= query.score_max)
    if query.has_phone is not None:
        found.append(Lead.phone.is_not(None) if query.has_phone else Lead.phone.is_(None))
    if query.has_email is not None:
        found.append(Lead.email.is_not(None) if query.has_email else Lead.email.is_(None))
    for pair in query.attribute or ():
        name, _, value = pair.partition(":")
        found.append(func.jsonb_extract_path_text(Lead.attributes, name) == value)
    if query.list_id:
        found.append(Lead.id.in_(select(LeadListMember.lead_id).where(LeadListMember.list_id == query.list_id)))
    if query.consent:
        consents = select(LeadConsent.lead_id).where(LeadConsent.channel == query.consent, LeadConsent.revoked_at.is_(None))
        found.append(Lead.id.in_(consents))
    return found


if __name__ == "__main__":
    engine = create_async_engine(sqlalchemy_url(sys.argv[1]), pool_size=20)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)

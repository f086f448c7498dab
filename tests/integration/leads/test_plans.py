"""Every filter and sort of the list can use an index: read from the plans, with sequential scans made unattractive."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import ClauseElement, Executable, Select, insert, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles

from outrider.db.pages import read_order
from outrider.leads import repository
from outrider.leads.filters import filtered_lead_ids
from outrider.leads.models import Lead
from outrider.leads.schemas import LeadFilter

pytestmark = pytest.mark.reads_plans


class Explained(Executable, ClauseElement):
    """EXPLAIN of a query."""

    inherit_cache = False

    def __init__(self, query: Select[Any]):
        self.query = query


@compiles(Explained)
def _explained(element: Explained, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN {compiler.process(element.query, **options)}"


async def plan_of(session: AsyncSession, query: Select[Any]) -> str:
    # The few rows of a test are read fastest without any index; what counts is that one can be used.
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    await session.execute(text("SET LOCAL enable_sort = off"))
    return "\n".join((await session.execute(Explained(query))).scalars())


@pytest.fixture(autouse=True)
async def people(session: AsyncSession) -> None:
    await session.execute(insert(Lead), [{"name": f"n{n}", "phone": f"+1202{5_550_000 + n}"} for n in range(50)])


@pytest.mark.parametrize(
    ("given", "index"),
    [
        ({"search": "jo smi"}, "ix_leads_search"),
        ({"search": "0143"}, "ix_leads_phone_end"),
        ({"search": "+1202"}, "uq_leads_phone"),
        ({"tier": ["A"]}, "ix_leads_tier"),
        ({"industry": ["Solar"]}, "ix_leads_industry"),
        ({"country": "US"}, "ix_leads_country"),
        ({"region": ["CA"]}, "ix_leads_region_country"),
        ({"source": ["webinar"]}, "ix_leads_source"),
        ({"company": "ACME"}, "ix_leads_company_id"),
        ({"score_min": 90}, "ix_leads_score_id"),
        ({"score_max": 10}, "ix_leads_score_id"),
        ({"created_from": "2026-01-01T00:00:00Z"}, "ix_leads_created_at_id"),
        ({"attribute": ["plan:gold"]}, "ix_leads_attributes"),
        ({"import_id": 1}, "ix_leads_import_id"),
        ({"has_phone": False}, "uq_leads_email_without_phone"),
        ({"has_email": False}, "ix_leads_no_email"),
        ({"list_id": 1}, "pk_lead_list_members"),
        ({"consent": "voice"}, "uq_lead_consents_open"),
    ],
)
async def test_every_filter_has_an_index(session: AsyncSession, given: dict[str, Any], index: str) -> None:
    plan = await plan_of(session, filtered_lead_ids(LeadFilter.model_validate(given)))
    assert index in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("sort", sorted(repository.SORTS))
@pytest.mark.parametrize("direction", ["", "-"])
async def test_every_sort_walks_its_index(session: AsyncSession, sort: str, direction: str) -> None:
    order = read_order(direction + sort, repository.SORTS, repository.LEADS.id)
    plan = await plan_of(session, repository._walked(LeadFilter(tier=["A"]), order, None, 50, 5_000))
    assert f"ix_leads_{sort}_id" in plan
    assert "Sort" not in plan, "the order must come from the index"
    assert ("Backward" in plan) is bool(direction)


@pytest.mark.parametrize(
    ("given", "sort"),
    [
        ({"score_min": 90}, "score"),
        ({"score_max": 10}, "-score"),
        ({"created_from": "2026-01-01T00:00:00Z"}, "created_at"),
        ({"created_to": "2026-01-01T00:00:00Z"}, "-created_at"),
    ],
)
async def test_a_walk_begins_where_matches_can_lie(session: AsyncSession, given: dict[str, Any], sort: str) -> None:
    order = read_order(sort, repository.SORTS, repository.LEADS.id)
    plan = await plan_of(session, repository._walked(LeadFilter.model_validate(given), order, None, 50, 5_000))
    assert f"ix_leads_{sort.removeprefix('-')}_id" in plan
    assert "Index Cond" in plan

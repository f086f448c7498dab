"""Pages of the list: every row once and in order, however the rows are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from outrider.db.engine import Database
from outrider.db.pages import read_order
from outrider.leads import repository
from outrider.leads.models import Lead
from outrider.leads.schemas import LeadFilter

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FILTERS: dict[str, Any] = {
    "all": (LeadFilter(), lambda lead: True),
    "some": (LeadFilter(tier=["A"]), lambda lead: lead["tier"] == "A"),
    "range": (LeadFilter(score_min=1, score_max=3), lambda lead: lead["score"] is not None and 1 <= lead["score"] <= 3),
    "words": (LeadFilter(search="bo"), lambda lead: lead["name"].lower().startswith("bo")),
    "time": (
        LeadFilter(created_from=NOON + timedelta(hours=1), created_to=NOON + timedelta(hours=3)),
        lambda lead: NOON + timedelta(hours=1) <= lead["created_at"] < NOON + timedelta(hours=3),
    ),
    "none": (LeadFilter(import_id=99), lambda lead: False),
}
KEYS: dict[str, Any] = {
    "score": lambda lead: -1 if lead["score"] is None else lead["score"],
    "name": lambda lead: lead["name"].lower(),
    "company": lambda lead: (lead["company"] or "").lower(),
    "created_at": lambda lead: lead["created_at"],
    "updated_at": lambda lead: lead["updated_at"],
}
people = st.lists(
    st.tuples(
        st.sampled_from(["Ann", "bo", "Bo", "Bob", ""]),
        st.sampled_from([None, "ACME", "zeta"]),
        st.one_of(st.none(), st.integers(0, 4)),
        st.sampled_from([None, "A", "B"]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=people,
    limit=st.integers(1, 7),
    walked=st.sampled_from([1, 4, 2000]),
    chosen=st.sampled_from(sorted(FILTERS)),
    sort=st.sampled_from(sorted(KEYS)),
    descending=st.booleans(),
)
async def test_every_match_comes_once_and_in_order(
    database: Database, table: list[Any], limit: int, walked: int, chosen: str, sort: str, descending: bool
) -> None:
    columns = ("name", "company", "score", "tier")
    rows = [
        {**dict(zip(columns, row, strict=False)), "id": number, "email": f"{number}@x.example"}
        | {"created_at": NOON + timedelta(hours=row[4]), "updated_at": NOON - timedelta(hours=row[4])}
        for number, row in enumerate(table, start=1)
    ]
    condition, expected = FILTERS[chosen]
    order = read_order(f"-{sort}" if descending else sort, repository.SORTS, repository.LEADS.id)
    seen: list[int] = []
    before = repository.WALKED_ROWS
    repository.WALKED_ROWS = walked
    try:
        async with database.transaction() as session:
            await session.execute(Lead.__table__.delete())
            if rows:
                await session.execute(insert(Lead), rows)
            cursor: str | None = None
            while True:
                page, cursor = await repository.read_page(session, condition, order, cursor, limit)
                assert len(page) <= limit
                seen += [row.id for row in page]
                if cursor is None:
                    break
    finally:
        repository.WALKED_ROWS = before
    matching = sorted((KEYS[sort](row), row["id"]) for row in rows if expected(row))
    assert seen == [number for _, number in (reversed(matching) if descending else matching)]


async def test_rows_that_come_and_go_meanwhile_move_nobody(api: AsyncClient) -> None:
    ids = [(await api.post("/api/leads", json={"name": f"n{n}", "email": f"{n}@x.example"})).json()["id"] for n in range(6)]
    first = (await api.get("/api/leads", params={"sort": "name", "limit": 2})).json()
    await api.delete(f"/api/leads/{ids[0]}")
    await api.post("/api/leads", json={"name": "a new one", "email": "new@x.example"})
    second = (await api.get("/api/leads", params={"sort": "name", "limit": 2, "cursor": first["next_cursor"]})).json()
    assert [lead["name"] for lead in first["items"] + second["items"]] == ["n0", "n1", "n2", "n3"]


@pytest.mark.parametrize("cursor", ["x", "", "!!", "bnVsbA", "W10", "eyJhIjoxfQ", "W251bGwsbnVsbCxudWxsXQ", "ÿ", "W" * 5000])
async def test_a_cursor_of_nothing_is_refused(api: AsyncClient, cursor: str) -> None:
    answer = await api.get("/api/leads", params={"cursor": cursor})
    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"][0]["field"] == "query.cursor"


async def test_a_cursor_of_another_sort_is_refused(api: AsyncClient) -> None:
    for number in range(3):
        await api.post("/api/leads", json={"name": f"n{number}", "email": f"{number}@x.example"})
    cursor = (await api.get("/api/leads", params={"sort": "name", "limit": 1})).json()["next_cursor"]
    assert (await api.get("/api/leads", params={"sort": "name", "cursor": cursor})).status_code == 200
    for sort in ("-name", "score", "created_at"):
        assert (await api.get("/api/leads", params={"sort": sort, "cursor": cursor})).status_code == 422


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text()), lambda inner: st.lists(inner, max_size=4))
)
async def test_a_made_up_cursor_is_a_page_or_refused(api: AsyncClient, content: Any) -> None:
    import base64
    import json

    cursor = base64.urlsafe_b64encode(
        json.dumps(["name", content, 1] if not isinstance(content, list) else content).encode()
    ).decode()
    answer = await api.get("/api/leads", params={"sort": "name", "cursor": cursor})
    assert answer.status_code in (200, 422), answer.text

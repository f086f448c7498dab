"""Verbs on many leads: in the request when they are few, by a job when they are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import insert, text

from outrider.db.engine import Database
from outrider.jobs import JobContext, definition
from outrider.leads import bulk, jobs
from outrider.leads.models import Lead


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(bulk, "AT_ONCE", 10)
    monkeypatch.setattr(jobs, "DELETED_AT_ONCE", 7)
    yield


async def fill(database: Database, count: int) -> None:
    async with database.transaction() as session:
        people = [{"name": f"n{n}", "phone": f"+1202{5_550_000 + n}", "tier": "A" if n % 2 else "B"} for n in range(count)]
        await session.execute(insert(Lead), people)


async def run_queue(database: Database) -> list[str]:
    """Run every waiting job once, as a worker would."""
    async with database.transaction() as session:
        waiting = (await session.execute(text("SELECT entrypoint, payload FROM pgqueuer ORDER BY id"))).all()
        await session.execute(text("DELETE FROM pgqueuer"))
    for name, payload in waiting:
        await definition.registry[name].run(JobContext(database), payload)
    return [name for name, _ in waiting]


async def count(api: AsyncClient, **given: Any) -> int:
    return int((await api.post("/api/leads/count", json={"filter": given})).json()["count"])


async def test_many_leads_are_deleted_by_a_job(api: AsyncClient, database: Database) -> None:
    await fill(database, 50)
    answer = await api.post("/api/leads/bulk-delete", json={"filter": {"tier": ["A"]}, "expected": 25})
    assert answer.json() == {"changed": 0, "is_running": True}
    assert await count(api) == 50
    await api.post("/api/leads", json={"name": "came later", "email": "later@x.example", "tier": "A"})
    assert await run_queue(database) == ["leads.delete"]
    assert (await count(api), await count(api, tier=["A"])) == (26, 1)


async def test_everybody_is_deleted_only_by_number(api: AsyncClient, database: Database) -> None:
    await fill(database, 3)
    assert (await api.post("/api/leads/bulk-delete", json={"filter": {}})).status_code == 422
    assert (await api.post("/api/leads/bulk-delete", json={"filter": {}, "expected": 2})).status_code == 409
    assert (await api.post("/api/leads/bulk-delete", json={"filter": {}, "expected": 3})).json()["changed"] == 3


async def test_many_leads_join_and_leave_a_list_by_jobs(api: AsyncClient, database: Database) -> None:
    await fill(database, 50)
    list_id = (await api.post("/api/lists", json={"name": "Spring"})).json()["id"]
    path = f"/api/lists/{list_id}/leads"
    assert (await api.post(path, json={"filter": {}})).json()["is_running"]
    assert await run_queue(database) == ["leads.add_to_list"]
    assert (await api.get(f"/api/lists/{list_id}")).json()["lead_count"] == 50
    assert (await api.post(f"{path}/remove", json={"filter": {"tier": ["B"]}})).json()["is_running"]
    assert await run_queue(database) == ["leads.remove_from_list"]
    assert await count(api, list_id=list_id) == 25
    assert (await api.post("/api/lists/99/leads", json={"filter": {}})).status_code == 404


async def test_more_ids_than_a_statement_has_parameters(api: AsyncClient, database: Database) -> None:
    await fill(database, 3)
    ids = list(range(1, 50_000))
    assert (await api.post("/api/leads/count", json={"ids": ids})).json() == {"count": 3}
    assert (await api.post("/api/leads/bulk-delete", json={"ids": ids})).json()["changed"] == 3


async def test_menus_of_attributes(api: AsyncClient) -> None:
    await api.post("/api/leads", json={"email": "a@x.example", "attributes": {"plan": "gold", "seats": 5}})
    await api.post("/api/leads", json={"email": "b@x.example", "attributes": {"plan": "silver", "note": None}})
    assert (await api.get("/api/leads/values/attributes")).json()["values"] == ["note", "plan", "seats"]
    assert (await api.get("/api/leads/values/attributes.plan")).json() == {"values": ["gold", "silver"], "more": False}
    assert (await api.get("/api/leads/values/attributes.seats")).json()["values"] == ["5"]
    assert (await api.get("/api/leads/values/attributes.none")).json()["values"] == []

"""Failed jobs, put back or given up by number or all together, and how the pages hear of it."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from outrider.db.engine import Database

FAIL = text("""
    INSERT INTO pgqueuer (priority, status, entrypoint, payload, execute_after, attempts)
    SELECT 0, 'failed', 'leads.import', '{"import_id": 7}', now(), 8 FROM generate_series(1, :count) RETURNING id
""")
TOLD = text("DELETE FROM live_events WHERE topic = 'jobs' RETURNING kind, payload ->> 'more' AS more")


async def fail(database: Database, count: int) -> list[int]:
    async with database.transaction() as session:
        return sorted((await session.execute(FAIL, {"count": count})).scalars())


async def told(database: Database) -> list[tuple[str, str]]:
    """What the pages were told since they were asked last."""
    async with database.transaction() as session:
        return [(row.kind, row.more) for row in await session.execute(TOLD)]


async def left(api: AsyncClient) -> list[int]:
    return sorted(job["id"] for job in (await api.get("/api/jobs/failed")).json()["items"])


async def test_several_are_deleted(api: AsyncClient, database: Database) -> None:
    first, second, third = await fail(database, 3)
    answer = await api.post("/api/jobs/failed/bulk-delete", json={"ids": [first, third]})
    assert (answer.status_code, answer.json()) == (200, {"deleted": 2})
    assert await left(api) == [second]


@pytest.mark.parametrize("path", ["failed/bulk-delete", "requeue"])
async def test_one_that_is_gone_keeps_the_others(api: AsyncClient, database: Database, path: str) -> None:
    ids = await fail(database, 2)
    answer = await api.post(f"/api/jobs/{path}", json={"ids": [*ids, 999_999]})
    assert (answer.status_code, "999999" in answer.json()["detail"]) == (404, True)
    assert (await left(api), await told(database)) == (ids, [])


@pytest.mark.parametrize(("path", "result"), [("failed/bulk-delete", "deleted"), ("requeue", "requeued")])
async def test_all_are_meant_only_as_many_as_were_seen(api: AsyncClient, database: Database, path: str, result: str) -> None:
    ids = await fail(database, 3)
    stale = await api.post(f"/api/jobs/{path}", json={"all": True, "count": 2})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:outrider:problem:failed-jobs-changed")
    assert "3 failed jobs now, not 2" in stale.json()["detail"]
    assert (await left(api), await told(database)) == (ids, [])

    assert (await api.post(f"/api/jobs/{path}", json={"all": True, "count": 3})).json() == {result: 3}
    assert await left(api) == []


@pytest.mark.parametrize("path", ["failed/bulk-delete", "requeue"])
@pytest.mark.parametrize(
    "meant", [{}, {"ids": [1], "all": True}, {"ids": [1], "count": 1}, {"all": True, "count": -1}, {"ids": [0]}]
)
async def test_what_nobody_can_mean(api: AsyncClient, path: str, meant: dict[str, Any]) -> None:
    assert (await api.post(f"/api/jobs/{path}", json=meant)).status_code == 422


async def test_the_pages_hear_of_each(api: AsyncClient, database: Database) -> None:
    first, second, third = await fail(database, 3)
    await api.post("/api/jobs/requeue", json={"ids": [first]})
    assert await told(database) == [("changed", "true")]
    await api.delete(f"/api/jobs/failed/{second}")
    assert await told(database) == [("changed", "true")]
    await api.post("/api/jobs/failed/bulk-delete", json={"ids": [third]})
    assert await told(database) == [("changed", "true")]

"""The pool: connections are kept, and those that ended meanwhile are replaced before anybody gets one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from outrider.db import engine
from outrider.db.engine import Database

BACKEND = text("SELECT pg_backend_pid()")


@pytest.fixture
async def pooled(database: Database) -> AsyncIterator[Database]:
    opened = Database(database.dsn, pool_size=2)
    yield opened
    await opened.aclose()


async def backend_of(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(BACKEND)).scalar_one())


async def end_backend(database: Database, backend: int) -> None:
    connection = await database.connect()
    try:
        await connection.execute("SELECT pg_terminate_backend($1, 5000)", backend)
    finally:
        await connection.close()


async def test_a_connection_is_used_again(pooled: Database) -> None:
    assert await backend_of(pooled) == await backend_of(pooled)


async def test_connections_beyond_the_first_are_kept(pooled: Database) -> None:
    async with pooled.transaction() as one, pooled.transaction() as other:
        first = {(await session.execute(BACKEND)).scalar_one() for session in (one, other)}
    async with pooled.transaction() as one, pooled.transaction() as other:
        assert {(await session.execute(BACKEND)).scalar_one() for session in (one, other)} == first


@pytest.mark.parametrize("unchecked_seconds", [60.0, 0.0])
async def test_a_connection_that_ended_in_the_pool_is_replaced(
    pooled: Database, monkeypatch: pytest.MonkeyPatch, unchecked_seconds: float
) -> None:
    monkeypatch.setattr(engine, "UNCHECKED_SECONDS", unchecked_seconds)
    backend = await backend_of(pooled)
    await end_backend(pooled, backend)
    assert await backend_of(pooled) != backend


async def test_a_rested_connection_is_asked_whether_it_answers(pooled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "UNCHECKED_SECONDS", 0.0)
    monkeypatch.setattr("asyncpg.Connection.is_closed", lambda _: False)
    backend = await backend_of(pooled)
    await end_backend(pooled, backend)
    await asyncio.sleep(0.05)
    assert await backend_of(pooled) != backend


async def test_an_error_does_not_say_what_was_to_be_stored(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.transaction() as session:
            await session.execute(
                text("INSERT INTO leads (name, score) VALUES (:name, :score)"), {"name": "Ada Canary", "score": 1 << 40}
            )
    assert "INSERT INTO leads" in str(caught.value)
    assert "Canary" not in str(caught.value)

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.db.group_commit import GroupCommit


@pytest.fixture
async def numbers(database: Database) -> Database:
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE numbers (n bigint PRIMARY KEY, tx bigint DEFAULT txid_current())"))
    return database


async def write(session: AsyncSession, group: Sequence[int]) -> list[int]:
    await session.execute(text("INSERT INTO numbers (n) SELECT unnest(CAST(:n AS bigint[]))"), {"n": list(group)})
    return [n * 10 for n in group]


async def rows(database: Database, column: str) -> list[int]:
    async with database.transaction() as session:
        return list((await session.execute(text(f"SELECT {column} FROM numbers ORDER BY n"))).scalars())


async def test_each_producer_gets_its_own_result_after_the_commit(numbers: Database) -> None:
    commit = GroupCommit(numbers, write)
    assert await asyncio.gather(*(commit.submit(n) for n in range(500))) == [n * 10 for n in range(500)]
    assert await rows(numbers, "n") == list(range(500))


async def test_many_items_share_few_transactions(numbers: Database) -> None:
    commit = GroupCommit(numbers, write, max_group=100)
    await asyncio.gather(*(commit.submit(n) for n in range(500)))
    assert len(set(await rows(numbers, "tx"))) <= 10


async def test_a_failed_group_writes_nothing_and_tells_every_producer(numbers: Database) -> None:
    commit = GroupCommit(numbers, write)
    await commit.submit(3)
    results = await asyncio.gather(*(commit.submit(n) for n in (1, 2, 3)), return_exceptions=True)
    assert all(isinstance(result, Exception) for result in results)
    assert await rows(numbers, "n") == [3]


async def test_the_writer_goes_on_after_a_failed_group(numbers: Database) -> None:
    commit = GroupCommit(numbers, write)
    await commit.submit(1)
    with pytest.raises(Exception, match="duplicate key"):
        await commit.submit(1)
    assert await commit.submit(2) == 20


async def test_a_producer_that_gave_up_does_not_stop_the_others(numbers: Database) -> None:
    commit = GroupCommit(numbers, write)
    impatient = asyncio.create_task(commit.submit(1))
    patient = asyncio.create_task(commit.submit(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 20

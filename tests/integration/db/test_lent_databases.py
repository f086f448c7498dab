"""A database that a test leaves behind goes to the next one empty, or not at all."""

from __future__ import annotations

import asyncpg
import pytest

from tests.databases import Databases

LEAD = "INSERT INTO leads (name, phone) VALUES ('Ann', '+12025550100') RETURNING id"


async def used(databases: Databases, *statements: str) -> tuple[str, list[object]]:
    """Borrow a database for these statements; its name and what they returned."""
    async with databases.lend() as address:
        connection = await asyncpg.connect(address)
        try:
            name = await connection.fetchval("SELECT current_database()")
            return name, [await connection.fetchval(statement.format(name=name)) for statement in statements]
        finally:
            await connection.close()


@pytest.mark.parametrize("statement", ["SELECT 1", "CREATE TEMPORARY TABLE mine (a int)", "TRUNCATE leads CASCADE"])
async def test_rows_are_gone_and_ids_begin_anew(databases: Databases, statement: str) -> None:
    first = await used(databases, LEAD, statement)
    again = await used(databases, "SELECT count(*) FROM leads", LEAD)
    assert again == (first[0], [0, first[1][0]])


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE leads ADD COLUMN mine int",
        "ALTER TABLE leads ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE leads DISABLE TRIGGER ALL",
        "CREATE TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER DATABASE {name} SET work_mem = '1MB'",
    ],
)
async def test_another_shape_is_nobody_elses(databases: Databases, statement: str) -> None:
    before, _ = await used(databases, LEAD)
    changed, _ = await used(databases, statement)
    after, found = await used(databases, LEAD)
    assert before == changed != after and found

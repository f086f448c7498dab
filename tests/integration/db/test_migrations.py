from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import outrider.wiring  # noqa: F401  (every table must be known)
from outrider.db.base import Base
from outrider.db.engine import Database, sqlalchemy_url
from outrider.db.migrate import migrate
from outrider.errors import ConfigurationError


def _differences(connection: Connection) -> list[Any]:
    def is_ours(name: str | None, kind: str, _: Any) -> bool:
        return not (kind == "table" and (name or "").startswith("pgqueuer"))

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    return list(compare_metadata(context, Base.metadata))


async def test_the_migrations_lead_to_the_tables_in_the_code(database: Database) -> None:
    engine = create_async_engine(sqlalchemy_url(database.dsn))
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_processes_that_start_together_migrate_once(postgres: str) -> None:
    server = await asyncpg.connect(postgres)
    await server.execute("CREATE DATABASE started_together")
    dsn = postgres.replace("/postgres?", "/started_together?")
    try:
        await asyncio.gather(*(migrate(dsn) for _ in range(4)))
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT count(*) FROM alembic_version") == 1
        await connection.close()
    finally:
        await server.execute("DROP DATABASE started_together WITH (FORCE)")
        await server.close()


async def test_a_database_of_a_newer_version_is_refused_with_a_remedy(database: Database) -> None:
    connection = await database.connect()
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    with pytest.raises(ConfigurationError) as refusal:
        await migrate(database.dsn)
    assert "newer version" in refusal.value.remedy

"""Databases for tests, used again: emptying the few tables that a test filled is far quicker than a new database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

SHAPE = """
    SELECT concat_ws(' ',
        (SELECT md5(string_agg(concat(oid, relname, reloptions), ',' ORDER BY oid)) FROM pg_class
          WHERE relnamespace = 'public'::regnamespace),
        (SELECT md5(string_agg(concat(attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)) FROM pg_attribute
          WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')),
        (SELECT md5(string_agg(concat(oid, convalidated), ',' ORDER BY oid)) FROM pg_constraint),
        (SELECT md5(string_agg(concat(oid, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
        (SELECT md5(string_agg(concat(oid, xmin), ',' ORDER BY oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
        (SELECT md5(string_agg(oid::text, ',' ORDER BY oid)) FROM pg_namespace WHERE nspname !~ '^pg_'),
        (SELECT count(*) FROM pg_db_role_setting JOIN pg_database AS d ON d.oid = setdatabase WHERE datname = current_database()))
"""
"""What a test may have changed besides rows."""
CATALOGS = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc", "pg_namespace")
TOUCHED = "SELECT " + " + ".join(
    f"pg_stat_get_tuples_{what}('{name}'::regclass)" for name in CATALOGS for what in ("inserted", "updated", "deleted")
)
"""How often something was written where the shape is kept, setting apart: far quicker to ask for than the shape."""
SET = "SELECT count(*) FROM pg_db_role_setting JOIN pg_database AS d ON d.oid = setdatabase WHERE datname = current_database()"
WRITTEN = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
RESTART = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
OTHERS = """
    FROM pg_stat_get_activity(NULL) WHERE pid <> pg_backend_pid()
    AND datid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _State:
    """What is in a database besides rows of tests."""

    shape: str
    shipped: dict[str, str]
    """Tables that have rows from the start, with a digest of these."""


class Databases:
    """Copies of one migrated database, lent to one test after the other."""

    def __init__(self, server: str, template: str):
        self._server = server
        self._template = template
        self._numbers = itertools.count(1)
        self._free: list[str] = []
        self._state: _State | None = None
        self._touched: dict[str, int] = {}
        """As of the last look at the shape of a database."""

    @asynccontextmanager
    async def lend(self, *, never_used: bool = False) -> AsyncIterator[str]:
        """Address of a migrated, empty database that nobody else has until the end of the block.

        The planner remembers what was in a database; what is to be read from plans wants one that was `never_used`.
        """
        name = self._free.pop() if self._free and not never_used else await self._make()
        try:
            yield self._address(name)
        finally:
            if await self._is_as_before(name):
                self._free.append(name)
            else:
                await self._command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _make(self) -> str:
        if self._state is None:
            self._state = await self._read(self._template)
        name = f"test_{next(self._numbers)}"
        await self._command(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        return name

    async def _read(self, name: str) -> _State:
        connection = await asyncpg.connect(self._address(name))
        try:
            shipped = {table: await _digest(connection, table) for table in await _filled(connection)}
            return _State(await connection.fetchval(SHAPE), shipped)
        finally:
            await connection.close()

    async def _is_as_before(self, name: str) -> bool:
        """Empty the database; False if that does not make it what it was."""
        assert self._state is not None
        try:
            connection = await asyncpg.connect(self._address(name))
        except (asyncpg.PostgresError, OSError):
            return False
        try:
            await _alone(connection)
            if not await self._has_its_shape(name, connection):
                return False
            filled = await _filled(connection)
            if not set(self._state.shipped) <= set(filled):
                return False
            for table, digest in self._state.shipped.items():
                if await _digest(connection, table) != digest:
                    return False
            emptied = "".join(f"DELETE FROM {table};" for table in filled if table not in self._state.shipped)
            await connection.execute(f"SET session_replication_role = replica; {emptied}")
            await connection.execute(RESTART)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            return False
        finally:
            await connection.close(timeout=PATIENCE_SECONDS)
        return True

    async def _has_its_shape(self, name: str, connection: asyncpg.Connection) -> bool:
        assert self._state is not None
        # Whoever wrote is gone, and what they wrote is counted.
        touched: int = await connection.fetchval(TOUCHED) + await connection.fetchval(SET)
        if self._touched.get(name) != touched:
            if await connection.fetchval(SHAPE) != self._state.shape:
                return False
            self._touched[name] = touched
        return True

    def _address(self, name: str) -> str:
        return self._server.replace("/postgres?", f"/{name}?")

    async def _command(self, command: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(command)
        finally:
            await connection.close()


async def _alone(connection: asyncpg.Connection) -> None:
    """End whatever a test left connected: a process of its own, or a connection that it forgot."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await connection.fetchval(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}"):
            await asyncio.sleep(0.01)


async def _filled(connection: asyncpg.Connection) -> list[str]:
    """Tables that have rows. Only those that ever had some are looked into: to plan a look into all takes 25 ms."""
    if not (tables := [row[0] for row in await connection.fetch(WRITTEN)]):
        return []
    looks = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
    return [row[0] for row in await connection.fetch(looks)]


async def _digest(connection: asyncpg.Connection, table: str) -> str:
    return str(await connection.fetchval(f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {table} t"))

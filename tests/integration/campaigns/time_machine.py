"""Moves the clock of PostgreSQL, as this database's own connections see it.

`now()` and `clock_timestamp()` are looked up along the search path like any other function, so that functions of these names in
a schema before `pg_catalog` take their place in the product's own statements.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import event, text

from outrider.db.engine import Database

SCHEMA = """
    CREATE SCHEMA time_machine;
    CREATE TABLE time_machine.ahead (by interval NOT NULL);
    INSERT INTO time_machine.ahead VALUES ('0');
    CREATE FUNCTION time_machine.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        'SELECT pg_catalog.now() + by FROM time_machine.ahead';
    CREATE FUNCTION time_machine.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT pg_catalog.clock_timestamp() + by FROM time_machine.ahead'
"""
PATH = "SET search_path = time_machine, pg_catalog, public"


class TimeMachine:
    def __init__(self, database: Database):
        self._database = database

    @classmethod
    async def built(cls, database: Database) -> TimeMachine:
        connection = await database.connect()
        await connection.execute(SCHEMA)
        await connection.close()
        await database._engine.dispose()
        event.listen(database._engine.sync_engine, "connect", _look_here_first)
        return cls(database)

    async def go(self, moment: datetime) -> None:
        """It is this moment now, and time goes on from here."""
        async with self._database.transaction() as session:
            await session.execute(
                text("UPDATE time_machine.ahead SET by = CAST(:moment AS timestamptz) - pg_catalog.clock_timestamp()"),
                {"moment": moment},
            )

    async def now(self) -> datetime:
        async with self._database.transaction() as session:
            found: datetime = (await session.execute(text("SELECT now()"))).scalar_one()
        return found


def _look_here_first(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(PATH)
    cursor.close()
    connection.commit()

"""One engine per process; one transaction per request or job.

`Database.transaction()` is the only place that commits. Services receive its session and never commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

DATABASE_TROUBLE = (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What a statement or a connection attempt raises when the database is away, or ends the connection under it."""


def sqlalchemy_url(dsn: str) -> URL:
    """The address in the form SQLAlchemy's asyncpg dialect reads."""
    return make_url(dsn).set(drivername="postgresql+asyncpg")


class Database:
    """The process's connection pool.

    Args:
        dsn: `postgresql://…`; may name a socket directory with `?host=/path`.
        pool_size: connections kept; as many again may be opened for a moment.
    """

    def __init__(self, dsn: str, *, pool_size: int = 10, application_name: str = "outrider"):
        self.dsn = dsn
        self._engine = create_async_engine(
            sqlalchemy_url(dsn),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={"server_settings": {"application_name": application_name, "jit": "off"}},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, autoflush=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when the block ends well and rolls back when it raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def connect(self) -> asyncpg.Connection:
        """A raw connection of its own (LISTEN, COPY, advisory locks); the caller closes it."""
        return await asyncpg.connect(self.dsn, server_settings={"jit": "off"})

    async def aclose(self) -> None:
        await self._engine.dispose()


async def raw_connection(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection under `session`, inside the same transaction."""
    connection = await session.connection()
    fairy = await connection.get_raw_connection()
    raw = cast(asyncpg.Connection, fairy.driver_connection)
    if not raw.is_in_transaction():
        # SQLAlchemy begins with the first statement of its own; before it, ours would commit by themselves.
        await session.execute(text("SELECT 1"))
    return raw

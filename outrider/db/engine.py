"""One engine per process; one transaction per request or job.

`Database.transaction()` is the only place that commits. Services receive its session and never commit.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
import orjson
from sqlalchemy import event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

DATABASE_TROUBLE = (
    DBAPIError,
    NoFreeConnection,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""What a statement or a connection attempt raises when the database is away, ends the connection under it, or is so slow that
every connection of the pool stays in use."""

UNCHECKED_SECONDS = 1.0
"""A connection that lay in the pool for longer is asked whether it still answers: three round trips, not worth it before."""


def sqlalchemy_url(dsn: str) -> URL:
    """The address in the form SQLAlchemy's asyncpg dialect reads."""
    return make_url(dsn).set(drivername="postgresql+asyncpg")


class Database:
    """The process's connection pool.

    Args:
        dsn: `postgresql://…`; may name a socket directory with `?host=/path`.
        pool_size: most connections at once. All that were opened are kept: a new one takes longer than most transactions,
            and has yet to learn every statement.
    """

    def __init__(self, dsn: str, *, pool_size: int = 20, application_name: str = "outrider"):
        self.dsn = dsn
        self.session_info: dict[str, Any] = {}
        """What every session carries in its `info`: parts that act with a transaction, by name."""
        self._engine = create_async_engine(
            sqlalchemy_url(dsn),
            pool_size=pool_size,
            max_overflow=0,
            pool_use_lifo=True,
            # Errors are logged, and parameters are names, numbers and what people wrote.
            hide_parameters=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={"server_settings": {"application_name": application_name, "jit": "off"}},
        )
        _check_rested_connections(self._engine.sync_engine)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, autoflush=True, info=self.session_info)

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


def _check_rested_connections(engine: Engine) -> None:
    """Replace connections that ended while they lay in the pool."""

    @event.listens_for(engine, "checkin")
    def note_time(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        since = entry.info.get("rests_since")
        if since is None:
            return
        if connection.driver_connection.is_closed() or (
            time.monotonic() - since > UNCHECKED_SECONDS and not _answers(engine, connection)
        ):
            raise InvalidatePoolError


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def sqlstate_of(error: BaseException) -> str | None:
    """PostgreSQL's code of what went wrong, whoever raised it; None if it is none of the server's errors."""
    cause = getattr(error, "orig", error)
    state: str | None = getattr(cause, "sqlstate", None) or getattr(getattr(cause, "__cause__", None), "sqlstate", None)
    return state


async def raw_connection(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection under `session`, inside the same transaction."""
    connection = await session.connection()
    fairy = await connection.get_raw_connection()
    raw = cast(asyncpg.Connection, fairy.driver_connection)
    if not raw.is_in_transaction():
        # SQLAlchemy begins with the first statement of its own; before it, ours would commit by themselves.
        await session.execute(text("SELECT 1"))
    return raw

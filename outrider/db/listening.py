"""LISTEN on a connection of its own that comes back when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from outrider.db.engine import DATABASE_TROUBLE, Database

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 5.0
RECONNECT_SECONDS = 1.0


async def listen(
    database: Database,
    handlers: Mapping[str, Callable[[str], None]],
    *,
    on_connected: Callable[[], None],
    on_heartbeat: Callable[[], None] | None = None,
) -> None:
    """Hand every notification's payload to the handler of its channel, until cancelled.

    Args:
        on_connected: called whenever the connection stands (again): what was told before then went unheard.
        on_heartbeat: called every few seconds.
    """
    while True:
        try:
            await _listen_connected(database, handlers, on_connected, on_heartbeat)
        except DATABASE_TROUBLE as error:
            log.warning("listening_interrupted", channels=sorted(handlers), error=repr(error))
            await asyncio.sleep(RECONNECT_SECONDS)


async def _listen_connected(
    database: Database,
    handlers: Mapping[str, Callable[[str], None]],
    on_connected: Callable[[], None],
    on_heartbeat: Callable[[], None] | None,
) -> None:
    def hear(_connection: Any, _process: int, channel: str, payload: Any) -> None:
        handlers[channel](str(payload))

    connection = await database.connect()
    try:
        for channel in handlers:
            await connection.add_listener(channel, hear)
        on_connected()
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await connection.execute("SELECT 1")
            if on_heartbeat is not None:
                on_heartbeat()
    finally:
        await connection.close(timeout=HEARTBEAT_SECONDS)

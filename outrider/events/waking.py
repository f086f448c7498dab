"""How a process with listeners learns that there is something to read: NOTIFY, or Redis where `REDIS_URL` names one.

Only the wake-up travels here; what happened is read from the database. A lost wake-up makes an update late by some
seconds, an emptied Redis loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.db.listening import listen
from outrider.events.live import CHANNEL, WAKER

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0
ANSWER_SECONDS = 5.0
REDIS_TROUBLE = (RedisError, OSError)


class Wakeups(Protocol):
    async def listen(self, woken: Callable[[], None]) -> None:
        """Call `woken` for every wake-up, and after every time in which some may have been missed, until cancelled."""


class PostgresWakeups:
    """Hears the NOTIFY of publishing transactions."""

    def __init__(self, database: Database):
        self._database = database

    async def listen(self, woken: Callable[[], None]) -> None:
        await listen(self._database, {CHANNEL: lambda _: woken()}, on_connected=woken)


class RedisWakeups:
    """Hears what a `RedisWaker` publishes."""

    def __init__(self, url: str):
        self._url = url

    async def listen(self, woken: Callable[[], None]) -> None:
        while True:
            try:
                await self._listen_connected(woken)
            except REDIS_TROUBLE as error:
                log.warning("redis_interrupted", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen_connected(self, woken: Callable[[], None]) -> None:
        async with _client(self._url) as client, client.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            async for _ in subscription.listen():
                woken()


class RedisWaker:
    """Publishes wake-ups of one process, one for all commits since the last."""

    def __init__(self, url: str):
        self._url = url
        self._due = asyncio.Event()

    def wake(self) -> None:
        self._due.set()

    async def run(self) -> None:
        """Publish until cancelled."""
        async with _client(self._url) as client:
            while True:
                await self._due.wait()
                self._due.clear()
                try:
                    await client.publish(CHANNEL, b"")
                except REDIS_TROUBLE as error:
                    log.warning("redis_does_not_wake", error=repr(error))


@asynccontextmanager
async def waking(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Let commits of this process wake the listening ones in the way that the settings name."""
    if settings.redis_url is None:
        yield
        return
    waker = RedisWaker(settings.redis_url)
    database.session_info[WAKER] = waker
    running = asyncio.create_task(waker.run())
    try:
        yield
    finally:
        del database.session_info[WAKER]
        running.cancel()


def wakeups(settings: Settings, database: Database) -> Wakeups:
    """What a process with listeners hears."""
    return RedisWakeups(settings.redis_url) if settings.redis_url else PostgresWakeups(database)


def _client(url: str) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(url, socket_connect_timeout=ANSWER_SECONDS, health_check_interval=30)

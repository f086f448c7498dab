"""What other processes tell the deliverers at the moment of their commit: texts were queued, numbers were suppressed.

An alarm only makes things happen sooner. Who misses one finds the text at the next poll, and the suppression in the
next claim.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from outrider.conversations.claims import elapsed
from outrider.conversations.repository.outbox import OUTBOX_CHANNEL
from outrider.conversations.repository.suppressions import SUPPRESSED_CHANNEL
from outrider.db.engine import DATABASE_TROUBLE, Database

log = structlog.get_logger(__name__)

REMEMBER_SECONDS = 300.0
"""How long a number counts as just suppressed: longer than a claimed text waits for its POST."""
HEARTBEAT_SECONDS = 5.0
RECONNECT_SECONDS = 1.0


class Alarms:
    """Listens on a connection of its own."""

    def __init__(self, database: Database):
        self._database = database
        self.woken = asyncio.Event()
        """Set when texts were queued."""
        self._suppressed: dict[str, float] = {}

    def suppressed_since(self, phone: str, claimed_at: float) -> bool:
        """True if the number was suppressed after `claimed_at` (on the clock of `elapsed`): the claim can't have seen it."""
        return self._suppressed.get(phone, 0.0) > claimed_at

    async def listen(self, stop: asyncio.Event) -> None:
        """Listen until `stop`; connects again when the connection is lost."""
        while not stop.is_set():
            try:
                await self._listen_connected(stop)
            except DATABASE_TROUBLE as error:
                log.warning("alarms_interrupted", error=repr(error))
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_connected(self, stop: asyncio.Event) -> None:
        connection = await self._database.connect()
        try:
            await connection.add_listener(OUTBOX_CHANNEL, self._on_queued)
            await connection.add_listener(SUPPRESSED_CHANNEL, self._on_suppressed)
            self.woken.set()
            while not stop.is_set():
                await asyncio.sleep(HEARTBEAT_SECONDS)
                await connection.execute("SELECT 1")
                self._forget()
        finally:
            await connection.close(timeout=HEARTBEAT_SECONDS)

    def _on_queued(self, *_: Any) -> None:
        self.woken.set()

    def _on_suppressed(self, _connection: Any, _process: int, _channel: str, phone: Any) -> None:
        self._suppressed[str(phone)] = elapsed()

    def _forget(self) -> None:
        oldest = elapsed() - REMEMBER_SECONDS
        self._suppressed = {phone: since for phone, since in self._suppressed.items() if since > oldest}

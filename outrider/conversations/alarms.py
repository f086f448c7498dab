"""What other processes tell the deliverers at the moment of their commit: texts were queued, numbers were suppressed.

An alarm only makes things happen sooner. Who misses one finds the text at the next poll, and the suppression in the
next claim.
"""

from __future__ import annotations

import asyncio

from outrider.conversations.claims import elapsed
from outrider.conversations.repository.outbox import OUTBOX_CHANNEL
from outrider.conversations.repository.suppressions import SUPPRESSED_CHANNEL
from outrider.db.engine import Database
from outrider.db.listening import listen

REMEMBER_SECONDS = 300.0
"""How long a number counts as just suppressed: longer than a claimed text waits for its POST."""


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

    async def listen(self) -> None:
        """Listen until cancelled; connects again when the connection is lost."""
        handlers = {OUTBOX_CHANNEL: self._on_queued, SUPPRESSED_CHANNEL: self._on_suppressed}
        await listen(self._database, handlers, on_connected=self.woken.set, on_heartbeat=self._forget)

    def _on_queued(self, _: str) -> None:
        self.woken.set()

    def _on_suppressed(self, phone: str) -> None:
        self._suppressed[phone] = elapsed()

    def _forget(self) -> None:
        oldest = elapsed() - REMEMBER_SECONDS
        self._suppressed = {phone: since for phone, since in self._suppressed.items() if since > oldest}

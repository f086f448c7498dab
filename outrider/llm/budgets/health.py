"""How a process finds its providers, written for all to see: only when that changes."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from outrider.circuit import CircuitChanged, CircuitState
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.llm.budgets import health_repository as rows
from outrider.telemetry import MODEL_BREAKER

log = structlog.get_logger(__name__)

GAUGE = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}
AGAIN_SECONDS = 2.0
LAST_SECONDS = 2.0


class HealthBoard:
    """Keeps the rows of this process in `model_health`."""

    def __init__(self, database: Database):
        self._database = database
        self._process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._unwritten: dict[str, tuple[CircuitChanged, datetime]] = {}
        self._writer: asyncio.Task[None] | None = None

    def note(self, change: CircuitChanged) -> None:
        """Take a change; it is written soon, the latest of each provider."""
        MODEL_BREAKER.labels(change.name).set(GAUGE[change.state])
        self._unwritten[change.name] = (change, datetime.now(UTC))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write_all(), name="model health")

    async def aclose(self) -> None:
        """Take this process off the board."""
        if self._writer is None:
            return
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_SECONDS), self._database.transaction() as session:
                await rows.forget(session, self._process)
        except (*DATABASE_TROUBLE, TimeoutError) as error:
            log.info("model_health_not_removed", error=repr(error))

    async def _write_all(self) -> None:
        while self._unwritten:
            changes = list(self._unwritten.values())
            try:
                async with self._database.transaction() as session:
                    for change, moment in changes:
                        await rows.keep(session, _row(change, moment, self._process))
                    announce(session, Topic.BUDGETS, "health")
            except DATABASE_TROUBLE as error:
                log.warning("model_health_not_written", error=repr(error))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            for change, moment in changes:
                if self._unwritten[change.name] == (change, moment):
                    del self._unwritten[change.name]


def _row(change: CircuitChanged, moment: datetime, process: str) -> dict[str, Any]:
    until = moment + timedelta(seconds=change.pause_seconds) if change.pause_seconds is not None else None
    return {
        "provider": change.name,
        "process": process,
        "state": change.state.value,
        "until": until,
        "problem": change.problem,
        "changed_at": moment,
    }

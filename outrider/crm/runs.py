"""What runs of workflows ask to tell CRMs, queued in the transaction that commits the run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.crm import deliveries
from outrider.crm.jobs import start_delivery
from outrider.crm.models import CrmConnection, OutboxKind
from outrider.db.engine import Database
from outrider.workflows.intents import SyncCrm
from outrider.workflows.runs.applying import Asked, applies

FRESH_SECONDS = 5.0


class ConnectedCrms:
    """Names of the CRMs that can be told things, for the steps of runs; a few seconds old at most."""

    def __init__(self, database: Database):
        self._database = database
        self._names: list[str] = []
        self._read_at = float("-inf")

    async def names(self) -> list[str]:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            async with self._database.transaction() as session:
                query = select(CrmConnection.name).where(CrmConnection.direction != "in").order_by(CrmConnection.name)
                self._names = list(await session.scalars(query))
            self._read_at = time.monotonic()
        return self._names


@applies(SyncCrm)
async def queue_for_crms(session: AsyncSession, asked: Sequence[Asked[SyncCrm]]) -> None:
    """Queue the lead's fields and the note, each once for a run's step. An unknown connection was said in the step."""
    query = select(CrmConnection.id, CrmConnection.name).where(CrmConnection.direction != "in")
    connections = {row.name: row.id for row in await session.execute(query)}
    fields: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for one in asked:
        for name in one.intent.connections or connections:
            if name not in connections:
                continue
            row = {"connection_id": connections[name], "lead_id": one.asker.run.lead_id}
            if one.intent.push_fields:
                fields.append({**row, "key": f"contact:run:{one.dedupe_key}", "payload": {}})
            if one.intent.subject:
                said = {"kind": "note", "at": datetime.now(UTC), "subject": one.intent.subject, "body": one.intent.body}
                notes.append({**row, "key": f"note:run:{one.dedupe_key}", "payload": said})
    started = await deliveries.add(session, OutboxKind.CONTACT, fields)
    started |= await deliveries.add(session, OutboxKind.ACTIVITY, notes)
    for connection_id in sorted(started):
        await start_delivery(session, connection_id)

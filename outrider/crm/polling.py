"""Contacts in by asking: what changed since the watermark, and the backfill of everything that is there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
from sqlalchemy.exc import IntegrityError

from outrider.config import Settings
from outrider.crm import deliveries, links, repository, taking
from outrider.crm.models import BackfillState, ConnectionState, CrmConnection
from outrider.crm.schemas import Taken
from outrider.db.engine import Database
from outrider.errors import OutriderError
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.crm.base import Contact, Crm, CrmNotAuthenticated, Position
from outrider.integrations.crm.build import Crms

TAKE_ATTEMPTS = 3
MOST_PAGES = 100_000
COLLISIONS = (IntegrityError, asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError)
"""Somebody else created or changed one of the page's people at the same moment."""


class Poller:
    """Reads CRMs. One process per connection at a time polls it, and one fills it up; the lease of a dead one runs out."""

    def __init__(self, database: Database, crms: Crms, settings: Settings):
        self._database = database
        self._crms = crms
        self._region = settings.default_region

    async def poll(self, connection_id: int) -> Taken | None:
        """Bring in what changed there, and queue what changed here; None if another process is at it or it is not active.

        Raises:
            ProviderError, UnknownCrmAccount: noted at the connection, too.
        """
        connection = await self._begin(connection_id, "polling")
        if connection is None:
            return None
        started, counts, problem = time.monotonic(), Taken(), None
        try:
            crm = self._crms.get(connection.account)
            if crm.traits.polls and taking.mapper_of(connection, self._region).reaches_somebody:
                await self._read_changes(connection, crm, counts)
                await self._read_gone(connection, crm, counts)
            if connection.direction != "in":
                async with self._database.transaction() as session:
                    await deliveries.add_changes(session, connection_id)
        except OutriderError as error:
            problem = error
            raise
        finally:
            await self._end(connection_id, "poll", counts, problem, time.monotonic() - started)
        return counts

    async def backfill(self, connection_id: int) -> Taken | None:
        """Bring in everything that is there, from wherever an earlier attempt came to; None if there is nothing to do."""
        async with self._database.transaction() as session:
            connection = await repository.lock(session, connection_id)
            if connection is None or connection.state != ConnectionState.ACTIVE or connection.backfill != BackfillState.RUNNING:
                return None
            if not await repository.take_lease(session, connection_id, "backfilling"):
                return None
        started, counts, problem = time.monotonic(), Taken(), None
        try:
            await self._fill(connection, self._crms.get(connection.account), counts)
        except OutriderError as error:
            problem = error
            raise
        finally:
            await self._end(connection_id, "backfill", counts, problem, time.monotonic() - started)
        return counts

    async def receive(self, connection_id: int, contacts: Sequence[Contact], deleted: Sequence[str]) -> Taken:
        """Bring in contacts that their system posted."""
        started, counts = time.monotonic(), Taken()
        for attempt in range(TAKE_ATTEMPTS):
            try:
                async with self._database.transaction() as session:
                    connection = await session.get_one(CrmConnection, connection_id)
                    counts = await taking.take(session, connection, contacts, self._region)
                    counts.gone += await links.mark_gone(session, connection_id, deleted) if deleted else 0
                    await repository.add_log(
                        session, connection_id, "webhook", counts.model_dump(), None, time.monotonic() - started
                    )
                    announce(session, Topic.CRM, "changed", [connection_id])
                break
            except COLLISIONS:
                if attempt + 1 == TAKE_ATTEMPTS:
                    raise
        return counts

    async def take_one(self, connection_id: int, contact: Contact) -> None:
        """Compare one contact with its lead before the lead is written there."""
        async with self._database.transaction() as session:
            connection = await session.get_one(CrmConnection, connection_id)
            await taking.take(session, connection, [contact], self._region)

    async def _begin(self, connection_id: int, lane: repository.Lane) -> CrmConnection | None:
        async with self._database.transaction() as session:
            connection = await repository.lock(session, connection_id)
            if connection is None or connection.state != ConnectionState.ACTIVE:
                return None
            return connection if await repository.take_lease(session, connection_id, lane) else None

    async def _read_changes(self, connection: CrmConnection, crm: Crm, counts: Taken) -> None:
        lag = crm.traits.lag
        after = Position(connection.watermark_at - lag, "" if lag else connection.watermark_id)
        fields = taking.mapper_of(connection, self._region).remote_fields
        for _ in range(MOST_PAGES):
            page = await crm.changed(after, fields, crm.traits.page)
            taken = await self._take(connection.id, page.contacts, watermark=page.position)
            if taken is not None:
                counts.add(taken)
            after = page.position or after
            if taken is None or not page.more:
                return

    async def _read_gone(self, connection: CrmConnection, crm: Crm, counts: Taken) -> None:
        now = datetime.now(UTC)
        gone = await crm.gone(connection.gone_since - crm.traits.lag)
        async with self._database.transaction() as session:
            held = await repository.lock(session, connection.id)
            if held is None:
                return
            counts.add(await taking.take_gone(session, held, gone))
            if gone:
                held.gone_since = max(held.gone_since, min(now, gone[-1].at))

    async def _fill(self, connection: CrmConnection, crm: Crm, counts: Taken) -> None:
        after = Position(connection.backfill_at, connection.backfill_id) if connection.backfill_at else None
        fields = taking.mapper_of(connection, self._region).remote_fields
        for _ in range(MOST_PAGES):
            page = await crm.changed(after, fields, crm.traits.page)
            after = page.position or after
            taken = await self._take(connection.id, page.contacts, filled=page.position, is_last=not page.more)
            if taken is None:
                return
            counts.add(taken)
            if not page.more:
                return

    async def _take(
        self,
        connection_id: int,
        contacts: Sequence[Contact],
        *,
        watermark: Position | None = None,
        filled: Position | None = None,
        is_last: bool | None = None,
    ) -> Taken | None:
        """Write one page with its place; None if the connection was removed, or its backfill paused, meanwhile."""
        for attempt in range(TAKE_ATTEMPTS):
            try:
                async with self._database.transaction() as session:
                    connection = await repository.lock(session, connection_id)
                    if connection is None or (is_last is not None and connection.backfill != BackfillState.RUNNING):
                        return None
                    await repository.take_lease(
                        session, connection_id, "polling" if is_last is None else "backfilling", mine=True
                    )
                    taken = await taking.take(session, connection, contacts, self._region)
                    if watermark and watermark.changed_at >= connection.watermark_at:
                        connection.watermark_at, connection.watermark_id = watermark.changed_at, watermark.external_id
                    if is_last is not None:
                        connection.backfill_read += len(contacts)
                        if filled:
                            connection.backfill_at, connection.backfill_id = filled.changed_at, filled.external_id
                        if is_last:
                            connection.backfill = BackfillState.DONE
                        announce(session, Topic.CRM, "progress", [connection_id])
                    return taken
            except COLLISIONS:
                if attempt + 1 == TAKE_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    async def _end(self, connection_id: int, action: str, counts: Taken, problem: OutriderError | None, seconds: float) -> None:
        async with self._database.transaction() as session:
            connection = await repository.lock(session, connection_id)
            if connection is None:
                return
            await repository.drop_lease(session, connection_id, "polling" if action == "poll" else "backfilling")
            note_result(connection, problem)
            if action == "poll" and problem is None:
                connection.polled_at = datetime.now(UTC)
            if counts.did_something or problem is not None or action == "backfill":
                words = problem.detail if problem else None
                await repository.add_log(session, connection_id, action, counts.model_dump(), words, seconds)
                announce(session, Topic.CRM, "changed", [connection_id])


def note_result(connection: CrmConnection, problem: OutriderError | None) -> None:
    """What the last call says of the connection. Refused credentials stop it until a person has looked."""
    words = None if problem is None else " ".join(filter(None, [problem.detail, problem.remedy]))
    connection.problem = words
    if isinstance(problem, CrmNotAuthenticated):
        connection.state = ConnectionState.BROKEN

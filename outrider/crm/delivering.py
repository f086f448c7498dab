"""Tells a CRM what happened here: opt-outs at once, then outcomes, changes and activities in their order.

The call comes first and the commit after it: whoever dies in between is followed by somebody who makes the same call again,
which changes nothing there, for activities carry our key, contacts are found by it, and fields are set.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outrider.config import Settings
from outrider.crm import deliveries, links, repository
from outrider.crm.deciding import to_write
from outrider.crm.mapping import person_values
from outrider.crm.models import ConnectionState, CrmConnection, CrmDelivery, DeliveryState, LinkState, OutboxKind, ProblemKind
from outrider.crm.polling import Poller, note_result
from outrider.crm.taking import mapper_of
from outrider.db.engine import Database, raw_connection
from outrider.errors import OutriderError, ProviderError
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.crm.base import (
    Activity,
    ActivityKind,
    ContactMissing,
    ContactWrite,
    Crm,
    CrmNotAuthenticated,
    CrmRefused,
)
from outrider.integrations.crm.build import Crms, UnknownCrmAccount
from outrider.leads.person import Person

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 600.0
MOST_IN_ONE_RUN = 5_000


@dataclass(frozen=True, slots=True)
class _Lead:
    person: Person
    version: int
    external_id: str | None
    state: LinkState | None
    write: tuple[str, ...]
    """Fields that are to be written there."""


class Deliverer:
    def __init__(self, database: Database, crms: Crms, settings: Settings):
        self._database = database
        self._crms = crms
        self._settings = settings
        self._poller = Poller(database, crms, settings)

    async def deliver(self, connection_id: int) -> datetime | None:
        """Deliver what is due; returns when to come again: the next due moment, now if another process is at it, or None."""
        async with self._database.transaction() as session:
            connection = await repository.lock(session, connection_id)
            if connection is None or connection.state != ConnectionState.ACTIVE:
                return None
            if not await repository.take_lease(session, connection_id, "delivering"):
                return datetime.now(UTC)
        started = time.monotonic()
        counts: Counter[str] = Counter()
        problem: OutriderError | None = None
        try:
            problem = await self._run(connection, counts)
        finally:
            await self._end(connection_id, counts, problem, time.monotonic() - started)
        async with self._database.transaction() as session:
            return await deliveries.next_due(session, connection_id)

    async def _run(self, connection: CrmConnection, counts: Counter[str]) -> OutriderError | None:
        """Returns what stopped it, if anything did."""
        try:
            crm = self._crms.get(connection.account)
        except UnknownCrmAccount as error:
            return error
        for _ in range(MOST_IN_ONE_RUN):
            async with self._database.transaction() as session:
                await repository.take_lease(session, connection.id, "delivering", mine=True)
                row = await deliveries.claim(session, connection.id)
            if row is None:
                return None
            try:
                state = await self._tell(connection, crm, row)
            except CrmNotAuthenticated as error:
                return error
            except ContactMissing as error:
                await self._contact_gone(connection, row, error)
                state = DeliveryState.SKIPPED
            except CrmRefused as error:
                await self._refused(connection, row, error.detail)
                state = DeliveryState.FAILED
            except ProviderError as error:
                await self._later(row, error)
                return error
            counts[state.value] += 1
        return None

    async def _tell(self, connection: CrmConnection, crm: Crm, row: CrmDelivery) -> DeliveryState:
        lead = await self._lead(connection, row.lead_id)
        if lead is None or lead.state is LinkState.GONE:
            await self._settle(row, DeliveryState.SKIPPED, problem="The contact was deleted there, or the lead here.")
            return DeliveryState.SKIPPED
        external_id = lead.external_id or await self._make_contact(connection, crm, row.lead_id, lead)
        made: str | None = external_id
        match row.kind:
            case OutboxKind.OPT_OUT:
                await crm.opt_out(external_id, row.created_at)
            case OutboxKind.OUTCOME:
                await crm.set_fields(external_id, row.payload)
            case OutboxKind.ACTIVITY:
                made = await crm.log(_activity(connection, external_id, row))
            case OutboxKind.CONTACT:
                await self._write_contact(connection, crm, row.lead_id, external_id)
        await self._settle(row, DeliveryState.DELIVERED, external_id=made)
        return DeliveryState.DELIVERED

    async def _lead(self, connection: CrmConnection, lead_id: int) -> _Lead | None:
        mapper = mapper_of(connection, self._settings.default_region)
        async with self._database.transaction() as session:
            stored = (await links.lock_leads(await raw_connection(session), [lead_id])).get(lead_id)
            if stored is None:
                return None
            link = (await links.by_lead(session, connection.id, [lead_id])).get(lead_id)
            undecided = await repository.undecided_fields(session, connection.id, lead_id)
            ours = person_values(stored.person, mapper.outgoing)
            write = to_write(link.base if link else {}, ours, mapper.outgoing, undecided)
            return _Lead(
                stored.person, stored.version, link.external_id if link else None, link.state if link else None, tuple(write)
            )

    async def _make_contact(self, connection: CrmConnection, crm: Crm, lead_id: int, lead: _Lead) -> str:
        """The lead as a contact there: one that has our key, the address or the number already, else a new one."""
        mapper = mapper_of(connection, self._settings.default_region)
        values = mapper.written(lead.person, lead.write)
        key = f"{connection.key_prefix}:lead:{lead_id}"
        (written,) = await crm.upsert([ContactWrite(key, values, email=lead.person.email, phone=lead.person.phone)])
        if written.external_id is None:
            raise CrmRefused(written.problem or "The contact was refused.")
        await self._remember(connection, lead_id, written.external_id, lead)
        return written.external_id

    async def _write_contact(self, connection: CrmConnection, crm: Crm, lead_id: int, external_id: str) -> None:
        mapper = mapper_of(connection, self._settings.default_region)
        if crm.traits.polls and connection.direction != "out":
            # What they changed meanwhile is compared first, so that nobody's change is lost.
            found = await crm.read([external_id], mapper.remote_fields)
            if not found:
                raise ContactMissing(f"There is no contact {external_id} any more.")
            await self._poller.take_one(connection.id, found[0])
        lead = await self._lead(connection, lead_id)
        if lead is None:
            return
        if lead.write:
            values = mapper.written(lead.person, lead.write)
            key = f"{connection.key_prefix}:lead:{lead_id}"
            (written,) = await crm.upsert([ContactWrite(key, values, external_id=external_id)])
            if written.problem is not None:
                raise CrmRefused(written.problem)
        await self._remember(connection, lead_id, external_id, lead)

    async def _remember(self, connection: CrmConnection, lead_id: int, external_id: str, lead: _Lead) -> None:
        """What both sides agree on after our write."""
        agreed = person_values(lead.person, lead.write)
        async with self._database.transaction() as session:
            link = (await links.by_lead(session, connection.id, [lead_id])).get(lead_id)
            if link is None:
                taken = (await links.by_external(session, connection.id, [external_id])).get(external_id)
                if taken is not None:
                    raise CrmRefused(f"Contact {external_id} is lead {taken.lead_id} already.")
                entry = {"lead_id": lead_id, "external_id": external_id, "base": agreed, "their_hash": "",
                         "their_changed_at": None, "lead_version": lead.version}  # fmt: skip
                await links.store(session, connection.id, [entry])
                return
            link.base = {**link.base, **agreed}
            link.lead_version = max(link.lead_version, lead.version)

    async def _settle(
        self, row: CrmDelivery, state: DeliveryState, *, problem: str | None = None, external_id: str | None = None
    ) -> None:
        async with self._database.transaction() as session:
            await deliveries.settle(session, row.id, state, problem=problem, external_id=external_id)
            if state is DeliveryState.DELIVERED and row.attempts > 1:
                await repository.close_problems(session, row.connection_id, ProblemKind.DELIVERY, [row.key])

    async def _refused(self, connection: CrmConnection, row: CrmDelivery, why: str) -> None:
        async with self._database.transaction() as session:
            await deliveries.settle(session, row.id, DeliveryState.FAILED, problem=why)
            problem = {"kind": ProblemKind.DELIVERY, "lead_id": row.lead_id, "external_id": row.key, "field": row.key,
                       "message": f"{connection.name} refused {_NAMED[row.kind]}: {why}"}  # fmt: skip
            await repository.open_problems(session, connection.id, [problem])

    async def _contact_gone(self, connection: CrmConnection, row: CrmDelivery, error: ContactMissing) -> None:
        async with self._database.transaction() as session:
            link = (await links.by_lead(session, connection.id, [row.lead_id])).get(row.lead_id)
            if link is not None:
                link.state = LinkState.GONE
            await deliveries.settle(session, row.id, DeliveryState.SKIPPED, problem=error.detail)

    async def _later(self, row: CrmDelivery, error: ProviderError) -> None:
        pause = max(error.retry_after or 0.0, min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE))
        async with self._database.transaction() as session:
            await deliveries.postpone(session, row.id, datetime.now(UTC) + timedelta(seconds=pause), error.detail)

    async def _end(self, connection_id: int, counts: Counter[str], problem: OutriderError | None, seconds: float) -> None:
        async with self._database.transaction() as session:
            connection = await repository.lock(session, connection_id)
            if connection is None:
                return
            await repository.drop_lease(session, connection_id, "delivering")
            if counts or problem:
                note_result(connection, problem)
                connection.delivered_at = datetime.now(UTC) if counts else connection.delivered_at
                words = problem.detail if problem else None
                await repository.add_log(session, connection_id, "deliver", dict(counts), words, seconds)
                announce(session, Topic.CRM, "changed", [connection_id])


_NAMED = {
    OutboxKind.OPT_OUT: "an opt-out", OutboxKind.CONTACT: "a contact's new values", OutboxKind.OUTCOME: "an outcome",
    OutboxKind.ACTIVITY: "an activity",
}  # fmt: skip


def _activity(connection: CrmConnection, external_id: str, row: CrmDelivery) -> Activity:
    payload = row.payload
    ends_at = payload.get("ends_at")
    return Activity(
        key=f"{connection.key_prefix}:{row.key}",
        external_id=external_id,
        kind=ActivityKind(payload["kind"]),
        at=datetime.fromisoformat(payload["at"]),
        subject=payload["subject"],
        body=payload["body"],
        is_inbound=bool(payload.get("is_inbound")),
        ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
    )

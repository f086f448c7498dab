"""What can be done with connections: set up, test, preview, backfill, decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.crm import deliveries, jobs, links, repository
from outrider.crm.mapping import Mapper, person_values, suggested, with_fields
from outrider.crm.models import BackfillState, ConnectionState, CrmConnection, CrmProblem, DeliveryState, ProblemKind
from outrider.crm.schemas import (
    CrmAccountOut,
    CrmAccountsOut,
    CrmConnectionIn,
    CrmConnectionList,
    CrmConnectionOut,
    CrmConnectionPatch,
    CrmDecisionIn,
    CrmDeliveryCounts,
    CrmFieldsOut,
    CrmLogEntry,
    CrmPreviewOut,
    CrmPreviewRow,
    CrmProblemOut,
    CrmRemoteFieldOut,
    CrmTestOut,
    FieldMap,
    Incoming,
)
from outrider.db.engine import Database, raw_connection
from outrider.db.pages import Page
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.bus import publish
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.crm.accounts import VARIABLE, WebhookAccount
from outrider.integrations.crm.base import Contact, Position
from outrider.integrations.crm.build import Crms, UnknownCrmAccount
from outrider.integrations.crm.signatures import is_genuine
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.importing.plan import ATTRIBUTE, FIELDS

PREVIEW_ROWS = 10
LONGEST_SAMPLE = 120
RECENT = datetime(2000, 1, 1, tzinfo=UTC)


class ConnectionNotFound(NotFound):
    """There is no connection with this number."""


class ConnectionExists(Conflict):
    """Another connection has this name."""


class NotBackfilling(Conflict):
    """The backfill is not in a state that allows this."""


class ProblemNotFound(NotFound):
    """There is no open problem with this number."""


def accounts(crms: Crms) -> CrmAccountsOut:
    return CrmAccountsOut(
        accounts=[CrmAccountOut(name=one.name, kind=one.kind, host=one.host) for one in crms.accounts], variable=VARIABLE
    )


async def list_connections(session: AsyncSession) -> CrmConnectionList:
    return CrmConnectionList(items=await _shown(session, await repository.connections(session)))


async def get(session: AsyncSession, connection_id: int) -> CrmConnection:
    """
    Raises:
        ConnectionNotFound
    """
    found = await session.get(CrmConnection, connection_id)
    if found is None:
        raise ConnectionNotFound(f"There is no connection {connection_id}.")
    return found


async def show(session: AsyncSession, connection_id: int) -> CrmConnectionOut:
    """
    Raises:
        ConnectionNotFound
    """
    return (await _shown(session, [await get(session, connection_id)]))[0]


async def create(session: AsyncSession, given: CrmConnectionIn, crms: Crms) -> CrmConnectionOut:
    """
    Raises:
        ConnectionExists
        InvalidInput: no account has the name.
    """
    try:
        kind = crms.settings_of(given.account).kind
    except UnknownCrmAccount as error:
        raise InvalidInput.on("body.account", error.detail, error.remedy) from error
    await _name_is_free(session, given.name)
    connection = CrmConnection(
        name=given.name, account=given.account, kind=kind, direction=given.direction,
        mapping=[one.model_dump() for one in given.mapping], options=given.options.model_dump(),
    )  # fmt: skip
    session.add(connection)
    await session.flush()
    await session.refresh(connection)
    announce(session, Topic.CRM, "changed", [connection.id])
    return await show(session, connection.id)


async def change(session: AsyncSession, connection_id: int, patch: CrmConnectionPatch) -> CrmConnectionOut:
    """
    Raises:
        ConnectionNotFound, ConnectionExists
    """
    connection = await get(session, connection_id)
    given = patch.model_dump(exclude_unset=True, exclude_none=True)
    if "name" in given and given["name"] != connection.name:
        await _name_is_free(session, given["name"])
    if "state" in given and given["state"] == ConnectionState.ACTIVE:
        connection.problem = None
        await jobs.start_delivery(session, connection_id)
    for name, value in given.items():
        setattr(connection, name, value)
    await session.flush()
    await session.refresh(connection)
    announce(session, Topic.CRM, "changed", [connection_id])
    return await show(session, connection_id)


async def remove(session: AsyncSession, connection_id: int) -> None:
    """Forget a connection, its links and what waits for it. Leads and contacts stay as they are.

    Raises:
        ConnectionNotFound
    """
    await session.delete(await get(session, connection_id))
    await session.flush()
    announce(session, Topic.CRM, "changed", [connection_id])


async def test(database: Database, crms: Crms, connection_id: int) -> CrmTestOut:
    """Try the credentials and make sure that their side can hold our keys. A broken connection that works is active again.

    Raises:
        ConnectionNotFound, UnknownCrmAccount, CrmError
    """
    async with database.transaction() as session:
        account = (await get(session, connection_id)).account
    crm = crms.get(account)
    found = await crm.check()
    await crm.prepare()
    async with database.transaction() as session:
        connection = await get(session, connection_id)
        connection.problem = None
        if connection.state == ConnectionState.BROKEN:
            connection.state = ConnectionState.ACTIVE
            await jobs.start_delivery(session, connection_id)
        announce(session, Topic.CRM, "changed", [connection_id])
    return CrmTestOut(name=found.name, detail=found.detail)


async def fields(database: Database, crms: Crms, connection_id: int) -> CrmFieldsOut:
    """Their fields with samples, ours, and a mapping to begin with.

    Raises:
        ConnectionNotFound, UnknownCrmAccount, CrmError
    """
    async with database.transaction() as session:
        connection = await get(session, connection_id)
        account, mapped = connection.account, [FieldMap.model_validate(one) for one in connection.mapping]
    crm = crms.get(account)
    remote = await crm.fields()
    names = [one.name for one in remote] or [one.remote for one in mapped]
    samples = _samples((await _some(crms, account, names)) if remote else [])
    shown = [
        CrmRemoteFieldOut(name=one.name, label=one.label, kind=one.kind, choices=list(one.choices), writable=one.writable,
                       sample=samples.get(one.name)) for one in remote
    ]  # fmt: skip
    return CrmFieldsOut(remote=shown, ours=sorted(FIELDS), suggested=suggested({one.name: one.label for one in remote}))


async def preview(
    database: Database, crms: Crms, connection_id: int, mapping: Sequence[FieldMap] | None, default_region: str
) -> CrmPreviewOut:
    """What would become of some of their contacts. Changes nothing.

    Raises:
        ConnectionNotFound, UnknownCrmAccount, CrmError
    """
    async with database.transaction() as session:
        connection = await get(session, connection_id)
    maps = mapping if mapping is not None else [FieldMap.model_validate(one) for one in connection.mapping]
    mapper = Mapper(maps, default_region, connection.name)
    contacts = await _some(crms, connection.account, mapper.remote_fields)
    return CrmPreviewOut(rows=[_preview_row(mapper, one) for one in contacts])


async def set_backfill(session: AsyncSession, connection_id: int, action: str) -> CrmConnectionOut:
    """
    Raises:
        ConnectionNotFound, NotBackfilling
    """
    connection = await repository.lock(session, connection_id)
    if connection is None:
        raise ConnectionNotFound(f"There is no connection {connection_id}.")
    allowed = {
        "start": (BackfillState.NONE, BackfillState.DONE, BackfillState.PAUSED),
        "pause": (BackfillState.RUNNING,),
        "resume": (BackfillState.PAUSED,),
    }
    maps = [FieldMap.model_validate(one) for one in connection.mapping]
    if action != "pause" and not Mapper(maps, "US", connection.name).reaches_somebody:
        remedy = "Map a phone number or an e-mail address first."
        raise NotBackfilling("No field says how to reach anybody.", remedy=remedy)
    if connection.backfill not in allowed[action]:
        raise NotBackfilling(f"The backfill is {connection.backfill}: it can't {action} now.", remedy="Look at its state first.")
    if action == "start":
        connection.backfill_at, connection.backfill_id, connection.backfill_read = None, "", 0
    connection.backfill = BackfillState.PAUSED if action == "pause" else BackfillState.RUNNING
    if action != "pause":
        await jobs.start_backfill(session, connection_id)
    await session.flush()
    announce(session, Topic.CRM, "progress", [connection_id])
    return await show(session, connection_id)


async def sync_now(session: AsyncSession, connection_id: int) -> CrmConnectionOut:
    """
    Raises:
        ConnectionNotFound
    """
    await get(session, connection_id)
    await jobs.start_poll(session, connection_id)
    await jobs.start_delivery(session, connection_id)
    return await show(session, connection_id)


async def log(session: AsyncSession, connection_id: int, cursor: str | None, limit: int) -> Page[CrmLogEntry]:
    await get(session, connection_id)
    rows, following = await repository.log_page(session, connection_id, cursor, limit)
    return Page(items=[CrmLogEntry.model_validate(row[0]) for row in rows], next_cursor=following)


async def problems(
    session: AsyncSession, connection_id: int | None, *, is_open: bool, cursor: str | None, limit: int
) -> Page[CrmProblemOut]:
    rows, following = await repository.problem_page(session, connection_id, is_open=is_open, cursor=cursor, limit=limit)
    return Page(items=[CrmProblemOut.model_validate(row[0]) for row in rows], next_cursor=following)


async def decide(session: AsyncSession, problem_id: int, given: CrmDecisionIn, default_region: str) -> CrmProblemOut:
    """Close a problem by a person's decision.

    Raises:
        ProblemNotFound
        InvalidInput: the decision fits no problem of this kind.
    """
    problem = await session.get(CrmProblem, problem_id, with_for_update=True)
    if problem is None or problem.resolved_at is not None:
        raise ProblemNotFound(f"There is no open problem {problem_id}.")
    fitting = {ProblemKind.CONFLICT: ("theirs", "ours", "dismiss"), ProblemKind.DELIVERY: ("retry", "dismiss")}
    if given.decision not in fitting.get(ProblemKind(problem.kind), ("dismiss",)):
        raise InvalidInput.on("body.decision", f"does not fit a {problem.kind} problem", "Use dismiss.")
    problem.decision, problem.resolved_at = given.decision, datetime.now(UTC)
    if given.decision == "retry":
        await repository.requeue(session, problem.connection_id, problem.field)
        await jobs.start_delivery(session, problem.connection_id)
    elif given.decision in ("theirs", "ours"):
        await _settle_conflict(session, problem, default_region)
    await session.flush()
    await session.refresh(problem)
    announce(session, Topic.CRM, "changed", [problem.connection_id])
    return CrmProblemOut.model_validate(problem)


async def retry_all(session: AsyncSession, connection_id: int) -> CrmConnectionOut:
    """Have everything that failed delivered again.

    Raises:
        ConnectionNotFound
    """
    await get(session, connection_id)
    if await repository.requeue(session, connection_id):
        await jobs.start_delivery(session, connection_id)
    return await show(session, connection_id)


def read_incoming(crms: Crms, account: str, headers: Any, body: bytes) -> tuple[list[Contact], list[str]] | None:
    """What a system with webhooks posted; None if it does not prove who it is.

    Raises:
        InvalidInput: the message can't be read.
    """
    try:
        settings = crms.settings_of(account)
    except UnknownCrmAccount:
        return None
    if not isinstance(settings, WebhookAccount) or not is_genuine(settings.secret.get_secret_value(), headers, body):
        return None
    try:
        message = Incoming.model_validate_json(body)
    except ValueError as error:
        raise InvalidInput(
            "The message can't be read.", remedy="Post {contacts: [{external_id, values, changed_at}]}."
        ) from error
    now = datetime.now(UTC)
    contacts = [
        Contact(one.external_id, _texts(one.values), _aware(one.changed_at) or now) for one in message.contacts if not one.deleted
    ]
    return contacts, [one.external_id for one in message.contacts if one.deleted]


async def _settle_conflict(session: AsyncSession, problem: CrmProblem, default_region: str) -> None:
    """Theirs becomes ours; or ours counts as the change and is written there."""
    if problem.lead_id is None or problem.theirs is None:
        return
    raw = await raw_connection(session)
    stored = (await links.lock_leads(raw, [problem.lead_id])).get(problem.lead_id)
    link = (await links.by_lead(session, problem.connection_id, [problem.lead_id])).get(problem.lead_id)
    if stored is None or link is None:
        return
    link.base = {**link.base, problem.field: problem.theirs}
    if problem.decision == "theirs":
        value: Any = problem.theirs
        name = problem.field
        new = stored.person
        new = (
            new._replace(attributes={**new.attributes, name.removeprefix(ATTRIBUTE): value})
            if name.startswith(ATTRIBUTE)
            else new._replace(**{name: value})
        )
        after = with_fields(stored.person, new, [name])
        if person_values(after, [name]) != person_values(stored.person, [name]):
            await links.change_leads(raw, [(stored, after)])
            await publish(session, LeadsTouched(LeadChange.CHANGED, [stored.id]))
    link.lead_version = 0
    await session.flush()
    await deliveries.add_changes(session, problem.connection_id)
    await jobs.start_delivery(session, problem.connection_id)


async def _name_is_free(session: AsyncSession, name: str) -> None:
    if await repository.find_by_name(session, name) is not None:
        raise ConnectionExists(f"A connection is named {name!r} already.", remedy="Give it another name.")


async def _shown(session: AsyncSession, connections: Sequence[CrmConnection]) -> list[CrmConnectionOut]:
    counted, delivered = await repository.counts(session), await repository.delivery_counts(session)
    shown: list[CrmConnectionOut] = []
    for one in connections:
        out = CrmConnectionOut.model_validate(one)
        out.links, out.open_problems = counted[one.id].links, counted[one.id].problems
        out.outbox = CrmDeliveryCounts(**{state.value: delivered.get((one.id, state.value), 0) for state in DeliveryState})
        out.webhook_path = f"/webhooks/crm/{one.id}" if one.kind == "webhook" else None
        shown.append(out)
    return shown


async def _some(crms: Crms, account: str, names: Sequence[str]) -> Sequence[Contact]:
    """A few of their contacts."""
    page = await crms.get(account).changed(Position(RECENT), list(names), PREVIEW_ROWS)
    return page.contacts


def _samples(contacts: Sequence[Contact]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in contacts:
        for name, value in one.values.items():
            if value.strip():
                found.setdefault(name, value[:LONGEST_SAMPLE])
    return found


def _preview_row(mapper: Mapper, contact: Contact) -> CrmPreviewRow:
    values = {name: contact.values[name][:LONGEST_SAMPLE] for name in mapper.remote_fields if contact.values.get(name)}
    read = mapper.read(contact)
    if read.is_not_to_be_contacted:
        return CrmPreviewRow(external_id=contact.external_id, values=values, verdict="not to be contacted")
    if read.normalised is None:
        return CrmPreviewRow(external_id=contact.external_id, values=values, verdict="rejected", reason=read.refused or "")
    lead: dict[str, Any] = dict(read.values)
    if read.grants:
        lead["consents"] = [{"channel": grant.channel, "kind": grant.kind} for grant in read.grants]
    reason = "; ".join(read.problems)
    verdict: Any = "ok, without some values" if reason else "ok"
    return CrmPreviewRow(external_id=contact.external_id, values=values, verdict=verdict, reason=reason, lead=lead)


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in values.items()
        if value is not None
    }


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at

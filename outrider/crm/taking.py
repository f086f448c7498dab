"""Contacts in: one page of them into the leads, in one transaction with the place in their list of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import SuppressionReason
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.crm import deliveries, links, repository
from outrider.crm.deciding import decide, to_write
from outrider.crm.links import StoredLead
from outrider.crm.mapping import Mapper, Read, person_values, with_fields
from outrider.crm.models import CrmConnection, CrmLink, LinkState, ProblemKind
from outrider.crm.schemas import CrmConnectionOptions, FieldMap, Taken
from outrider.db.engine import raw_connection
from outrider.events.bus import publish
from outrider.integrations.crm.base import Contact, Gone
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.importing import repository as imports
from outrider.leads.importing.plan import Grant
from outrider.leads.lists import ensure_list
from outrider.leads.person import Person


def mapper_of(connection: CrmConnection, default_region: str, mapping: Sequence[FieldMap] | None = None) -> Mapper:
    maps = mapping if mapping is not None else [FieldMap.model_validate(one) for one in connection.mapping]
    return Mapper(maps, default_region, connection.name)


@dataclass(slots=True)
class _Page:
    """What is to be written of a page."""

    connection: CrmConnection
    mapper: Mapper
    found: dict[str, CrmLink]
    """Links by contact."""
    stored: dict[int, StoredLead]
    matched: dict[str, int]
    """Leads by contact, for contacts without a link that somebody here has the number or address of."""
    linked_leads: dict[int, CrmLink]
    """Links by lead, for those leads."""
    new: dict[str, Read] = field(default_factory=dict)
    changed: dict[int, tuple[StoredLead, Person]] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    fine: list[str] = field(default_factory=list)
    grants: list[tuple[int, Grant, str]] = field(default_factory=list)
    refused: dict[str, tuple[int | None, str]] = field(default_factory=dict)
    """Numbers that must not be contacted: lead and contact."""
    people: dict[tuple[str, str], str] = field(default_factory=dict)
    """Contact by number or address, for people who are new with this page."""
    counts: Taken = field(default_factory=Taken)


async def take(session: AsyncSession, connection: CrmConnection, contacts: Sequence[Contact], default_region: str) -> Taken:
    """Bring contacts into the leads: opt-outs first of all, new people, changed fields by their rules, consent with evidence.

    A contact that reads as it did last time changes nothing, so a page may be taken twice.
    """
    latest = {one.external_id: one for one in contacts}
    if not latest:
        return Taken()
    raw = await raw_connection(session)
    await raw.execute("SELECT pg_advisory_xact_lock($1)", imports.ONE_BATCH_AT_A_TIME)
    gone = await _follow_merges(session, connection, list(latest.values()))
    mapper = mapper_of(connection, default_region)
    read = [mapper.read(one) for one in latest.values()]
    page = await _known(session, raw, connection, mapper, read)
    page.counts.read, page.counts.gone = len(read), gone
    for one in read:
        _sort(page, one)
    await _write(session, raw, page)
    return page.counts


async def take_gone(session: AsyncSession, connection: CrmConnection, gone: Sequence[Gone]) -> Taken:
    """Follow deletions and merges. Leads stay: whoever deletes a contact there may still have it here."""
    counts = Taken()
    for one in gone:
        if one.merged_into:
            counts.gone += await _follow_merge(session, connection, one.external_id, one.merged_into)
    deleted = [one.external_id for one in gone if not one.merged_into]
    if deleted:
        counts.gone += await links.mark_gone(session, connection.id, deleted)
    return counts


async def _follow_merges(session: AsyncSession, connection: CrmConnection, contacts: Sequence[Contact]) -> int:
    merges = {before: one.external_id for one in contacts for before in one.merged_ids}
    if not merges:
        return 0
    known = await links.by_external(session, connection.id, list(merges))
    alive = [before for before, link in known.items() if link.state == LinkState.LINKED]
    return sum([await _follow_merge(session, connection, before, merges[before]) for before in alive])


async def _follow_merge(session: AsyncSession, connection: CrmConnection, before: str, after: str) -> int:
    twin = await links.repoint(session, connection.id, before, after)
    if twin is not None:
        message = f"{connection.name} merged two contacts that are two leads here. Texts go to both until one is deleted."
        problem = {"kind": ProblemKind.TWIN, "lead_id": twin, "external_id": after, "field": before, "message": message}
        await repository.open_problems(session, connection.id, [problem])
    return 1


async def _known(
    session: AsyncSession, raw: asyncpg.Connection, connection: CrmConnection, mapper: Mapper, read: Sequence[Read]
) -> _Page:
    found = await links.by_external(session, connection.id, [one.contact.external_id for one in read])
    strangers = [one for one in read if one.contact.external_id not in found]
    matched = await _matched(raw, strangers)
    linked = [link.lead_id for link in found.values() if link.lead_id is not None]
    stored = await links.lock_leads(raw, [*linked, *matched.values()])
    return _Page(connection, mapper, found, stored, matched, await links.by_lead(session, connection.id, list(matched.values())))


async def _matched(raw: asyncpg.Connection, read: Sequence[Read]) -> dict[str, int]:
    """The leads that contacts are, by number, else by address: the rule of every import."""
    phones = {place: one.phone for place, one in enumerate(read) if one.phone}
    found = await imports.match(raw, imports.MATCH_PHONES, phones)
    emails = {
        place: one.normalised.person.email
        for place, one in enumerate(read)
        if one.normalised and one.normalised.person.email and place not in found
    }
    with_phone = {place: email for place, email in emails.items() if place in phones}
    found |= await imports.match(raw, imports.MATCH_EMAILS_WITHOUT_PHONE, with_phone)
    found |= await imports.match(raw, imports.MATCH_EMAILS, {p: email for p, email in emails.items() if p not in phones})
    return {read[place].contact.external_id: stored.id for place, stored in found.items()}


def _sort(page: _Page, one: Read) -> None:
    """Decide what becomes of one contact."""
    external_id = one.contact.external_id
    link = page.found.get(external_id)
    lead_id = link.lead_id if link else page.matched.get(external_id)
    stored = page.stored.get(lead_id) if lead_id is not None else None
    if one.is_not_to_be_contacted:
        _refuse(page, one, stored)
        return
    if link is not None and (stored is None or link.their_hash == one.hash):
        page.counts.unchanged += 1
        return
    if page.connection.direction == "out":
        page.counts.unchanged += 1
        return
    if one.normalised is None:
        page.counts.rejected += 1
        page.problems.append(_problem(ProblemKind.CONTACT, one, f"The contact became no lead: {one.refused}."))
        return
    if stored is None:
        _sort_new(page, one, one.normalised.person)
    else:
        _sort_known(page, one, stored, link)


def _refuse(page: _Page, one: Read, stored: StoredLead | None) -> None:
    for phone in filter(None, (one.phone, stored.person.phone if stored else None)):
        page.refused[phone] = (stored.id if stored else None, one.contact.external_id)
    if page.found.get(one.contact.external_id):
        page.seen[one.contact.external_id] = one.hash
    page.counts.unchanged += 1


def _sort_new(page: _Page, one: Read, person: Person) -> None:
    keys = [("phone", person.phone)] if person.phone else [("email", person.email or "")]
    twin = next((page.people[key] for key in keys if key in page.people), None)
    if twin is not None:
        _note_twin(page, one, None, twin)
        return
    page.people |= dict.fromkeys(keys, one.contact.external_id)
    page.new[one.contact.external_id] = one
    page.counts.created += 1
    _note_left_out(page, one)


def _sort_known(page: _Page, one: Read, stored: StoredLead, link: CrmLink | None) -> None:
    other = page.linked_leads.get(stored.id)
    if link is None and other is not None:
        _note_twin(page, one, stored.id, other.external_id)
        return
    assert one.normalised is not None
    if link is None and (page.changed.get(stored.id) or any(entry["lead_id"] == stored.id for entry in page.links)):
        _note_twin(page, one, stored.id, "another one of these")
        return
    base: Mapping[str, str] = link.base if link else {}
    ours = person_values(stored.person, page.mapper.rules)
    is_newer = one.contact.changed_at > stored.updated_at
    decided = decide(base, ours, one.values, page.mapper.rules, theirs_is_newer=is_newer)
    for name, (own, theirs) in decided.conflicts.items():
        problem = _problem(ProblemKind.CONFLICT, one, f"Both sides changed {name}.", lead_id=stored.id)
        page.problems.append(problem | {"field": name, "ours": own, "theirs": theirs})
    after = with_fields(stored.person, one.normalised.person, decided.take) if decided.take else stored.person
    version = stored.version
    if after != stored.person:
        page.changed[stored.id] = (stored, after)
        version += 1
        page.counts.updated += 1
    else:
        page.counts.unchanged += 1
    page.counts.conflicts += len(decided.conflicts)
    waits = to_write(decided.base, person_values(after, page.mapper.outgoing), page.mapper.outgoing, frozenset(decided.conflicts))
    # What is still to be written there is found by the version that lags behind.
    _link(page, one, stored.id, decided.base, 0 if waits else version)
    _grant(page, one, stored.id)
    _note_left_out(page, one)


def _link(page: _Page, one: Read, lead_id: int, base: Mapping[str, str], version: int) -> None:
    page.links.append({
        "lead_id": lead_id, "external_id": one.contact.external_id, "base": dict(base), "their_hash": one.hash,
        "their_changed_at": one.contact.changed_at, "lead_version": version,
    })  # fmt: skip


def _grant(page: _Page, one: Read, lead_id: int) -> None:
    if not one.grants:
        return
    evidence = orjson.dumps({
        "crm": page.connection.name, "connection_id": page.connection.id, "contact": one.contact.external_id,
        "said": page.mapper.consent_evidence(one.contact), "read_at": datetime.now(UTC),
    }).decode()  # fmt: skip
    page.grants += [(lead_id, grant, evidence) for grant in one.grants]


def _note_twin(page: _Page, one: Read, lead_id: int | None, other: str) -> None:
    page.counts.rejected += 1
    message = f"The contact is the same person as contact {other}. It is left alone until they are merged there."
    page.problems.append(_problem(ProblemKind.TWIN, one, message, lead_id=lead_id))


def _note_left_out(page: _Page, one: Read) -> None:
    if one.problems:
        page.problems.append(_problem(ProblemKind.CONTACT, one, f"Taken without some values: {'; '.join(one.problems)}."))
    else:
        page.fine.append(one.contact.external_id)


def _problem(kind: ProblemKind, one: Read, message: str, *, lead_id: int | None = None) -> dict[str, Any]:
    return {"kind": kind, "external_id": one.contact.external_id, "message": message, "lead_id": lead_id}


async def _write(session: AsyncSession, raw: asyncpg.Connection, page: _Page) -> None:
    await _suppress(session, page)
    ids = dict(zip(page.new, await imports.reserve_ids(raw, len(page.new)), strict=True)) if page.new else {}
    await _keep_numbers_apart(raw, page)
    people = {ids[name]: one.normalised.person for name, one in page.new.items() if one.normalised}
    await links.insert_leads(raw, people)
    await links.change_leads(raw, list(page.changed.values()))
    for name, one in page.new.items():
        _link(page, one, ids[name], one.values, 1)
        _grant(page, one, ids[name])
    await imports.add_consents(raw, page.grants)
    await links.store(session, page.connection.id, page.links)
    await links.note_seen(session, page.connection.id, page.seen)
    await repository.close_problems(session, page.connection.id, ProblemKind.CONTACT, page.fine)
    await repository.open_problems(session, page.connection.id, page.problems)
    await _join_list(session, raw, page, list(people))
    if people:
        await publish(session, LeadsTouched(LeadChange.CREATED, list(people)))
    if page.changed:
        await publish(session, LeadsTouched(LeadChange.CHANGED, list(page.changed)))


async def _keep_numbers_apart(raw: asyncpg.Connection, page: _Page) -> None:
    """A number or lone address that another lead has is not taken over."""
    for column, query in (("phone", imports.MATCH_PHONES), ("email", imports.MATCH_EMAILS_WITHOUT_PHONE)):
        wanted = {
            lead_id: getattr(person, column)
            for lead_id, (stored, person) in page.changed.items()
            if getattr(person, column) != getattr(stored.person, column) and (column == "phone" or person.phone is None)
        }
        owners = await imports.match(raw, query, wanted)
        for lead_id, owner in owners.items():
            if owner.id != lead_id:
                stored, person = page.changed[lead_id]
                page.changed[lead_id] = (stored, with_fields(person, stored.person, [column]))
                external_id = next(entry["external_id"] for entry in page.links if entry["lead_id"] == lead_id)
                message = f"The contact's new {column} belongs to lead {owner.id}; it was not taken over."
                page.problems.append(
                    {
                        "kind": ProblemKind.TWIN,
                        "lead_id": lead_id,
                        "external_id": external_id,
                        "field": column,
                        "message": message,
                    }
                )


async def _suppress(session: AsyncSession, page: _Page) -> None:
    if not page.refused:
        return
    name = page.connection.name
    added = await suppress(
        session,
        [
            NewSuppression(phone, SuppressionReason.IMPORT, f"CRM: {name}", f"contact {contact} is marked as not to be contacted")
            for phone, (_, contact) in sorted(page.refused.items())
        ],
    )
    page.counts.opted_out += len(added)
    # They know it already.
    told = [lead_id for lead_id, _ in page.refused.values() if lead_id is not None]
    await deliveries.settle_opt_outs(session, page.connection.id, told)


async def _join_list(session: AsyncSession, raw: asyncpg.Connection, page: _Page, new: Sequence[int]) -> None:
    options = CrmConnectionOptions.model_validate(page.connection.options)
    members = [*new, *(entry["lead_id"] for entry in page.links if entry["external_id"] not in page.found)]
    if options.list_name and members:
        await imports.add_members(raw, (await ensure_list(session, options.list_name)).id, sorted(set(members)))

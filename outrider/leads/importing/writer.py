"""One batch of rows into the database, in one transaction with the import's progress.

Known people are found by phone, else by e-mail; what is new goes in by COPY, what changed by one UPDATE. The transaction
begins where the last committed one ended, or not at all: a second worker on the same import finds that out and stops.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.errors import Conflict
from outrider.events.bus import publish
from outrider.leads.events import ContactForbidden, ImportMoved, LeadChange, LeadsTouched
from outrider.leads.importing import repository as rows
from outrider.leads.importing.copying import CONSENT_COLUMNS, LEAD_COLUMNS, PreparedBatch, PreparedRow, content_of, evidence
from outrider.leads.importing.merge import merged
from outrider.leads.importing.plan import Grant, Normalised
from outrider.leads.importing.repository import Counts, Stored
from outrider.leads.person import Person


class ImportOvertaken(Conflict):
    """Another worker carries this import on."""


class LeadsChanged(Conflict):
    """Somebody changed leads between our reading and writing them; the batch is to be written again."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a batch is written for."""

    import_id: int
    filename: str
    list_id: int | None
    skip_known: bool
    same_content: frozenset[int]
    """This import and the earlier ones of the same file and options."""


@dataclass(slots=True)
class _Work:
    """What is to be written of a batch, sorted by what has to be done."""

    new: list[PreparedRow] = field(default_factory=list)
    changed: dict[int, tuple[Stored, int, Person]] = field(default_factory=dict)
    """By lead: as it is stored, line, as it is to be."""
    known: dict[int, Stored] = field(default_factory=dict)
    """Leads of the batch that existed before."""
    outcome: dict[int, str] = field(default_factory=dict)
    """By known lead: the count that its row belongs to."""
    grants: dict[tuple[int, str], tuple[int, Grant]] = field(default_factory=dict)
    """Consents for known leads, by lead and channel."""
    extra_duplicates: int = 0


async def write_batch(session: AsyncSession, target: Target, batch: PreparedBatch, expected: int) -> Counts:
    """Write a batch that begins at row `expected`.

    Raises:
        ImportOvertaken: another worker has written it.
        LeadsChanged: nothing was written; try again.
    """
    people, rejected, read, duplicates, refused, done_bytes = batch
    connection = await raw_connection(session)
    if await rows.begin_batch(connection, target.import_id) != expected:
        raise ImportOvertaken("Another worker carries this import on.")
    work = _sorted_out(target, people, await _matches(connection, people))
    await _write_new(connection, target, work.new)
    await _write_known(connection, target, work)
    await rows.copy_rejections(connection, target.import_id, rejected)
    if refused:
        await publish(session, ContactForbidden(refused, target.filename))
    outcomes = Counter(work.outcome.values())
    counts = Counts(
        read=read,
        created=len(work.new),
        updated=outcomes["updated"],
        unchanged=outcomes["unchanged"],
        duplicate=outcomes["duplicate"] + duplicates + work.extra_duplicates,
        rejected=sum(1 for _, kept, *_reason in rejected if not kept),
    )
    await rows.advance(connection, target.import_id, counts, done_bytes)
    await _tell(session, target, counts, work)
    return counts


async def _tell(session: AsyncSession, target: Target, counts: Counts, work: _Work) -> None:
    await publish(session, ImportMoved(target.import_id))
    if counts.created:
        await publish(session, LeadsTouched(LeadChange.CREATED, others=True))
    if counts.updated:
        await publish(
            session, LeadsTouched(LeadChange.CHANGED, [lead for lead, outcome in work.outcome.items() if outcome == "updated"])
        )


async def _matches(connection: asyncpg.Connection, people: Sequence[PreparedRow]) -> dict[int, Stored]:
    """The lead of each row that is known, by the row's position."""
    phones = {position: phone for position, (_, phone, *_rest) in enumerate(people) if phone}
    found = await rows.match(connection, rows.MATCH_PHONES, phones)
    emails = {position: email for position, (_, _, email, *_rest) in enumerate(people) if email and position not in found}
    with_phone = {position: email for position, email in emails.items() if position in phones}
    found |= await rows.match(connection, rows.MATCH_EMAILS_WITHOUT_PHONE, with_phone)
    without = {position: email for position, email in emails.items() if position not in phones}
    return found | await rows.match(connection, rows.MATCH_EMAILS, without)


def _sorted_out(target: Target, people: Sequence[PreparedRow], found: dict[int, Stored]) -> _Work:
    work = _Work()
    for position, row in enumerate(people):
        stored = found.get(position)
        if stored is None or _belongs_to_another(work, stored, row[1]):
            work.new.append(row)
        else:
            _sort_known(target, work, content_of(row), stored)
    return work


def _belongs_to_another(work: _Work, stored: Stored, phone: str | None) -> bool:
    """True when an earlier row of the batch gave the lead, found by its e-mail address, another number."""
    change = work.changed.get(stored.id)
    return change is not None and phone is not None and change[2].phone != phone


def _sort_known(target: Target, work: _Work, row: Normalised, stored: Stored) -> None:
    again = stored.id in work.outcome
    if again:
        work.extra_duplicates += 1
    else:
        work.known[stored.id] = stored
    same_file = stored.import_id in target.same_content
    if target.skip_known:
        if not again:
            work.outcome[stored.id] = "duplicate" if stored.import_id == target.import_id else "unchanged"
        return
    if same_file and stored.import_line is not None and stored.import_line > row.line:
        # A later row of this very file has been merged already; it would win again.
        work.outcome.setdefault(stored.id, "duplicate")
        return
    before = work.changed[stored.id][2] if stored.id in work.changed else stored.person
    after = merged(before, row.person)
    if after == stored.person:
        # Rows that contradict each other may come back to what is stored.
        work.changed.pop(stored.id, None)
        if work.outcome.get(stored.id) == "updated":
            work.outcome[stored.id] = "unchanged"
    elif after != before:
        work.changed[stored.id] = (stored, row.line, after)
    is_duplicate = same_file and stored.import_line != row.line
    if not again:
        work.outcome[stored.id] = "duplicate" if is_duplicate else "updated" if after != before else "unchanged"
    for grant in row.grants:
        work.grants.setdefault((stored.id, grant.channel), (stored.id, grant))


async def _write_new(connection: asyncpg.Connection, target: Target, people: list[PreparedRow]) -> None:
    if not people:
        return
    # In the order of the index of phones, which would otherwise be entered at random places.
    people.sort(key=_phone)
    ids = await rows.reserve_ids(connection, len(people))
    leads = [b"%d\t%d\t%d\t%b" % (number, target.import_id, row[0], row[3]) for number, row in zip(ids, people, strict=True)]
    await rows.copy_lines(connection, "leads", LEAD_COLUMNS, leads)
    consents = [b"%d\t%b" % (number, consent) for number, row in zip(ids, people, strict=True) for consent in row[4]]
    await rows.copy_lines(connection, "lead_consents", CONSENT_COLUMNS, consents)
    if target.list_id is not None:
        members = [b"%d\t%d" % (target.list_id, number) for number in ids]
        await rows.copy_lines(connection, "lead_list_members", ["list_id", "lead_id"], members)


def _phone(row: PreparedRow) -> str:
    return row[1] or ""


async def _write_known(connection: asyncpg.Connection, target: Target, work: _Work) -> None:
    changed = list(work.changed.values())
    if await rows.change_leads(connection, target.import_id, changed) != len(changed):
        raise LeadsChanged("Some of the leads were changed at the same time.")
    grants = [(lead, grant, evidence(target.filename, target.import_id, grant.line)) for lead, grant in work.grants.values()]
    for lead in await rows.add_consents(connection, grants):
        if work.outcome[lead] == "unchanged":
            work.outcome[lead] = "updated"
    if target.list_id is not None and work.known:
        await rows.add_members(connection, target.list_id, list(work.known))
    await rows.add_import_members(connection, list(_named_elsewhere(target, work)))


def _named_elsewhere(target: Target, work: _Work) -> Iterator[tuple[int, int]]:
    """Memberships, as (import, lead), that the leads' own `import_id` doesn't tell, or tells no longer."""
    for lead, stored in work.known.items():
        if stored.import_id == target.import_id:
            continue
        if lead not in work.changed:
            yield target.import_id, lead
        elif stored.import_id is not None:
            yield stored.import_id, lead

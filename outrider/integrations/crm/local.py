"""The product without a CRM: contacts and activities in tables of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.integrations.crm.base import (
    Activity,
    Changes,
    Contact,
    ContactMissing,
    ContactWrite,
    CrmAccount,
    CrmTraits,
    Gone,
    Position,
    RemoteField,
    Written,
)
from outrider.integrations.crm.models import LocalContact

OPT_OUT = "opted_out"
FIELDS = (
    RemoteField("first_name", "First name"), RemoteField("last_name", "Last name"), RemoteField("phone", "Phone"),
    RemoteField("email", "E-mail"), RemoteField("company", "Company"), RemoteField("title", "Title"),
    RemoteField("lifecycle", "Lifecycle", "choice", ("lead", "qualified", "meeting", "customer")),
    RemoteField(OPT_OUT, "Opted out", "boolean"),
)  # fmt: skip
LARGEST_ID = 2**63 - 1

FIND = text("""
    SELECT id FROM crm_local_contacts
    WHERE deleted_at IS NULL AND (key = :key OR contact->>'email' = :email OR contact->>'phone' = :phone)
    ORDER BY key = :key DESC NULLS LAST, contact->>'email' = :email DESC NULLS LAST, id LIMIT 1
""")
INSERT = text("INSERT INTO crm_local_contacts (key, contact) VALUES (:key, CAST(:contact AS jsonb)) RETURNING id")
CHANGE = text("""
    UPDATE crm_local_contacts SET contact = contact || CAST(:contact AS jsonb), key = coalesce(:key, key),
        changed_at = clock_timestamp()
    WHERE id = :id AND deleted_at IS NULL RETURNING id
""")
LOG = text("""
    INSERT INTO crm_local_activities AS a (key, contact_id, kind, at, ends_at, is_inbound, subject, body)
    SELECT :key, id, :kind, :at, :ends_at, :is_inbound, :subject, :body
    FROM crm_local_contacts WHERE id = :contact_id AND deleted_at IS NULL
    ON CONFLICT (key) DO UPDATE SET key = a.key RETURNING a.id
""")


class LocalCrm:
    traits = CrmTraits(polls=True)

    def __init__(self, database: Database):
        self._database = database

    async def check(self) -> CrmAccount:
        async with self._database.transaction() as session:
            count = (await session.execute(select(func.count()).select_from(LocalContact))).scalar_one()
        return CrmAccount("This installation", f"{count} contacts")

    async def prepare(self) -> None:
        """The tables are there."""

    async def fields(self) -> Sequence[RemoteField]:
        return FIELDS

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        query = select(LocalContact).where(LocalContact.deleted_at.is_(None))
        if after is not None:
            place = tuple_(LocalContact.changed_at, LocalContact.id)
            query = query.where(place > tuple_(after.changed_at, int(after.external_id or LARGEST_ID)))
        contacts = await self._contacts(query.order_by(LocalContact.changed_at, LocalContact.id).limit(limit))
        position = Position(contacts[-1].changed_at, contacts[-1].external_id) if contacts else None
        return Changes(contacts, position, more=len(contacts) == limit)

    async def gone(self, since: datetime) -> Sequence[Gone]:
        query = select(LocalContact).where(LocalContact.deleted_at >= since).order_by(LocalContact.deleted_at)
        async with self._database.transaction() as session:
            rows = (await session.execute(query)).scalars().all()
        return [
            Gone(str(row.id), row.deleted_at, str(row.merged_into) if row.merged_into else None) for row in rows if row.deleted_at
        ]

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        ids = [_number(one) for one in external_ids]
        return await self._contacts(select(LocalContact).where(LocalContact.id.in_(ids), LocalContact.deleted_at.is_(None)))

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        async with self._database.transaction() as session:
            return [await _upsert(session, one) for one in contacts]

    async def log(self, activity: Activity) -> str:
        values = {
            "key": activity.key, "contact_id": _number(activity.external_id), "kind": activity.kind.value, "at": activity.at,
            "ends_at": activity.ends_at, "is_inbound": activity.is_inbound, "subject": activity.subject, "body": activity.body,
        }  # fmt: skip
        async with self._database.transaction() as session:
            logged = (await session.execute(LOG, values)).scalar_one_or_none()
        if logged is None:
            raise ContactMissing(f"There is no contact {activity.external_id}.")
        return str(logged)

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        async with self._database.transaction() as session:
            if not await _change(session, _number(external_id), values, None):
                raise ContactMissing(f"There is no contact {external_id}.")

    async def opt_out(self, external_id: str, at: datetime) -> None:
        await self.set_fields(external_id, {OPT_OUT: "true"})

    async def aclose(self) -> None:
        """The database belongs to whoever handed it in."""

    async def _contacts(self, query: Select[Any]) -> list[Contact]:
        async with self._database.transaction() as session:
            rows = (await session.execute(query)).scalars().all()
        return [Contact(str(row.id), row.contact, row.changed_at) for row in rows]


async def _upsert(session: AsyncSession, given: ContactWrite) -> Written:
    number = _number(given.external_id) if given.external_id else None
    if number is None:
        look = {"key": given.key, "email": given.email, "phone": given.phone}
        number = (await session.execute(FIND, look)).scalar_one_or_none()
    if number is None:
        values = {"key": given.key, "contact": orjson.dumps(dict(given.values)).decode()}
        return Written(given.key, str((await session.execute(INSERT, values)).scalar_one()))
    if not await _change(session, number, given.values, given.key):
        return Written(given.key, None, "The contact was deleted.")
    return Written(given.key, str(number))


async def _change(session: AsyncSession, number: int, values: Mapping[str, str], key: str | None) -> bool:
    given = {"id": number, "contact": orjson.dumps(dict(values)).decode(), "key": key}
    return (await session.execute(CHANGE, given)).scalar_one_or_none() is not None


def _number(external_id: str) -> int:
    number = int(external_id) if external_id.isascii() and external_id.isdigit() else 0
    return number if number <= LARGEST_ID else 0

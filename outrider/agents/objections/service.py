"""The library that holds for a campaign: what is shipped, replaced by what the installation wrote, and that by the campaign's."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.contract import Objection
from outrider.agents.objections import repository
from outrider.agents.objections.models import ObjectionRecord
from outrider.agents.objections.schemas import ObjectionIn, ObjectionOut, ObjectionPatch
from outrider.agents.objections.shipped import SHIPPED
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.leads.folding import words

SHIPPED_KEYS = frozenset(objection.key for objection in SHIPPED)
MOST = 200
"""Objections of one campaign, or for all."""


class ObjectionExists(Conflict):
    """There is one of this key already."""


async def library(session: AsyncSession, campaign_id: int | None) -> list[Objection]:
    """The objections that agents know in conversations of this campaign; None for conversations of none."""
    found: dict[str, Objection | None] = {shipped.key: shipped for shipped in SHIPPED}
    for own in await repository.in_use(session, campaign_id):
        found[own["key"]] = Objection.model_validate(dict(own)) if own["enabled"] else None
    return [objection for objection in found.values() if objection is not None]


async def list_objections(session: AsyncSession, campaign_id: int | None) -> list[ObjectionOut]:
    """The whole library of a campaign, switched off ones too; the shipped ones come first."""
    found = {shipped.key: ObjectionOut(**shipped.model_dump(), origin="shipped", is_shipped=True) for shipped in SHIPPED}
    for record in await repository.of_campaign(session, campaign_id):
        found[record.key] = _out(record)
    return list(found.values())


async def get_objection(session: AsyncSession, objection_id: int) -> ObjectionOut:
    """
    Raises:
        NotFound: no such objection.
    """
    return _out(await _require(session, objection_id))


async def create_objection(session: AsyncSession, given: ObjectionIn) -> ObjectionOut:
    """Add one, or put one in the place of that of the same key.

    Raises:
        ObjectionExists: the campaign, or the installation, has one of this key.
        InvalidInput: there is no such campaign, the name makes no key, or there are too many.
    """
    key = given.key or _key_of(given.name)
    if await repository.with_key(session, key, given.campaign_id) is not None:
        raise ObjectionExists(
            f"There is an objection with the key {key!r} already.", remedy="Change that one, or use another key."
        )
    if len(await repository.of_campaign(session, given.campaign_id)) >= MOST:
        raise InvalidInput(f"There are {MOST} objections already.", remedy="Delete one that nobody raises.")
    record = ObjectionRecord(**given.model_dump(exclude={"key"}), key=key)
    try:
        async with session.begin_nested():
            session.add(record)
            await session.flush()
    except IntegrityError as error:
        if "uq_objections_key" in str(error.orig):
            raise ObjectionExists(f"There is an objection with the key {key!r} already.") from error
        raise InvalidInput.on("body.campaign_id", "there is no such campaign", "Use the id of a campaign, or null.") from error
    await session.refresh(record)
    return _out(record)


async def change_objection(session: AsyncSession, objection_id: int, patch: ObjectionPatch) -> ObjectionOut:
    """
    Raises:
        NotFound: no such objection.
        InvalidInput: a field that can't be empty is null.
    """
    record = await _require(session, objection_id)
    for field, value in patch.model_dump(exclude_unset=True).items():
        if value is None:
            raise InvalidInput.on(f"body.{field}", "can't be null", "Leave it out to keep it.")
        setattr(record, field, value)
    await session.flush()
    await session.refresh(record)
    return _out(record)


async def delete_objection(session: AsyncSession, objection_id: int) -> None:
    """Delete one; what it stood in the place of holds again.

    Raises:
        NotFound: no such objection.
    """
    await session.delete(await _require(session, objection_id))
    await session.flush()


async def _require(session: AsyncSession, objection_id: int) -> ObjectionRecord:
    record = await session.get(ObjectionRecord, objection_id)
    if record is None:
        raise NotFound(f"There is no objection {objection_id}.")
    return record


def _out(record: ObjectionRecord) -> ObjectionOut:
    shown = ObjectionOut.model_validate(record)
    shown.origin = "all" if record.campaign_id is None else "campaign"
    shown.is_shipped = record.key in SHIPPED_KEYS
    return shown


def _key_of(name: str) -> str:
    """
    Raises:
        InvalidInput: the name has no letters that a key may have.
    """
    key = "_".join(word for word in words(name) if word.isascii())[:60]
    if not key:
        raise InvalidInput.on("body.key", "can't be made of this name", "Give it a key of its own, as in price.")
    return key

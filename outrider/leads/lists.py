"""Named sets of leads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.bus import publish
from outrider.leads import repository
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.models import LeadList
from outrider.leads.schemas import ListIn, ListOut, ListPatch


class ListNotFound(NotFound):
    """There is no list with this number."""


class ListNameTaken(Conflict):
    """Another list has this name."""


async def read_lists(session: AsyncSession) -> list[ListOut]:
    return [_shown(row) for row in await repository.read_lists(session)]


async def get_list(session: AsyncSession, list_id: int) -> ListOut:
    """
    Raises:
        ListNotFound
    """
    row = await repository.read_list(session, list_id)
    if row is None:
        raise ListNotFound(f"There is no list {list_id}.")
    return _shown(row)


async def create_list(session: AsyncSession, given: ListIn) -> ListOut:
    """
    Raises:
        ListNameTaken
    """
    await _ensure_free(session, given.name)
    created = LeadList(**given.model_dump())
    session.add(created)
    await session.flush()
    await publish(session, LeadsTouched(LeadChange.LISTS))
    return await get_list(session, created.id)


async def ensure_list(session: AsyncSession, name: str) -> LeadList:
    """The list of this name, created when there is none."""
    found = await repository.find_list(session, name)
    if found is None:
        found = LeadList(name=name)
        session.add(found)
        await session.flush()
    return found


async def change_list(session: AsyncSession, list_id: int, patch: ListPatch) -> ListOut:
    """
    Raises:
        ListNotFound, ListNameTaken
    """
    found = await session.get(LeadList, list_id)
    if found is None:
        raise ListNotFound(f"There is no list {list_id}.")
    changes = patch.model_dump(exclude_unset=True)
    for field, value in changes.items():
        if value is None:
            raise InvalidInput.on(f"body.{field}", "can't be empty", "Leave it out to keep it.")
    if changes.get("name", found.name) != found.name:
        await _ensure_free(session, changes["name"])
    for field, value in changes.items():
        setattr(found, field, value)
    await session.flush()
    await publish(session, LeadsTouched(LeadChange.LISTS))
    await session.refresh(found)
    return await get_list(session, list_id)


async def delete_list(session: AsyncSession, list_id: int) -> None:
    """Delete the list; its leads stay.

    Raises:
        ListNotFound
    """
    found = await session.get(LeadList, list_id)
    if found is None:
        raise ListNotFound(f"There is no list {list_id}.")
    await session.delete(found)
    await publish(session, LeadsTouched(LeadChange.LISTS))


async def ensure_exists(session: AsyncSession, list_id: int) -> None:
    """
    Raises:
        ListNotFound
    """
    if await session.get(LeadList, list_id) is None:
        raise ListNotFound(f"There is no list {list_id}.")


async def _ensure_free(session: AsyncSession, name: str) -> None:
    if await repository.find_list(session, name) is not None:
        raise ListNameTaken(f"There is a list named {name!r} already.", remedy="Choose another name.")


def _shown(row: Row[Any]) -> ListOut:
    found: LeadList = row[0]
    return ListOut(
        id=found.id,
        name=found.name,
        description=found.description,
        lead_count=row.lead_count,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )

"""Verbs on many leads at once: few are done in the request, many by a job in steps."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, InvalidInput
from outrider.events.bus import publish
from outrider.leads import jobs, lists, repository, service
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.filters import selected_lead_ids
from outrider.leads.schemas import Changed, DeleteSelection, Selection

AT_ONCE = 5_000
"""Leads that a request deals with by itself; more would keep its caller waiting."""


async def delete_leads(session: AsyncSession, selection: DeleteSelection) -> Changed:
    """Delete the selected leads with everything that belongs to them; suppressions of their numbers stay.

    Raises:
        InvalidInput: every lead is selected, and it is not said how many that is.
        Conflict: their number is not the expected one, or something still needs one of them.
    """
    if selection.filter is not None and selection.filter.is_empty and selection.expected is None:
        raise InvalidInput.on(
            "body.expected", "is missing, and the filter matches every lead", "Count with /api/leads/count and give that number."
        )
    count = await service.count_leads(session, selection)
    if selection.expected is not None and count != selection.expected:
        raise Conflict(
            f"{count} leads match now, not {selection.expected}.", remedy="Count again, then delete with the new number."
        )
    if count > AT_ONCE:
        await jobs.delete_leads.enqueue(
            session, selection=Selection(**selection.model_dump(exclude={"expected"})), before=datetime.now(UTC)
        )
        return Changed(changed=0, is_running=True)
    lead_ids = await repository.read_ids(session, selected_lead_ids(selection))
    return Changed(changed=await service.delete_all(session, lead_ids))


async def add_to_list(session: AsyncSession, list_id: int, selection: Selection) -> Changed:
    """Put the selected leads into the list.

    Raises:
        ListNotFound
    """
    await lists.ensure_exists(session, list_id)
    if await service.count_leads(session, selection) > AT_ONCE:
        await jobs.add_to_list.enqueue(session, list_id=list_id, selection=selection)
        return Changed(changed=0, is_running=True)
    await publish(session, LeadsTouched(LeadChange.LISTS))
    return Changed(changed=await repository.add_members(session, list_id, selected_lead_ids(selection)))


async def remove_from_list(session: AsyncSession, list_id: int, selection: Selection) -> Changed:
    """Take the selected leads out of the list.

    Raises:
        ListNotFound
    """
    await lists.ensure_exists(session, list_id)
    if await service.count_leads(session, selection) > AT_ONCE:
        await jobs.remove_from_list.enqueue(session, list_id=list_id, selection=selection)
        return Changed(changed=0, is_running=True)
    await publish(session, LeadsTouched(LeadChange.LISTS))
    return Changed(changed=await repository.remove_members(session, list_id, selected_lead_ids(selection)))

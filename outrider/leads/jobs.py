"""What is done with leads in the background."""

from __future__ import annotations

from datetime import datetime

from outrider.errors import InvalidInput
from outrider.events.bus import publish
from outrider.jobs import JobContext, job
from outrider.leads import repository, service
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.filters import selected_lead_ids
from outrider.leads.importing import service as imports
from outrider.leads.importing.run import run_import
from outrider.leads.schemas import Selection

IMPORT_ATTEMPTS = 8
DELETED_AT_ONCE = 2_000
"""Leads in one transaction: everything that belongs to them goes with them."""


@job("leads.import", max_attempts=IMPORT_ATTEMPTS, is_bulk=True)
async def import_leads(context: JobContext, import_id: int) -> None:
    """Carry an uploaded file's import to its end. Delivered again, it continues after the last committed batch."""
    try:
        await run_import(context.database, import_id)
    except InvalidInput as error:
        # The file itself is at fault; trying again can't help.
        async with context.transaction() as session:
            await imports.fail(session, import_id, error.detail)
    except Exception as error:
        if context.attempt + 1 >= IMPORT_ATTEMPTS:
            async with context.transaction() as session:
                await imports.fail(session, import_id, f"{type(error).__name__}: the import was given up; see the worker's log")
        raise


@job("leads.delete", is_bulk=True)
async def delete_leads(context: JobContext, selection: Selection, before: datetime) -> None:
    """Delete the selected leads that existed at `before`, some at a time."""
    left = True
    while left:
        async with context.transaction() as session:
            ids = selected_lead_ids(selection)
            some = await repository.read_some_ids(session, ids, before, DELETED_AT_ONCE)
            await service.delete_all(session, some)
            left = len(some) == DELETED_AT_ONCE


@job("leads.add_to_list", is_bulk=True)
async def add_to_list(context: JobContext, list_id: int, selection: Selection) -> None:
    async with context.transaction() as session:
        if await repository.read_list(session, list_id) is not None:
            await repository.add_members(session, list_id, selected_lead_ids(selection))
            await publish(session, LeadsTouched(LeadChange.LISTS))


@job("leads.remove_from_list", is_bulk=True)
async def remove_from_list(context: JobContext, list_id: int, selection: Selection) -> None:
    async with context.transaction() as session:
        await repository.remove_members(session, list_id, selected_lead_ids(selection))
        await publish(session, LeadsTouched(LeadChange.LISTS))

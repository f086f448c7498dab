"""`/api/leads` and `/api/lists`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.leads import bulk, lists, service
from outrider.leads.downloads import CsvDownload
from outrider.leads.export import lead_chunks
from outrider.leads.importing.routes import router as imports_router
from outrider.leads.models import ConsentChannel
from outrider.leads.schemas import (
    Changed,
    ConsentIn,
    Count,
    DeleteSelection,
    FieldValues,
    LeadDetail,
    LeadFilter,
    LeadIn,
    LeadOut,
    LeadPatch,
    ListIn,
    ListOut,
    ListPatch,
    Selection,
)

READ = [Depends(require(Permission.LEADS_READ))]
WRITE = [Depends(require(Permission.LEADS_WRITE))]
NEWEST_FIRST = "-created_at"

leads_router = APIRouter(prefix="/api/leads", tags=["leads"])
lists_router = APIRouter(prefix="/api/lists", tags=["leads"])
routers = [lists_router, imports_router, leads_router]


class ListQuery(LeadFilter):
    """The filter of the list, with its order and page."""

    sort: str = NEWEST_FIRST
    cursor: Cursor = None
    limit: Limit = 50


@leads_router.get("", dependencies=READ)
async def list_leads(session: Transaction, query: Annotated[ListQuery, Query()]) -> Page[LeadOut]:
    """Leads that match the filter. Sorts: created_at, updated_at, name, company, score; `-` before it for descending."""
    return await service.list_leads(session, query, query.sort, query.cursor, query.limit)


@leads_router.post("", status_code=201, dependencies=WRITE)
async def create_lead(session: Transaction, request: Request, lead: LeadIn) -> LeadDetail:
    return await service.create_lead(session, lead, _settings(request).default_region)


@leads_router.post("/count", dependencies=READ)
async def count_leads(session: Transaction, selection: Selection) -> Count:
    """How many leads a bulk call with this selection would concern."""
    return Count(count=await service.count_leads(session, selection))


@leads_router.post("/bulk-delete", dependencies=WRITE)
async def delete_leads(session: Transaction, selection: DeleteSelection) -> Changed:
    """Delete many leads with their threads; suppressions of their numbers stay."""
    return await bulk.delete_leads(session, selection)


@leads_router.get("/values/{field}", dependencies=READ)
async def list_field_values(session: Transaction, field: str) -> FieldValues:
    """Values for the menus of the filters.

    Of industry, tier, source, country or region; `attributes` gives the names of attributes, `attributes.plan` the values of
    one, both as far as the newest leads have them.
    """
    return await service.field_values(session, field)


@leads_router.get("/export.csv", dependencies=READ, response_class=CsvDownload)
async def export_leads(request: Request, query: Annotated[LeadFilter, Query()]) -> CsvDownload:
    """Leads that match the filter as a CSV file, which can be imported again."""
    return _csv(request, Selection(filter=query))


@leads_router.post("/export.csv", dependencies=READ, response_class=CsvDownload)
async def export_selected_leads(request: Request, selection: Selection) -> CsvDownload:
    """The selected leads as a CSV file, which can be imported again."""
    return _csv(request, selection)


@leads_router.get("/{lead_id}", dependencies=READ)
async def get_lead(session: Transaction, lead_id: int) -> LeadDetail:
    return await service.lead_detail(session, lead_id)


@leads_router.patch("/{lead_id}", dependencies=WRITE)
async def change_lead(session: Transaction, request: Request, lead_id: int, patch: LeadPatch) -> LeadDetail:
    return await service.change_lead(session, lead_id, patch, _settings(request).default_region)


@leads_router.delete("/{lead_id}", status_code=204, dependencies=WRITE)
async def delete_lead(session: Transaction, lead_id: int) -> None:
    """Delete a lead with its thread; a suppression of its number stays."""
    await service.delete_lead(session, lead_id)


@leads_router.post("/{lead_id}/consents", status_code=201, dependencies=WRITE)
async def grant_consent(session: Transaction, lead_id: int, consent: ConsentIn) -> LeadDetail:
    """Record that the person agreed; an earlier consent for the channel is closed and kept."""
    return await service.grant_consent(session, lead_id, consent)


@leads_router.delete("/{lead_id}/consents/{channel}", dependencies=WRITE)
async def revoke_consent(session: Transaction, lead_id: int, channel: ConsentChannel) -> LeadDetail:
    """Record that the person no longer agrees; the evidence is kept."""
    return await service.revoke_consent(session, lead_id, channel)


@lists_router.get("", dependencies=READ)
async def list_lists(session: Transaction) -> list[ListOut]:
    """All lists, by name, with the number of their leads."""
    return await lists.read_lists(session)


@lists_router.post("", status_code=201, dependencies=WRITE)
async def create_list(session: Transaction, given: ListIn) -> ListOut:
    return await lists.create_list(session, given)


@lists_router.get("/{list_id}", dependencies=READ)
async def get_list(session: Transaction, list_id: int) -> ListOut:
    return await lists.get_list(session, list_id)


@lists_router.patch("/{list_id}", dependencies=WRITE)
async def change_list(session: Transaction, list_id: int, patch: ListPatch) -> ListOut:
    return await lists.change_list(session, list_id, patch)


@lists_router.delete("/{list_id}", status_code=204, dependencies=WRITE)
async def delete_list(session: Transaction, list_id: int) -> None:
    """Delete a list; its leads stay."""
    await lists.delete_list(session, list_id)


@lists_router.post("/{list_id}/leads", dependencies=WRITE)
async def add_to_list(session: Transaction, list_id: int, selection: Selection) -> Changed:
    """Put leads into the list."""
    return await bulk.add_to_list(session, list_id, selection)


@lists_router.post("/{list_id}/leads/remove", dependencies=WRITE)
async def remove_from_list(session: Transaction, list_id: int, selection: Selection) -> Changed:
    """Take leads out of the list; they stay."""
    return await bulk.remove_from_list(session, list_id, selection)


def _csv(request: Request, selection: Selection) -> CsvDownload:
    database: Database = request.app.state.database
    return CsvDownload(lead_chunks(database, selection), "leads.csv")


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings

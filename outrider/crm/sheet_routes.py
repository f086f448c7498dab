"""`/api/sheets`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.crm import sheets
from outrider.crm.sheets import SheetExportIn, SheetExportList, SheetExportOut, SheetImportIn, SheetsAccountsOut
from outrider.db.engine import Database
from outrider.db.pages import LARGEST_ID
from outrider.db.web import Transaction
from outrider.integrations.sheets.build import Spreadsheets
from outrider.leads.importing.schemas import ImportPreview, ImportReport

router = APIRouter(prefix="/api/sheets", tags=["sheets"])
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
LEADS = [Depends(require(Permission.LEADS_WRITE))]
READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]


def _spreadsheets(request: Request) -> Spreadsheets:
    found: Spreadsheets = request.app.state.spreadsheets
    return found


@router.get("/accounts", dependencies=[Depends(require(Permission.SETTINGS_READ))])
async def list_sheets_accounts(request: Request) -> SheetsAccountsOut:
    """Accounts that the operator set up, with the address to share spreadsheets with."""
    return sheets.accounts(_spreadsheets(request))


@router.post("/preview", dependencies=LEADS)
async def preview_sheet(request: Request, given: SheetImportIn) -> ImportPreview:
    """What a range turns out to be, how its columns are mapped, and what would become of its first rows. Imports nothing."""
    settings: Settings = request.app.state.settings
    return await sheets.preview(_spreadsheets(request), settings, given)


@router.post("/import", status_code=202, dependencies=LEADS)
async def import_sheet(request: Request, given: SheetImportIn) -> ImportReport:
    """Import a range as leads in the background. Watch it with `GET /api/leads/imports/{id}`."""
    settings: Settings = request.app.state.settings
    database: Database = request.app.state.database
    return await sheets.import_range(database, _spreadsheets(request), settings, given)


@router.get("/exports", dependencies=READ)
async def list_sheet_exports(session: Transaction) -> SheetExportList:
    """Campaigns' results in spreadsheets, the latest first."""
    return await sheets.list_exports(session)


@router.post("/exports", status_code=202, dependencies=WRITE)
async def create_sheet_export(session: Transaction, request: Request, given: SheetExportIn) -> SheetExportOut:
    """Write a campaign's results into a spreadsheet, once or again and again."""
    return await sheets.create_export(session, _spreadsheets(request), given)


@router.post("/exports/{export_id}/run", status_code=202, dependencies=WRITE)
async def run_sheet_export(session: Transaction, export_id: Id) -> SheetExportOut:
    """Write it now."""
    return await sheets.run_again(session, export_id)


@router.delete("/exports/{export_id}", status_code=204, dependencies=WRITE)
async def delete_sheet_export(session: Transaction, export_id: Id) -> None:
    """Stop repeating it; what was written stays."""
    await sheets.remove_export(session, export_id)

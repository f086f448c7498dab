"""`/api/leads/imports`."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.leads.downloads import CsvDownload
from outrider.leads.importing import service
from outrider.leads.importing.inspection import inspect_file
from outrider.leads.importing.rejections import rejection_chunks
from outrider.leads.importing.schemas import ImportOut, ImportPreview, ImportReport
from outrider.leads.importing.uploads import UploadRoute, file_name, read_options, stored
from outrider.leads.jobs import import_leads

READ = [Depends(require(Permission.LEADS_READ))]
WRITE = [Depends(require(Permission.LEADS_WRITE))]
router = APIRouter(prefix="/api/leads/imports", tags=["leads"], route_class=UploadRoute)

LeadFile = Annotated[UploadFile, File(description="CSV (any delimiter and encoding) or XLSX.")]
Options = Annotated[str | None, Form(description="ImportOptions as JSON; what is left out is found out from the file.")]


@router.post("", status_code=202, dependencies=WRITE)
async def create_import(session: Transaction, request: Request, file: LeadFile, options: Options = None) -> ImportReport:
    """Upload a file of leads; a background job imports it. Watch it with `GET /api/leads/imports/{id}`."""
    settings: Settings = request.app.state.settings
    given = read_options(options)
    async with stored(file, settings.home, keep=True) as path:
        facts, inspection, _ = await asyncio.to_thread(inspect_file, settings.home / path, given, settings.default_region)
        created = await service.begin(session, str(path), file_name(file), facts, inspection, given)
        await import_leads.enqueue(session, import_id=created.id)
        return await service.report(session, created.id)


@router.post("/preview", dependencies=WRITE)
async def preview_import(request: Request, file: LeadFile, options: Options = None) -> ImportPreview:
    """What a file turns out to be, how its columns are mapped, and what would become of its first rows. Imports nothing."""
    settings: Settings = request.app.state.settings
    given = read_options(options)
    async with stored(file, settings.home, keep=False) as path:
        return await asyncio.to_thread(service.preview, settings.home / path, given, settings.default_region)


@router.get("", dependencies=READ)
async def list_imports(session: Transaction, cursor: Cursor = None, limit: Limit = 50) -> Page[ImportOut]:
    """All imports, the latest first."""
    return await service.list_imports(session, cursor, limit)


@router.get("/{import_id}", dependencies=READ)
async def get_import(session: Transaction, import_id: int) -> ImportReport:
    """An import's state and figures."""
    return await service.report(session, import_id)


@router.get("/{import_id}/rejections.csv", dependencies=READ, response_class=CsvDownload)
async def download_rejections(session: Transaction, request: Request, import_id: int) -> CsvDownload:
    """Rows that did not become leads, or did without some of their values, each with its line and the reason."""
    await service.report(session, import_id)
    database: Database = request.app.state.database
    return CsvDownload(rejection_chunks(database, import_id), f"import-{import_id}-rejections.csv")

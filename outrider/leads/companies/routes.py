"""`/api/companies`."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.leads.companies import service
from outrider.leads.companies.reading import read_companies
from outrider.leads.companies.schemas import CompanyImport, CompanyOut
from outrider.leads.importing.uploads import UploadRoute, file_name, stored

READ = [Depends(require(Permission.LEADS_READ))]
WRITE = [Depends(require(Permission.LEADS_WRITE))]
router = APIRouter(prefix="/api/companies", tags=["companies"], route_class=UploadRoute)

Search = Annotated[str | None, Query(max_length=200, description="Part of the name or of the domain.")]


@router.get("", dependencies=READ)
async def list_companies(
    session: Transaction, search: Search = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[CompanyOut]:
    """The companies that enrichment knows without asking a provider, by name."""
    return await service.list_companies(session, search, cursor, limit)


@router.post("/import", dependencies=WRITE)
async def import_companies(
    session: Transaction, request: Request, file: Annotated[UploadFile, File(description="CSV or XLSX, with a header.")]
) -> CompanyImport:
    """Add companies from a file, by domain or else by name; what a row leaves empty stays as it is."""
    settings: Settings = request.app.state.settings
    async with stored(file, settings.home, keep=False) as path:
        read = await asyncio.to_thread(read_companies, settings.home / path)
    return await service.import_companies(session, read, file_name(file))


@router.delete("/{company_id}", status_code=204, dependencies=WRITE)
async def delete_company(session: Transaction, company_id: int) -> None:
    await service.delete_company(session, company_id)

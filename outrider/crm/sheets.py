"""Spreadsheets in and out: a range becomes an ordinary import of leads, a campaign's results become a table."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.export import HEADER, result_rows
from outrider.campaigns.models import Campaign
from outrider.config import Settings
from outrider.crm.models import SheetExport
from outrider.db.engine import Database
from outrider.errors import InvalidInput, NotFound, ProviderError
from outrider.integrations.sheets.accounts import VARIABLE
from outrider.integrations.sheets.base import SheetsError, SheetsLeftAlone
from outrider.integrations.sheets.build import Spreadsheets, UnknownSheetsAccount
from outrider.jobs import JobContext, job, schedule
from outrider.leads.importing import service as imports
from outrider.leads.importing.inspection import inspect_file
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.schemas import ImportPreview, ImportReport
from outrider.leads.importing.service import UPLOADS
from outrider.leads.jobs import import_leads

MOST_ROWS = 100_000
"""Of an export; Google's sheets hold ten million cells."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SheetRange(_Strict):
    account: Name = "local"
    spreadsheet: Name
    """Of Google the id in the spreadsheet's address; of `local` a folder in `sheets/` of the data folder."""
    cells: Name = Field(examples=["Leads!A:F", "Leads"])


class SheetImportIn(SheetRange):
    options: ImportOptions = ImportOptions()


class SheetExportIn(_Strict):
    campaign_id: int = Field(ge=1, le=2**63 - 1)
    account: Name = "local"
    spreadsheet: Name
    sheet: Name
    mode: Literal["append", "update"] = "update"
    every_minutes: int | None = Field(None, ge=5, le=10_080)
    """Repeat it; None: once."""


class SheetExportOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    campaign_id: int
    account: str
    spreadsheet: str
    sheet: str
    mode: str
    every_minutes: int | None
    due_at: datetime | None
    exported_at: datetime | None
    rows: int
    problem: str | None
    created_at: datetime


class SheetExportList(BaseModel):
    items: list[SheetExportOut]


class SheetsAccountOut(BaseModel):
    name: str
    kind: Literal["google", "local"]
    address: str


class SheetsAccountsOut(BaseModel):
    accounts: list[SheetsAccountOut]
    variable: str


class ExportNotFound(NotFound):
    """There is no export with this number."""


def accounts(spreadsheets: Spreadsheets) -> SheetsAccountsOut:
    shown = [SheetsAccountOut(name=one.name, kind=one.kind, address=one.address) for one in spreadsheets.accounts]
    return SheetsAccountsOut(accounts=shown, variable=VARIABLE)


async def preview(spreadsheets: Spreadsheets, settings: Settings, given: SheetImportIn) -> ImportPreview:
    """What a range turns out to be, as of an uploaded file. Imports nothing.

    Raises:
        SheetsError, UnknownSheetsAccount, InvalidInput
    """
    path = await _stored(spreadsheets, settings, given)
    try:
        return await asyncio.to_thread(imports.preview, settings.home / path, given.options, settings.default_region)
    finally:
        (settings.home / path).unlink(missing_ok=True)


async def import_range(database: Database, spreadsheets: Spreadsheets, settings: Settings, given: SheetImportIn) -> ImportReport:
    """Import a range as a file of leads: the same rules, the same rejections.

    Raises:
        SheetsError, UnknownSheetsAccount, InvalidInput
    """
    path = await _stored(spreadsheets, settings, given)
    try:
        facts, inspection, _ = await asyncio.to_thread(inspect_file, settings.home / path, given.options, settings.default_region)
        async with database.transaction() as session:
            name = f"{given.spreadsheet} {given.cells}"
            created = await imports.begin(session, str(path), name, facts, inspection, given.options)
            await import_leads.enqueue(session, import_id=created.id)
            return await imports.report(session, created.id)
    except BaseException:
        (settings.home / path).unlink(missing_ok=True)
        raise


async def _stored(spreadsheets: Spreadsheets, settings: Settings, given: SheetRange) -> Path:
    """The range as a file of the data folder, relative to it."""
    rows = await spreadsheets.get(given.account).read(given.spreadsheet, given.cells)
    if not rows:
        raise InvalidInput.on("body.cells", "the range is empty", "Name another one, as in Leads!A:F.")
    relative = Path(UPLOADS) / uuid4().hex
    await asyncio.to_thread(_write, settings.home / relative, rows)
    return relative


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    width = max(map(len, rows))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row, *[""] * (width - len(row))] for row in rows)


async def list_exports(session: AsyncSession) -> SheetExportList:
    found = (await session.execute(select(SheetExport).order_by(SheetExport.id.desc()).limit(500))).scalars()
    return SheetExportList(items=[SheetExportOut.model_validate(one) for one in found])


async def create_export(session: AsyncSession, spreadsheets: Spreadsheets, given: SheetExportIn) -> SheetExportOut:
    """
    Raises:
        InvalidInput: there is no such campaign or account.
    """
    if await session.get(Campaign, given.campaign_id) is None:
        raise InvalidInput.on("body.campaign_id", f"there is no campaign {given.campaign_id}", "Name one that exists.")
    try:
        spreadsheets.get(given.account)
    except UnknownSheetsAccount as error:
        raise InvalidInput.on("body.account", error.detail, error.remedy) from error
    created = SheetExport(**given.model_dump(), due_at=datetime.now(UTC))
    session.add(created)
    await session.flush()
    await session.refresh(created)
    await export_results.enqueue(session, export_id=created.id)
    return SheetExportOut.model_validate(created)


async def run_again(session: AsyncSession, export_id: int) -> SheetExportOut:
    """
    Raises:
        ExportNotFound
    """
    found = await _export(session, export_id)
    found.due_at = datetime.now(UTC)
    await export_results.enqueue(session, export_id=export_id)
    await session.flush()
    await session.refresh(found)
    return SheetExportOut.model_validate(found)


async def remove_export(session: AsyncSession, export_id: int) -> None:
    """
    Raises:
        ExportNotFound
    """
    await session.delete(await _export(session, export_id))


async def _export(session: AsyncSession, export_id: int) -> SheetExport:
    found = await session.get(SheetExport, export_id)
    if found is None:
        raise ExportNotFound(f"There is no export {export_id}.")
    return found


@schedule("sheets.tick", "* * * * *")
async def tick(context: JobContext) -> None:
    """Start repeated exports that are due."""
    async with context.transaction() as session:
        due = select(SheetExport.id).where(SheetExport.due_at <= datetime.now(UTC))
        for export_id in (await session.execute(due)).scalars():
            await export_results.later(timedelta(0), key=f"sheets.export:{export_id}")(session, export_id=export_id)


@job("sheets.export", max_attempts=3, is_bulk=True)
async def export_results(context: JobContext, export_id: int) -> None:
    """Write a campaign's results. Repeated, it writes the same table, or appends only the rows that are not there."""
    async with context.transaction() as session:
        found = await session.get(SheetExport, export_id)
        if found is None or found.due_at is None or found.due_at > datetime.now(UTC):
            return
    problem: ProviderError | None = None
    count = 0
    try:
        count = await _write_results(context.database, context.part(Spreadsheets), found)
    except (SheetsError, UnknownSheetsAccount) as error:
        problem = error if isinstance(error, ProviderError) else SheetsError(error.detail, retryable=False)
    async with context.transaction() as session:
        stored = await session.get(SheetExport, export_id)
        if stored is None:
            return
        now = datetime.now(UTC)
        stored.problem = problem.detail if problem else None
        stored.due_at = now + timedelta(minutes=stored.every_minutes) if stored.every_minutes else None
        if isinstance(problem, SheetsLeftAlone):
            # Nobody was asked, so that this was not its turn yet.
            stored.due_at = now + timedelta(seconds=problem.retry_after or 0)
        if problem is None:
            stored.exported_at, stored.rows = now, count


async def _write_results(database: Database, spreadsheets: Spreadsheets, export: SheetExport) -> int:
    sheets = spreadsheets.get(export.account)
    rows = [
        ["" if cell is None else str(cell) for cell in row] for row in await result_rows(database, export.campaign_id, MOST_ROWS)
    ]
    if export.mode == "update":
        await sheets.replace(export.spreadsheet, export.sheet, [list(HEADER), *rows])
        return len(rows)
    try:
        known = await sheets.read(export.spreadsheet, export.sheet)
    except SheetsError as error:
        if error.retryable or export.account != "local":
            raise
        known = []
    there = {row[0] for row in known if row}
    new = [row for row in rows if row[0] not in there]
    if new or not known:
        await sheets.append(export.spreadsheet, export.sheet, new if known else [list(HEADER), *new])
    return len(new)

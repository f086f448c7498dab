"""`/api/suppressions`."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from pydantic import BaseModel, ConfigDict, StringConstraints

from outrider.auth.permissions import Actor, Permission, require
from outrider.config import Settings
from outrider.conversations import suppression_files as files
from outrider.conversations import suppression_list as service
from outrider.conversations.models import SuppressionReason
from outrider.conversations.schemas import RejectedLine, SuppressionImport, SuppressionIn, SuppressionOut
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.errors import TooLarge
from outrider.leads.downloads import CsvDownload

router = APIRouter(prefix="/api/suppressions", tags=["suppressions"])

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_WRITE))]
Active = Annotated[bool | None, Query(description="True for those in force, false for lifted ones, absent for all.")]
Digits = Annotated[str | None, Query(min_length=2, max_length=20, pattern=r"^\+?\d+$", description="Part of the number.")]

LARGEST_FILE = 50 * 1024 * 1024
SHOWN_REJECTIONS = 100


class LiftRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(max_length=500)] = ""
    """How the person asked to be contacted again; needed where they had opted out."""


@router.get("", dependencies=READ)
async def list_suppressions(
    session: Transaction,
    cursor: Cursor = None,
    limit: Limit = 50,
    reason: SuppressionReason | None = None,
    phone: Digits = None,
    active: Active = True,
) -> Page[SuppressionOut]:
    """Numbers that must not be contacted, newest first."""
    return await service.list_suppressions(session, cursor=cursor, limit=limit, reason=reason, phone=phone, active=active)


@router.post("", status_code=201)
async def add_suppression(session: Transaction, request: Request, suppression: SuppressionIn, actor: Writer) -> SuppressionOut:
    """Stop all contact with a number. Texts that wait for it are cancelled."""
    added = await service.add_by_person(session, suppression, actor.name, _settings(request).default_region)
    return SuppressionOut.model_validate(added)


@router.post("/{suppression_id}/lift")
async def lift_suppression(session: Transaction, suppression_id: int, lift: LiftRequest, actor: Writer) -> SuppressionOut:
    """Allow contact again. The row stays as the record of what was."""
    return SuppressionOut.model_validate(await service.lift(session, suppression_id, actor.name, lift.note))


@router.post("/import", dependencies=[Depends(require(Permission.CONVERSATIONS_WRITE))])
async def import_suppressions(
    session: Transaction,
    request: Request,
    file: Annotated[UploadFile, File(description="CSV or Excel, with a column of phone numbers.")],
    reason: Annotated[SuppressionReason, Form(description="For rows that name none of their own.")] = SuppressionReason.IMPORT,
) -> SuppressionImport:
    """Suppress every number of a file, all or none."""
    if (file.size or 0) > LARGEST_FILE:
        raise TooLarge(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.", remedy="Split it.")
    name = Path(file.filename or "numbers.csv").name[:200]
    read = await asyncio.to_thread(_read, file, name, _settings(request).default_region, reason)
    added = await service.import_numbers(session, read.new)
    shown = [RejectedLine(line=one.line, value=one.value[:100], problem=one.problem) for one in read.rejected[:SHOWN_REJECTIONS]]
    return SuppressionImport(
        added=added, already_suppressed=len(read.new) - added, rejected=shown, rejected_count=len(read.rejected)
    )


@router.get("/export", dependencies=READ, response_class=CsvDownload)
async def export_suppressions(request: Request, reason: SuppressionReason | None = None, active: Active = True) -> CsvDownload:
    """The list as CSV; it can be imported again as it is."""
    lines = files.write_file(request.app.state.database, reason, active)
    return CsvDownload(lines, "suppressions.csv")


def _read(file: UploadFile, name: str, default_region: str, reason: SuppressionReason) -> files.ReadFile:
    with tempfile.NamedTemporaryFile(prefix="outrider-", suffix=Path(name).suffix) as copy:
        shutil.copyfileobj(file.file, copy)
        copy.flush()
        return files.read_file(Path(copy.name), name, default_region, reason)


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings

"""The life of an import: begun, started, finished or failed; its preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import get_settings
from outrider.db.pages import Page, read_order, read_rows
from outrider.errors import InvalidInput, NotFound
from outrider.events.bus import publish
from outrider.leads.events import ImportMoved
from outrider.leads.importing import repository
from outrider.leads.importing.columns import NOBODY_REACHABLE, reaches_somebody
from outrider.leads.importing.files import FileFacts
from outrider.leads.importing.inspection import LONGEST_SAMPLE, Inspection, look_at_file
from outrider.leads.importing.normalise import Normaliser, RowRefused
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.plan import FIELDS
from outrider.leads.importing.rows import Row
from outrider.leads.importing.schemas import (
    ImportOut,
    ImportPreview,
    ImportProgress,
    ImportReport,
    PreviewColumn,
    PreviewRow,
    RejectionReason,
)
from outrider.leads.importing.writer import Target
from outrider.leads.lists import ensure_list
from outrider.leads.models import ImportStatus, LeadImport

PREVIEW_ROWS = 10
SAMPLES = 3
UPLOADS = "uploads"


class ImportNotFound(NotFound):
    """There is no import with this number."""


class FileGone(InvalidInput):
    """The file of an import was removed before all of it was read."""


@dataclass(frozen=True, slots=True)
class StartedImport:
    """All that the work on an import needs."""

    path: Path
    is_upload: bool
    filename: str
    options: ImportOptions
    inspection: Inspection
    progress: ImportProgress
    target: Target

    @property
    def rows_read(self) -> int:
        return self.progress.rows_read

    @property
    def total_bytes(self) -> int:
        return self.progress.total_bytes


async def begin(
    session: AsyncSession, path: str, filename: str, facts: FileFacts, inspection: Inspection, options: ImportOptions
) -> LeadImport:
    """Note down an import; an interrupted one of the same file and options is taken up again.

    Args:
        path: absolute, or relative to the data folder for an uploaded file.
    """
    stored_options = options.model_dump(mode="json", exclude_defaults=True)
    found = await repository.find_unfinished(session, facts.content_hash, stored_options, path)
    if found is not None:
        return found
    list_id = (await ensure_list(session, options.list_name)).id if options.list_name else None
    created = LeadImport(
        filename=filename,
        path=path,
        content_hash=facts.content_hash,
        options=stored_options,
        detected={**inspection.as_json(), "list_id": list_id},
        total_bytes=facts.size,
    )
    session.add(created)
    await session.flush()
    await publish(session, ImportMoved(created.id))
    return created


async def start(session: AsyncSession, import_id: int) -> StartedImport | None:
    """Mark an import as being worked on; None if there is nothing left to do.

    Raises:
        ImportNotFound
    """
    found = await _get(session, import_id)
    if found.status == ImportStatus.COMPLETED:
        return None
    await publish(session, ImportMoved(import_id))
    found.status = ImportStatus.PROCESSING
    found.started_at = found.started_at or datetime.now(UTC)
    found.error = None
    options = ImportOptions.model_validate(found.options)
    same = await repository.same_content(session, import_id)
    list_id: int | None = found.detected["list_id"]
    path = Path(found.path)
    return StartedImport(
        path=path if path.is_absolute() else get_settings().home / path,
        is_upload=not path.is_absolute(),
        filename=found.filename,
        options=options,
        inspection=Inspection.from_json(found.detected),
        progress=ImportProgress.model_validate(found),
        target=Target(import_id, found.filename, list_id, options.on_duplicate == "skip", same),
    )


async def finish(session: AsyncSession, import_id: int) -> ImportReport:
    found = await _get(session, import_id)
    found.status = ImportStatus.COMPLETED
    found.finished_at = datetime.now(UTC)
    found.done_bytes = found.total_bytes
    await publish(session, ImportMoved(import_id))
    return await report(session, import_id)


async def fail(session: AsyncSession, import_id: int, reason: str) -> None:
    """Mark an import that can't be carried on; what was imported stays."""
    found = await _get(session, import_id)
    found.status = ImportStatus.FAILED
    found.finished_at = datetime.now(UTC)
    found.error = reason
    await publish(session, ImportMoved(import_id))


async def list_imports(session: AsyncSession, cursor: str | None, limit: int) -> Page[ImportOut]:
    """
    Raises:
        InvalidInput: the cursor is none of this list.
    """
    order = read_order("-created_at", repository.SORTS, LeadImport.id)
    rows, next_cursor = await read_rows(session, repository.imports(), order, cursor, limit)
    return Page(items=[ImportOut.model_validate(row[0]) for row in rows], next_cursor=next_cursor)


async def report(session: AsyncSession, import_id: int) -> ImportReport:
    """
    Raises:
        ImportNotFound
    """
    found = await _get(session, import_id)
    await session.flush()
    shown = ImportReport.model_validate(found, from_attributes=True)
    shown.list_id = found.detected.get("list_id")
    shown.rows_with_values_left_out = await repository.count_left_out(session, import_id)
    shown.reasons = [
        RejectionReason(reason=reason, kept=kept, rows=rows)
        for reason, kept, rows in await repository.rejection_reasons(session, import_id)
    ]
    return shown


def remove_upload(job: StartedImport) -> None:
    """Uploaded files hold personal data; once their rows are leads there is no reason to keep them."""
    if job.is_upload:
        job.path.unlink(missing_ok=True)


def preview(path: Path, options: ImportOptions, default_region: str) -> ImportPreview:
    """What the file turned out to be, and what would become of its first rows. Reads no database.

    Raises:
        UnreadableFile, UnreadableWorkbook, InvalidInput
    """
    facts, inspection, rows = look_at_file(path, options, default_region)
    normaliser = Normaliser(inspection.plan(options, path.name, default_region))
    return ImportPreview(
        format=inspection.shape.format,
        encoding=inspection.shape.encoding,
        delimiter=inspection.shape.delimiter,
        sheet=inspection.shape.sheet,
        has_header=inspection.has_header,
        size=facts.size,
        columns=[
            PreviewColumn(name=column.name, target=column.target, by=column.by, samples=_samples(rows, index))
            for index, column in enumerate(inspection.columns)
        ],
        rows=[_preview_row(normaliser, row) for row in rows[:PREVIEW_ROWS]],
        fields=sorted(FIELDS),
        problem=None if reaches_somebody(inspection.columns) else NOBODY_REACHABLE,
    )


def _samples(rows: list[Row], index: int) -> list[str]:
    filled = (cells[index].strip() for _, cells in rows if index < len(cells))
    return list(dict.fromkeys(cell[:LONGEST_SAMPLE] for cell in filled if cell))[:SAMPLES]


def _preview_row(normaliser: Normaliser, row: Row) -> PreviewRow:
    line, cells = row
    shown = [cell[:LONGEST_SAMPLE] for cell in cells]
    problems: list[str] = []
    try:
        found = normaliser.row(line, cells, problems)
    except RowRefused as reason:
        return PreviewRow(line=line, cells=shown, verdict="rejected", reason="; ".join([*problems, str(reason)]))
    lead = {name: value for name, value in found.person._asdict().items() if value not in (None, "", (), {})}
    lead["consents"] = [{"channel": grant.channel, "kind": grant.kind} for grant in found.grants]
    verdict = "ok, without some values" if problems else "ok"
    return PreviewRow(line=line, cells=shown, verdict=verdict, reason="; ".join(problems), lead=lead)


async def _get(session: AsyncSession, import_id: int) -> LeadImport:
    found = await session.get(LeadImport, import_id)
    if found is None:
        raise ImportNotFound(f"There is no import {import_id}.")
    return found

"""Carries an import from its first row to its last, from wherever it was interrupted.

Rows are read and normalised in processes of their own while earlier ones are written; a few batches are in memory at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from outrider.config import get_settings
from outrider.db.engine import Database
from outrider.errors import Unavailable
from outrider.leads.importing import repository, service
from outrider.leads.importing.copying import PreparedBatch
from outrider.leads.importing.inspection import inspect_file
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.producers import produced
from outrider.leads.importing.production import Production
from outrider.leads.importing.schemas import ImportProgress, ImportReport
from outrider.leads.importing.writer import ImportOvertaken, LeadsChanged, Target, write_batch

log = structlog.get_logger(__name__)

ROWS_PER_BATCH = 5_000
WRITE_ATTEMPTS = 6
WORTH_ANALYZING = 10_000
"""New leads after which the planner's figures are refreshed."""
COLLISIONS = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError, LeadsChanged)

OnProgress = Callable[[ImportProgress], None]


async def import_file(
    database: Database,
    path: Path,
    options: ImportOptions | None = None,
    on_progress: OnProgress | None = None,
    *,
    rows_per_batch: int = ROWS_PER_BATCH,
) -> ImportReport:
    """Import a file of this machine from beginning to end; a repetition of an interrupted import continues it.

    Args:
        on_progress: called after every committed batch.

    Raises:
        UnreadableFile, UnreadableWorkbook, InvalidInput: nothing was imported.
    """
    path = path.resolve()
    default_region = get_settings().default_region
    options = options or ImportOptions()
    facts, inspection, _ = await asyncio.to_thread(inspect_file, path, options, default_region)
    async with database.transaction() as session:
        report = await service.begin(session, str(path), path.name, facts, inspection, options)
    return await run_import(database, report.id, on_progress, rows_per_batch=rows_per_batch)


async def run_import(
    database: Database, import_id: int, on_progress: OnProgress | None = None, *, rows_per_batch: int = ROWS_PER_BATCH
) -> ImportReport:
    """Do what is left of an import; a finished one stays as it is."""
    async with database.transaction() as session:
        job = await service.start(session, import_id)
    if job is None:
        async with database.transaction() as session:
            return await service.report(session, import_id)
    work = Production(
        path=job.path,
        shape=job.inspection.shape,
        plan=job.inspection.plan(job.options, job.filename, get_settings().default_region, import_id),
        skip=job.progress.rows_read + job.inspection.has_header,
        rows_per_batch=rows_per_batch,
    )
    try:
        created = await _write_all(database, job, work, on_progress)
    except ImportOvertaken:
        log.info("import_overtaken", import_id=import_id)
        async with database.transaction() as session:
            return await service.report(session, import_id)
    async with database.transaction() as session:
        if created >= WORTH_ANALYZING:
            await repository.analyze(session)
        report = await service.finish(session, import_id)
    await asyncio.to_thread(service.remove_upload, job)
    return report


async def _write_all(database: Database, job: service.StartedImport, work: Production, on_progress: OnProgress | None) -> int:
    """Write every batch; returns how many leads are new."""
    if not work.path.exists():
        raise service.FileGone(f"{job.filename} is no longer there.", remedy="Upload it again.")
    progress = job.progress.model_copy()
    async with aclosing(produced(work)) as batches:
        async for batch in batches:
            counts = await _write(database, job.target, batch, progress.rows_read)
            for name, count in counts._asdict().items():
                field = f"rows_{name}"
                setattr(progress, field, getattr(progress, field) + count)
            progress.done_bytes = batch[-1]
            if on_progress:
                on_progress(progress)
    return progress.rows_created - job.progress.rows_created


async def _write(database: Database, target: Target, batch: PreparedBatch, expected: int) -> repository.Counts:
    """Write one batch; again if somebody else wrote one of its people at the same time."""
    for attempt in range(WRITE_ATTEMPTS):
        try:
            async with database.transaction() as session:
                return await write_batch(session, target, batch, expected)
        except COLLISIONS as error:
            log.info("import_batch_collided", import_id=target.import_id, attempt=attempt, error=type(error).__name__)
        except DBAPIError as error:
            if not isinstance(getattr(error.orig, "__cause__", None), COLLISIONS):
                raise
        await asyncio.sleep(0.05 * 2**attempt)
    raise Unavailable("Others keep changing the same leads.", remedy="Import the file again when they are done.")

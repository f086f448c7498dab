"""Carries an import from its first row to its last, from wherever it was interrupted.

Reading, normalising (in processes of its own) and writing go on side by side; at most a few batches are in memory at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from itertools import islice
from pathlib import Path

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from outrider.config import get_settings
from outrider.db.engine import Database
from outrider.errors import Unavailable
from outrider.leads.importing import repository, service
from outrider.leads.importing.files import Rows, open_rows
from outrider.leads.importing.inspection import Inspection, inspect_file
from outrider.leads.importing.normalise import Row
from outrider.leads.importing.normalisers import Normalising, normalising
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.plan import Batch
from outrider.leads.importing.schemas import ImportProgress, ImportReport
from outrider.leads.importing.writer import ImportOvertaken, LeadsChanged, Target, write_batch

log = structlog.get_logger(__name__)

ROWS_PER_BATCH = 10_000
BATCHES_AHEAD = 2
"""Normalised batches that wait for the database."""
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
    plan = job.inspection.plan(job.options, job.filename, get_settings().default_region)
    try:
        source = await asyncio.to_thread(_opened, job.path, job.inspection, job.rows_read)
        try:
            async with normalising(plan, job.total_bytes) as normaliser:
                created = await _write_all(database, job, source, normaliser, on_progress, rows_per_batch)
        finally:
            source.close()
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


def _opened(path: Path, inspection: Inspection, done: int) -> _Source:
    try:
        return _Source(open_rows(path, inspection.shape), skip=done + inspection.has_header)
    except FileNotFoundError as error:
        raise service.FileGone(f"{path.name} is no longer there.", remedy="Upload it again.") from error


class _Source:
    """Rows in batches, from where the import stopped."""

    def __init__(self, rows: Rows, skip: int):
        self._file = rows
        self._rows = iter(rows)
        for _ in islice(self._rows, skip):
            pass

    def take(self, count: int) -> tuple[list[Row], int]:
        """The next rows, none at the end, and the bytes of the file they end at."""
        return list(islice(self._rows, count)), self._file.done_bytes

    def close(self) -> None:
        self._file.close()


async def _write_all(
    database: Database,
    job: service.StartedImport,
    source: _Source,
    normaliser: Normalising,
    on_progress: OnProgress | None,
    rows_per_batch: int,
) -> int:
    """Write every batch; returns how many leads are new."""
    progress = job.progress.model_copy()
    async with aclosing(_normalised(source, normaliser, rows_per_batch)) as batches:
        async for batch, done_bytes in batches:
            counts = await _write(database, job.target, batch, progress.rows_read, done_bytes)
            for name, count in counts._asdict().items():
                field = f"rows_{name}"
                setattr(progress, field, getattr(progress, field) + count)
            progress.done_bytes = done_bytes
            if on_progress:
                on_progress(progress)
    return progress.rows_created - job.progress.rows_created


async def _normalised(source: _Source, normaliser: Normalising, count: int) -> AsyncIterator[tuple[Batch, int]]:
    """Batches in the file's order; the next ones are read and normalised while one is being written."""
    waiting: deque[tuple[asyncio.Task[Batch], int]] = deque()
    reading: asyncio.Task[tuple[list[Row], int]] | None = asyncio.create_task(asyncio.to_thread(source.take, count))
    try:
        while reading or waiting:
            if reading and len(waiting) <= BATCHES_AHEAD:
                rows, done_bytes = await reading
                reading = None
                if rows:
                    waiting.append((asyncio.create_task(normaliser.normalise(rows)), done_bytes))
                    reading = asyncio.create_task(asyncio.to_thread(source.take, count))
                continue
            task, done_bytes = waiting.popleft()
            yield await task, done_bytes
    finally:
        # The thread can't be interrupted, and the file must not be closed under it.
        if reading:
            await asyncio.wait({reading})
        for task, _ in waiting:
            task.cancel()


async def _write(database: Database, target: Target, batch: Batch, expected: int, done_bytes: int) -> repository.Counts:
    """Write one batch; again if somebody else wrote one of its people at the same time."""
    for attempt in range(WRITE_ATTEMPTS):
        try:
            async with database.transaction() as session:
                return await write_batch(session, target, batch, expected, done_bytes)
        except COLLISIONS as error:
            log.info("import_batch_collided", import_id=target.import_id, attempt=attempt, error=type(error).__name__)
        except DBAPIError as error:
            if not isinstance(getattr(error.orig, "__cause__", None), COLLISIONS):
                raise
        await asyncio.sleep(0.05 * 2**attempt)
    raise Unavailable("Others keep changing the same leads.", remedy="Import the file again when they are done.")

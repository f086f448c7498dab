"""The rejected rows of an import as a CSV file: the columns of the original, with line, outcome and reason in front."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.leads.csvfile import ROWS_PER_CHUNK, csv_chunks
from outrider.leads.importing import repository, service

OWN_COLUMNS = ("Line", "Outcome", "Reason")
FURTHER = "Further cells"
"""Cells beyond the header's width, in one column."""


async def rejection_chunks(database: Database, import_id: int) -> AsyncGenerator[bytes, None]:
    """The file in pieces, read with a server-side cursor."""
    async with database.transaction() as session:
        names = await _column_names(session, import_id)
        async for chunk in csv_chunks([*OWN_COLUMNS, *names, FURTHER], _rows(session, import_id, names)):
            yield chunk


async def write_rejections(database: Database, import_id: int, path: Path) -> None:
    """Write the file to `path`.

    Raises:
        ImportNotFound
    """
    with path.open("wb") as file:
        async for chunk in rejection_chunks(database, import_id):
            file.write(chunk)


async def _column_names(session: AsyncSession, import_id: int) -> list[str]:
    report = await service.report(session, import_id)
    return [column["name"] for column in report.detected["columns"]]


async def _rows(session: AsyncSession, import_id: int, names: Sequence[str]) -> AsyncIterator[list[list[Any]]]:
    result = await session.stream_scalars(repository.rejections(import_id).execution_options(yield_per=ROWS_PER_CHUNK))
    async for chunk in result.partitions():
        yield [_row(rejection.line, rejection.kept, rejection.reason, rejection.row, names) for rejection in chunk]


def _row(line: int, kept: bool, reason: str, cells: dict[str, str], names: Sequence[str]) -> list[Any]:
    known = [cells.get(name, "") for name in names]
    further = " | ".join(cell for name, cell in cells.items() if name not in names)
    return [line, "imported without some values" if kept else "rejected", reason, *known, further]

"""CSV files that leave the house: made row by row, and harmless in a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from defusedcsv import csv

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
ROWS_PER_CHUNK = 500


async def csv_chunks(header: Sequence[str], chunks: AsyncIterator[Iterable[Sequence[Any]]]) -> AsyncIterator[bytes]:
    """The file in pieces, one for each of `chunks` (lists of rows).

    Cells that a spreadsheet would take for a formula get an apostrophe in front (OWASP "CSV Injection"); our own import
    takes it away again.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(header)
    async for rows in chunks:
        writer.writerows([_cell(value) for value in row] for row in rows)
        yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


def _cell(value: Any) -> Any:
    # A leading tab or line break would hide the formula behind it from the guard.
    return value.lstrip("\t\r\n ") if isinstance(value, str) else value

"""Files of numbers that must not be contacted: read from any table, written as CSV."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from defusedcsv import csv

from outrider.conversations.models import Suppression, SuppressionReason
from outrider.conversations.repository import suppressions as rows
from outrider.conversations.repository.suppressions import NewSuppression
from outrider.db.engine import Database
from outrider.errors import InvalidInput
from outrider.leads.importing.files import detect_shape, read_facts
from outrider.leads.importing.rows import open_rows
from outrider.leads.phones import UnusablePhone, parse_phone

SAMPLE_ROWS = 200
EXPORT_PAGE = 2_000
COLUMNS = ("phone", "reason", "source", "evidence", "created_at", "lifted_at", "lifted_by")


class NoNumbers(InvalidInput):
    """No column of the file holds phone numbers."""


@dataclass(frozen=True, slots=True)
class Rejected:
    line: int
    value: str
    problem: str


@dataclass(slots=True)
class ReadFile:
    """What a file holds."""

    new: list[NewSuppression] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def read_file(path: Path, name: str, default_region: str, reason: SuppressionReason) -> ReadFile:
    """Read the numbers of a CSV or Excel file; the column with the most numbers is taken, whatever it is called.

    A column named `reason` with reasons that we know goes before `reason`; so what was exported can be imported again.

    Raises:
        NoNumbers: no column holds any.
        InvalidInput: the file can't be read.
    """
    reader = open_rows(path, detect_shape(path, read_facts(path), None, None, None))
    try:
        lines = iter(reader)
        sample = list(islice(lines, SAMPLE_ROWS))
        phone_column = _phone_column([cells for _, cells in sample], default_region)
        header = [cell.strip().lower() for cell in sample[0][1]]
        reason_column = header.index("reason") if "reason" in header else None
        found = ReadFile()
        for line, cells in (*sample, *lines):
            cell = cells[phone_column].strip() if phone_column < len(cells) else ""
            try:
                phone = parse_phone(cell, default_region).e164
            except UnusablePhone as problem:
                if line != sample[0][0]:
                    found.rejected.append(Rejected(line, cell, str(problem)))
                continue
            given = _reason(cells, reason_column)
            found.new.append(NewSuppression(phone, given or reason, f"file {name}"))
        return found
    finally:
        reader.close()


async def write_file(database: Database, reason: SuppressionReason | None, active: bool | None) -> AsyncGenerator[str, None]:
    """The list as CSV, in pieces, newest first; cells that a spreadsheet would run as a formula are defused."""
    yield _lines([COLUMNS])
    cursor = None
    while True:
        async with database.transaction() as session:
            page, cursor = await rows.page(session, cursor, EXPORT_PAGE, reason=reason, phone=None, active=active)
        yield _lines(_cells(page))
        if cursor is None:
            return


def _phone_column(sample: Sequence[Sequence[str]], default_region: str) -> int:
    counts: Counter[int] = Counter()
    for cells in sample:
        counts.update(column for column, cell in enumerate(cells) if _is_phone(cell, default_region))
    if not counts:
        raise NoNumbers("No column of the file holds phone numbers.", remedy="Give a column with one phone number in each row.")
    return min(counts, key=lambda column: (-counts[column], column))


def _is_phone(cell: str, default_region: str) -> bool:
    try:
        parse_phone(cell, default_region)
    except UnusablePhone:
        return False
    return True


def _reason(cells: Sequence[str], column: int | None) -> SuppressionReason | None:
    if column is None or column >= len(cells):
        return None
    try:
        return SuppressionReason(cells[column].strip().lower())
    except ValueError:
        return None


def _cells(page: Sequence[Suppression]) -> Iterator[tuple[str, ...]]:
    for row in page:
        yield tuple("" if (value := getattr(row, column)) is None else str(value) for column in COLUMNS)


def _lines(cells: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(cells)
    return buffer.getvalue()

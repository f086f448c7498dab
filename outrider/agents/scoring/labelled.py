"""Labelled CSV files: any file of rows with a column that says what became of each."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from outrider.agents.scoring.learning.table import Table, Value
from outrider.errors import InvalidInput

YES = frozenset({"yes", "y", "true", "t", "1", "1.0", "won", "success", "converted", "positive"})
NO = frozenset({"no", "n", "false", "f", "0", "0.0", "lost", "failure", "not converted", "negative", "-1"})
UNKNOWN = frozenset({"", "na", "n/a", "nan", "null", "none", "unknown", "?"})
DELIMITERS = ",;\t|"
MOST_ROWS = 2_000_000
_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
NUMBERS = 0.98
"""A column is numeric if this share of what is known in it is numbers."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Labelled:
    """A file as a table, and what was left out of it."""

    table: Table
    rows_without_label: int
    columns: list[str]


def read_labelled(
    path: Path,
    label: str,
    *,
    id_column: str | None = None,
    date_column: str | None = None,
    positive: str | None = None,
    needs_label: bool = True,
) -> Labelled:
    """Read a labelled file.

    Args:
        label: column of the outcome: yes or no in a usual spelling, or `positive` for yes and everything else for no.
        date_column: when each row began (ISO 8601, or seconds); rows without a readable date make all of them undated.

    Raises:
        InvalidInput: no such column, or a label that is neither yes nor no.
    """
    header, rows = _read(path)
    for name in (label if needs_label else None, id_column, date_column):
        if name is not None and name not in header:
            raise InvalidInput(f"{path.name} has no column {name!r}.", remedy=f"It has: {', '.join(header)}.")
    at = {name: index for index, name in enumerate(header)}
    labels: list[bool] = []
    kept: list[list[str]] = []
    without = 0
    for line, row in enumerate(rows, start=2):
        said = _label(row[at[label]], positive, label, line) if needs_label else False
        if said is None:
            without += 1
            continue
        labels.append(said)
        kept.append(row)
    besides = {label, id_column, date_column}
    columns = {name: _column([row[at[name]] for row in kept]) for name in header if name not in besides}
    ids = [row[at[id_column]] for row in kept] if id_column else [str(number) for number in range(1, len(kept) + 1)]
    dates = _dates([row[at[date_column]] for row in kept]) if date_column else None
    return Labelled(Table(columns, labels, ids, dates), without, header)


def _read(path: Path) -> tuple[list[str], Iterable[list[str]]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline()
        delimiter = max(DELIMITERS, key=first.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        try:
            header = [name.strip() for name in next(reader, [])]
            rows = [row for row in reader if len(row) == len(header)]
        except csv.Error as error:
            raise InvalidInput(f"{path.name} can't be read: {error}.", remedy="Save it again as CSV in UTF-8.") from error
    if len(header) < 2 or len(set(header)) != len(header):
        raise InvalidInput(f"{path.name} needs a header with different names.", remedy="Give every column a name of its own.")
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"{path.name} has more than {MOST_ROWS:,} rows.", remedy="Take a sample.")
    return header, rows


def _label(cell: str, positive: str | None, column: str, line: int) -> bool | None:
    said = cell.strip()
    if positive is not None:
        return said == positive
    folded = said.casefold()
    if folded in UNKNOWN:
        return None
    if folded in YES or folded in NO:
        return folded in YES
    raise InvalidInput(
        f"Line {line}: {said[:40]!r} in {column} is neither yes nor no.",
        remedy="Name the value that is a success with --positive.",
    )


def _column(cells: list[str]) -> list[Value]:
    texts = [cell.strip() for cell in cells]
    known = [text for text in texts if text.casefold() not in UNKNOWN]
    numbers = sum(1 for text in known if _NUMBER.fullmatch(text))
    if known and numbers >= NUMBERS * len(known):
        return [float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None for text in texts]
    return [text.casefold()[:LONGEST] if text.casefold() not in UNKNOWN else None for text in texts]


def _dates(cells: Collection[str]) -> list[float] | None:
    dates = []
    for cell in cells:
        moment = _moment(cell.strip())
        if moment is None:
            return None
        dates.append(moment)
    return dates


def _moment(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

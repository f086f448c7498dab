"""The rows of a file, one after the other."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

LONGEST_RECORD = 500
"""Lines in one quoted text; more means that a quotation mark was never closed."""
LONGEST_LINE = 1024 * 1024
"""Characters of one line that are read."""

Row = tuple[int, list[str]]
"""Line in the file, counted from 1, and the cells."""


@dataclass(frozen=True, slots=True)
class FileShape:
    """How to read a file."""

    format: str
    """`csv` or `xlsx`."""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    skipped_lines: int = 0
    """Lines before the first row that count as none of the table's: a delimiter line, a title."""


class Rows(Protocol):
    """The rows of a file in order, blank ones left out; `done_bytes` grows with them."""

    @property
    def done_bytes(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...

    def close(self) -> None: ...


def open_rows(path: Path, shape: FileShape) -> Rows:
    if shape.format == "xlsx":
        # Reading workbooks needs a large library, which text files should not pay for.
        from outrider.leads.importing.workbook import WorkbookRows

        assert shape.sheet is not None
        return WorkbookRows(path, shape.sheet)
    return TextRows(path, shape)


class TextRows:
    """Rows of a delimited text file.

    A text in quotation marks may hold line breaks. When a mark is never closed, the text would swallow everything up to the
    next mark: such a line is then read by itself, and the lines after it as usual.
    """

    def __init__(self, path: Path, shape: FileShape):
        self._raw: BinaryIO = path.open("rb")
        self._text = io.TextIOWrapper(self._raw, encoding=shape.encoding, errors="replace", newline="")
        self._delimiter = shape.delimiter or ","
        self._skipped = shape.skipped_lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0
        self._width = 0

    @property
    def done_bytes(self) -> int:
        return 0 if self._raw.closed else self._raw.tell()

    def close(self) -> None:
        self._text.close()

    def __iter__(self) -> Iterator[Row]:
        for _ in range(self._skipped):
            self._text.readline()
            self._line += 1
        while True:
            reader = csv.reader(self._lines(), delimiter=self._delimiter)
            try:
                yield from self._rows(reader)
                if not self._again:
                    return
            except csv.Error:
                # A field grew beyond the csv module's limit: a mark that is never closed. Begin anew after its line.
                yield from self._alone()

    def _rows(self, reader: Iterable[list[str]]) -> Iterator[Row]:
        taken = self._taken
        for cells in reader:
            count = len(taken)
            if (count > 1 or len(cells) != self._width) and self._is_swallowed(cells):
                yield from self._alone()
                continue
            first = self._line + 1
            self._line += count
            taken.clear()
            if any(cells) and not all(cell.isspace() or not cell for cell in cells):
                self._width = self._width or len(cells)
                yield first, cells

    def _is_swallowed(self, cells: list[str]) -> bool:
        """True when a stray mark has joined several records, or cells of the last one."""
        count = len(self._taken)
        if count > LONGEST_RECORD:
            return True
        if self._width == 0 or len(self._unquoted(self._taken[0])) != self._width:
            return False
        return (count > 1 and len(cells) != self._width) or not self._is_well_formed(self._taken)

    def _is_well_formed(self, lines: list[str]) -> bool:
        try:
            return len(list(csv.reader(lines, delimiter=self._delimiter, strict=True))) == 1
        except csv.Error:
            return False

    def _unquoted(self, line: str) -> list[str]:
        return line.rstrip("\r\n").split(self._delimiter)

    def _alone(self) -> Iterator[Row]:
        """The first of the taken lines without quoting; the others are read again."""
        first, *rest = self._taken
        self._again.extendleft(reversed(rest))
        self._taken.clear()
        self._line += 1
        yield self._line, self._unquoted(first)

    def _skip_line(self) -> None:
        """Pass over the rest of a line that no row of people could be."""
        while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith("\n"):
            pass

    def _lines(self) -> Iterator[str]:
        taken, again, text = self._taken, self._again, self._text
        while True:
            while again:
                line = again.popleft()
                taken.append(line)
                yield line
            line = text.readline(LONGEST_LINE)
            if not line:
                return
            if len(line) == LONGEST_LINE:
                self._skip_line()
            taken.append(line)
            yield line

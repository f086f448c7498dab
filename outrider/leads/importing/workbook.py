"""Rows of a worksheet (XLSX), as text like those of a CSV file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from outrider.errors import InvalidInput

LARGEST_UNPACKED = 1024 * 1024 * 1024
"""Bytes of a workbook without compression: more is a mistake or an attack."""
LARGEST_STRINGS = 256 * 1024 * 1024
"""Bytes of the part that must be held in memory."""
BROKEN = (zipfile.BadZipFile, KeyError, ValueError, EOFError, ParseError)


class UnreadableWorkbook(InvalidInput):
    """The file is no workbook that leads could be read from."""


class WorkbookRows:
    """Rows of one worksheet; blank ones are left out."""

    def __init__(self, path: Path, sheet: str):
        self._book = _open(path)
        self._sheet = self._book[sheet]
        # Some programs write a wrong size of the table; without it every row is read.
        self._rows_expected = max(self._sheet.max_row or 0, 1)
        self._sheet.reset_dimensions()
        self._size = path.stat().st_size
        self.done_bytes = 0

    @classmethod
    def sheet_name(cls, path: Path, wanted: str | None) -> str:
        """Name of the sheet to read: the wanted one, else the first.

        Raises:
            UnreadableWorkbook, InvalidInput: no workbook, or no such sheet.
        """
        _check_size(path)
        book = _open(path)
        try:
            names = [sheet.title for sheet in book.worksheets]
        finally:
            book.close()
        if not names:
            raise UnreadableWorkbook("The workbook has no worksheet.", remedy="Save it again as .xlsx, or as CSV.")
        if wanted is not None and wanted not in names:
            raise InvalidInput.on("options.sheet", f"there is no sheet {wanted!r}", f"Use one of {', '.join(names)}.")
        return wanted or names[0]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for number, values in enumerate(self._sheet.iter_rows(values_only=True), start=1):
                cells = [_text(value) for value in values]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    self.done_bytes = min(self._size, self._size * number // self._rows_expected)
                    yield number, cells
        except BROKEN as error:
            raise _unreadable() from error

    def close(self) -> None:
        self._book.close()


def _text(value: Any) -> str:
    """A cell as a CSV export would show it: whole numbers without a fraction, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def _open(path: Path) -> Any:
    # Only where there is a workbook: it brings NumPy along wherever that is installed.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (*BROKEN, InvalidFileException) as error:
        raise _unreadable() from error


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _unreadable() from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableWorkbook(
            "The file is an archive, but no Excel workbook.", remedy="Unpack it first, or save it as .xlsx or CSV."
        )
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or strings > LARGEST_STRINGS:
        raise UnreadableWorkbook("The workbook is too large to be read.", remedy="Save the sheet as CSV; that has no such limit.")


def _unreadable() -> UnreadableWorkbook:
    return UnreadableWorkbook("The workbook is damaged or not an Excel file.", remedy="Save it again as .xlsx, or as CSV.")

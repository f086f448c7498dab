"""CSV files in the data folder, for installations without Google: a spreadsheet is a folder, a sheet is a file in it."""

from __future__ import annotations

import asyncio
import csv
import os
import re
from collections.abc import Sequence
from pathlib import Path

import defusedcsv.csv as guarded

from outrider.integrations.sheets.base import Rows, SheetsError

FOLDER = "sheets"
NAME = re.compile(r"^[\w][\w .-]{0,79}$")


class LocalSheets:
    """
    Args:
        home: the data folder.
    """

    def __init__(self, home: Path):
        self._folder = home / FOLDER

    async def titles(self, spreadsheet: str) -> Sequence[str]:
        folder = self._path(spreadsheet)
        return await asyncio.to_thread(lambda: sorted(file.stem for file in folder.glob("*.csv")))

    async def read(self, spreadsheet: str, cells: str) -> list[list[str]]:
        """The whole file; a range within it is not told apart."""
        return await asyncio.to_thread(_read, self._path(spreadsheet, cells.partition("!")[0]))

    async def append(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        path = self._path(spreadsheet, sheet)
        known = await asyncio.to_thread(_read, path) if path.exists() else []
        await asyncio.to_thread(_write, path, [*known, *rows])

    async def replace(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        await asyncio.to_thread(_write, self._path(spreadsheet, sheet), rows)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _path(self, *names: str) -> Path:
        for name in names:
            if not NAME.fullmatch(name) or name.endswith("."):
                raise SheetsError(
                    f"{name[:40]!r} is no name of a file.", retryable=False, remedy="Use letters, digits, '_' and '-'."
                )
        *folders, last = names
        return self._folder.joinpath(*folders, f"{last}.csv" if folders else last)


def _read(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        detail = f"{path.name} can't be read ({type(error).__name__})."
        raise SheetsError(detail, retryable=False, remedy=f"Put the file into {FOLDER}/ of the data folder.") from error


def _write(path: Path, rows: Rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8", newline="") as file:
        guarded.writer(file).writerows(rows)
    os.replace(draft, path)  # noqa: PTH105  (the one step that is whole or not at all)

"""The port of spreadsheets: read a range, append rows, write a table.

Cells are texts. What is written is never read as a formula, whatever it begins with.

ProviderError
└── SheetsError           `retryable` says whether trying again may help
    └── SheetsLeftAlone   nobody was asked: the account failed too often
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from outrider.errors import ProviderError

Rows = Sequence[Sequence[str]]


class SheetsError(ProviderError):
    title = "The spreadsheet failed"


class SheetsLeftAlone(SheetsError):
    """Nobody was asked: the account failed too often."""

    def __init__(self, detail: str, *, retry_after: float | None = None):
        super().__init__(detail, retryable=True, retry_after=retry_after)


class Sheets(Protocol):
    async def titles(self, spreadsheet: str) -> Sequence[str]:
        """Names of its sheets.

        Raises:
            SheetsError: it can't be opened.
        """
        ...

    async def read(self, spreadsheet: str, cells: str) -> list[list[str]]:
        """The rows of a range such as `Leads!A:F`, or of a whole sheet; trailing empty cells and rows are left out.

        Raises:
            SheetsError
        """
        ...

    async def append(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        """Add rows after the last one.

        Raises:
            SheetsError
        """
        ...

    async def replace(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        """Make the sheet hold these rows and nothing else. Can be repeated.

        Raises:
            SheetsError
        """
        ...

    async def aclose(self) -> None: ...

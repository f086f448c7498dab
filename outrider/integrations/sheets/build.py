"""Spreadsheets by the accounts that the operator named, and those of the data folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.integrations.sheets.accounts import LOCAL, VARIABLE, GoogleSheetsAccount, read_sheets_accounts
from outrider.integrations.sheets.base import Sheets
from outrider.integrations.sheets.breaker import Breaker, sheets_circuit
from outrider.integrations.sheets.google import GoogleSheets
from outrider.integrations.sheets.local import LocalSheets


class UnknownSheetsAccount(ConfigurationError):
    """Something refers to an account that the operator does not name any more."""

    status = 409
    title = "The spreadsheet's account is not set up"


@dataclass(frozen=True, slots=True)
class SheetsAccountInfo:
    name: str
    kind: Literal["google", "local"]
    address: str
    """Whom to share spreadsheets with."""


class Spreadsheets:
    """One client per account and process, each behind its own circuit."""

    def __init__(self, accounts: Mapping[str, GoogleSheetsAccount], home: Path):
        self._google = {name: GoogleSheets(account) for name, account in accounts.items()}
        self._guarded = {name: Breaker(sheets, sheets_circuit(name)) for name, sheets in self._google.items()}
        self._local = LocalSheets(home)
        self._stack = AsyncExitStack()
        for one in self._google.values():
            self._stack.push_async_callback(one.aclose)

    @property
    def accounts(self) -> Sequence[SheetsAccountInfo]:
        google = [SheetsAccountInfo(name, "google", one.address) for name, one in sorted(self._google.items())]
        return [*google, SheetsAccountInfo(LOCAL, "local", "")]

    def get(self, name: str) -> Sheets:
        """
        Raises:
            UnknownSheetsAccount
        """
        if name == LOCAL:
            return self._local
        if name not in self._guarded:
            raise UnknownSheetsAccount(f"No account is named {name!r}.", remedy=f"Name it in {VARIABLE} and start again.")
        return self._guarded[name]

    async def aclose(self) -> None:
        await self._stack.aclose()


def build_spreadsheets(settings: Settings) -> Spreadsheets:
    """
    Raises:
        ConfigurationError
    """
    return Spreadsheets(read_sheets_accounts(settings.sheets_accounts), settings.home)

"""Spreadsheets by the accounts that the operator named in `OUTRIDER_SHEETS_ACCOUNTS`:

    {"google": {"service_account_file": "/run/secrets/google.json"}}

`local` is always there: files in the data folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, TypeAdapter, ValidationError

from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.integrations.crm.accounts import AccountName
from outrider.integrations.sheets.base import Sheets
from outrider.integrations.sheets.google import GoogleSheets, GoogleSheetsAccount
from outrider.integrations.sheets.local import LocalSheets

VARIABLE = "OUTRIDER_SHEETS_ACCOUNTS"
LOCAL = "local"
_ACCOUNTS: TypeAdapter[dict[str, GoogleSheetsAccount]] = TypeAdapter(dict[AccountName, GoogleSheetsAccount])


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
    """One client per account and process."""

    def __init__(self, accounts: Mapping[str, GoogleSheetsAccount], home: Path):
        self._google = {name: GoogleSheets(account) for name, account in accounts.items()}
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
        if name not in self._google:
            raise UnknownSheetsAccount(f"No account is named {name!r}.", remedy=f"Name it in {VARIABLE} and start again.")
        return self._google[name]

    async def aclose(self) -> None:
        await self._stack.aclose()


def read_sheets_accounts(setting: SecretStr | None) -> Mapping[str, GoogleSheetsAccount]:
    """
    Raises:
        ConfigurationError: the setting can't be used.
    """
    if setting is None:
        return {}
    text = setting.get_secret_value().strip()
    try:
        return _ACCOUNTS.validate_json(text if text.startswith("{") else Path(text).read_text())
    except OSError as error:
        raise ConfigurationError(f"{VARIABLE}: the file can't be read ({error.strerror}).", remedy="Name a JSON file.") from None
    except ValidationError as error:
        problems = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)]
        raise ConfigurationError(f"{VARIABLE}: {'; '.join(problems)}", remedy="Correct or unset it, then start again.") from None


def build_spreadsheets(settings: Settings) -> Spreadsheets:
    """
    Raises:
        ConfigurationError
    """
    return Spreadsheets(read_sheets_accounts(settings.sheets_accounts), settings.home)

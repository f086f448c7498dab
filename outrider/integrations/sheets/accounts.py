"""Service accounts of Google Sheets (`outrider.integrations.accounts`):

    {"google": {"service_account_file": "/run/secrets/google.json"}}

`local` is always there: files in the data folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import AnyHttpUrl, SecretStr, TypeAdapter

from outrider.integrations.accounts import Account, AccountName, SafeUrl, read_named

VARIABLE = "OUTRIDER_SHEETS_ACCOUNTS"
LOCAL = "local"


class GoogleSheetsAccount(Account):
    """A service account that spreadsheets are shared with."""

    service_account_file: Path
    """The key file that Google hands out."""
    api_url: SafeUrl = AnyHttpUrl("https://sheets.googleapis.com")
    token_url: SafeUrl = AnyHttpUrl("https://oauth2.googleapis.com/token")


_ACCOUNTS: TypeAdapter[dict[str, GoogleSheetsAccount]] = TypeAdapter(dict[AccountName, GoogleSheetsAccount])


def read_sheets_accounts(setting: SecretStr | None) -> Mapping[str, GoogleSheetsAccount]:
    """The accounts that the setting names.

    Raises:
        ConfigurationError: it can't be used.
    """
    return read_named(VARIABLE, setting, _ACCOUNTS)

"""Accounts at calendar servers (`outrider.integrations.accounts`):

{"office": {"kind": "caldav", "url": "https://cloud.example.com/remote.php/dav/calendars/ann/", "user": "ann",
            "password": "…"},
 "google": {"kind": "google", "service_account_file": "/run/secrets/google.json", "subject": "ann@example.com"}}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, TypeAdapter, model_validator

from outrider.integrations.accounts import Account, AccountName, SafeUrl, read_named

VARIABLE = "OUTRIDER_CALENDAR_ACCOUNTS"


def _is_plain(url: AnyHttpUrl) -> AnyHttpUrl:
    if url.query or url.fragment:
        raise ValueError("must not have a query or a fragment")
    return url


PlainUrl = Annotated[SafeUrl, AfterValidator(_is_plain)]


class CalDavAccount(Account):
    """A user of a CalDAV server, such as Nextcloud, Fastmail or iCloud."""

    kind: Literal["caldav"]
    url: PlainUrl
    """The folder that holds the user's calendars, or one calendar itself."""
    user: str
    password: SecretStr


class GoogleAccount(Account):
    """A service account, or a user's own consent as an OAuth refresh token."""

    kind: Literal["google"]
    service_account_file: Path | None = None
    """The key file that Google hands out."""
    subject: str | None = None
    """User of the domain on whose behalf a service account acts, if it may."""
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    api_url: PlainUrl = AnyHttpUrl("https://www.googleapis.com/calendar/v3")
    token_url: PlainUrl = AnyHttpUrl("https://oauth2.googleapis.com/token")

    @model_validator(mode="after")
    def _one_way_in(self) -> GoogleAccount:
        oauth = [self.client_id, self.client_secret, self.refresh_token]
        if (self.service_account_file is None) == (None in oauth):
            raise ValueError("needs either service_account_file, or client_id, client_secret and refresh_token")
        return self


Accounts = Mapping[str, CalDavAccount | GoogleAccount]
_ACCOUNTS: TypeAdapter[dict[str, CalDavAccount | GoogleAccount]] = TypeAdapter(
    dict[AccountName, Annotated[CalDavAccount | GoogleAccount, Field(discriminator="kind")]]
)


def host_of(account: CalDavAccount | GoogleAccount) -> str:
    """The machine that the account is at, for people."""
    url = account.url if isinstance(account, CalDavAccount) else account.api_url
    return urlsplit(str(url)).hostname or ""


def read_accounts(setting: SecretStr | None) -> Accounts:
    """The accounts that the setting names.

    Raises:
        ConfigurationError: it can't be used.
    """
    return read_named(VARIABLE, setting, _ACCOUNTS)

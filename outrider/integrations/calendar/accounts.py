"""Accounts at calendar servers, which only the operator of the installation names.

`OUTRIDER_CALENDAR_ACCOUNTS` holds them as JSON, or the path of a JSON file (a mounted secret):

    {"office": {"kind": "caldav", "url": "https://cloud.example.com/remote.php/dav/calendars/ann/", "user": "ann",
                "password": "…"},
     "google": {"kind": "google", "service_account_file": "/run/secrets/google.json", "subject": "ann@example.com"}}

A calendar in the product refers to an account by its name. Addresses and secrets are never taken from a request and never
shown: nobody can point us at a machine inside, or a password at a machine of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from outrider.errors import ConfigurationError

VARIABLE = "OUTRIDER_CALENDAR_ACCOUNTS"


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _keeps_secrets(url: AnyHttpUrl) -> AnyHttpUrl:
    """A password goes over an encrypted line, or stays on this machine."""
    if url.username or url.password:
        raise ValueError("must not hold a user or password; use the fields of these names")
    if url.scheme != "https" and not is_loopback(url.host or ""):
        raise ValueError("must begin with https:// (http:// only for a server on this machine)")
    if url.query or url.fragment:
        raise ValueError("must not have a query or a fragment")
    return url


SafeUrl = Annotated[AnyHttpUrl, AfterValidator(_keeps_secrets)]
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class _Account(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CalDavAccount(_Account):
    """A user of a CalDAV server, such as Nextcloud, Fastmail or iCloud."""

    kind: Literal["caldav"]
    url: SafeUrl
    """The folder that holds the user's calendars, or one calendar itself."""
    user: str
    password: SecretStr


class GoogleAccount(_Account):
    """A service account, or a user's own consent as an OAuth refresh token."""

    kind: Literal["google"]
    service_account_file: Path | None = None
    """The key file that Google hands out."""
    subject: str | None = None
    """User of the domain on whose behalf a service account acts, if it may."""
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    api_url: SafeUrl = AnyHttpUrl("https://www.googleapis.com/calendar/v3")
    token_url: SafeUrl = AnyHttpUrl("https://oauth2.googleapis.com/token")

    @model_validator(mode="after")
    def _one_way_in(self) -> GoogleAccount:
        oauth = [self.client_id, self.client_secret, self.refresh_token]
        if (self.service_account_file is None) == (None in oauth):
            raise ValueError("needs either service_account_file, or client_id, client_secret and refresh_token")
        return self


Account = Annotated[CalDavAccount | GoogleAccount, Field(discriminator="kind")]
Accounts = Mapping[str, CalDavAccount | GoogleAccount]
_ACCOUNTS: TypeAdapter[dict[str, CalDavAccount | GoogleAccount]] = TypeAdapter(dict[AccountName, Account])


def host_of(account: CalDavAccount | GoogleAccount) -> str:
    """The machine that the account is at, for people."""
    url = account.url if isinstance(account, CalDavAccount) else account.api_url
    return urlsplit(str(url)).hostname or ""


def read_accounts(setting: SecretStr | None) -> Accounts:
    """The accounts that the setting names.

    Raises:
        ConfigurationError: it can't be used; the message names the field and never a secret.
    """
    if setting is None:
        return {}
    text = setting.get_secret_value().strip()
    if not text.startswith("{"):
        try:
            text = Path(text).read_text()
        except OSError as error:
            raise ConfigurationError(
                f"{VARIABLE}: the file can't be read ({error.strerror}).", remedy="Name a JSON file."
            ) from None
    try:
        return _ACCOUNTS.validate_json(text)
    except ValidationError as error:
        # What was entered is left out: it holds passwords.
        problems = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)]
        raise ConfigurationError(f"{VARIABLE}: {'; '.join(problems)}", remedy="Correct or unset it, then start again.") from None

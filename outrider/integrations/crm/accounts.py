"""Accounts at CRMs, which only the operator of the installation names.

`OUTRIDER_CRM_ACCOUNTS` holds them as JSON, or the path of a JSON file (a mounted secret):

    {"hubspot": {"kind": "hubspot", "token": "pat-…"},
     "salesforce": {"kind": "salesforce", "login_url": "https://acme.my.salesforce.com", "client_id": "…", "client_secret": "…"},
     "ours": {"kind": "webhook", "url": "https://crm.example.com/outrider", "secret": "whsec_…"}}

A connection in the product refers to an account by its name. Addresses and secrets are never taken from a request and never
shown: nobody can point us at a machine inside, or a token at a machine of theirs. `local` is always there: our own tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, TypeAdapter
from pydantic import ValidationError as Invalid

from outrider.errors import ConfigurationError
from outrider.integrations.crm.signatures import usable_secret

VARIABLE = "OUTRIDER_CRM_ACCOUNTS"
LOCAL = "local"

CrmKind = Literal["hubspot", "salesforce", "webhook", "local"]
ApiName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]


def _keeps_secrets(url: AnyHttpUrl) -> AnyHttpUrl:
    """A secret goes over an encrypted line, or stays on this machine."""
    if url.username or url.password:
        raise ValueError("must not hold a user or password")
    if url.scheme != "https" and not _is_loopback(url.host or ""):
        raise ValueError("must begin with https:// (http:// only for a server on this machine)")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _signs(secret: SecretStr) -> SecretStr:
    usable_secret(secret.get_secret_value())
    return secret


SafeUrl = Annotated[AnyHttpUrl, AfterValidator(_keeps_secrets)]
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class _Account(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HubSpotAccount(_Account):
    """A private app of a HubSpot portal."""

    kind: Literal["hubspot"]
    token: SecretStr
    api_url: SafeUrl = AnyHttpUrl("https://api.hubapi.com")
    requests_per_second: float = Field(10.0, gt=0)
    opt_out_property: ApiName = "outrider_opt_out"
    """A yes-or-no property of contacts; ours is created when it does not exist."""


class SalesforceAccount(_Account):
    """A connected app: client credentials, or a user's refresh token."""

    kind: Literal["salesforce"]
    login_url: SafeUrl
    """My Domain, as in `https://acme.my.salesforce.com`."""
    client_id: str
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    """With it the app acts as the user who consented; without it, by client credentials."""
    api_version: Annotated[str, StringConstraints(pattern=r"^v\d{2}\.0$")] = "v62.0"
    requests_per_second: float = Field(10.0, gt=0)
    sobject: Literal["Contact", "Lead"] = "Contact"
    id_field: ApiName = "Outrider_Id__c"
    """External id field of contacts that holds our key …"""
    key_field: ApiName = "Outrider_Key__c"
    """… and the one of tasks and events."""
    opt_out_field: ApiName = "DoNotCall"


class WebhookAccount(_Account):
    """Any system that receives and sends webhooks signed by the Standard Webhooks specification."""

    kind: Literal["webhook"]
    url: SafeUrl
    secret: Annotated[SecretStr, AfterValidator(_signs)]
    requests_per_second: float = Field(20.0, gt=0)


class LocalAccount(_Account):
    """Our own tables."""

    kind: Literal["local"] = "local"


NamedAccount = HubSpotAccount | SalesforceAccount | WebhookAccount
CrmAccountSettings = NamedAccount | LocalAccount
CrmAccounts = Mapping[str, CrmAccountSettings]
_ACCOUNTS: TypeAdapter[dict[str, NamedAccount]] = TypeAdapter(
    dict[AccountName, Annotated[NamedAccount, Field(discriminator="kind")]]
)


def host_of(account: CrmAccountSettings) -> str:
    """The machine that the account is at, for people."""
    if isinstance(account, LocalAccount):
        return "this installation"
    url = account.login_url if isinstance(account, SalesforceAccount) else _address(account)
    return urlsplit(str(url)).hostname or ""


def _address(account: HubSpotAccount | WebhookAccount) -> AnyHttpUrl:
    return account.api_url if isinstance(account, HubSpotAccount) else account.url


def read_crm_accounts(setting: SecretStr | None) -> CrmAccounts:
    """The accounts that the setting names, and `local`.

    Raises:
        ConfigurationError: it can't be used; the message names the field and never a secret.
    """
    local: dict[str, CrmAccountSettings] = {LOCAL: LocalAccount()}
    if setting is None:
        return local
    text = setting.get_secret_value().strip()
    if not text.startswith("{"):
        try:
            text = Path(text).read_text()
        except OSError as error:
            detail = f"{VARIABLE}: the file can't be read ({error.strerror})."
            raise ConfigurationError(detail, remedy="Name a JSON file.") from None
    try:
        return {**_ACCOUNTS.validate_json(text), **local}
    except Invalid as error:
        # What was entered is left out: it holds secrets.
        problems = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)]
        raise ConfigurationError(f"{VARIABLE}: {'; '.join(problems)}", remedy="Correct or unset it, then start again.") from None

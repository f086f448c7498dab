"""Accounts at CRMs (`outrider.integrations.accounts`):

    {"hubspot": {"kind": "hubspot", "token": "pat-…"},
     "salesforce": {"kind": "salesforce", "login_url": "https://acme.my.salesforce.com", "client_id": "…", "client_secret": "…"},
     "ours": {"kind": "webhook", "url": "https://crm.example.com/outrider", "secret": "whsec_…"}}

`local` is always there: our own tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, StringConstraints, TypeAdapter

from outrider.integrations.accounts import Account, AccountName, SafeUrl, read_named
from outrider.integrations.crm.signatures import usable_secret

VARIABLE = "OUTRIDER_CRM_ACCOUNTS"
LOCAL = "local"

CrmKind = Literal["hubspot", "salesforce", "webhook", "local"]
ApiName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]


def _signs(secret: SecretStr) -> SecretStr:
    usable_secret(secret.get_secret_value())
    return secret


class HubSpotAccount(Account):
    """A private app of a HubSpot portal."""

    kind: Literal["hubspot"]
    token: SecretStr
    api_url: SafeUrl = AnyHttpUrl("https://api.hubapi.com")
    requests_per_second: float = Field(10.0, gt=0)
    opt_out_property: ApiName = "outrider_opt_out"
    """A yes-or-no property of contacts; ours is created when it does not exist."""


class SalesforceAccount(Account):
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


class WebhookAccount(Account):
    """Any system that receives and sends webhooks signed by the Standard Webhooks specification."""

    kind: Literal["webhook"]
    url: SafeUrl
    secret: Annotated[SecretStr, AfterValidator(_signs)]
    requests_per_second: float = Field(20.0, gt=0)


class LocalAccount(Account):
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
        ConfigurationError: it can't be used.
    """
    named = read_named(VARIABLE, setting, _ACCOUNTS)
    return {**named, LOCAL: LocalAccount()}

"""CRMs by the accounts that the operator named."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import ConfigurationError
from outrider.integrations.crm.accounts import (
    CrmAccounts,
    CrmAccountSettings,
    CrmKind,
    HubSpotAccount,
    SalesforceAccount,
    WebhookAccount,
    host_of,
    read_crm_accounts,
)
from outrider.integrations.crm.base import Crm
from outrider.integrations.crm.breaker import Breaker, crm_circuit
from outrider.integrations.crm.hubspot import HubSpot
from outrider.integrations.crm.local import LocalCrm
from outrider.integrations.crm.salesforce import Salesforce
from outrider.integrations.crm.webhook import WebhookCrm


class UnknownCrmAccount(ConfigurationError):
    """A connection refers to an account that the operator does not name any more."""

    status = 409
    title = "The connection's account is not set up"


@dataclass(frozen=True, slots=True)
class CrmAccountInfo:
    """What people may know of an account."""

    name: str
    kind: CrmKind
    host: str


class Crms:
    """One client per account and process, each behind its own circuit."""

    def __init__(self, accounts: CrmAccounts, database: Database):
        self._accounts = accounts
        self._database = database
        self._open: dict[str, Crm] = {}
        self._stack = AsyncExitStack()

    @property
    def accounts(self) -> Sequence[CrmAccountInfo]:
        return [CrmAccountInfo(name, account.kind, host_of(account)) for name, account in sorted(self._accounts.items())]

    def settings_of(self, name: str) -> CrmAccountSettings:
        """
        Raises:
            UnknownCrmAccount
        """
        found = self._accounts.get(name)
        if found is None:
            remedy = "Name it in OUTRIDER_CRM_ACCOUNTS and start again, or choose another account."
            raise UnknownCrmAccount(f"No account is named {name!r}.", remedy=remedy)
        return found

    def get(self, name: str) -> Crm:
        """
        Raises:
            UnknownCrmAccount
        """
        if name not in self._open:
            crm = _built(self.settings_of(name), self._database)
            self._stack.push_async_callback(crm.aclose)
            self._open[name] = Breaker(crm, crm_circuit(name))
        return self._open[name]

    async def aclose(self) -> None:
        await self._stack.aclose()


def _built(account: CrmAccountSettings, database: Database) -> Crm:
    return outside_crm(account) or LocalCrm(database)


def outside_crm(account: CrmAccountSettings) -> Crm | None:
    """The client of an account at somebody else's; None for our own tables."""
    if isinstance(account, HubSpotAccount):
        return HubSpot(account)
    if isinstance(account, SalesforceAccount):
        return Salesforce(account)
    return WebhookCrm(account) if isinstance(account, WebhookAccount) else None


def build_crms(settings: Settings, database: Database) -> Crms:
    """
    Raises:
        ConfigurationError: the accounts can't be read.
    """
    return Crms(read_crm_accounts(settings.crm_accounts), database)

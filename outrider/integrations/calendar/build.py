"""Calendars by the accounts that the operator named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from outrider.circuit import Circuits
from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.integrations.calendar.accounts import Accounts, CalDavAccount, GoogleAccount, host_of, read_accounts
from outrider.integrations.calendar.base import OutsideCalendar
from outrider.integrations.calendar.breaker import Breaker, calendar_circuit
from outrider.integrations.calendar.built_in import BuiltInCalendar
from outrider.integrations.calendar.caldav import CalDavCalendar, collection_url
from outrider.integrations.calendar.google import GoogleCalendar

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What people may know of an account."""

    name: str
    kind: Literal["caldav", "google"]
    host: str


class UnknownAccount(ConfigurationError):
    """A calendar refers to an account that the operator does not name any more."""

    status = 409
    title = "The calendar's account is not set up"


class OutsideCalendars:
    """Opens calendars, each behind the circuit of its account; whoever opens one closes it."""

    def __init__(self, accounts: Accounts):
        self._accounts = accounts
        self._circuits = Circuits(calendar_circuit)

    @property
    def accounts(self) -> Sequence[AccountInfo]:
        return [AccountInfo(name, account.kind, host_of(account)) for name, account in sorted(self._accounts.items())]

    def ensure_inside(self, account: str | None, external_id: str) -> None:
        """
        Raises:
            CalendarError: the path of a CalDAV calendar leads out of its account's address.
        """
        found = self._accounts.get(account or "")
        if isinstance(found, CalDavAccount):
            collection_url(str(found.url), external_id)

    def open(self, account: str | None, external_id: str, time_zone: str) -> OutsideCalendar:
        """
        Args:
            account: its name; None for the built-in calendar.
            external_id: the calendar at the account: a path for CalDAV, an id for Google.

        Raises:
            UnknownAccount: no account has the name.
            ConfigurationError: its key file can't be used.
            CalendarError: the path leads elsewhere.
        """
        if account is None:
            return BuiltInCalendar()
        found = self._accounts.get(account)
        if found is None:
            remedy = "Name it in OUTRIDER_CALENDAR_ACCOUNTS and start again, or choose another account."
            raise UnknownAccount(f"No account is named {account!r}.", remedy=remedy)
        calendar: OutsideCalendar
        if isinstance(found, CalDavAccount):
            calendar = CalDavCalendar(found, external_id, time_zone)
        else:
            calendar = GoogleCalendar(found, external_id, time_zone)
        return Breaker(calendar, self._circuits.of(account))


async def reach_account(account: CalDavAccount | GoogleAccount) -> None:
    """Sign in at the account, whichever calendars it holds.

    Raises:
        ConfigurationError: its key file can't be used.
        CalendarError: it can't be reached, or refuses the sign-in.
    """
    calendar = CalDavCalendar(account, "", UTC) if isinstance(account, CalDavAccount) else GoogleCalendar(account, "", UTC)
    try:
        await calendar.reach()
    finally:
        await calendar.aclose()


def build_calendars(settings: Settings) -> OutsideCalendars:
    """
    Raises:
        ConfigurationError: the accounts can't be read.
    """
    return OutsideCalendars(read_accounts(settings.calendar_accounts))

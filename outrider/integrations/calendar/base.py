"""The port to a calendar that is kept outside.

An adapter reads when the calendar's owner is busy, and puts, changes and removes our meetings. Each meeting has an id of
ours (`uid`), by which a repeated `put` changes the same meeting and a repeated `remove` finds nothing left to do: whoever
got no answer may simply ask again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from outrider.errors import ProviderError


class CalendarError(ProviderError):
    """The outside calendar failed or refused; `retryable` says whether the same request may succeed later."""

    title = "The calendar failed"


class CalendarLeftAlone(CalendarError):
    """Nobody was asked: the account failed too often."""

    def __init__(self, detail: str, *, retry_after: float | None = None):
        super().__init__(detail, retryable=True, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class Busy:
    """A time at which the owner is not free."""

    starts_at: datetime
    ends_at: datetime
    uid: str | None = None
    """The meeting's id, from calendars that tell it."""


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A meeting as every calendar knows it.

    Args:
        uid: lower-case hexadecimal digits, ours for good; also after the meeting was moved.
        sequence: grows with each change, so that a reader keeps the latest.
        time_zone: IANA zone in which the times are written.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    description: str = ""
    location: str = ""
    organizer: Person | None = None
    attendee: Person | None = None


@dataclass(frozen=True, slots=True)
class CalendarAccess:
    """What a connection test found."""

    name: str
    """The calendar's own name, as far as it tells one."""
    can_write: bool | None
    """None where only a first meeting will tell."""


class OutsideCalendar(Protocol):
    """One calendar of one account. Every method raises `CalendarError`."""

    async def check(self) -> CalendarAccess:
        """Reach the calendar with the account's credentials. Changes nothing."""

    async def busy(self, since: datetime, until: datetime) -> Sequence[Busy]:
        """Times between the two at which the owner is not free, by their begin. Our own meetings are among them."""

    async def put(self, event: CalendarEvent) -> str:
        """Make the meeting be as given, whether it is there or not; returns the calendar's name for it."""

    async def remove(self, uid: str) -> None:
        """Make the meeting be gone; one that is not there is gone already."""

    async def aclose(self) -> None: ...

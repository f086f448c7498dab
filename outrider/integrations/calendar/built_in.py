"""The built-in calendar: our own bookings are all there is, so nothing is asked or told outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from outrider.integrations.calendar.base import Busy, CalendarAccess, CalendarEvent


class BuiltInCalendar:
    """A calendar without an outside."""

    async def check(self) -> CalendarAccess:
        return CalendarAccess(name="Built-in calendar", can_write=True)

    async def busy(self, since: datetime, until: datetime) -> Sequence[Busy]:
        return []

    async def put(self, event: CalendarEvent) -> str:
        return event.uid

    async def remove(self, uid: str) -> None:
        """Nothing is kept outside."""

    async def aclose(self) -> None:
        """Nothing to release."""

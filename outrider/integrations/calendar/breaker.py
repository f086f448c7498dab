"""A calendar behind the circuit of its account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from outrider.circuit import Circuit
from outrider.integrations.calendar.base import Busy, CalendarAccess, CalendarEvent, CalendarLeftAlone, OutsideCalendar


def calendar_circuit(account: str) -> Circuit:
    return Circuit(f"The calendar account {account}", refusal=CalendarLeftAlone)


class Breaker:
    """Keeps calls from a calendar whose account's circuit is open. A connection test by a person passes in any case."""

    def __init__(self, calendar: OutsideCalendar, circuit: Circuit):
        self._calendar = calendar
        self._circuit = circuit

    async def check(self) -> CalendarAccess:
        with self._circuit.call(insists=True):
            return await self._calendar.check()

    async def busy(self, since: datetime, until: datetime) -> Sequence[Busy]:
        with self._circuit.call():
            return await self._calendar.busy(since, until)

    async def put(self, event: CalendarEvent) -> str:
        with self._circuit.call():
            return await self._calendar.put(event)

    async def remove(self, uid: str) -> None:
        with self._circuit.call():
            await self._calendar.remove(uid)

    async def aclose(self) -> None:
        await self._calendar.aclose()

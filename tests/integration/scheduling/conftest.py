"""An office with one calendar, a letter box and a lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar as ICalendar
from sqlalchemy import select

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.base import BookMeeting, Slot
from outrider.agents.scheduling import events
from outrider.agents.scheduling.mailer import Mail, Mailer
from outrider.agents.scheduling.models import Booking, Calendar
from outrider.agents.scheduling.service import book, cancel, move
from outrider.agents.scheduling.slots import SlotFinder
from outrider.config import Settings
from outrider.errors import ProviderError
from outrider.events.bus import subscribe
from outrider.integrations.calendar.build import OutsideCalendars, build_calendars
from outrider.jobs import JobContext
from outrider.leads.models import Lead
from tests.worlds import World, run_due_jobs

FACTS: list[object] = []
MEETING_EVENTS = (events.MeetingBooked, events.MeetingMoved, events.MeetingCancelled, events.MeetingNear)


async def _keep(_: object, event: object) -> None:
    FACTS.append(event)


for kind in MEETING_EVENTS:
    subscribe(kind)(_keep)


class LetterBox:
    is_set_up = True
    address = "outrider@example.com"

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.fails: list[ProviderError] = []

    async def send(self, mail: Mail) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.mails.append(mail)

    def read(self) -> list[tuple[str, int, str]]:
        """Method, sequence and begin of each invitation."""
        found = []
        for mail in self.mails:
            assert mail.calendar is not None
            event: Any = ICalendar.from_ical(mail.calendar.content.decode()).walk("VEVENT")[0]
            found.append((mail.calendar.method, int(event["SEQUENCE"]), f"{event['DTSTART'].dt.astimezone(UTC):%d %H:%M}"))
        return found


@dataclass
class Office:
    """An installation with one calendar and a lead."""

    world: World
    settings: Settings
    lead: Lead
    box: LetterBox = field(default_factory=LetterBox)

    @property
    def database(self) -> Any:
        return self.world.database

    @property
    def context(self) -> JobContext:
        parts = {Settings: self.settings, OutsideCalendars: build_calendars(self.settings), Mailer: self.box}
        return JobContext(self.database, parts)

    async def calendar(self, **values: Any) -> Calendar:
        async with self.database.transaction() as session:
            from outrider.agents.scheduling import repository

            await repository.ensure_one(session, "UTC")
            calendar = (await session.scalars(select(Calendar))).one()
            for name, value in ({"minimum_notice_minutes": 0} | values).items():
                setattr(calendar, name, value)
        return calendar

    async def slots(self, **values: Any) -> list[Slot]:
        asked = {"campaign_id": None, "time_zone": "UTC", "now": datetime.now(UTC), "limit": 3} | values
        return await SlotFinder(self.database, self.settings).find(**asked)

    async def books(self, slot: Slot, lead: Lead | None = None, conversation_id: int | None = None) -> Booking:
        async with self.database.transaction() as session:
            intent = BookMeeting(slot=slot, title="Roof check")
            return await book(session, intent, lead_id=(lead or self.lead).id, conversation_id=conversation_id, campaign_id=7)

    async def moves(self, booking: Booking, by: timedelta) -> Booking:
        async with self.database.transaction() as session:
            return await move(session, booking.id, booking.starts_at + by, by="Maya")

    async def cancels(self, booking: Booking, lead_id: int | None = None) -> Booking:
        async with self.database.transaction() as session:
            return await cancel(session, booking.id, lead_id=lead_id, reason="no time")

    async def works(self) -> None:
        await self.world.execute("UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued'")
        await run_due_jobs(self.context)

    async def bookings(self) -> list[Booking]:
        return await self.world.rows(Booking)

    async def last(self) -> Booking:
        return (await self.bookings())[-1]


@pytest.fixture
async def office(world: World, settings: Settings) -> Office:
    FACTS.clear()
    return Office(world, settings, await world.lead(name="Ann Lee", email="ann@example.com", time_zone="Europe/Berlin"))


def facts() -> list[str]:
    return [type(fact).__name__ for fact in FACTS]

"""Meetings: booked once under races, moved, cancelled, brought to the calendars and people outside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as ICalendar
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.base import BookMeeting, Slot
from outrider.agents.scheduling import events, jobs, service
from outrider.agents.scheduling.delivery_jobs import refresh
from outrider.agents.scheduling.mailer import Mail, Mailer
from outrider.agents.scheduling.models import Booking, BookingStatus, Calendar, CalendarBusy, span_of
from outrider.agents.scheduling.service import SlotTaken, book, cancel, meeting_of, move
from outrider.agents.scheduling.slots import SlotFinder
from outrider.config import Settings
from outrider.conversations.models import ConversationDecision
from outrider.errors import NotFound, ProviderError
from outrider.events.bus import subscribe
from outrider.integrations.calendar.build import OutsideCalendars, build_calendars
from outrider.jobs import JobContext
from outrider.leads.models import Lead
from outrider.leads.service import delete_lead
from tests.stand_ins.caldav import PASSWORD, USER, CalDavServer
from tests.stand_ins.google_calendar import CALENDAR, CLIENT, GoogleServer
from tests.stand_ins.http import Answer
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


class TestSlots:
    async def test_a_calendar_exists_from_the_start(self, office: Office) -> None:
        found = await office.slots(limit=50)
        assert found and all(9 <= slot.starts_at.hour < 17 and slot.starts_at.weekday() < 5 for slot in found)
        assert [one.name for one in await office.world.rows(Calendar)] == ["Meetings"]

    async def test_the_first_calendar_is_made_once(self, office: Office) -> None:
        await asyncio.gather(*(office.slots() for _ in range(8)))
        assert len(await office.world.rows(Calendar)) == 1

    async def test_a_booked_slot_is_offered_no_more(self, office: Office) -> None:
        await office.calendar()
        first = (await office.slots())[0]
        await office.books(first)
        assert first.starts_at not in [slot.starts_at for slot in await office.slots(limit=100)]

    async def test_slots_keep_to_the_wish(self, office: Office) -> None:
        await office.calendar(time_zone="America/New_York", horizon_days=30)
        now = datetime.now(UTC)
        after, before = now + timedelta(days=3), now + timedelta(days=12)
        found = await office.slots(time_zone="America/Los_Angeles", after=after, before=before, part_of_day="morning", limit=20)
        assert found and all(after <= slot.starts_at and slot.ends_at <= before for slot in found)
        assert all(6 <= slot.starts_at.hour < 12 for slot in found)
        assert all(
            slot.starts_at.utcoffset() == ZoneInfo("America/Los_Angeles").utcoffset(slot.starts_at.replace(tzinfo=None))
            for slot in found
        )

    async def test_notice_and_horizon(self, office: Office) -> None:
        await office.calendar(minimum_notice_minutes=60 * 48, horizon_days=5)
        now = datetime.now(UTC)
        found = await office.slots(limit=100)
        assert all(now + timedelta(days=2) <= slot.starts_at and slot.ends_at <= now + timedelta(days=5) for slot in found)

    async def test_a_campaign_has_calendars_of_its_own(self, office: Office) -> None:
        await office.calendar()
        async with office.database.transaction() as session:
            common = (await session.scalars(select(Calendar))).one()
            session.add(
                Calendar(name="Own", kind="built_in", time_zone="UTC", working_hours=common.working_hours, campaign_ids=[7])
            )
        own = (await office.world.rows(Calendar, Calendar.name == "Own"))[0]
        assert {slot.calendar_id for slot in await office.slots(campaign_id=7)} == {own.id}
        assert {slot.calendar_id for slot in await office.slots(campaign_id=8)} == {common.id}
        assert {slot.calendar_id for slot in await office.slots()} == {common.id}

    async def test_most_per_day(self, office: Office) -> None:
        await office.calendar(most_per_day=1)
        first, *_ = found = await office.slots(limit=100)
        same_day = [slot for slot in found if slot.starts_at.date() == first.starts_at.date() and slot != first]
        await office.books(first)
        assert first.starts_at.date() not in {slot.starts_at.date() for slot in await office.slots(limit=100)}
        if same_day:
            with pytest.raises(SlotTaken, match="as many"):
                await office.books(same_day[0], await office.world.lead())

    async def test_an_unknown_zone_is_no_error(self, office: Office) -> None:
        assert await office.slots(time_zone="Mars/Olympus")


class TestBooking:
    async def test_one_slot_is_booked_once_by_fifty(self, office: Office) -> None:
        await office.calendar()
        slot = (await office.slots())[0]
        leads = await office.world.leads(50)
        results = await asyncio.gather(*(office.books(slot, lead) for lead in leads), return_exceptions=True)
        assert sum(isinstance(one, Booking) for one in results) == 1
        assert all(isinstance(one, Booking | SlotTaken) for one in results)
        assert len(await office.bookings()) == 1 and facts() == ["MeetingBooked"]

    async def test_the_database_itself_holds_it(self, office: Office) -> None:
        """Also whoever writes past the service can't book one time twice."""
        calendar = await office.calendar()
        begin = datetime(2027, 5, 4, 9, tzinfo=UTC)

        async def write(minutes: int, calendar_id: int) -> None:
            at = begin + timedelta(minutes=minutes)
            async with office.database.transaction() as session:
                session.add(
                    Booking(
                        calendar_id=calendar_id, starts_at=at, ends_at=at + timedelta(minutes=30), time_zone="UTC", title="x",
                        span=span_of(calendar_id, at, at + timedelta(minutes=30)), booked_by="x", uid=f"{calendar_id}-{minutes}",
                        delivery_state="not_needed", invitation_state="not_sent",
                    )
                )  # fmt: skip

        async with office.database.transaction() as session:
            other = Calendar(name="Other", kind="built_in", time_zone="UTC", working_hours={})
            session.add(other)
        results = await asyncio.gather(*(write(n, calendar.id) for n in range(-14, 15)), return_exceptions=True)
        assert sum(one is None for one in results) == 1
        assert all(one is None or isinstance(one, IntegrityError) for one in results)
        await write(0, other.id)
        await write(45, calendar.id)

    async def test_asked_for_twice_it_is_one_booking(self, office: Office) -> None:
        await office.calendar()
        slot = (await office.slots())[0]
        first, second = await office.books(slot), await office.books(slot)
        assert first.id == second.id and facts() == ["MeetingBooked"]

    async def test_what_was_never_offered_is_not_booked(self, office: Office) -> None:
        await office.calendar()
        slot = (await office.slots())[0]
        wrong = [
            slot.model_copy(
                update={"starts_at": slot.starts_at + timedelta(minutes=7), "ends_at": slot.ends_at + timedelta(minutes=7)}
            ),
            slot.model_copy(update={"ends_at": slot.ends_at + timedelta(hours=2)}),
            slot.model_copy(
                update={"starts_at": slot.starts_at - timedelta(days=28), "ends_at": slot.ends_at - timedelta(days=28)}
            ),
            slot.model_copy(update={"calendar_id": slot.calendar_id + 99}),
        ]
        for one in wrong:
            with pytest.raises(SlotTaken):
                await office.books(one)
        assert await office.bookings() == []

    async def test_buffers_are_kept(self, office: Office) -> None:
        await office.calendar(buffer_before_minutes=10, buffer_after_minutes=20)
        found = await office.slots(limit=100)
        following = {slot.starts_at: slot for slot in found}
        first = next(slot for slot in found if slot.ends_at in following)
        await office.books(first)
        with pytest.raises(SlotTaken):
            await office.books(following[first.ends_at], await office.world.lead())

    async def test_a_conversation_has_one_meeting_ahead(self, office: Office) -> None:
        await office.calendar()
        conversation = await office.world.hears(office.lead, "Tuesday?")
        first, second, *_ = await office.slots()
        earlier = await office.books(first, conversation_id=conversation)
        later = await office.books(second, conversation_id=conversation)
        assert [one.status for one in await office.bookings()] == [BookingStatus.MOVED, BookingStatus.BOOKED]
        assert later.uid == earlier.uid and later.sequence == 1
        async with office.database.transaction() as session:
            meeting = await meeting_of(session, conversation)
        assert meeting is not None and (meeting.booking_id, meeting.slot.starts_at) == (later.id, second.starts_at)
        assert facts() == ["MeetingBooked", "MeetingMoved"]
        noted = await office.world.rows(ConversationDecision)
        assert [(one.decision, one.actor) for one in noted] == [("meeting_booked", None), ("meeting_moved", None)]
        assert noted[-1].detail == later.starts_at.isoformat()

    async def test_a_lead_cancels_only_its_own(self, office: Office) -> None:
        await office.calendar()
        booking = await office.books((await office.slots())[0])
        with pytest.raises(NotFound):
            await office.cancels(booking, lead_id=office.lead.id + 1)
        for _ in range(2):
            assert (await office.cancels(booking, lead_id=office.lead.id)).status == BookingStatus.CANCELLED
        assert facts() == ["MeetingBooked", "MeetingCancelled"]
        await office.books((await office.slots())[0], await office.world.lead())

    async def test_a_move_overlaps_its_own_earlier_time(self, office: Office) -> None:
        await office.calendar()
        booking = await office.books((await office.slots())[0])
        moved = await office.moves(booking, timedelta(minutes=10))
        assert moved.starts_at == booking.starts_at + timedelta(minutes=10)
        with pytest.raises(service.NotBooked):
            await office.moves(booking, timedelta(minutes=20))

    async def test_two_moves_at_once(self, office: Office) -> None:
        await office.calendar()
        booking = await office.books((await office.slots())[0])
        tries = [office.moves(booking, timedelta(hours=n)) for n in range(1, 9)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, Booking) for one in results) == 1
        assert sum(one.status == BookingStatus.BOOKED for one in await office.bookings()) == 1

    async def test_titles_are_the_calendars(self, office: Office) -> None:
        await office.calendar(title_template="{{lead.first_name}} and {{lead.company|us}}")
        assert (await office.books((await office.slots())[0])).title == "Ann and us"

    async def test_deleted_leads_have_no_meetings(self, office: Office) -> None:
        await office.calendar()
        await office.books((await office.slots())[0])
        await office.works()
        async with office.database.transaction() as session:
            await delete_lead(session, office.lead.id)
        left = await office.last()
        assert (left.status, left.lead_id, left.attendee_email, left.title) == ("cancelled", None, None, "Meeting")

    async def test_a_meeting_that_comes_near_is_told_once(self, office: Office) -> None:
        await office.calendar()
        booking = await office.books((await office.slots())[0])
        await jobs.remind.function(office.context)
        assert "MeetingNear" not in facts()
        await office.world.execute(
            "UPDATE bookings SET starts_at = now() + interval '30 minutes', ends_at = now() + interval '1 hour'"
        )
        for _ in range(2):
            await jobs.remind.function(office.context)
        assert facts().count("MeetingNear") == 1 and FACTS[-1].booking_id == booking.id  # type: ignore[attr-defined]


class TestInvitations:
    async def test_each_change_is_told(self, office: Office) -> None:
        await office.calendar(owner_email="olga@example.com", owner_name="Olga")
        booking = await office.books((await office.slots())[0])
        await office.works()
        moved = await office.moves(booking, timedelta(hours=1))
        await office.works()
        await office.cancels(moved)
        await office.works()
        begin, later = (f"{at:%d %H:%M}" for at in (booking.starts_at.astimezone(UTC), moved.starts_at.astimezone(UTC)))
        assert office.box.read() == [("REQUEST", 0, begin), ("REQUEST", 1, later), ("CANCEL", 2, later)]
        assert all(mail.to == ["ann@example.com", "olga@example.com"] for mail in office.box.mails)
        assert len({mail.key for mail in office.box.mails}) == 3
        local = booking.starts_at.astimezone(ZoneInfo("Europe/Berlin"))
        assert f"{local:%H:%M}" in office.box.mails[0].subject and "Europe/Berlin" in office.box.mails[0].text
        assert (await office.last()).invitation_state == "sent"

    async def test_a_refused_mail_is_seen_and_can_be_sent_again(self, office: Office) -> None:
        await office.calendar()
        booking = await office.books((await office.slots())[0])
        office.box.fails = [ProviderError("No such mailbox.", retryable=False)]
        await office.works()
        assert ((await office.last()).invitation_state, (await office.last()).invitation_problem) == (
            "failed",
            "No such mailbox.",
        )
        async with office.database.transaction() as session:
            await service.deliver_again(session, booking.id)
        await office.works()
        assert (await office.last()).invitation_state == "sent" and len(office.box.mails) == 1

    async def test_nobody_to_write_to(self, office: Office) -> None:
        await office.calendar()
        booking = await office.books((await office.slots())[0], await office.world.lead())
        await office.works()
        assert booking.invitation_state == "not_sent" and office.box.mails == []

    async def test_no_mail_is_set_up(self, office: Office) -> None:
        await office.calendar()
        await office.books((await office.slots())[0])
        office.box.is_set_up = False
        await office.works()
        assert ((await office.last()).invitation_state, (await office.last()).invitation_problem) == (
            "not_sent",
            "No e-mail is set up.",
        )


@dataclass
class Outside:
    """An office whose calendar is kept elsewhere."""

    office: Office
    server: CalDavServer | GoogleServer
    held: Callable[[], list[datetime]]
    """When the events there begin."""

    async def enters(self, begin: datetime, end: datetime) -> None:
        if isinstance(self.server, GoogleServer):
            self.server.entered.append((begin, end))
        else:
            form = "%Y%m%dT%H%M%SZ"
            self.server.enter(
                f"own{begin:%d%H%M}", f"DTSTART:{begin.astimezone(UTC):{form}}", f"DTEND:{end.astimezone(UTC):{form}}"
            )


@pytest.fixture(params=["caldav", "google"])
async def outside(request: pytest.FixtureRequest, office: Office) -> AsyncIterator[Outside]:
    kind = CalDavServer if request.param == "caldav" else GoogleServer
    async with kind() as server:
        if isinstance(server, CalDavServer):
            account: dict[str, object] = {"kind": "caldav", "url": f"{server.url}/dav/ann/", "user": USER, "password": PASSWORD}
            external_id = "work"
        else:
            account = {"kind": "google", "api_url": f"{server.url}/calendar/v3", "token_url": f"{server.url}/token", **CLIENT}
            external_id = CALENDAR
        office.settings = office.settings.model_copy(update={"calendar_accounts": SecretStr(json.dumps({"a": account}))})
        calendar = await office.calendar(kind=request.param, account="a", external_id=external_id)
        await refresh(office.context, calendar.id)

        def held() -> list[datetime]:
            if isinstance(server, CalDavServer):
                return [event.start for event in server.events() if str(event["uid"]).endswith("@outrider")]  # type: ignore[misc]
            return [datetime.fromisoformat(event["start"]["dateTime"]) for event in server.live()]

        yield Outside(office, server, held)


class TestOutside:
    async def test_busy_times_are_not_offered(self, outside: Outside) -> None:
        office = outside.office
        found = await office.slots(limit=100)
        first = found[0]
        await outside.enters(first.starts_at + timedelta(minutes=10), first.ends_at - timedelta(minutes=10))
        await refresh(office.context, first.calendar_id)
        assert first.starts_at not in [slot.starts_at for slot in await office.slots(limit=100)]
        with pytest.raises(SlotTaken):
            await office.books(first)

    async def test_a_meeting_appears_moves_and_goes(self, outside: Outside) -> None:
        office = outside.office
        booking = await office.books((await office.slots())[0])
        assert booking.delivery_state == "pending"
        await office.works()
        assert outside.held() == [booking.starts_at] and (await office.last()).delivery_state == "delivered"
        moved = await office.moves(booking, timedelta(minutes=20))
        await office.works()
        assert outside.held() == [moved.starts_at]
        await office.cancels(moved)
        await office.works()
        assert outside.held() == [] and (await office.last()).delivery_state == "delivered"

    async def test_our_own_meetings_do_not_block_twice(self, outside: Outside) -> None:
        """What the outside calendar says of them goes when they go."""
        office = outside.office
        first = (await office.slots())[0]
        booking = await office.books(first)
        await office.works()
        await refresh(office.context, first.calendar_id)
        assert await office.world.rows(CalendarBusy) == []
        await office.cancels(booking)
        assert first.starts_at in [slot.starts_at for slot in await office.slots()]

    async def test_an_entry_at_the_time_of_a_moved_meeting_counts_again(self, outside: Outside) -> None:
        office = outside.office
        booking = await office.books((await office.slots())[0])
        await office.works()
        await office.moves(booking, timedelta(hours=3))
        await outside.enters(booking.starts_at, booking.ends_at)
        await office.works()
        assert [one.starts_at for one in await office.world.rows(CalendarBusy)] == [booking.starts_at]

    async def test_an_outage_is_seen_and_ends(self, outside: Outside) -> None:
        office = outside.office
        booking = await office.books((await office.slots())[0])
        outside.server.fails = [Answer(503, b"")]
        with pytest.raises(ProviderError):
            await office.works()
        waiting = await office.last()
        assert waiting.delivery_state == "pending" and "503" in (waiting.delivery_problem or "")
        await office.world.execute("UPDATE bookings SET updated_at = now() - interval '1 hour'")
        await jobs.sweep.function(office.context)
        await office.works()
        assert outside.held() == [booking.starts_at] and (await office.last()).delivery_problem is None

    async def test_a_refusal_waits_for_a_person(self, outside: Outside) -> None:
        office = outside.office
        booking = await office.books((await office.slots())[0])
        outside.server.fails = [Answer(403, b"{}")]
        await office.works()
        assert (await office.last()).delivery_state == "failed" and "Share the calendar" in (await office.last()).delivery_problem
        async with office.database.transaction() as session:
            await service.deliver_again(session, booking.id)
        await office.works()
        assert (await office.last()).delivery_state == "delivered"

    async def test_an_unknown_outcome_makes_no_second_event(self, outside: Outside) -> None:
        """The server took it, and the answer was lost."""
        office = outside.office
        booking = await office.books((await office.slots())[0])
        await office.works()
        await office.world.execute("UPDATE bookings SET delivery_state = 'pending', external_id = NULL")
        async with office.database.transaction() as session:
            await service.deliver_again(session, booking.id)
        await office.works()
        assert outside.held() == [booking.starts_at]

    async def test_a_time_taken_since_the_copy_is_told(self, outside: Outside) -> None:
        office = outside.office
        slot = (await office.slots())[0]
        await outside.enters(slot.starts_at, slot.ends_at)
        await office.books(slot)
        await office.works()
        assert (await office.last()).delivery_state == "delivered"
        assert (await office.last()).delivery_problem == "The outside calendar has something else at this time."

    async def test_a_cancellation_while_it_is_delivered(self, outside: Outside) -> None:
        office = outside.office
        booking = await office.books((await office.slots())[0])
        await office.world.execute("UPDATE bookings SET delivery_lease_until = now() + interval '3 minutes'")
        await office.cancels(booking)
        await run_due_jobs(office.context)
        assert (await office.last()).delivery_state == "pending"
        await office.world.execute("UPDATE bookings SET delivery_lease_until = now() - interval '1 second'")
        await office.works()
        assert outside.held() == [] and (await office.last()).delivery_state == "delivered"

    async def test_an_old_copy_offers_nothing(self, outside: Outside) -> None:
        office = outside.office
        await office.world.execute("UPDATE calendars SET busy_fetched_at = now() - interval '61 minutes'")
        assert await office.slots() == []
        outside.server.fails = [Answer(503, b"")]
        calendar = (await office.world.rows(Calendar))[0]
        await refresh(office.context, calendar.id)
        assert "503" in (await office.world.rows(Calendar))[0].busy_problem
        await refresh(office.context, calendar.id)
        assert (await office.world.rows(Calendar))[0].busy_problem is None and await office.slots()

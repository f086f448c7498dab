"""Meetings: times on offer; booked once under races, moved, cancelled."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.scheduling import jobs, service
from outrider.agents.scheduling.models import Booking, BookingStatus, Calendar, span_of
from outrider.agents.scheduling.service import SlotTaken, meeting_of
from outrider.conversations.models import ConversationDecision
from outrider.errors import NotFound
from outrider.leads.service import delete_lead
from tests.integration.scheduling.conftest import FACTS, Office, facts


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

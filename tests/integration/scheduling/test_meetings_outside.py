"""Meetings are brought to the calendars and people outside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.scheduling import jobs, service
from outrider.agents.scheduling.delivery_jobs import refresh
from outrider.agents.scheduling.models import Calendar, CalendarBusy
from outrider.agents.scheduling.service import SlotTaken
from outrider.errors import ProviderError
from tests.integration.scheduling.conftest import Office
from tests.stand_ins.caldav import PASSWORD, USER, CalDavServer
from tests.stand_ins.google_calendar import CALENDAR, CLIENT, GoogleServer
from tests.stand_ins.http import Answer
from tests.worlds import run_due_jobs


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

"""What every `OutsideCalendar` keeps to: built-in, CalDAV and Google, against servers that keep to the published contracts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.integrations.calendar.base import Busy, CalendarError, CalendarEvent, OutsideCalendar, Person
from outrider.integrations.calendar.build import OutsideCalendars, UnknownAccount, build_calendars
from tests.stand_ins import google_calendar
from tests.stand_ins.caldav import PASSWORD, USER, CalDavServer
from tests.stand_ins.google_calendar import CALENDAR, CLIENT, GoogleServer
from tests.stand_ins.http import Answer

NOON = datetime(2027, 3, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RADICALE = os.environ.get("OUTRIDER_TEST_RADICALE")
"""The command of a Radicale of its own environment; without it the strict stand-in stands for all CalDAV servers."""
EVENT = CalendarEvent(
    uid="0123456789abcdef0123456789abcdef", sequence=0, title="Roof check; Ann, “Lee”\\n", starts_at=NOON, ends_at=NOON + HOUR,
    time_zone="Europe/Berlin", description="Line\nline, with; signs", location="https://meet.example.com/ann",
    organizer=Person("owner@example.com", 'Olga "O" Wner'), attendee=Person("ann@example.com", "Ann\r\nLee"),
)  # fmt: skip


@dataclass
class Case:
    calendar: OutsideCalendar
    server: CalDavServer | GoogleServer | None = None

    @property
    def has_outside(self) -> bool:
        return not type(self.calendar).__name__.startswith("BuiltIn")


def calendars(**accounts: object) -> OutsideCalendars:
    return build_calendars(Settings(_env_file=None, calendar_accounts=SecretStr(json.dumps(accounts))))


def google_account(server: GoogleServer, **way: object) -> dict[str, object]:
    return {"kind": "google", "api_url": f"{server.url}/calendar/v3", "token_url": f"{server.url}/token", **way}


@pytest.fixture(params=["built_in", "caldav", "google", "google_oauth", *(["radicale"] if RADICALE else [])])
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    async with AsyncExitStack() as stack:
        case = await _open(request.param, stack, tmp_path)
        yield case
        await case.calendar.aclose()


async def _open(kind: str, stack: AsyncExitStack, tmp_path: Path) -> Case:
    if kind == "built_in":
        return Case(calendars().open(None, "", "UTC"))
    if kind == "radicale":
        return Case(
            calendars(a={"kind": "caldav", "url": _radicale(stack, tmp_path), "user": "u", "password": "p"}).open(
                "a", "work", "UTC"
            )
        )
    if kind == "caldav":
        server = await stack.enter_async_context(CalDavServer())
        account = {"kind": "caldav", "url": f"{server.url}/dav/ann/", "user": USER, "password": PASSWORD}
        return Case(calendars(a=account).open("a", "work", "Europe/Berlin"), server)
    google = await stack.enter_async_context(GoogleServer())
    way = CLIENT if kind == "google_oauth" else {"service_account_file": str(google.key_file(tmp_path))}
    return Case(calendars(a=google_account(google, **way)).open("a", CALENDAR, "Europe/Berlin"), google)


def _radicale(stack: AsyncExitStack, folder: Path) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--server-hosts=127.0.0.1:{port}", f"--storage-filesystem-folder={folder}/rad", "--auth-type=none", "--config="]
    process = subprocess.Popen([str(RADICALE), *options], stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    url = f"http://127.0.0.1:{port}/u/"
    body = """<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
    <d:displayname>Work</d:displayname></d:prop></d:set></c:mkcalendar>"""
    for _ in range(100):
        try:
            httpx.request("MKCALENDAR", f"{url}work/", content=body, auth=("u", "p"), trust_env=False).raise_for_status()
            return url
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("Radicale did not start")


async def seen(
    case: Case, since: datetime = NOON - 24 * HOUR, until: datetime = NOON + 24 * HOUR
) -> list[tuple[datetime, datetime]]:
    return [(busy.starts_at, busy.ends_at) for busy in await case.calendar.busy(since, until)]


async def test_the_connection_is_checked(case: Case) -> None:
    access = await case.calendar.check()
    assert access.name and access.can_write in (True, None)


async def test_an_empty_calendar_is_free(case: Case) -> None:
    assert await seen(case) == []


async def test_a_meeting_put_twice_is_there_once(case: Case) -> None:
    names = {await case.calendar.put(EVENT) for _ in range(3)}
    assert len(names) == 1
    assert await seen(case) == ([(NOON, NOON + HOUR)] if case.has_outside else [])


async def test_a_moved_meeting_is_at_its_new_time_only(case: Case) -> None:
    await case.calendar.put(EVENT)
    await case.calendar.put(replace(EVENT, sequence=1, starts_at=NOON + 3 * HOUR, ends_at=NOON + 4 * HOUR))
    assert await seen(case) == ([(NOON + 3 * HOUR, NOON + 4 * HOUR)] if case.has_outside else [])


async def test_a_removed_meeting_is_gone_and_may_be_removed_again(case: Case) -> None:
    await case.calendar.put(EVENT)
    for _ in range(2):
        await case.calendar.remove(EVENT.uid)
    assert await seen(case) == []


async def test_removing_what_never_was_is_no_error(case: Case) -> None:
    await case.calendar.remove("ffffffffffffffffffffffffffffffff")


async def test_a_meeting_that_was_removed_can_come_back(case: Case) -> None:
    await case.calendar.put(EVENT)
    await case.calendar.remove(EVENT.uid)
    await case.calendar.put(replace(EVENT, sequence=2))
    assert await seen(case) == ([(NOON, NOON + HOUR)] if case.has_outside else [])


async def test_busy_times_are_those_of_the_window(case: Case) -> None:
    await case.calendar.put(EVENT)
    assert await seen(case, NOON + HOUR, NOON + 2 * HOUR) == []
    assert await seen(case, NOON - HOUR, NOON) == []


async def test_a_long_horizon_can_be_asked_for(case: Case) -> None:
    await case.calendar.put(EVENT)
    found = await seen(case, NOON - timedelta(days=80), NOON + timedelta(days=100))
    assert len(found) == (1 if case.has_outside else 0)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("month", [3, 7, 11])
async def test_times_keep_through_any_zone(case: Case, zone: str, month: int) -> None:
    begin = datetime(2027, month, 14, 6, 30, tzinfo=UTC)
    await case.calendar.put(replace(EVENT, time_zone=zone, starts_at=begin, ends_at=begin + HOUR))
    found = await seen(case, begin - HOUR, begin + 2 * HOUR)
    assert found == ([(begin, begin + HOUR)] if case.has_outside else [])


async def test_closing_twice_is_harmless(case: Case) -> None:
    await case.calendar.aclose()


@pytest.mark.parametrize("case", ["caldav", "google", "google_oauth"], indirect=True)
@pytest.mark.parametrize(
    ("status", "passes"), [(500, True), (503, True), (429, True), (401, False), (403, False), (400, False), (302, False)]
)
async def test_refusals_say_whether_they_pass(case: Case, status: int, passes: bool) -> None:
    assert case.server is not None
    case.server.fails = [Answer(status, b'{"error": {}}', {"retry-after": "7", "location": "http://127.0.0.1:1/"})] * 2
    with pytest.raises(CalendarError) as error:
        await case.calendar.put(EVENT)
    assert error.value.retryable is passes
    assert "sesame" not in str(error.value) and "secret" not in str(error.value)
    if passes:
        assert error.value.retry_after == 7


@pytest.mark.parametrize("case", ["caldav", "google"], indirect=True)
async def test_no_answer_may_be_asked_again(case: Case) -> None:
    """The connection breaks after the server took it: asking again does no harm."""
    assert case.server is not None
    case.server.fails = [Answer(201, b"{}", is_cut=True)]
    with pytest.raises(CalendarError) as error:
        await case.calendar.put(EVENT)
    assert error.value.retryable
    await case.calendar.put(EVENT)
    assert len(await seen(case)) == 1


class TestCalDav:
    @pytest.fixture(params=["caldav"])
    async def case(self, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
        async with AsyncExitStack() as stack:
            yield await _open(request.param, stack, tmp_path)

    async def busy(self, case: Case, *lines: str) -> list[Busy]:
        assert isinstance(case.server, CalDavServer)
        case.server.enter("x", *lines)
        return list(await case.calendar.busy(NOON - 24 * HOUR, NOON + 48 * HOUR))

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (["DTSTART:20270327T120000Z", "DTEND:20270327T130000Z"], [("27T12:00", "27T13:00")]),
            (["DTSTART;TZID=Europe/Berlin:20270327T120000", "DURATION:PT90M"], [("27T11:00", "27T12:30")]),
            # A whole day is one of the calendar's own clock: that of the night in which Berlin's changes has 23 hours.
            (["DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270329"], [("27T23:00", "28T22:00")]),
            (["DTSTART;VALUE=DATE:20270327"], [("26T23:00", "27T23:00")]),
            (["DTSTART:20270327T120000", "DTEND:20270327T130000"], [("27T11:00", "27T12:00")]),
            (["DTSTART:20270327T120000Z", "DTEND:20270327T130000Z", "TRANSP:TRANSPARENT"], []),
            (["DTSTART:20270327T120000Z", "DTEND:20270327T130000Z", "STATUS:CANCELLED"], []),
            (["DTSTART:20270327T120000Z", "DTEND:20270327T130000Z", "STATUS:TENTATIVE"], [("27T12:00", "27T13:00")]),
            (["DTSTART:20270327T120000Z"], []),
        ],
    )
    async def test_what_an_entry_takes(self, case: Case, lines: list[str], expected: list[tuple[str, str]]) -> None:
        found = await self.busy(case, *lines)
        assert [(f"{one.starts_at:%dT%H:%M}", f"{one.ends_at:%dT%H:%M}") for one in found] == expected

    @pytest.mark.parametrize("expands", [True, False])
    async def test_recurring_events_are_busy_each_time(self, case: Case, expands: bool) -> None:
        assert isinstance(case.server, CalDavServer)
        case.server.expands = expands
        found = await self.busy(case, "DTSTART:20270301T120000Z", "DTEND:20270301T130000Z", "RRULE:FREQ=DAILY;COUNT=60")
        assert [one.starts_at for one in found] == [NOON + timedelta(days=n) for n in (-1, 0, 1)]

    async def test_our_own_meetings_are_known_by_their_id(self, case: Case) -> None:
        await case.calendar.put(EVENT)
        found = await self.busy(case, "DTSTART:20270327T150000Z", "DTEND:20270327T160000Z")
        assert [one.uid for one in found] == [EVENT.uid, None]

    async def test_a_server_that_invites_by_itself_is_told_not_to(self, case: Case) -> None:
        await case.calendar.put(EVENT)
        assert isinstance(case.server, CalDavServer)
        event = case.server.events()[0]
        assert event["ATTENDEE"].params["SCHEDULE-AGENT"] == "CLIENT" and "\n" not in event["ATTENDEE"].params["CN"]

    @pytest.mark.parametrize("body", [b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b"not xml", b"<x/>"])
    async def test_an_answer_that_is_no_calendar(self, case: Case, body: bytes) -> None:
        assert isinstance(case.server, CalDavServer)
        case.server.fails = [Answer(207, body)]
        with pytest.raises(CalendarError):
            await case.calendar.check()

    async def test_a_calendar_that_may_only_be_read(self, case: Case) -> None:
        assert isinstance(case.server, CalDavServer)
        case.server.privileges = "<d:privilege><d:read/></d:privilege>"
        assert (await case.calendar.check()).can_write is False

    @pytest.mark.parametrize(
        "path", ["../bob/", "a/../../bob", "http://evil.example/", "%2e%2e/bob", "a%2f..%2fb", "\\\\evil", "a\nb"]
    )
    def test_a_path_stays_below_the_account(self, path: str) -> None:
        opened = calendars(a={"kind": "caldav", "url": "https://cal.example.com/dav/ann/", "user": "ann", "password": "x"})
        with pytest.raises(CalendarError):
            opened.open("a", path, "UTC")


class TestGoogle:
    async def test_a_token_that_ended_early_is_renewed(self, tmp_path: Path) -> None:
        async with GoogleServer() as server:
            calendar = calendars(a=google_account(server, **CLIENT)).open("a", CALENDAR, "UTC")
            await calendar.put(EVENT)
            server.tokens.clear()
            await calendar.put(EVENT)
            assert server.given == 2 and len(server.live()) == 1
            await calendar.aclose()

    async def test_a_consent_that_was_withdrawn_does_not_pass(self) -> None:
        async with GoogleServer() as server:
            calendar = calendars(a=google_account(server, **{**CLIENT, "refresh_token": "old"})).open("a", CALENDAR, "UTC")
            with pytest.raises(CalendarError, match="revoked") as error:
                await calendar.check()
            assert not error.value.retryable
            await calendar.aclose()

    async def test_limits_of_the_account_pass(self, tmp_path: Path) -> None:
        async with GoogleServer() as server:
            calendar = calendars(a=google_account(server, **CLIENT)).open("a", CALENDAR, "UTC")
            server.fails = [google_calendar._error(403, "userRateLimitExceeded")]
            with pytest.raises(CalendarError) as error:
                await calendar.put(EVENT)
            assert error.value.retryable
            await calendar.aclose()

    async def test_a_calendar_that_is_not_shared(self) -> None:
        async with GoogleServer() as server:
            calendar = calendars(a=google_account(server, **CLIENT)).open("a", "bob@example.com", "UTC")
            for ask in (calendar.check(), calendar.busy(NOON, NOON + HOUR), calendar.put(EVENT)):
                with pytest.raises(CalendarError) as error:
                    await ask
                assert not error.value.retryable
            await calendar.aclose()


class TestAccounts:
    @pytest.mark.parametrize(
        "account",
        [
            {"kind": "caldav", "url": "http://cal.example.com/", "user": "a", "password": "hunter2"},
            {"kind": "caldav", "url": "https://a:hunter2@cal.example.com/", "user": "a", "password": "hunter2"},
            {"kind": "caldav", "url": "ftp://cal.example.com/", "user": "a", "password": "hunter2"},
            {"kind": "exchange", "password": "hunter2"},
            {"kind": "google", "client_id": "x", "client_secret": "hunter2"},
            {"kind": "caldav", "url": "https://cal.example.com/", "user": "a", "password": "hunter2", "more": 1},
        ],
    )
    def test_an_account_that_cant_be_used_stops_the_start(self, account: dict[str, object]) -> None:
        with pytest.raises(ConfigurationError, match="OUTRIDER_CALENDAR_ACCOUNTS") as error:
            calendars(office=account)
        assert "hunter2" not in str(error.value) and "office" in str(error.value)

    def test_accounts_may_lie_in_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "accounts.json"
        path.write_text(
            json.dumps({"office": {"kind": "caldav", "url": "https://cal.example.com/", "user": "a", "password": "b"}})
        )
        found = build_calendars(Settings(_env_file=None, calendar_accounts=SecretStr(str(path))))
        assert [(one.name, one.kind, one.host) for one in found.accounts] == [("office", "caldav", "cal.example.com")]
        with pytest.raises(ConfigurationError, match="can't be read"):
            build_calendars(Settings(_env_file=None, calendar_accounts=SecretStr(str(tmp_path / "none.json"))))

    def test_an_account_that_is_gone(self) -> None:
        with pytest.raises(UnknownAccount):
            calendars().open("gone", "", "UTC")

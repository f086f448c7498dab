"""Invitations, read again as a mail program reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from outrider.integrations.calendar.base import CalendarEvent, Person
from outrider.integrations.calendar.ics import render, time_zone

ZONES = [
    "America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
    "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "UTC", "America/Sao_Paulo",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(tzinfo=UTC, second=0, microsecond=0))


def event(zone: str, starts_at: datetime, **values: Any) -> CalendarEvent:
    usual = {
        "uid": "a" * 32, "sequence": 3, "title": "Roof check", "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "time_zone": zone, "organizer": Person("o@example.com"), "attendee": Person("l@example.com", "Ann"),
    }  # fmt: skip
    return CalendarEvent(**(usual | values))


def reads(data: bytes) -> tuple[datetime, datetime]:
    """Begin and end as one reads them who knows no zones but those of the file (RFC 5545 §3.6.5)."""
    calendar = Calendar.from_ical(data.decode())
    entry: Any = calendar.walk("VEVENT")[0]
    zones = {str(zone["TZID"]): zone for zone in calendar.walk("VTIMEZONE")}

    def moment(key: str) -> datetime:
        written = entry[key]
        name = written.params.get("TZID")
        if name is None:
            return written.dt.astimezone(UTC)
        local = written.dt.replace(tzinfo=None)
        # The last observance that began before the local time; of two readings of a time that comes twice, the first.
        begun = [(one["DTSTART"].dt, one) for one in zones[name].subcomponents if one["DTSTART"].dt <= local]
        offset = max(begun, key=lambda pair: pair[0])[1]["TZOFFSETTO"].td
        return (local - offset).replace(tzinfo=UTC)

    return moment("DTSTART"), moment("DTEND")


@given(st.sampled_from(ZONES), MOMENTS)
def test_a_meeting_is_read_at_the_time_it_was_written(zone: str, at: datetime) -> None:
    assert reads(render(event(zone, at), method="REQUEST")) == (at, at + timedelta(minutes=30))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(ZONES), st.integers(0, 8), st.integers(-120, 120))
def test_also_around_the_hours_in_which_clocks_change(zone: str, year: int, minutes: int) -> None:
    here = ZoneInfo(zone)
    day = datetime(2024 + year, 1, 1, tzinfo=UTC)
    for _ in range(366):
        day += timedelta(days=1)
        if day.astimezone(here).utcoffset() != (day + timedelta(days=1)).astimezone(here).utcoffset():
            for hour in range(24):
                at = day + timedelta(hours=hour, minutes=minutes)
                assert reads(render(event(zone, at), method="REQUEST"))[0] == at


def test_the_zone_changes_at_the_hour_that_the_clock_before_shows() -> None:
    component = time_zone("America/New_York", datetime(2027, 1, 5, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
    lines = component.to_ical().decode().split("\r\n")
    assert "DTSTART:20270314T020000" in lines and "DTSTART:20271107T020000" in lines
    assert lines.count("BEGIN:DAYLIGHT") == 1 and lines.count("BEGIN:STANDARD") == 2


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_an_invitation_says_what_it_is(method: Any, status: str) -> None:
    data = render(event("Europe/Berlin", datetime(2027, 5, 4, 9, tzinfo=UTC)), method=method)
    calendar = Calendar.from_ical(data.decode())
    entry: Any = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], entry["STATUS"], entry["SEQUENCE"]) == (method, status, 3)
    assert entry["ORGANIZER"] == "mailto:o@example.com" and entry["ATTENDEE"] == "mailto:l@example.com"
    assert entry["ATTENDEE"].params["RSVP"] == "TRUE" and "SCHEDULE-AGENT" not in entry["ATTENDEE"].params
    assert b"DTSTART;TZID=Europe/Berlin:20270504T110000" in data


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_text_breaks_out_of_its_line(text: str, name: str) -> None:
    at = datetime(2027, 5, 4, 9, tzinfo=UTC)
    data = render(
        event("UTC", at, title=text, description=text, location=text, attendee=Person("l@example.com", name)), method="REQUEST"
    )
    calendar = Calendar.from_ical(data.decode())
    assert [component.name for component in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    assert reads(data)[0] == at


@pytest.mark.parametrize("name", ['A"B', "A\r\nATTENDEE:mailto:x@y.z", "A;RSVP=FALSE:B", "Ä, Ö"])
def test_a_name_stays_a_name(name: str) -> None:
    data = render(event("UTC", datetime(2027, 5, 4, 9, tzinfo=UTC), attendee=Person("l@example.com", name)), method="REQUEST")
    entry: Any = Calendar.from_ical(data.decode()).walk("VEVENT")[0]
    assert entry["ATTENDEE"] == "mailto:l@example.com" and entry["ATTENDEE"].params["RSVP"] == "TRUE"

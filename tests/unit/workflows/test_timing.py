"""Waits on the lead's clock, over changes of the clocks, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.agents.scheduling.hours import WEEKDAYS
from outrider.workflows.timing import WORKDAYS, BusinessHours, Unit, after, next_time_of_day, within_hours

BERLIN, NEW_YORK, APIA, LORD_HOWE = (
    ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe")
)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "zone", "end"),
    [
        ("2026-03-27T10:00", 3, Unit.DAYS, BERLIN, "2026-03-30T10:00"),  # clocks forward on the 29th
        ("2026-10-23T10:00", 1, Unit.WEEKS, BERLIN, "2026-10-30T10:00"),  # back on the 25th
        ("2026-03-28T10:00", 24, Unit.HOURS, BERLIN, "2026-03-29T11:00"),
        ("2026-10-24T10:00", 24, Unit.HOURS, BERLIN, "2026-10-25T09:00"),
        ("2026-03-28T02:30", 1, Unit.DAYS, BERLIN, "2026-03-29T03:30"),  # 02:30 is left out
        ("2026-10-24T02:30", 1, Unit.DAYS, BERLIN, "2026-10-25T02:30"),  # the first of two
        ("2026-11-01T01:30", 1, Unit.DAYS, NEW_YORK, "2026-11-02T01:30"),
        ("2026-04-04T12:00", 1, Unit.DAYS, LORD_HOWE, "2026-04-05T12:00"),  # half an hour
        ("2026-01-31T10:00", 30, Unit.MINUTES, BERLIN, "2026-01-31T10:30"),
        ("2026-01-31T10:00", 1.5, Unit.DAYS, BERLIN, "2026-02-01T22:00"),
    ],
)
def test_days_keep_the_clock_and_hours_keep_the_span(start: str, amount: float, unit: Unit, zone: ZoneInfo, end: str) -> None:
    assert after(at(start, zone), amount, unit, zone) == at(end, zone).astimezone(UTC)


def test_of_a_time_that_happens_twice_the_first_is_meant() -> None:
    assert after(at("2026-10-24T02:30"), 1, Unit.DAYS, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_next_time_of_day() -> None:
    friday = at("2026-03-27T09:30")
    assert next_time_of_day(friday, "10:00", list(WORKDAYS), BERLIN) == at("2026-03-27T10:00")
    assert next_time_of_day(friday, "09:30", list(WORKDAYS), BERLIN) == at("2026-03-30T09:30")
    assert next_time_of_day(friday, "02:30", ["sunday"], BERLIN) == at("2026-03-29T03:30")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-27T08:00", "2026-03-27T09:00"),
        ("2026-03-27T12:00", "2026-03-27T12:00"),
        ("2026-03-27T17:00", "2026-03-30T09:00"),  # Friday evening, to Monday, over the change
        ("2026-03-29T10:00", "2026-03-30T09:00"),
    ],
)
def test_business_hours(moment: str, opens: str) -> None:
    assert within_hours(at(moment), BusinessHours(), BERLIN) == at(opens)


def test_hours_around_a_gap_open_after_it() -> None:
    sunday = BusinessHours(days=["sunday"], start="02:15", end="02:45")
    assert within_hours(at("2026-03-29T00:00"), sunday, BERLIN) == at("2026-03-29T03:15")


def test_hours_that_end_at_midnight() -> None:
    assert within_hours(at("2026-03-27T23:59"), BusinessHours(start="20:00", end="24:00"), BERLIN) == at("2026-03-27T23:59")


@pytest.mark.parametrize("hours", [{"start": "17:00", "end": "09:00"}, {"days": []}, {"start": "9"}])
def test_hours_that_can_not_be_are_refused(hours: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        BusinessHours.model_validate(hours)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
ZONES = st.sampled_from([BERLIN, NEW_YORK, APIA, LORD_HOWE, ZoneInfo("Asia/Kathmandu")])


@given(MOMENTS, ZONES, st.sampled_from(Unit), st.integers(1, 400))
def test_a_wait_ends_after_it_began(moment: datetime, zone: ZoneInfo, unit: Unit, amount: int) -> None:
    ends = after(moment, amount, unit, zone)
    days = amount * 7 if unit is Unit.WEEKS else amount
    assert ends > moment and (
        unit not in (Unit.DAYS, Unit.WEEKS) or abs(ends - moment - timedelta(days=days)) <= timedelta(hours=1)
    )


@given(MOMENTS, ZONES, st.lists(st.sampled_from(WEEKDAYS), min_size=1), st.integers(0, 23), st.integers(1, 24))
def test_openings_lie_within_the_hours_and_are_the_next(
    moment: datetime, zone: ZoneInfo, days: list[str], start: int, length: int
) -> None:
    end = min(start + length, 24)
    hours = BusinessHours.model_validate({"days": days, "start": f"{start:02}:00", "end": f"{end:02}:00"})
    opens = within_hours(moment, hours, zone)
    assert moment <= opens <= moment + timedelta(days=8, hours=2)
    assert opens == moment or WEEKDAYS[opens.astimezone(zone).weekday()] in days

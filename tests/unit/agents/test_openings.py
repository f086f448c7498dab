"""Free slots over zones, dates and everything that is taken."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from outrider.agents.base import Slot
from outrider.agents.scheduling.hours import OFFICE_HOURS, WEEKDAYS, Span, WorkingHours, WorkingPeriod, minutes, working_slots
from outrider.agents.scheduling.openings import Rules, Taken, free_slots, merged, offered, part_of, without

ODD_ZONES = [
    "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham",
    "Africa/Casablanca", "America/St_Johns", "Pacific/Apia", "Africa/Cairo", "America/Nuuk", "UTC",
]  # fmt: skip
ZONES = st.sampled_from(ODD_ZONES) | st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 1)).map(
    lambda at: at.replace(tzinfo=UTC, second=0, microsecond=0)
)
LENGTHS = st.sampled_from([15, 20, 30, 45, 60, 90, 120])
HOUR = timedelta(hours=1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def hours(draw: st.DrawFn) -> WorkingHours:
    days = {}
    for day in WEEKDAYS:
        edges = sorted(draw(st.lists(st.integers(0, 96), max_size=4, unique=True)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        days[day] = [WorkingPeriod(start=clock(a * 15), end=clock(b * 15)) for a, b in pairs]
    return WorkingHours(**days)


ALWAYS = WorkingHours(**{day: [WorkingPeriod(start="00:00", end="24:00")] for day in WEEKDAYS})


@settings(deadline=None)
@given(hours() | st.just(ALWAYS), ZONES, LENGTHS, MOMENTS)
def test_every_slot_lies_in_the_working_hours_as_the_clock_shows_them(
    week: WorkingHours, zone: str, length: int, at: datetime
) -> None:
    here, long = ZoneInfo(zone), timedelta(minutes=length)
    slots = list(working_slots(week, here, long, at, at + timedelta(days=9)))
    for slot in slots:
        begin, end = (one.astimezone(here) for one in (slot.starts_at, slot.ends_at))
        assert slot.ends_at - slot.starts_at == long and at <= slot.starts_at and slot.ends_at <= at + timedelta(days=9)
        # A time that is read aloud means this moment, and no other.
        assert begin.replace(tzinfo=None).replace(tzinfo=here).astimezone(UTC) == slot.starts_at
        last = minutes(f"{end:%H:%M}") if end.date() == begin.date() else 24 * 60
        periods = week.of(WEEKDAYS[begin.weekday()])
        assert any(minutes(one.start) <= minutes(f"{begin:%H:%M}") and last <= minutes(one.end) for one in periods)
    assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(slots))
    spoken = [slot.starts_at.astimezone(here).replace(tzinfo=None, fold=0) for slot in slots]
    assert len(set(spoken)) == len(spoken)


@settings(deadline=None)
@given(ZONES, MOMENTS, LENGTHS)
def test_an_ordinary_day_is_offered_whole(zone: str, at: datetime, length: int) -> None:
    """As many slots as fit into each working day on which no clock is changed."""
    here, long = ZoneInfo(zone), timedelta(minutes=length)
    slots = list(working_slots(OFFICE_HOURS, here, long, at, at + timedelta(days=9)))
    days = {(at + timedelta(days=n)).astimezone(here).date() for n in range(1, 8)}
    for day in days:
        noon = datetime.combine(day, time(12), here)
        steady = len({(noon + HOUR * n).astimezone(UTC).astimezone(here).utcoffset() for n in range(-12, 13)}) == 1
        if steady and noon.astimezone(here).date() == day:
            found = [slot for slot in slots if slot.starts_at.astimezone(here).date() == day]
            assert len(found) == (480 // length if day.weekday() < 5 else 0)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # The clock skips from 02:00 to 03:00.
        ("America/New_York", "2027-03-14", ["00:00", "01:00", "03:00", "04:00"]),
        # 01:00 comes twice; it is offered once.
        ("America/New_York", "2027-11-07", ["00:00", "01:00", "02:00", "03:00", "04:00"]),
        # Half an hour is skipped: 02:00 to 02:30.
        ("Australia/Lord_Howe", "2027-10-03", ["00:00", "01:00", "02:30", "03:30"]),
    ],
)
def test_the_nights_in_which_clocks_change(zone: str, day: str, expected: list[str]) -> None:
    here = ZoneInfo(zone)
    begin = datetime.fromisoformat(day).replace(tzinfo=here)
    week = WorkingHours(**{day: [WorkingPeriod(start="00:00", end="05:00")] for day in WEEKDAYS})
    slots = working_slots(week, here, HOUR, begin.astimezone(UTC), begin.replace(hour=5).astimezone(UTC))
    assert [f"{slot.starts_at.astimezone(here):%H:%M}" for slot in slots] == expected


def rules(zone: str = "UTC", **values: object) -> Rules:
    usual: dict[str, object] = {
        "calendar_id": 1, "zone": ZoneInfo(zone), "hours": OFFICE_HOURS, "length": timedelta(minutes=30), "before": timedelta(0),
        "after": timedelta(0), "notice": HOUR, "horizon": timedelta(days=14), "most_per_day": None,
    }  # fmt: skip
    return Rules(**(usual | values))  # type: ignore[arg-type]


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begin = datetime(2027, 5, 3, tzinfo=UTC) + timedelta(minutes=5 * draw(st.integers(0, 12 * 24 * 5)))
    return Span(begin, begin + timedelta(minutes=5 * draw(st.integers(0, 40))))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(spans(), max_size=8),
    st.lists(spans(), max_size=8),
    st.integers(0, 12),
    st.integers(0, 12),
    st.none() | st.integers(1, 4),
)
def test_a_free_slot_meets_nothing_and_none_is_missing(
    meetings: list[Span], busy: list[Span], before: int, after: int, most: int | None
) -> None:
    week = rules(before=timedelta(minutes=5 * before), after=timedelta(minutes=5 * after), most_per_day=most)
    since, until = datetime(2027, 5, 3, tzinfo=UTC), datetime(2027, 5, 8, tzinfo=UTC)
    taken = Taken(meetings, busy, [one.starts_at for one in meetings])
    free = {slot.starts_at for slot in free_slots(week, taken, since, until)}
    for slot in working_slots(week.hours, week.zone, week.length, since, until):
        begin, end = slot.starts_at - week.before, slot.ends_at + week.after
        is_met = any(one.starts_at < end and begin < one.ends_at and one.starts_at < one.ends_at for one in [*meetings, *busy])
        is_full = most is not None and sum(one.starts_at.date() == slot.starts_at.date() for one in meetings) >= most
        assert (slot.starts_at in free) == (not is_met and not is_full)


@settings(deadline=None, max_examples=50)
@given(st.lists(spans(), max_size=8), st.lists(spans(), max_size=8))
def test_what_is_left_without_others(some: list[Span], cut: list[Span]) -> None:
    left = without(some, cut)

    def covers(spans: list[Span], at: datetime) -> bool:
        return any(one.starts_at <= at < one.ends_at for one in spans)

    for step in range(0, 12 * 24 * 5, 7):
        at = datetime(2027, 5, 3, tzinfo=UTC) + timedelta(minutes=5 * step)
        assert covers(left, at) == (covers(some, at) and not covers(cut, at))
        assert covers(merged(some), at) == covers(some, at)


def slot(text: str, calendar_id: int = 1) -> Slot:
    begin = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Slot(calendar_id=calendar_id, starts_at=begin, ends_at=begin + timedelta(minutes=30))


def test_a_choice_is_spread_over_days() -> None:
    slots = [slot(f"2027-05-{day:02}T{hour:02}:00") for day in (4, 5, 6) for hour in range(9, 17)]
    found = offered(slots, ZoneInfo("UTC"), None, 3)
    assert [f"{one.starts_at:%d %H}" for one in found] == ["04 09", "04 12", "05 09"]
    assert len(offered(slots[:2], ZoneInfo("UTC"), None, 3)) == 2


def test_people_who_are_asked_at_once_are_offered_different_slots() -> None:
    slots = [slot(f"2027-05-04T{hour:02}:{minute:02}") for hour in range(9, 12) for minute in (0, 30)]
    slots += [slot("2027-05-05T09:00"), slot("2027-05-05T09:30")]
    firsts = [offered(slots, ZoneInfo("UTC"), None, 2, lead_id) for lead_id in range(6)]
    assert len({found[0].starts_at for found in firsts}) == 6
    assert all([one.starts_at.day for one in found] == [4, 5] for found in firsts)


def test_slots_are_in_the_leads_zone_at_hours_at_which_they_are_up() -> None:
    slots = [slot(f"2027-05-04T{hour:02}:00") for hour in range(13, 21)]
    found = offered(slots, ZoneInfo("Asia/Tokyo"), None, 3)
    assert [one.starts_at.hour for one in found] == [22, 23, 0]  # nothing better is there
    found = offered(slots, ZoneInfo("America/Los_Angeles"), None, 8)
    assert [one.starts_at.hour for one in found] == [7, 8, 9, 10, 11, 12, 13]
    assert {one.starts_at.utcoffset() for one in found} == {timedelta(hours=-7)}


@given(ZONES, st.sampled_from(["morning", "afternoon", "evening"]), st.integers(1, 6))
def test_the_part_of_the_day_is_the_leads(zone: str, part: str, limit: int) -> None:
    here = ZoneInfo(zone)
    slots = [slot(f"2027-05-{day:02}T{hour:02}:00") for day in (4, 5, 6) for hour in range(24)]
    found = offered(slots, here, part, limit)  # type: ignore[arg-type]
    assert found and len(found) <= limit
    assert all(part_of(one.starts_at) == part and one.starts_at.tzinfo is here for one in found)
    assert found == sorted(found, key=lambda one: one.starts_at)


def test_of_two_calendars_one_time_is_offered_once() -> None:
    found = offered([slot("2027-05-04T09:00", 2), slot("2027-05-04T09:00", 1)], ZoneInfo("UTC"), None, 5)
    assert len(found) == 1


@pytest.mark.parametrize(
    "monday",
    [
        [{"start": "17:00", "end": "09:00"}], [{"start": "09:00", "end": "09:00"}], [{"start": "9:00", "end": "10:00"}],
        [{"start": "09:00", "end": "25:00"}], [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "13:00"}],
        [{"start": "24:00", "end": "24:00"}],
    ],
)  # fmt: skip
def test_hours_that_make_no_sense(monday: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        WorkingHours.model_validate({"monday": monday})

"""Nobody is texted outside their hours, in whatever zone they may be, on any day of the year."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.conversations import quiet_hours
from outrider.conversations.quiet_hours import (
    MAX_VALIDITY,
    MIN_VALIDITY,
    US_STATES,
    Hours,
    candidate_zones,
    hours_for,
    parse_hours,
    sending_window,
    validity_seconds,
)
from outrider.errors import InvalidInput
from tests.clocks import takes_less

FORTY_ZONES = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "America/Detroit", "America/Boise", "America/Adak", "America/Puerto_Rico", "America/Toronto",
    "America/St_Johns", "America/Halifax", "America/Mexico_City", "America/Sao_Paulo", "America/Santiago", "America/Bogota",
    "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Lisbon", "Europe/Athens", "Europe/Moscow",
    "Africa/Cairo", "Africa/Casablanca", "Africa/Lagos", "Asia/Jerusalem", "Asia/Tehran", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Kiritimati",
]  # fmt: skip
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
places = st.tuples(
    st.lists(st.sampled_from(FORTY_ZONES), max_size=3, unique=True),
    st.sampled_from([None, "US", "CA", "DE", "AU", "BR", "ZZ"]),
    st.sampled_from([None, "TX", "FL", "RI", "CT", "NY", "ON"]),
)
moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    quiet_hours._cache.clear()


def is_inside(moment: datetime, zone: str, hours: Hours) -> bool:
    """The rule by itself, read off the wall clock there."""
    local = moment.astimezone(ZoneInfo(zone))
    window = hours.days[local.weekday()]
    return window.start <= local.hour * 60 + local.minute < window.end


@pytest.mark.parametrize("zone", FORTY_ZONES)
def test_400_days_open_exactly_inside_the_hours(zone: str) -> None:
    """Every 7 minutes: 82,000 moments per zone, over every change of the clocks."""
    country, region = ("US", "NY") if zone.startswith("America/") and zone in candidate_zones([], "US") else ("GB", None)
    hours = hours_for([zone], country, region)
    moment = FIRST
    for _ in range(400 * 24 * 60 // 7):
        window = sending_window(moment, [zone], country, region)
        assert window.is_open == is_inside(moment, zone, hours), moment
        moment += timedelta(minutes=7)


@given(moment=moments, place=places)
def test_open_means_open_in_every_zone(moment: datetime, place: tuple[list[str], str | None, str | None]) -> None:
    window = sending_window(moment, *place)
    zones, hours = candidate_zones(*place[:2]), hours_for(*place)
    assert window.is_open == all(is_inside(moment, zone, hours) for zone in zones)
    if window.closes_at is None:
        return
    assert window.opens_at is not None
    assert window.closes_at > moment
    inside = [
        window.opens_at,
        window.closes_at - timedelta(seconds=1),
        window.opens_at + (window.closes_at - window.opens_at) / 2,
    ]
    assert all(is_inside(one, zone, hours) for one in inside for zone in zones)
    assert not all(is_inside(window.closes_at, zone, hours) for zone in zones)
    assert not all(is_inside(window.opens_at - timedelta(seconds=1), zone, hours) for zone in zones)


@given(moment=moments, place=places)
def test_nothing_opens_before_the_next_opening(moment: datetime, place: tuple[list[str], str | None, str | None]) -> None:
    window = sending_window(moment, *place)
    if window.is_open or window.opens_at is None:
        return
    zones, hours = candidate_zones(*place[:2]), hours_for(*place)
    while moment < window.opens_at:
        assert not all(is_inside(moment, zone, hours) for zone in zones)
        moment += timedelta(minutes=15)


@given(moment=moments, place=places, later=st.integers(0, 60 * 24 * 3))
def test_the_cache_changes_nothing(moment: datetime, place: tuple[list[str], str | None, str | None], later: int) -> None:
    then = moment + timedelta(minutes=later)
    sending_window(moment, *place)
    cached = sending_window(then, *place)
    quiet_hours._cache.clear()
    assert sending_window(then, *place) == cached


@pytest.mark.parametrize(
    ("state", "weekday", "saturday", "sunday"),
    [
        ("CT", (9, 20), (9, 20), (9, 20)),
        ("FL", (8, 20), (8, 20), (8, 20)),
        ("MD", (8, 20), (8, 20), (8, 20)),
        ("MS", (8, 20), (8, 20), (8, 20)),
        ("NJ", (8, 20), (8, 20), (8, 20)),
        ("OK", (8, 20), (8, 20), (8, 20)),
        ("RI", (9, 18), (10, 17), (10, 17)),
        ("TX", (9, 21), (9, 21), (12, 21)),
        ("NY", (8, 21), (8, 21), (8, 21)),
    ],
)
def test_states_have_their_own_hours(
    state: str, weekday: tuple[int, int], saturday: tuple[int, int], sunday: tuple[int, int]
) -> None:
    zone = "America/Chicago" if state in ("MS", "OK", "TX") else "America/New_York"
    for day, (start, end) in ((3, weekday), (7, saturday), (8, sunday)):
        noon = datetime(2026, 3 if day == 3 else 2, day, 12, 0, tzinfo=ZoneInfo(zone))
        window = sending_window(noon, [zone], "US", state)
        assert window.opens_at is not None
        assert window.closes_at is not None
        assert (window.opens_at.astimezone(ZoneInfo(zone)).hour, window.closes_at.astimezone(ZoneInfo(zone)).hour) == (start, end)


def test_an_unknown_american_may_be_anywhere() -> None:
    noon_in_new_york = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    assert not sending_window(noon_in_new_york, [], "US").is_open
    window = sending_window(noon_in_new_york, [])
    assert window.opens_at == datetime(2026, 3, 4, 19, 0, tzinfo=UTC)  # 9:00 in Adak and in Rhode Island's strictest terms
    assert window.closes_at == datetime(2026, 3, 4, 23, 0, tzinfo=UTC)  # 18:00 in New York


def test_an_unknown_state_may_be_any_of_the_zone() -> None:
    seven_in_the_evening = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    assert sending_window(seven_in_the_evening, ["America/New_York"], "US", "NY").is_open
    assert not sending_window(seven_in_the_evening, ["America/New_York"], "US").is_open
    assert sending_window(seven_in_the_evening, ["America/Los_Angeles"], "US").is_open


def test_custom_hours_only_narrow() -> None:
    wide, narrow = parse_hours({"start": "00:00", "end": "24:00"}), parse_hours({"start": "10:30", "end": "12:00"})
    night = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
    assert not sending_window(night, ["America/New_York"], "US", "NY", wide).is_open
    window = sending_window(night, ["America/New_York"], "US", "NY", narrow)
    assert (window.opens_at, window.closes_at) == (
        datetime(2026, 3, 5, 15, 30, tzinfo=UTC),
        datetime(2026, 3, 5, 17, 0, tzinfo=UTC),
    )


def test_hours_that_never_overlap_never_open() -> None:
    early = parse_hours({"start": "06:00", "end": "07:00"})
    window = sending_window(FIRST, ["America/New_York"], "US", "NY", early)
    assert (window.is_open, window.opens_at, window.closes_at) == (False, None, None)


UNREADABLE = [("9", "18:00"), ("18:00", "09:00"), ("25:00", "26:00"), ("09:00", ""), ("09:60", "10:00"), ("24:30", "24:59")]


@pytest.mark.parametrize(("start", "end"), UNREADABLE)
def test_unreadable_hours_are_named(start: str, end: str) -> None:
    with pytest.raises(InvalidInput):
        parse_hours({"start": start, "end": end})


def test_no_hours_are_none() -> None:
    assert parse_hours({}) is None


@given(seconds=st.integers(-100, 100_000))
def test_the_validity_ends_with_the_window(seconds: int) -> None:
    now = FIRST
    validity = validity_seconds(now, now + timedelta(seconds=seconds))
    if validity is None:
        assert seconds < MIN_VALIDITY + 31
    else:
        assert MIN_VALIDITY <= validity <= min(MAX_VALIDITY, seconds - 30)


def test_an_unknown_zone_name_counts_as_no_knowledge() -> None:
    noon_in_new_york = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    assert sending_window(noon_in_new_york, ["Mars/Olympus"], "US") == sending_window(noon_in_new_york, [], "US")


def test_it_is_fast_enough_for_thousands_a_second() -> None:
    rng = random.Random(1)
    people = [([rng.choice(FORTY_ZONES)], "US", rng.choice([*US_STATES, None])) for _ in range(5_000)]
    assert takes_less(2.0, lambda: [sending_window(FIRST, *person) for person in people])

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outrider.campaigns.estimate import estimate_timing
from outrider.campaigns.repository.preflight import Place
from outrider.campaigns.schemas import PreflightTiming
from outrider.conversations.quiet_hours import parse_hours

NOON_UTC = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)  # a Tuesday; 8:00 in New York, 5:00 in Los Angeles


def place(zone: str, region: str, leads: int) -> Place:
    return Place((zone,), "US", region, leads)


NEW_YORK = ("America/New_York", "NY")
LOS_ANGELES = ("America/Los_Angeles", "CA")


def estimate(
    *places: Place, segments: float = 1.0, rate: float = 10.0, hours: dict[str, object] | None = None, enforced: bool = True
) -> PreflightTiming:
    return estimate_timing(places, segments, rate, NOON_UTC, parse_hours(hours or {}), is_enforced=enforced)


def test_leads_in_an_open_window_leave_at_the_senders_rate() -> None:
    timing = estimate(place(*NEW_YORK, 100), segments=2)

    assert (timing.sendable_now, timing.later_today, timing.seconds) == (100, 0, 20)
    assert timing.finished_at == NOON_UTC + timedelta(seconds=20)


def test_what_the_workflow_waits_comes_on_top() -> None:
    for enforced in (True, False):
        timing = estimate_timing(
            [place(*NEW_YORK, 100)], 1.0, 10.0, NOON_UTC, parse_hours({}), is_enforced=enforced, waits=timedelta(days=2)
        )
        assert (timing.seconds, timing.waits_seconds) == (10, 2 * 24 * 3600)
        assert timing.finished_at == NOON_UTC + timedelta(days=2, seconds=10)


def test_leads_in_a_closed_window_wait_for_it() -> None:
    timing = estimate(place(*NEW_YORK, 100), place(*LOS_ANGELES, 50))

    assert (timing.sendable_now, timing.later_today) == (100, 50)
    assert timing.next_opening == NOON_UTC + timedelta(hours=3)
    assert timing.seconds == 3 * 3600 + 5


def test_what_does_not_fit_into_a_day_goes_on_the_next() -> None:
    # 13 open hours a day at one segment a second.
    timing = estimate(place(*NEW_YORK, 13 * 3600 + 60), rate=1)

    assert timing.seconds == 24 * 3600 + 60


def test_own_hours_narrow_the_window() -> None:
    timing = estimate(place(*NEW_YORK, 10), hours={"start": "10:00", "end": "11:00"})

    assert (timing.sendable_now, timing.later_today) == (0, 10)
    assert timing.next_opening == NOON_UTC + timedelta(hours=2)


def test_places_without_a_common_hour_never_get_a_text() -> None:
    far_apart = Place(("America/New_York", "Asia/Tokyo"), None, None, 3)
    timing = estimate(far_apart, place(*NEW_YORK, 1), hours={"start": "09:00", "end": "11:00"})

    assert timing.never == 3


@pytest.mark.parametrize("rate", [0.0, 0.000001])
def test_endless_sending_is_not_estimated(rate: float) -> None:
    assert estimate(place(*NEW_YORK, 1000), rate=rate).seconds is None


def test_an_installation_without_quiet_hours_sends_at_once() -> None:
    timing = estimate(place(*LOS_ANGELES, 100), enforced=False)

    assert (timing.sendable_now, timing.seconds) == (100, 10)

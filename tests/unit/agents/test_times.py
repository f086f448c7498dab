"""What leads mean by “the second one” and “Tuesday afternoon”."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from outrider.agents.base import Slot
from outrider.agents.team.times import pick, understand

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
"""A Saturday, nine in the morning there."""


def slot(day: int, hour: int, minute: int = 0) -> Slot:
    begin = datetime(2026, 11, day, hour, minute, tzinfo=ZONE)
    return Slot(calendar_id=1, starts_at=begin, ends_at=begin + timedelta(minutes=30))


OFFERED = [slot(24, 10), slot(24, 14, 30), slot(25, 9)]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("The first one works for me", 0),
        ("I can do the earlier one", 0),
        ("the second one", 1),
        ("2", 1),
        ("option 3 please", 2),
        ("the last one", 2),
        ("La segunda", 1),
        ("le deuxième, merci", 1),
        ("Tuesday at 10 works", 0),
        ("Tuesday afternoon", 1),
        ("2:30 pm is good", 1),
        ("Wednesday", 2),
        ("mercredi à 9h", 2),
        ("el martes a las 10", 0),
        ("10am", 0),
        ("the 25th", 2),
    ],
)
def test_one_of_the_times_offered_is_meant(text: str, chosen: int) -> None:
    assert pick(OFFERED, understand(text, NOW, ZONE), ZONE) == OFFERED[chosen]


@pytest.mark.parametrize(
    "text",
    ["Yes, book it please", "Tuesday", "none of these work", "the fourth", "Friday at 10", "I can't on Tuesday afternoon", "ok",
     "give me a second", "what does it cost?"],
)  # fmt: skip
def test_what_leaves_it_open_chooses_none(text: str) -> None:
    assert pick(OFFERED, understand(text, NOW, ZONE), ZONE) is None


def test_a_yes_takes_the_only_time_there_is() -> None:
    assert pick(OFFERED[:1], understand("Yes, perfect", NOW, ZONE), ZONE) == OFFERED[0]
    assert pick(OFFERED[:1], understand("no, that doesn't work", NOW, ZONE), ZONE) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thursday at 2pm would be good", (26, 14)),
        ("tomorrow at 10", (22, 10)),
        ("Mañana a las 3 me viene bien", (22, 15)),
        ("demain à 15h", (22, 15)),
        ("noon on friday", (27, 12)),
        ("nov 25 at 9.30 am", (25, 9)),
        ("next tuesday at 10", (24, 10)),
    ],
)
def test_a_day_and_an_hour_are_a_moment_in_the_leads_own_zone(text: str, moment: tuple[int, int]) -> None:
    exact = understand(text, NOW, ZONE).exact(ZONE)
    assert exact is not None and (exact.day, exact.hour, exact.tzinfo) == (*moment, ZONE)


@pytest.mark.parametrize("text", ["Tuesday after 3", "before noon maybe, at 11 or by 10", "next week at 10", "morning"])
def test_what_is_vague_is_no_moment(text: str) -> None:
    assert understand(text, NOW, ZONE).exact(ZONE) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("next week", 23, 30),
        ("text me tomorrow", 22, 23),
        ("la semana que viene", 23, 30),
        ("la semaine prochaine", 23, 30),
        ("Tuesday afternoon", 24, 25),
    ],
)
def test_days_are_windows(text: str, first: int, last: int) -> None:
    wish = understand(text, NOW, ZONE)
    assert wish.after is not None and wish.before is not None
    assert (wish.after.astimezone(ZONE).day, wish.before.astimezone(ZONE).day) == (first, last)


def test_far_ahead_is_no_time_for_a_call() -> None:
    assert understand("maybe in a month", NOW, ZONE).is_far(NOW)
    assert not understand("next week", NOW, ZONE).is_far(NOW)


def test_the_clock_change_is_kept() -> None:
    before_change = datetime(2026, 10, 30, 15, 0, tzinfo=UTC)
    exact = understand("Monday at 9 am", before_change, ZONE).exact(ZONE)
    assert exact is not None and exact.astimezone(UTC) == datetime(2026, 11, 2, 15, 0, tzinfo=UTC)

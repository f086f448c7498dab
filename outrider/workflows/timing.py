"""When a wait is over, on the lead's own clock.

Days and weeks are calendar units: three days after Friday 10:00 is Monday 10:00, also when the clocks change in between.
Minutes and hours are spans of real time. A local time that a change of the clocks leaves out (02:30 in spring) means the
moment as far after the gap; one that happens twice (02:30 in autumn) means the first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.agents.scheduling.hours import WEEKDAYS, Clock, Weekday

FURTHEST_DAYS = 400
"""A wait may not be longer: nobody remembers why it was set."""
WORKDAYS: tuple[Weekday, ...] = WEEKDAYS[:5]


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


class BusinessHours(BaseModel):
    """Days and hours, on the lead's clock."""

    model_config = ConfigDict(extra="forbid")

    days: list[Weekday] = Field(default_factory=lambda: list(WORKDAYS), min_length=1, title="Days")
    start: Clock = Field("09:00", title="From")
    end: Clock = Field("17:00", title="To")

    @model_validator(mode="after")
    def _ends_later(self) -> BusinessHours:
        if _minutes(self.end) <= _minutes(self.start):
            raise ValueError("must end after it begins")
        return self


def after(now: datetime, amount: float, unit: Unit, zone: ZoneInfo) -> datetime:
    """`amount` units after `now`, in UTC. Fractions of days and weeks count as hours."""
    if unit in (Unit.MINUTES, Unit.HOURS):
        return now.astimezone(UTC) + timedelta(**{unit.value: amount})
    days = amount * (7 if unit is Unit.WEEKS else 1)
    local = now.astimezone(zone)
    moved = on_clock(local.date() + timedelta(days=int(days)), local.timetz().replace(tzinfo=None, fold=0), zone)
    return moved + timedelta(days=days - int(days))


def next_time_of_day(now: datetime, at: str, days: list[Weekday], zone: ZoneInfo) -> datetime:
    """The next moment after `now` at which it is `at` there on one of the days, in UTC."""
    today = now.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if WEEKDAYS[day.weekday()] in days and (moment := on_clock(day, _time(at), zone)) > now:
            return moment
    raise ValueError("no day is given")


def within_hours(moment: datetime, hours: BusinessHours, zone: ZoneInfo) -> datetime:
    """`moment` if it lies within the hours, else the next opening, in UTC."""
    first = moment.astimezone(zone).date()
    for ahead in range(9):
        day = first + timedelta(days=ahead)
        if WEEKDAYS[day.weekday()] not in hours.days:
            continue
        opens, closes = on_clock(day, _time(hours.start), zone), _closing(day, hours.end, zone)
        if moment < closes and opens < closes:
            return max(moment.astimezone(UTC), opens)
    raise ValueError("the hours are never open")


def on_clock(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clock there shows `at`, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def _closing(day: date, end: str, zone: ZoneInfo) -> datetime:
    return on_clock(day + timedelta(days=1), time(0), zone) if end == "24:00" else on_clock(day, _time(end), zone)


def _time(clock: str) -> time:
    return time.fromisoformat(clock)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)

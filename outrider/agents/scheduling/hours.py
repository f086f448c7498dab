"""Working hours by weekday, on a calendar's own clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
MINUTES_OF_DAY = 24 * 60
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError("must be a time such as 09:00; the end of a day is 24:00")
    return value


Clock = Annotated[str, AfterValidator(_clock)]


class WorkingPeriod(BaseModel):
    """From one time of the day to a later one."""

    model_config = ConfigDict(extra="forbid")

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _ends_later(self) -> WorkingPeriod:
        if minutes(self.end) <= minutes(self.start):
            raise ValueError("must end after it begins")
        return self


class WorkingHours(BaseModel):
    """Periods of each weekday, in order; an empty day is free."""

    model_config = ConfigDict(extra="forbid")

    monday: list[WorkingPeriod] = []
    tuesday: list[WorkingPeriod] = []
    wednesday: list[WorkingPeriod] = []
    thursday: list[WorkingPeriod] = []
    friday: list[WorkingPeriod] = []
    saturday: list[WorkingPeriod] = []
    sunday: list[WorkingPeriod] = []

    @model_validator(mode="after")
    def _in_order(self) -> WorkingHours:
        for day in WEEKDAYS:
            periods = self.of(day)
            if len(periods) > 12:
                raise ValueError(f"{day} has more than 12 periods")
            for earlier, later in pairwise(periods):
                if minutes(later.start) < minutes(earlier.end):
                    raise ValueError(f"{day}: {later.start} is before the end of the period before it")
        return self

    def of(self, day: Weekday) -> list[WorkingPeriod]:
        periods: list[WorkingPeriod] = getattr(self, day)
        return periods


def minutes(clock: str) -> int:
    """Minutes since midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


OFFICE_HOURS = WorkingHours(**{day: [WorkingPeriod(start="09:00", end="17:00")] for day in WEEKDAYS[:5]})
"""Monday to Friday, nine to five."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to, not including, another one. Both in UTC."""

    starts_at: datetime
    ends_at: datetime


def working_slots(hours: WorkingHours, zone: ZoneInfo, length: timedelta, since: datetime, until: datetime) -> Iterator[Span]:
    """Every slot of the working hours that begins at or after `since` and ends by `until`, in order.

    The slots of a period follow each other from its begin in real time. On a day on which the clock is changed, none begins
    at a time that the clock skips, none is offered twice, and each begins and ends within the period as the clock shows it.
    """
    day = since.astimezone(zone).date() - timedelta(days=1)
    last = until.astimezone(zone).date()
    while day <= last:
        for period in hours.of(WEEKDAYS[day.weekday()]):
            for slot in _slots_of(day, period, zone, length):
                if since <= slot.starts_at and slot.ends_at <= until:
                    yield slot
        day += timedelta(days=1)


def begin_of_day(day: date, zone: ZoneInfo) -> datetime:
    return _moment(datetime(day.year, day.month, day.day), zone, fold=0)


def _slots_of(day: date, period: WorkingPeriod, zone: ZoneInfo, length: timedelta) -> Iterator[Span]:
    midnight = datetime(day.year, day.month, day.day)
    opens, closes = (midnight + timedelta(minutes=minutes(clock)) for clock in (period.start, period.end))
    starts_at = _moment(opens, zone, fold=0)
    latest = max(_moment(closes, zone, fold=0), _moment(closes, zone, fold=1))
    while starts_at + length <= latest:
        slot = Span(starts_at, starts_at + length)
        if opens <= _shown(slot.starts_at, zone) and _shown(slot.ends_at, zone) <= closes and not _turns_back(slot, zone):
            yield slot
        starts_at += length


def _moment(local: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """The moment at which the zone's clock shows a time: of two, the one that `fold` says; of none, one nearby."""
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    """What the zone's clock shows, without the zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _turns_back(slot: Span, zone: ZoneInfo) -> bool:
    """The begin is a time that the clock shows for the second time: "half past one" would mean the first one."""
    return slot.starts_at.astimezone(zone).fold == 1

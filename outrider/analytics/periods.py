"""The days that the dashboard shows, and those it compares them with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Periods:
    """Two periods of the same length in days of one zone.

    The period is today and the days before it; the previous one is as many days before that and ends at the same time of
    day as now, so that half a today is compared with half a day.

    Queries put each moment into a bucket, numbered by `bounds` from 1: first the days of the previous period, then what
    lies between the two, then the days of the period.
    """

    days: list[date]
    """Of the period, oldest first."""
    bounds: list[datetime]
    today: datetime

    @classmethod
    def ending(cls, now: datetime, days: int, time_zone: str) -> Periods:
        """
        Raises:
            InvalidInput: no such zone.
        """
        local = now.astimezone(_zone(time_zone))
        all_days = [local.date() - timedelta(days=back) for back in range(2 * days - 1, -1, -1)]
        begins = [datetime(day.year, day.month, day.day, tzinfo=local.tzinfo) for day in all_days]
        until = datetime.combine(local.date() - timedelta(days=days), local.timetz())
        return cls(all_days[days:], [*begins[:days], until, *begins[days:]], begins[-1])

    @property
    def since(self) -> datetime:
        return self.bounds[len(self.days) + 1]

    @property
    def bucket_of_today(self) -> int:
        return len(self.bounds)

    @property
    def period_buckets(self) -> range:
        return range(len(self.days) + 2, len(self.bounds) + 1)

    @property
    def previous_buckets(self) -> range:
        return range(1, len(self.days) + 1)

    def buckets(self) -> dict[str, Any]:
        """Parameters of the queries that count by bucket."""
        return {"bounds": self.bounds, "since": self.bounds[0]}

    def moments(self) -> dict[str, Any]:
        """Parameters of the queries that count by period: `since` to `until` is the previous one."""
        return {"since": self.bounds[0], "until": self.bounds[len(self.days)], "period": self.since, "today": self.today}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput.on(
            "query.time_zone", f"{name!r} is no time zone", "Use an IANA name such as America/New_York."
        ) from error

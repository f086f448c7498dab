"""When a person may be texted: the hours of their state or country, in every time zone they may be in.

The federal hours are 8:00–21:00 at the called party's place (47 CFR 64.1200(c)(1)); several states are stricter. The
table follows the published summaries of the state laws; have counsel confirm it, and narrow it with custom hours where
needed. Custom hours only ever narrow: nothing widens what the table allows.

Where a person may be in several zones or states, all of them must be open. A place that nobody knows is treated as
every place it may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from outrider.errors import InvalidInput
from outrider.leads.zones import country_zones

log = structlog.get_logger(__name__)

DAY = 24 * 60
HORIZON = timedelta(days=9)
"""How far ahead a common opening is looked for: further than any week's pattern."""
MAX_VALIDITY = 36_000
"""Seconds; the carrier's limit."""
MIN_VALIDITY = 120
"""Seconds; with less than this left a text waits for the next window."""
SAFETY = timedelta(seconds=30)
"""A text must have left the carrier this long before the window closes."""
CACHED_PLACES = 20_000
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of one day in minutes after local midnight: `start` inclusive, `end` exclusive."""

    start: int
    end: int

    def __and__(self, other: Window) -> Window:
        return Window(max(self.start, other.start), min(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows of a week, Monday first."""

    days: tuple[Window, ...]

    def __and__(self, other: Hours) -> Hours:
        return Hours(tuple(mine & theirs for mine, theirs in zip(self.days, other.days, strict=True)))


@dataclass(frozen=True, slots=True)
class SendingWindow:
    """The window that is open now, or the next one."""

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    """Both None: the places' hours never overlap."""


def weekly(weekdays: tuple[float, float], saturday: tuple[float, float], sunday: tuple[float, float]) -> Hours:
    """Hours from pairs of clock hours, as in `(9, 21.5)`."""
    days = [weekdays] * 5 + [saturday, sunday]
    return Hours(tuple(Window(int(start * 60), int(end * 60)) for start, end in days))


def daily(start: float, end: float) -> Hours:
    return weekly((start, end), (start, end), (start, end))


DEFAULT_HOURS = daily(8, 21)
US_STATES: Mapping[str, Hours] = {
    "CT": daily(9, 20),
    "FL": daily(8, 20),
    "MD": daily(8, 20),
    "MS": daily(8, 20),
    "NJ": daily(8, 20),
    "OK": daily(8, 20),
    "RI": weekly((9, 18), (10, 17), (10, 17)),
    "TX": weekly((9, 21), (9, 21), (12, 21)),
}
"""States that are stricter than the federal hours."""
US_STATE_ZONES: Mapping[str, frozenset[str]] = {
    "CT": frozenset({"America/New_York"}),
    "FL": frozenset({"America/New_York", "America/Chicago"}),
    "MD": frozenset({"America/New_York"}),
    "MS": frozenset({"America/Chicago"}),
    "NJ": frozenset({"America/New_York"}),
    "OK": frozenset({"America/Chicago", "America/Denver"}),
    "RI": frozenset({"America/New_York"}),
    "TX": frozenset({"America/Chicago", "America/Denver"}),
}
"""Where those states are, for a person whose state is unknown but whose zone is not."""
COUNTRIES: Mapping[str, Hours] = {
    "CA": weekly((9, 21.5), (10, 18), (10, 18)),  # CRTC Unsolicited Telecommunications Rules, part III
}


def parse_hours(value: Mapping[str, object]) -> Hours | None:
    """Hours from `{"start": "09:00", "end": "18:00"}`; None for an empty mapping.

    Raises:
        InvalidInput: a time can't be read, or the end is not after the start.
    """
    if not value:
        return None
    start, end = _minutes("start", value), _minutes("end", value)
    if start >= end:
        raise InvalidInput.on("quiet_hours.end", "is not after the start", "Give the hours in which texts may leave.")
    return Hours((Window(start, end),) * 7)


def sending_window(
    now: datetime,
    zones: Sequence[str],
    country: str | None = None,
    region: str | None = None,
    custom: Hours | None = None,
) -> SendingWindow:
    """The window in which a person may be texted at `now`, or the next one.

    Args:
        now: with a time zone.
        zones: every IANA zone the person may be in; none means every zone of the country.
        country: ISO 3166-1 alpha-2; None without zones means the United States.
        region: state or province, as in `TX`.
        custom: hours that narrow those of the table further.
    """
    key = (tuple(zones), country, region, custom)
    known = _cache.get(key)
    if known is None or not known.covers(now):
        if len(_cache) >= CACHED_PLACES:
            _cache.clear()
        known = _cache[key] = _find(now, *key)
    return SendingWindow(
        is_open=known.opens_at is not None and known.opens_at <= now, opens_at=known.opens_at, closes_at=known.closes_at
    )


def validity_seconds(now: datetime, closes_at: datetime) -> int | None:
    """How long the carrier may try to send, so that nothing leaves after the window; None if it should wait instead."""
    left = int((closes_at - now - SAFETY).total_seconds())
    return min(MAX_VALIDITY, left) if left >= MIN_VALIDITY else None


@dataclass(frozen=True, slots=True)
class _Known:
    """A result that holds for every moment from `since` until the window closes."""

    since: datetime
    opens_at: datetime | None
    closes_at: datetime | None

    def covers(self, now: datetime) -> bool:
        until = self.closes_at or self.since + timedelta(days=1)
        return self.since <= now < until


_Place = tuple[tuple[str, ...], str | None, str | None, Hours | None]
_cache: dict[_Place, _Known] = {}


def _find(now: datetime, zones: tuple[str, ...], country: str | None, region: str | None, custom: Hours | None) -> _Known:
    zones = tuple(zone for zone in zones if _exists(zone))
    hours = hours_for(zones, country, region)
    if custom is not None:
        hours = hours & custom
    open_spans: list[tuple[datetime, datetime]] | None = None
    for zone in candidate_zones(zones, country):
        spans = list(_spans(ZoneInfo(zone), hours, now))
        open_spans = spans if open_spans is None else list(_overlap(open_spans, spans))
    for opens_at, closes_at in open_spans or ():
        if closes_at > now:
            return _Known(now, opens_at, closes_at)
    return _Known(now, None, None)


def hours_for(zones: Sequence[str], country: str | None, region: str | None) -> Hours:
    """The strictest hours of every state or country the person may be in."""
    if not _may_be_american(zones, country):
        return COUNTRIES.get(country or "", DEFAULT_HOURS)
    if region:
        return US_STATES.get(region.upper(), DEFAULT_HOURS)
    hours = DEFAULT_HOURS
    for state, state_hours in US_STATES.items():
        if not zones or US_STATE_ZONES[state].intersection(zones):
            hours = hours & state_hours
    return hours


def candidate_zones(zones: Sequence[str], country: str | None) -> tuple[str, ...]:
    """The zones to keep the hours in: `zones`, or those of the whole country if none is known."""
    return tuple(zones) or country_zones((country or "US").upper()) or country_zones("US")


def _may_be_american(zones: Sequence[str], country: str | None) -> bool:
    return country.upper() == "US" if country else not zones or not set(zones).isdisjoint(country_zones("US"))


@lru_cache(maxsize=1024)
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        log.warning("unknown_time_zone", zone=zone)
        return False
    return True


def _spans(zone: ZoneInfo, hours: Hours, now: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The windows around and after `now` in UTC; those that touch are one."""
    day = now.astimezone(zone).date() - timedelta(days=1)
    pending: tuple[datetime, datetime] | None = None
    for _ in range(HORIZON.days + 2):
        window = hours.days[day.weekday()]
        if window.start < window.end:
            span = _moment(zone, day, window.start), _moment(zone, day, window.end)
            if pending and pending[1] >= span[0]:
                pending = pending[0], span[1]
            else:
                if pending:
                    yield pending
                pending = span
        day += timedelta(days=1)
    if pending:
        yield pending


def _moment(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    local = datetime.combine(day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60), zone)
    return local.astimezone(UTC)


def _overlap(
    ours: Sequence[tuple[datetime, datetime]], theirs: Sequence[tuple[datetime, datetime]]
) -> Iterable[tuple[datetime, datetime]]:
    mine, other = 0, 0
    while mine < len(ours) and other < len(theirs):
        start, end = max(ours[mine][0], theirs[other][0]), min(ours[mine][1], theirs[other][1])
        if start < end:
            yield start, end
        if ours[mine][1] <= theirs[other][1]:
            mine += 1
        else:
            other += 1


def _minutes(name: str, value: Mapping[str, object]) -> int:
    found = CLOCK.fullmatch(str(value.get(name, "")))
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minutes > DAY:
        raise InvalidInput.on(f"quiet_hours.{name}", "is not a time of day", "Write it as 09:00.")
    return minutes

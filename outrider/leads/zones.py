"""In which time zones a person may be: from a zone that was given, else from number and address together.

A zone that somebody gave wins. Otherwise the zones of the number and those of the address that keep the same time are
what both agree on; if they contradict each other (a number of New York, an address in California), both count. Several
possible zones are all kept: quiet hours are kept in each.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from outrider.leads.places import PostalRange, postal_ranges, read_table, region, region_of_postal_code

SPOKEN = {
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "eastern": "America/New_York",
    "eastern time": "America/New_York",
    "eastern standard time": "America/New_York",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "central": "America/Chicago",
    "central time": "America/Chicago",
    "central standard time": "America/Chicago",
    "mt": "America/Denver",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mountain": "America/Denver",
    "mountain time": "America/Denver",
    "mountain standard time": "America/Denver",
    "arizona": "America/Phoenix",
    "us mountain standard time": "America/Phoenix",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles",
    "pacific time": "America/Los_Angeles",
    "pacific standard time": "America/Los_Angeles",
    "akst": "America/Anchorage",
    "alaska": "America/Anchorage",
    "alaskan standard time": "America/Anchorage",
    "hst": "Pacific/Honolulu",
    "hawaii": "Pacific/Honolulu",
    "hawaiian standard time": "Pacific/Honolulu",
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "cet": "Europe/Paris",
    "cest": "Europe/Paris",
}
"""What North American and European lists write for a zone. `EST` in a list means the East, not five hours all year."""

LONGEST_POSTAL_PREFIX = 4

Month = tuple[int, int]
"""Year and month."""


@lru_cache(maxsize=4096)
def zone_name(text: str) -> str | None:
    """The IANA name of a zone in any usual spelling; None if it is none."""
    key = " ".join(text.split()).lower()
    return SPOKEN.get(key) or _zone_names().get(key.replace(" ", "_"))


def possible_zones(
    number_zones: tuple[str, ...], country: str | None, state: str | None, postal_code: str | None, given: str | None
) -> list[str]:
    """Every zone the person may be in.

    Args:
        number_zones: zones of the phone number; empty if unknown.
        country, state, postal_code: the address as it was given (not as derived from the number).
        given: a zone that somebody named for this person.
    """
    if given:
        return [given]
    code = (postal_code or "").upper()[:LONGEST_POSTAL_PREFIX]
    return list(_agreed(number_zones, country, state, code, _this_month()))


@lru_cache(maxsize=65536)
def _agreed(number: tuple[str, ...], country: str | None, state: str | None, code: str, month: Month) -> tuple[str, ...]:
    address = _address_zones(country, state, code) if country else ()
    if not address:
        return _distinct(number, month)
    if not number:
        return _distinct(address, month)
    times = {_clock(zone, month) for zone in number}
    common = [zone for zone in address if _clock(zone, month) in times]
    return _distinct(common or (*number, *address), month)


def _address_zones(country: str, state: str | None, code: str) -> tuple[str, ...]:
    """From the most telling part of an address: postal code, state, country."""
    by_code = _zone_of_postal_code(country, code)
    if by_code and _agrees_with_state(country, state, code):
        return (by_code,)
    known = region(country, state) or region(country, region_of_postal_code(country, code) if code else None)
    return known.zones if known else country_zones(country)


def _agrees_with_state(country: str, state: str | None, code: str) -> bool:
    """A postal code of another state is a slip in one of the two: the state decides then."""
    by_code = region_of_postal_code(country, code)
    return state is None or by_code is None or by_code == state or region(country, state) is None


def _zone_of_postal_code(country: str, code: str) -> str | None:
    return next((zone for ranges, zone in _postal_zones().get(country, ()) if code and ranges.holds(code)), None)


def country_zones(country: str) -> tuple[str, ...]:
    """All zones of a country, the most populous first (IANA `zone.tab`)."""
    return _zones_by_country().get(country, ())


def _distinct(zones: Iterable[str], month: Month) -> tuple[str, ...]:
    """The first zone of each group that keeps the same time."""
    groups: dict[tuple[timedelta, ...], str] = {}
    for zone in zones:
        groups.setdefault(_clock(zone, month), zone)
    return tuple(groups.values())


@lru_cache(maxsize=4096)
def _clock(zone: str, month: Month) -> tuple[timedelta, ...]:
    """How the zone's clocks run in the year that begins with `month`: its offsets twice a month."""
    start = datetime(*month, 1, tzinfo=UTC)
    moments = (start + timedelta(days=15 * step) for step in range(25))
    return tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for moment in moments)


def _this_month() -> Month:
    now = datetime.now(UTC)
    return now.year, now.month


@cache
def _zone_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@cache
def _postal_zones() -> dict[str, list[tuple[PostalRange, str]]]:
    found: dict[str, list[tuple[PostalRange, str]]] = {}
    for row in read_table("postal_zones.csv"):
        for ranges in postal_ranges(row["postal_codes"]):
            found.setdefault(row["country"], []).append((ranges, row["zone"]))
    return found

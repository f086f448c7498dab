"""Countries and states: from what people write to ISO codes, from postal codes and area codes to states.

The tables lie in `data/`: country names in four languages and their own (Unicode CLDR), the states of the countries whose
rules or time zones differ by state, their postal codes (USPS, Canada Post, Australia Post), and North American area codes
(NANPA, CNAC).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from outrider.leads.folding import words


class Region(NamedTuple):
    """A state or province."""

    country: str
    code: str
    zones: tuple[str, ...]


class Place(NamedTuple):
    country: str
    region: str | None


class PostalRange(NamedTuple):
    """Postal codes whose beginning lies between `first` and `last` (both included, same length)."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        return self.first <= code[: len(self.first)] <= self.last


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a table shipped in `data/`."""
    text = files("outrider.leads").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def postal_ranges(text: str) -> Iterator[PostalRange]:
    """`"320-323 326-349"` as ranges."""
    for part in text.split():
        first, _, last = part.partition("-")
        yield PostalRange(first, last)


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country in any of the known spellings: `Deutschland`, `usa`, `GB`; None if unknown."""
    by_name = _countries()
    return by_name.get(_key(text)) or by_name.get(text.strip().lower())


@lru_cache(maxsize=4096)
def region_code(country: str | None, text: str) -> str:
    """Code of a state in `country` (`california` → `CA`); text that names no known state stays as it is."""
    cleaned = text.strip()
    short = cleaned.upper().removeprefix("US-").removeprefix("CA-").removeprefix("AU-").replace(".", "")
    if region(country, short):
        return short
    return _region_names().get((country, _key(cleaned)), cleaned)


def region(country: str | None, code: str | None) -> Region | None:
    return _regions().get((country, code))


@lru_cache(maxsize=65536)
def region_of_postal_code(country: str, code: str) -> str | None:
    """The state in which a postal code lies, in the countries where its beginning tells."""
    return next((name for place, name in _postal_regions() if place[0] == country and place[1].holds(code)), None)


def place_of_area_code(area_code: str) -> Place | None:
    """Country and state of a geographic area code of the United States or Canada; the state is None if it covers several."""
    return _area_codes().get(area_code)


def _key(text: str) -> str:
    return " ".join(words(text))


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in read_table("countries.csv"):
        code = row.pop("code")
        for name in (code, *row.values()):
            for spelling in filter(None, name.split("|")):
                found.setdefault(_key(spelling), code)
                found.setdefault(spelling.lower(), code)
    return found


@cache
def _regions() -> dict[tuple[str | None, str | None], Region]:
    return {
        (row["country"], row["code"]): Region(row["country"], row["code"], tuple(row["zones"].split()))
        for row in read_table("regions.csv")
    }


@cache
def _region_names() -> dict[tuple[str | None, str], str]:
    return {(row["country"], _key(name)): row["code"] for row in read_table("regions.csv") for name in row["name"].split("|")}


@cache
def _postal_regions() -> list[tuple[tuple[str, PostalRange], str]]:
    return [
        ((row["country"], ranges), row["code"])
        for row in read_table("regions.csv")
        for ranges in postal_ranges(row["postal_codes"])
    ]


@cache
def _area_codes() -> dict[str, Place]:
    return {row["area_code"]: Place(row["country"], row["region"] or None) for row in read_table("area_codes.csv")}

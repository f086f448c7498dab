"""The functions that expressions may call besides CEL's own. None of them raises: what can't be worked out is null."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST_TEXT = 10_000
"""Characters of any text that an expression works with; longer ones are cut."""
_FIRST_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,15}(?:\.\d+)?")


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else None


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else None


def _title(value: object) -> object:
    return value.title() if isinstance(value, str) else None


def _trim(value: object) -> object:
    return value.strip() if isinstance(value, str) else None


def _first_word(value: object) -> object:
    return (value.split() or [""])[0] if isinstance(value, str) else None


def _replace(value: object, old: object, new: object) -> object:
    if not (isinstance(value, str) and isinstance(old, str) and isinstance(new, str)) or not old:
        return value
    return value.replace(old, new)[:LONGEST_TEXT]


def _split(value: object, separator: object = ",") -> object:
    if not isinstance(value, str) or not isinstance(separator, str) or not separator:
        return None
    return [part.strip() for part in value.split(separator)]


def _join(values: object, separator: object = ", ") -> object:
    if not isinstance(values, Sequence) or isinstance(values, str):
        return None
    return str(separator).join("" if value is None else str(value) for value in values)[:LONGEST_TEXT]


def _default(value: object, otherwise: object) -> object:
    return otherwise if value is None or value == "" else value


def _numbers(values: tuple[object, ...]) -> list[float]:
    many = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    assert isinstance(many, list | tuple)
    return [value for value in many if isinstance(value, int | float) and not isinstance(value, bool)]


def _min(*values: object) -> object:
    return min(_numbers(values), default=None)


def _max(*values: object) -> object:
    return max(_numbers(values), default=None)


def _sum(*values: object) -> object:
    return sum(_numbers(values))


def _round(value: object, digits: object = 0) -> object:
    if not isinstance(value, int | float) or not isinstance(digits, int) or abs(digits) > 12:
        return None
    return round(value, digits) if digits else round(value)


def moment(value: object) -> datetime | None:
    """The point in time that a value means: a time, or a text in ISO 8601; one without a zone is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _zone(name: object) -> tzinfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _format_date(value: object, pattern: object = "%-d %B %Y", zone: object = "UTC") -> object:
    at = moment(value)
    if at is None or not isinstance(pattern, str):
        return None
    try:
        return at.astimezone(_zone(zone)).strftime(pattern)[:200]
    except (ValueError, OverflowError):
        return None


def _days_until(now: datetime, value: object) -> object:
    at = moment(value)
    return None if at is None else (at - now).days


def _digits(value: object) -> object:
    return "".join(character for character in str(value) if character.isdigit()) if value is not None else None


def _number(value: object) -> object:
    """The first number of a text: 1200 of “1,200 employees”, 11 of “11–50”."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = _FIRST_NUMBER.search(value) if isinstance(value, str) else None
    return float(found[0].replace(",", "")) if found else None


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "lower": _lower,
    "upper": _upper,
    "title": _title,
    "trim": _trim,
    "first_word": _first_word,
    "replace": _replace,
    "split": _split,
    "join": _join,
    "default": _default,
    "min": _min,
    "max": _max,
    "sum": _sum,
    "round": _round,
    "format_date": _format_date,
    "digits": _digits,
    "number": _number,
}
OF_THE_TIME: Mapping[str, Callable[..., Any]] = {"days_until": _days_until}
"""Functions that are given the time of the run before what they are called with."""
NAMES = (*FUNCTIONS, *OF_THE_TIME)


def callables(names: Sequence[str], now: datetime) -> dict[str, Callable[..., Any]]:
    """These functions, as an expression calls them in a run for which it is `now`."""
    return {name: partial(OF_THE_TIME[name], now) if name in OF_THE_TIME else FUNCTIONS[name] for name in names}


BUILT_IN = frozenset(
    {
        "all",
        "bool",
        "bytes",
        "contains",
        "double",
        "duration",
        "dyn",
        "endsWith",
        "exists",
        "exists_one",
        "filter",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getFullYear",
        "getHours",
        "getMilliseconds",
        "getMinutes",
        "getMonth",
        "getSeconds",
        "has",
        "int",
        "map",
        "matches",
        "size",
        "startsWith",
        "string",
        "timestamp",
        "type",
        "uint",
    }
)
"""CEL's own."""

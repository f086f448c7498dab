"""What is known about a lead before anybody contacts them, as named values.

One function makes the values that a scorer learns from and those that it scores by: `features_of`. What it gets is a
`Snapshot`: the lead as they were when they were contacted first, or as they are now if nobody has contacted them. Values that
were recorded or changed later are not in it; they may know the outcome.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.agents.scoring.learning.table import Value
from outrider.integrations.enrichment.base import domain_of_email

FIELDS = (
    "company", "title", "industry", "company_size", "email", "language", "region", "country", "source", "time_zone",
    "time_zones", "attributes",
)  # fmt: skip
"""Columns of leads that features are made of."""
PLANNED = ("campaign", "weekday", "part_of_day", "days_known")
"""Decided with the contact: before it, what is usual stands for them."""
FACTS = ("employees", "founded_year", "funding_stage", "industry", "seniority", "department")
LATE_SHARE = 0.05
"""A fact that was recorded after the contact for more of the leads than this is refused for all: that it is known may follow
from the outcome."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS_OF_DAY = (
    (6, "night"),
    (10, "early"),
    (12, "late morning"),
    (14, "noon"),
    (17, "afternoon"),
    (20, "evening"),
    (24, "night"),
)
SENIORITY = (
    ("owner", re.compile(r"\b(?:owner|founder|co-?founder|proprietor|inhaber|gérant)\b", re.I)),
    ("chief", re.compile(r"\b(?:c[eftimor]o|cmo|chief|president|partner|principal|managing director)\b", re.I)),
    ("vice president", re.compile(r"\b(?:[se]?vp|vice[ -]president)\b", re.I)),
    ("director", re.compile(r"\b(?:director|head)\b", re.I)),
    ("manager", re.compile(r"\b(?:manager|lead|supervisor|leiter)\b", re.I)),
)
LONGEST_VALUE = 60
LABELS = {
    "industry": "Industry",
    "employees": "Company size",
    "title": "Position",
    "country": "Country",
    "region": "Region",
    "language": "Language",
    "source": "Source",
    "mail": "E-mail address",
    "has_company": "Company named",
    "campaign": "Campaign",
    "weekday": "Weekday of the first text",
    "part_of_day": "Time of the first text",
    "days_known": "Days known before the first text",
}
_NUMBER = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+(?!\d)|\d+")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A lead as they were known before the first contact."""

    lead_id: int
    created_at: datetime
    fields: Mapping[str, Any]
    """By the names of `FIELDS`."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What providers had said until then, by name; the surest where they differ."""
    contacted_at: datetime | None = None
    """None: nobody has contacted them."""
    campaign: str | None = None
    """Whose first text it was."""
    late_facts: tuple[str, ...] = ()
    """Facts that were recorded only after the contact, and therefore are none of `facts`."""
    is_corrected: bool = False
    """Their fields were changed after the contact; these are the earlier ones."""


def features_of(snapshot: Snapshot) -> dict[str, Value]:
    """The named values of a lead. Pure: the same snapshot always gives the same values."""
    fields = snapshot.fields
    values: dict[str, Value] = {
        "industry": _category(fields.get("industry")),
        "employees": _largest_number(fields.get("company_size")),
        "title": _position(fields.get("title")),
        "country": _category(fields.get("country")),
        "region": _category(fields.get("region")),
        "language": _category(fields.get("language")),
        "source": _category(fields.get("source")),
        "mail": _mail(fields.get("email")),
        "has_company": "yes" if fields.get("company") else "no",
        "campaign": snapshot.campaign,
        **_times(snapshot),
    }
    for name in FACTS:
        if name in snapshot.facts:
            values[f"fact.{name}"] = _value(snapshot.facts[name])
    attributes = fields.get("attributes") or {}
    for name in sorted(attributes):
        values[f"attributes.{name}"] = _value(attributes[name])
    return values


def label_of(feature: str) -> str:
    """A feature as people read it."""
    if feature in LABELS:
        return LABELS[feature]
    origin, separator, name = feature.partition(".")
    words = (name if separator else feature).replace("_", " ")
    words = words[:1].upper() + words[1:]
    return f"{words} (from providers)" if origin == "fact" and separator else words


def _times(snapshot: Snapshot) -> dict[str, Value]:
    at = snapshot.contacted_at
    if at is None:
        return {"weekday": None, "part_of_day": None, "days_known": None}
    local = at.astimezone(_zone(snapshot.fields))
    return {
        "weekday": WEEKDAYS[local.weekday()],
        "part_of_day": next(name for end, name in PARTS_OF_DAY if local.hour < end),
        "days_known": max(0.0, float((at - snapshot.created_at).days)),
    }


def _zone(fields: Mapping[str, Any]) -> ZoneInfo:
    for name in (fields.get("time_zone"), *(fields.get("time_zones") or ())):
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
    return ZoneInfo("UTC")


def _position(title: object) -> Value:
    if not isinstance(title, str) or not title.strip():
        return None
    return next((name for name, pattern in SENIORITY if pattern.search(title)), "other")


def _mail(address: object) -> Value:
    if not isinstance(address, str) or not address:
        return "none"
    return "private" if domain_of_email(address) is None else "business"


def _largest_number(text: object) -> Value:
    """`51-200` → 200, `1,600` → 1600: the upper end of a size."""
    found = [int(re.sub(r"[.,' ]", "", number)) for number in _NUMBER.findall(str(text or ""))]
    return float(max(found)) if found else None


def _value(given: object) -> Value:
    """A number where it is one, else a category; what is neither counts as unknown."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, int | float):
        return float(given) if abs(given) < 1e15 else None
    if isinstance(given, str):
        return _from_text(given)
    return None


def _from_text(text: str) -> Value:
    try:
        number = float(text.replace(",", "")) if re.fullmatch(r"\s*-?\d[\d,]*(?:\.\d+)?\s*", text) else None
    except ValueError:
        number = None
    return number if number is not None and abs(number) < 1e15 else _category(text)


def _category(text: object) -> Value:
    folded = " ".join(str(text or "").split()).casefold()
    return folded[:LONGEST_VALUE] or None

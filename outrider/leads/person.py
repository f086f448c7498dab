"""A lead's own data as one value, and what follows from it: country, state and time zones."""

from __future__ import annotations

from typing import Any, NamedTuple

from outrider.leads.phones import Phone, UnusablePhone, describe
from outrider.leads.zones import possible_zones


class Person(NamedTuple):
    """The columns of `leads` that describe the person, in the order in which bulk writes send them."""

    name: str = ""
    phone: str | None = None
    email: str | None = None
    company: str | None = None
    title: str | None = None
    industry: str | None = None
    company_size: str | None = None
    notes: str | None = None
    language: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    time_zone: str | None = None
    time_zones: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}  # noqa: RUF012  (never changed in place)
    source: str | None = None
    score: int | None = None
    tier: str | None = None


WORKED_OUT = ("time_zones", "derived")
"""Fields that follow from others."""


def changed_fields(before: Person, after: Person) -> list[str]:
    """Fields that differ, except those that are worked out; attributes one by one, as in `attributes.plan`."""
    names = [name for name in Person._fields if name not in (*WORKED_OUT, "attributes")]
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    attributes = dict.fromkeys((*before.attributes, *after.attributes))
    missing = object()
    differing = (n for n in attributes if before.attributes.get(n, missing) != after.attributes.get(n, missing))
    return [*changed, *(f"attributes.{name}" for name in differing)]


def given_country(person: Person) -> str | None:
    """The country of the address; None if it only follows from the number."""
    return None if "country" in person.derived else person.country


def given_region(person: Person) -> str | None:
    return None if "region" in person.derived else person.region


def completed(person: Person, number: Phone | None = None) -> Person:
    """`person` with country, state and zones worked out anew from what was given and from the number.

    Args:
        number: what the phone tells, if the caller has read it already.
    """
    number = number or described(person.phone)
    country, region = given_country(person), given_region(person)
    derived: tuple[str, ...] = ()
    place = country
    if country is None and number and number.country:
        derived = ("country",)
        place = number.country
    if region is None and number and number.region and place == number.country:
        region = number.region
        derived = (*derived, "region")
    # Only what was given counts as an address; a derived state would merely repeat the number.
    zones = possible_zones(
        number.zones if number else (),
        country or (place if given_region(person) or person.postal_code else None),
        given_region(person),
        person.postal_code,
        person.time_zone,
    )
    return person._replace(country=place, region=region, derived=derived, time_zones=tuple(zones))


def described(phone: str | None) -> Phone | None:
    """What a stored number tells; None without a number, or when numbering plans have since dropped it."""
    if phone is None:
        return None
    try:
        return describe(phone)
    except UnusablePhone:
        return None

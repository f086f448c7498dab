"""Where a number's owner may be, for leads about whom nothing else is known."""

from __future__ import annotations

from functools import lru_cache

from outrider.leads.phones import Phone, UnusablePhone, describe


def country_of(phone: str) -> str | None:
    """ISO 3166-1 alpha-2 of an E.164 number; None if it is of no single country."""
    number = _described(phone)
    return number.country if number else None


def zones_of(phone: str) -> tuple[str, ...]:
    """Every zone the number's area lies in; none if it is not bound to an area."""
    number = _described(phone)
    return number.zones if number else ()


@lru_cache(maxsize=4096)
def _described(phone: str) -> Phone | None:
    try:
        return describe(phone)
    except UnusablePhone:
        return None

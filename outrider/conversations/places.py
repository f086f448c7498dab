"""Where a number's owner may be, for leads about whom nothing else is known."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

UNKNOWN_ZONE = "Etc/Unknown"


@lru_cache(maxsize=4096)
def country_of(phone: str) -> str | None:
    """ISO 3166-1 alpha-2 of an E.164 number; None if it is of no single country."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return None


@lru_cache(maxsize=4096)
def zones_of(phone: str) -> tuple[str, ...]:
    """Every zone the number's area lies in; none if it is not bound to an area."""
    try:
        zones = time_zones_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != UNKNOWN_ZONE)

"""Phone numbers: from what files and people hold to E.164, with the place that the number tells.

`phonenumbers` decides. Numbers of the United States and Canada in the usual spellings take a short way: their validity
depends on the area code and one digit, so that a table answers (a test compares both ways over random numbers).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

from outrider.leads.places import place_of_area_code
from outrider.leads.zones import country_zones

NORTH_AMERICA = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1])
ROUNDED = re.compile(r"^\+?(\d)(?:[.,](\d+))?[eE]\+?0*(\d{1,2})$")
"""A number as a spreadsheet shows it when the column is narrow: 1.5551E+10."""
WHOLE_FLOAT = re.compile(r"^\+?\d{7,15}[.,]0+$")
SEVERAL = re.compile(r"\s*(?:;|\||:::|,|\s/\s|\bor\b|\n)\s*")
LABEL = re.compile(r"^\s*(?:tel|phone|mobile|cell|whatsapp|sms)\s*[:.]\s*", re.IGNORECASE)
FORMER_MEXICAN_MOBILE = re.compile(r"^\+52[\s.-]?1[\s.-]?(?=(?:\D?\d){10}$)")
"""Mexico dropped the 1 before mobile numbers in 2019; lists still have it."""

_PUNCTUATION = str.maketrans("", "", " -().\u00a0\t")
_QUOTES = " \t\r\n\u00a0\u200b\u202a\u202c\ufeff'`’‘\""


class UnusablePhone(ValueError):
    """The text is no phone number that could be reached; the message says why."""


class Phone(NamedTuple):
    e164: str
    country: str | None
    """ISO 3166-1 alpha-2; None for numbers of no country (satellite, international freephone)."""
    region: str | None
    """State or province, where the area code lies in exactly one."""
    zones: tuple[str, ...]
    """Zones in which the number may be; empty when nothing is known."""
    extension: str | None = None


def parse_phone(text: str, default_region: str) -> Phone:
    """Read a phone number as people write it.

    Args:
        text: any spelling; also `tel:` links, extensions, leading apostrophes, whole floats of spreadsheets.
        default_region: ISO country in which a number without `+` is read.

    Raises:
        UnusablePhone: it is none.
    """
    bare = text.strip(_QUOTES)
    found = _north_american(bare, default_region)
    if found is not None:
        return found
    return _parse_slowly(bare, default_region)


def describe(e164: str) -> Phone:
    """What a stored number tells.

    Raises:
        UnusablePhone: no longer a valid number.
    """
    return parse_phone(e164, "US")


def _north_american(text: str, default_region: str) -> Phone | None:
    """The short way; None means: ask `phonenumbers`."""
    if text.endswith(".0"):
        return None
    digits = text.translate(_PUNCTUATION)
    length = len(digits)
    if length == 12 and digits.startswith("+1"):
        digits = digits[2:]
    elif default_region not in NORTH_AMERICA:
        return None
    elif length == 11 and digits[0] == "1":
        digits = digits[1:]
    elif length != 10:
        return None
    if not (digits.isascii() and digits.isdigit() and digits[3] >= "2"):
        return None
    place = place_of_area_code(digits[:3])
    if place is None:
        return None
    return Phone(f"+1{digits}", place.country, place.region, _zones_by_area_code().get(digits[:3], ()))


@cache
def _zones_by_area_code() -> dict[str, tuple[str, ...]]:
    """Every zone of an area code. Single exchanges tell less than they seem to: numbers move within their area code."""
    found: dict[str, dict[str, None]] = {}
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix[0] == "1" and len(prefix) >= 4:
            found.setdefault(prefix[1:4], {}).update(dict.fromkeys(zones))
    return {area_code: tuple(zones) for area_code, zones in found.items()}


def _parse_slowly(text: str, default_region: str) -> Phone:
    text = LABEL.sub("", _without_spreadsheet_marks(text))
    if not text:
        raise UnusablePhone("there is no number")
    if text.startswith("00"):
        text = "+" + text[2:].lstrip()
    try:
        return _parse_one(text, default_region)
    except UnusablePhone:
        parts = [part for part in SEVERAL.split(text) if part]
        if len(parts) < 2:
            raise
    return _first_usable(parts, default_region)


def _first_usable(parts: list[str], default_region: str) -> Phone:
    for part in parts:
        try:
            return _parse_one(part, default_region)
        except UnusablePhone:
            continue
    raise UnusablePhone("none of the numbers in this field is valid")


def _parse_one(text: str, default_region: str) -> Phone:
    try:
        number = phonenumbers.parse(FORMER_MEXICAN_MOBILE.sub("+52", text), default_region)
    except phonenumbers.NumberParseException as error:
        raise UnusablePhone(_PARSE_REASONS.get(error.error_type, "it is not a phone number")) from error
    if not phonenumbers.is_valid_number(number):
        raise UnusablePhone(_why_invalid(number))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    found = _north_american(e164, "US")
    if found is not None:
        return found._replace(extension=number.extension)
    country = phonenumbers.region_code_for_number(number)
    if country is None or not country.isalpha():
        return Phone(e164, None, None, (), number.extension)
    return Phone(e164, country, None, _zones(number, country), number.extension)


def _zones(number: phonenumbers.PhoneNumber, country: str) -> tuple[str, ...]:
    """Mobile and freephone numbers tell no more than their country."""
    if not phonenumbers.is_number_type_geographical(phonenumbers.number_type(number), number.country_code or 0):
        return country_zones(country)
    zones = time_zones_for_number(number)
    return () if zones == (UNKNOWN_TIMEZONE,) else zones


def _without_spreadsheet_marks(text: str) -> str:
    """Restore what a spreadsheet made of a number, if nothing was lost."""
    if WHOLE_FLOAT.match(text):
        return re.split("[.,]", text)[0]
    rounded = ROUNDED.match(text)
    if rounded is None:
        return text
    first, rest, exponent = rounded.group(1), rounded.group(2) or "", int(rounded.group(3))
    if len(rest) != exponent:
        raise UnusablePhone("a spreadsheet rounded this number; format the column as text and export again")
    return first + rest


_PARSE_REASONS = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "its country code does not exist",
    phonenumbers.NumberParseException.TOO_SHORT_NSN: "it is too short",
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: "it is too short",
    phonenumbers.NumberParseException.TOO_LONG: "it is too long",
}


def _why_invalid(number: phonenumbers.PhoneNumber) -> str:
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason in (phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return "it is too short"
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        return "it is too long"
    return f"no such number exists under +{number.country_code}"

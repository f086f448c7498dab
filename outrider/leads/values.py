"""Single values of a lead: limits, and reading what people type.

Readers return the value in the form it is stored in, or raise `UnusableValue`, whose message completes a sentence that
names the field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import orjson

LIMITS: Mapping[str, int] = {
    "name": 300,
    "email": 254,
    "company": 300,
    "title": 300,
    "industry": 200,
    "company_size": 100,
    "notes": 20_000,
    "language": 35,
    "street": 300,
    "city": 200,
    "region": 100,
    "postal_code": 20,
    "source": 300,
}
"""Longest values, in characters. Indexed columns must stay below a third of a database page."""

MOST_ATTRIBUTES = 200
LONGEST_ATTRIBUTE_NAME = 100
LONGEST_ATTRIBUTE = 5_000
LARGEST_ATTRIBUTES = 64 * 1024
ATTRIBUTE_NAME = re.compile(r"^\w[\w .-]*$")

EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+)*"
    r"@(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9\-]{2,59})"
)
"""RFC 5322's dot-atom form with RFC 6531's letters, at a host with a top-level domain."""
LONGEST_LOCAL_PART = 64

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
LANGUAGES = {
    "english": "en", "inglés": "en", "ingles": "en", "anglais": "en", "englisch": "en",
    "spanish": "es", "español": "es", "espanol": "es", "espagnol": "es", "spanisch": "es",
    "french": "fr", "français": "fr", "francais": "fr", "francés": "fr", "frances": "fr", "französisch": "fr",
    "german": "de", "deutsch": "de", "alemán": "de", "aleman": "de", "allemand": "de",
    "portuguese": "pt", "português": "pt", "italian": "it", "italiano": "it", "chinese": "zh", "mandarin": "zh",
}  # fmt: skip

_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


class UnusableValue(ValueError):
    """The text can't be stored in its field; the message says why."""


def clean_line(text: str) -> str:
    """One line without surrounding space, invisible characters or runs of spaces."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text if "  " not in text else " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def clean_text(text: str) -> str:
    """As `clean_line`, but line breaks stay."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    lines = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip()


def read_email(text: str) -> str:
    address = text.strip().removeprefix("mailto:").strip("<>'\" ").lower()
    if len(address) > LIMITS["email"] or address.find("@") > LONGEST_LOCAL_PART or not EMAIL.fullmatch(address):
        raise UnusableValue("is not an e-mail address")
    return address


def read_score(text: str) -> int:
    """A whole number from 0 to 100; also `87 %` and `87.0`."""
    try:
        number = float(text.strip().rstrip("%").strip().replace(",", "."))
    except ValueError:
        raise UnusableValue("is not a number from 0 to 100") from None
    if not 0 <= number <= 100:
        raise UnusableValue("is not between 0 and 100")
    if number != int(number):
        raise UnusableValue("is not a whole number")
    return int(number)


def read_tier(text: str) -> str:
    """`A` to `D`; also `b` and `Tier B`."""
    letter = text.strip().upper().removeprefix("TIER").strip(" :-")
    if letter not in ("A", "B", "C", "D"):
        raise UnusableValue("is not A, B, C or D")
    return letter


def read_language(text: str) -> str:
    """A language tag (`es`, `es-MX`) or the name of a common language."""
    tag = text.strip().replace("_", "-")
    known = LANGUAGES.get(tag.lower())
    if known:
        return known
    if not LANGUAGE.fullmatch(tag) or len(tag) > LIMITS["language"]:
        raise UnusableValue("is not a language tag such as en or es-MX")
    language, *rest = tag.split("-")
    return "-".join([language.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """
    Raises:
        UnusableValue: too many or too large attributes, or a name that a template could not refer to.
    """
    if len(attributes) > MOST_ATTRIBUTES:
        raise UnusableValue(f"has more than {MOST_ATTRIBUTES} entries")
    for name in attributes:
        if not ATTRIBUTE_NAME.fullmatch(name) or len(name) > LONGEST_ATTRIBUTE_NAME:
            raise UnusableValue(f"has the name {name[:40]!r}; use letters, digits, spaces, '_', '-' and '.'")
    if len(orjson.dumps(attributes)) > LARGEST_ATTRIBUTES:
        raise UnusableValue(f"is larger than {LARGEST_ATTRIBUTES // 1024} KB")

"""What cells of consent columns and yes-or-no columns say, in the languages of the column names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from outrider.leads.values import UnusableValue

YES = frozenset({
    "yes", "y", "true", "t", "1", "x", "✓", "✔", "ok", "on", "agreed", "accepted", "granted", "given", "consented", "subscribed",
    "active", "opted-in", "opted in", "optin", "opt-in", "opt in", "si", "sí", "s", "oui", "o", "ja", "j", "wahr", "vrai",
    "verdadero",
})  # fmt: skip
NO = frozenset({
    "no", "n", "false", "f", "0", "-", "off", "none", "never", "denied", "declined", "revoked", "withdrawn", "unsubscribed",
    "inactive", "unknown", "n/a", "na", "not given", "no consent", "opted-out", "opted out", "optout", "opt-out", "opt out",
    "non", "nein", "falsch", "faux", "falso",
})  # fmt: skip

KINDS = {
    "written": "written", "written consent": "written", "prior express written": "written", "pewc": "written",
    "prior express written consent": "written", "signed": "written", "escrito": "written", "écrit": "written",
    "ecrit": "written", "schriftlich": "written",
    "express": "express", "explicit": "express", "express consent": "express", "prior express": "express",
    "prior express consent": "express", "verbal": "express", "oral": "express", "expreso": "express", "explicite": "express",
    "ausdrücklich": "express", "explicito": "express", "explícito": "express",
    "implied": "implied", "implicit": "implied", "inquiry": "implied", "enquiry": "implied", "ebr": "implied",
    "existing customer": "implied", "customer": "implied", "implícito": "implied", "implicite": "implied",
    "stillschweigend": "implied",
}  # fmt: skip

CHANNELS = {
    "sms": ("sms",), "text": ("sms",), "texts": ("sms",), "texting": ("sms",), "text message": ("sms",), "mms": ("sms",),
    "voice": ("voice",), "call": ("voice",), "calls": ("voice",), "phone": ("voice",), "phone call": ("voice",),
    "telephone": ("voice",), "llamada": ("voice",), "appel": ("voice",), "anruf": ("voice",), "telefon": ("voice",),
    "email": ("email",), "e-mail": ("email",), "mail": ("email",), "correo": ("email",), "courriel": ("email",),
    "both": ("sms", "voice"), "all": ("sms", "voice", "email"), "any": ("sms", "voice", "email"),
    "none": (), "no": (), "-": (), "n/a": (),
}  # fmt: skip

ISO_LIKE = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(.*)$")
NUMERIC_DATE = re.compile(
    r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?)\s*([ap]m)?)?$", re.IGNORECASE
)
NAMED_DATES = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y")
MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "PW", "MH"})
EARLIEST_YEAR = 1990


NOTHING = frozenset({"", "-", "--", ".", "?", "n/a", "none", "null", "nil", "unknown", "#n/a"})
"""How exports write an empty cell."""


def text_of(cell: str) -> str:
    """The cell without surrounding space; empty if it says that it is."""
    text = cell.strip()
    return "" if len(text) < 8 and text.lower() in NOTHING else text


@lru_cache(maxsize=4096)
def read_yes(text: str) -> bool | None:
    """True or False if the text says so, None if it is something else."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO or not word else None


@lru_cache(maxsize=1024)
def read_kind(text: str) -> str:
    kind = KINDS.get(" ".join(text.lower().replace("_", " ").split()))
    if kind is None:
        raise UnusableValue("is not written, express or implied")
    return kind


@lru_cache(maxsize=1024)
def read_channels(text: str) -> tuple[str, ...]:
    """The channels a cell names: `SMS, voice` → `("sms", "voice")`."""
    found: list[str] = []
    for part in re.split(r"\s*(?:[,;/|+&]|\band\b|\by\b|\bet\b|\bund\b)\s*", text.strip().lower()):
        if part and part not in CHANNELS:
            raise UnusableValue("names a channel other than sms, voice and email")
        found += CHANNELS.get(part, ())
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=8192)
def read_moment(text: str, country: str) -> datetime:
    """A date or a date with time; UTC unless it says otherwise. `3/4/2026` is read as the country writes it."""
    moment = _moment(text.strip(), country)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment.year < EARLIEST_YEAR or moment > datetime.now(UTC):
        raise UnusableValue("is not a date of the past")
    return moment


def _moment(text: str, country: str) -> datetime:
    for attempt in (_iso, _numeric, _named):
        try:
            found = attempt(text, country)
        except ValueError:
            continue
        if found:
            return found
    raise UnusableValue("is not a date; write 2026-03-31")


def _iso(text: str, _: str) -> datetime | None:
    parts = ISO_LIKE.match(text)
    if parts is None:
        return None
    year, month, day, rest = parts.groups()
    return datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}{rest.rstrip()}")


def _numeric(text: str, country: str) -> datetime | None:
    parts = NUMERIC_DATE.match(text)
    if parts is None:
        return None
    first, second, year, clock, half = parts.groups()
    month, day = (first, second) if country in MONTH_FIRST and int(first) <= 12 else (second, first)
    if int(month) > 12:
        month, day = day, month
    date = datetime(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), tzinfo=UTC)
    if not clock:
        return date
    hour, minute, *_rest = (int(part) for part in clock.split(":"))
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    return date.replace(hour=hour, minute=minute)


def _named(text: str, _: str) -> datetime | None:
    for pattern in NAMED_DATES:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None

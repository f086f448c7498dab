"""The account's own senders: phone numbers with their queues, and messaging services that pool them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import md5
from uuid import uuid4
from zlib import crc32

from simulator.errors import BadControl

MAGIC_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
"""`From` numbers of Twilio's test credentials that are always refused, with the code."""
MAGIC_SENDER = "+15005550006"
"""The `From` number of Twilio's test credentials that always works."""
MAGIC_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""`To` numbers of Twilio's test credentials that are always refused, with the code."""

QUEUE_SECONDS = 36000.0
"""A sender's queue holds ten hours of its traffic."""
TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}")

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NORTH_AMERICA = re.compile(r"\+1[2-9]\d{9}")
_PUNCTUATION = str.maketrans("", "", " ().-")

_PLACES = {
    "202": ("WASHINGTON", "DC", "20001"),
    "206": ("SEATTLE", "WA", "98101"),
    "212": ("NEW YORK", "NY", "10001"),
    "303": ("DENVER", "CO", "80202"),
    "305": ("MIAMI", "FL", "33101"),
    "310": ("LOS ANGELES", "CA", "90210"),
    "312": ("CHICAGO", "IL", "60601"),
    "415": ("SAN FRANCISCO", "CA", "94103"),
    "512": ("AUSTIN", "TX", "78701"),
    "617": ("BOSTON", "MA", "02108"),
}
_COUNTRIES = {"33": "FR", "34": "ES", "39": "IT", "41": "CH", "43": "AT", "44": "GB", "49": "DE", "52": "MX"}


def normalize(number: str) -> str | None:
    """The number in E.164 without punctuation, or None if it can't be one."""
    stripped = number.translate(_PUNCTUATION)
    if not _E164.fullmatch(stripped):
        return None
    if stripped.startswith("+1") and not _NORTH_AMERICA.fullmatch(stripped):
        return None
    return stripped


def place_of(number: str) -> dict[str, str]:
    """City, State, Zip and Country as a webhook tells them; empty strings where the carrier does not know."""
    if number.startswith("+1"):
        city, state, postcode = _PLACES.get(number[2:5], ("", "", ""))
        return {"City": city, "State": state, "Zip": postcode, "Country": "US"}
    return {"City": "", "State": "", "Zip": "", "Country": _COUNTRIES.get(number[1:3], "")}


class TokenBucket:
    """At most `rate` events per second, one second's worth at once; rate 0 lets everything pass."""

    def __init__(self, rate: float):
        self.rate = rate
        self._tokens = max(1.0, rate)
        self._seen = 0.0

    def wait_for_token(self, now: float) -> float:
        """0 if an event may happen now (and takes its token), else the seconds until the next token."""
        if not self.rate:
            return 0.0
        self._tokens = min(max(1.0, self.rate), self._tokens + (now - self._seen) * self.rate)
        self._seen = now
        if self._tokens < 1.0:
            return (1.0 - self._tokens) / self.rate
        self._tokens -= 1.0
        return 0.0


@dataclass(eq=False)
class PhoneNumber:
    """One of our numbers. `now` in its methods is any monotonic clock, in seconds."""

    number: str
    rate: float
    """Segments per second."""
    api: TokenBucket
    sms_url: str = ""
    friendly_name: str = ""
    service_sid: str | None = None
    created: float = 0.0
    _free_at: float = 0.0
    """When the last segment of the queue will have left."""

    @property
    def sid(self) -> str:
        return "PN" + md5(self.number.encode(), usedforsecurity=False).hexdigest()

    @property
    def is_toll_free(self) -> bool:
        return TOLL_FREE.fullmatch(self.number) is not None

    def backlog(self, now: float) -> float:
        """Seconds of traffic in the queue."""
        return max(0.0, self._free_at - now)

    def is_full(self, now: float) -> bool:
        return self.backlog(now) > QUEUE_SECONDS

    def reserve(self, segments: int, now: float, validity: float) -> float | None:
        """Put a message at the end of the queue.

        Returns:
            Seconds until it leaves, or None if it would leave only after `validity` seconds: it then expires in the
            queue and takes no capacity.
        """
        wait = self.backlog(now)
        if wait > validity:
            return None
        self._free_at = now + wait + segments / self.rate
        return wait


@dataclass(eq=False)
class MessagingService:
    """A pool of numbers that sends as one; each recipient always gets the same number."""

    friendly_name: str
    created: float
    inbound_request_url: str = ""
    status_callback: str = ""
    sid: str = field(default_factory=lambda: f"MG{uuid4().hex}")
    pool: list[PhoneNumber] = field(default_factory=list)
    api: TokenBucket = field(default_factory=lambda: TokenBucket(0))
    _sticky: dict[str, PhoneNumber] = field(default_factory=dict)

    def add(self, number: PhoneNumber) -> None:
        number.service_sid = self.sid
        self.pool.append(number)
        self.resize()

    def remove(self, number: PhoneNumber) -> None:
        number.service_sid = None
        self.pool.remove(number)
        self._sticky = {person: chosen for person, chosen in self._sticky.items() if chosen is not number}
        self.resize()

    def choose(self, recipient: str) -> PhoneNumber:
        """The number that this recipient knows; a new recipient is given one evenly. The pool must not be empty."""
        chosen = self._sticky.get(recipient)
        if chosen is None:
            chosen = self._sticky[recipient] = self.pool[crc32(recipient.encode()) % len(self.pool)]
        return chosen

    def resize(self) -> None:
        """Take the sum of the numbers' API rates as the service's own."""
        rates = [number.api.rate for number in self.pool]
        self.api = TokenBucket(sum(rates) if all(rates) else 0)


class Senders:
    """All numbers and services of the account."""

    def __init__(self, *, rate: float, api_rate: float, sms_url: str):
        self._rate = rate
        self._api_rate = api_rate
        self._sms_url = sms_url
        self.numbers: dict[str, PhoneNumber] = {}
        self.services: dict[str, MessagingService] = {}

    def add(self, number: str, now: float) -> PhoneNumber:
        """Own a number, with the default settings.

        Raises:
            BadControl: the text is no phone number.
        """
        if normalize(number) != number:
            raise BadControl(f"{number!r} is not a phone number in E.164; write it as +12025550143")
        phone = PhoneNumber(number, self._rate, TokenBucket(self._api_rate), self._sms_url, friendly_name=number, created=now)
        return self.numbers.setdefault(number, phone)

    def owned(self, number: str, now: float) -> PhoneNumber | None:
        """The number if it is ours; the working magic number becomes ours when it is first used."""
        phone = self.numbers.get(number)
        return self.add(number, now) if phone is None and number == MAGIC_SENDER else phone

    def by_sid(self, sid: str) -> PhoneNumber | None:
        return next((phone for phone in self.numbers.values() if phone.sid == sid), None)

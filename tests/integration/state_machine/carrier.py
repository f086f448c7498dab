"""A carrier in memory that does what the test chooses, and remembers everything it accepted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from outrider.channels.base import (
    Accepted,
    CarrierAccount,
    CarrierMessage,
    CarrierUnavailable,
    DeliveryStatus,
    ErrorClass,
    OutgoingText,
    Refused,
    SendOutcome,
    Unknown,
)


class Fate(StrEnum):
    """What becomes of one POST."""

    ACCEPTED = "accepted"
    TOO_MANY = "too many"
    """429: surely not accepted."""
    NOT_REACHED = "not reached"
    LANDLINE = "landline"
    """Refused for good: this number never receives a text."""
    FORBIDDEN = "forbidden"
    """Refused for good: this text does not go there."""
    OPTED_OUT = "opted out"
    """Refused with 21610: the carrier knows of an opt-out."""
    ANSWER_LOST = "answer lost"
    """Accepted, but we never hear of it."""
    REQUEST_LOST = "request lost"
    """Not accepted, and we can't know."""


REFUSALS = {
    Fate.TOO_MANY: Refused(20429, ErrorClass.RETRYABLE, "Too many requests"),
    Fate.NOT_REACHED: Refused(None, ErrorClass.RETRYABLE, "Not reached"),
    Fate.LANDLINE: Refused(21614, ErrorClass.PERMANENT, "Not a mobile number"),
    Fate.FORBIDDEN: Refused(21408, ErrorClass.PERMANENT, "Permission to send to this region is not enabled"),
    Fate.OPTED_OUT: Refused(21610, ErrorClass.OPT_OUT, "Opted out"),
}
UNKNOWNS = {
    Fate.ANSWER_LOST: Unknown("No answer: time-out"),
    Fate.REQUEST_LOST: Unknown("No answer: connection reset"),
}


@dataclass(slots=True)
class Created:
    """One text that the carrier has."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    created_at: datetime
    token: str | None = None
    status: DeliveryStatus = DeliveryStatus.QUEUED
    reported: list[DeliveryStatus] = field(default_factory=list)
    """Statuses of which callbacks are still to come or may be repeated."""


class MemoryCarrier:
    """Implements `channels.base.Carrier`."""

    def __init__(self, list_lag: timedelta):
        self.texts: list[Created] = []
        self.next_fate = Fate.ACCEPTED
        self.answers_lists = True
        self._list_lag = list_lag
        self._numbers = 0

    def reset(self) -> None:
        self.texts.clear()
        self.next_fate, self.answers_lists = Fate.ACCEPTED, True

    @property
    def outgoing(self) -> list[Created]:
        return [text for text in self.texts if text.direction != "inbound"]

    @property
    def incoming(self) -> list[Created]:
        return [text for text in self.texts if text.direction == "inbound"]

    def age(self, by: timedelta) -> None:
        """Let time pass: everything was longer ago."""
        for text in self.texts:
            text.created_at -= by

    def receive(self, from_: str, to: str, body: str) -> Created:
        """A person texts us."""
        return self._add("inbound", from_, to, body)

    async def send_text(self, text: OutgoingText) -> SendOutcome:
        fate = self.next_fate
        if fate in REFUSALS:
            return REFUSALS[fate]
        if fate is not Fate.REQUEST_LOST:
            created = self._add("outbound-api", text.from_number or "", text.to, text.body)
            created.token = parse_qs(urlsplit(text.status_callback or "").query).get("token", [None])[0]
            created.reported.append(DeliveryStatus.QUEUED)
        if fate in UNKNOWNS:
            return UNKNOWNS[fate]
        return Accepted(created.sid, created.status, segments=1, price=None)

    async def list_messages(
        self, *, to: str | None = None, from_: str | None = None, since: datetime | None = None
    ) -> AsyncIterator[CarrierMessage]:
        if not self.answers_lists:
            raise CarrierUnavailable("The carrier answered 500.")
        visible_until = datetime.now(UTC) - self._list_lag
        for text in reversed(self.texts):
            is_wanted = (to is None or text.to == to) and (from_ is None or text.from_ == from_)
            if is_wanted and text.created_at <= visible_until and (since is None or text.created_at >= since):
                yield _row(text)

    async def fetch_message(self, carrier_sid: str) -> CarrierMessage | None:
        if not self.answers_lists:
            raise CarrierUnavailable("The carrier answered 500.")
        return next((_row(text) for text in self.texts if text.sid == carrier_sid), None)

    async def check(self) -> CarrierAccount:
        return CarrierAccount("AC" + "5" * 32, "Test", "active", "Full")

    async def aclose(self) -> None:
        """Nothing is open."""

    def _add(self, direction: str, from_: str, to: str, body: str) -> Created:
        self._numbers += 1
        created = Created(f"SM{self._numbers:032x}", direction, from_, to, body, datetime.now(UTC))
        self.texts.append(created)
        return created


def _row(text: Created) -> CarrierMessage:
    is_inbound = text.direction == "inbound"
    return CarrierMessage(
        carrier_sid=text.sid,
        direction=text.direction,
        from_=text.from_,
        to=text.to,
        body=text.body,
        status="received" if is_inbound else str(text.status),
        error_code=None,
        created_at=text.created_at,
        sent_at=text.created_at,
        segments=1,
        price=None,
        messaging_service_sid=None,
    )

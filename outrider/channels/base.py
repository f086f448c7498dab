"""The carrier port: what the product asks of a phone company, in its own words.

A send has exactly three outcomes, because the sending protocol does something different after each:

Accepted   the carrier has the text and named it
Refused    the carrier surely does not have it (it said no, or was never reached)
Unknown    nobody can say; it may be on its way, so it is never sent again before reconciliation

ProviderError
└── CarrierError               reading from the carrier failed
    ├── CarrierUnavailable     no answer, an unusable one, or "not now": ask again later
    └── CarrierRefused         it understood and said no: asking again changes nothing
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from outrider.errors import ProviderError


class ErrorClass(StrEnum):
    """What a refusal means for what happens next."""

    PERMANENT = "permanent"
    """This text never reaches this recipient."""
    RETRYABLE = "retryable"
    """Not accepted or not delivered for a passing reason: a later attempt may succeed."""
    OPT_OUT = "opt_out"
    """The recipient has opted out with the carrier: suppress the number."""
    SENDER = "sender"
    """The sender or account is at fault, so every text would fail: stop the sender and tell a person."""
    UNKNOWN_CODE = "unknown_code"
    """A code nobody has classified: permanent for this text, and shown to a person."""


class DeliveryStatus(StrEnum):
    """Where an accepted text is. Callbacks arrive in any order; compare `rank` to move only forwards."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    READ = "read"
    CANCELED = "canceled"

    @property
    def rank(self) -> int:
        """Progress: a status replaces another only if its rank is higher. All ends share one rank, so the first
        end that arrives stays; only `read` still follows (it proves the delivery)."""
        return _RANKS[self]

    @property
    def is_terminal(self) -> bool:
        return self.rank >= _END


_END = 4
_RANKS = {
    DeliveryStatus.ACCEPTED: 0,
    DeliveryStatus.QUEUED: 1,
    DeliveryStatus.SENDING: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.DELIVERED: _END,
    DeliveryStatus.UNDELIVERED: _END,
    DeliveryStatus.FAILED: _END,
    DeliveryStatus.CANCELED: _END,
    DeliveryStatus.READ: _END + 1,
}


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text to send, from a number or from a messaging service."""

    to: str = field(repr=False)
    """Recipient in E.164."""
    body: str = field(repr=False)
    from_number: str | None = None
    messaging_service_sid: str | None = None
    status_callback: str | None = None
    """Absolute URL that hears the delivery states; carries the attempt token."""
    validity_seconds: int | None = None
    """The carrier drops the text if it could not leave within this time."""

    def __post_init__(self) -> None:
        if not (self.from_number or self.messaging_service_sid):
            raise ValueError("A text needs from_number or messaging_service_sid.")


@dataclass(frozen=True, slots=True)
class Accepted:
    carrier_sid: str
    status: DeliveryStatus
    segments: int | None
    """None while the carrier has not chosen a sender yet."""
    price: Decimal | None
    """What it cost, positive, in the account's currency; None until billed."""


@dataclass(frozen=True, slots=True)
class Refused:
    code: int | None
    error_class: ErrorClass
    message: str
    """The carrier's words, phone numbers masked."""
    retry_after: float | None = None
    """Seconds the carrier asks us to wait."""


@dataclass(frozen=True, slots=True)
class Unknown:
    reason: str


SendOutcome = Accepted | Refused | Unknown


@dataclass(frozen=True, slots=True)
class CarrierMessage:
    """One text as the carrier's own list shows it."""

    carrier_sid: str
    direction: str
    """`inbound`, or `outbound-api`, `outbound-reply`, `outbound-call`."""
    from_: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    status: str
    """The carrier's word; inbound texts are `received`, so this is wider than `DeliveryStatus`."""
    error_code: int | None
    created_at: datetime
    sent_at: datetime | None
    segments: int | None
    price: Decimal | None
    messaging_service_sid: str | None

    @property
    def is_inbound(self) -> bool:
        return self.direction == "inbound"


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that a person sent to one of our numbers. Every field but the sid is that person's or their carrier's data."""

    carrier_sid: str
    from_: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    messaging_service_sid: str | None
    media_urls: tuple[str, ...]
    opt_out_type: str | None
    """STOP, START or HELP when the carrier itself acted on the text."""
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    segments: int | None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    carrier_sid: str
    status: DeliveryStatus
    error_code: int | None
    token: str | None
    """The attempt token that the callback address carried."""


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    account_sid: str
    name: str
    status: str
    """`active`, `suspended` or `closed`."""
    kind: str
    """`Full` or `Trial`."""

    @property
    def is_active(self) -> bool:
        return self.status == "active"


class CarrierError(ProviderError):
    title = "The carrier failed"


class CarrierUnavailable(CarrierError):
    """No answer, an answer that can't be read, or a request to come back later."""

    def __init__(self, detail: str, *, retry_after: float | None = None):
        super().__init__(detail, retryable=True, retry_after=retry_after)


class CarrierRefused(CarrierError):
    """The carrier understood the request and declined it."""

    def __init__(self, detail: str, *, code: int | None, error_class: ErrorClass):
        super().__init__(detail, retryable=False, code=code)
        self.code = code
        self.error_class = error_class


class Carrier(Protocol):
    async def send_text(self, text: OutgoingText) -> SendOutcome:
        """Hand one text over, at most once. Never raises for anything the carrier or the network does."""
        ...

    def list_messages(
        self, *, to: str | None = None, from_: str | None = None, since: datetime | None = None
    ) -> AsyncIterator[CarrierMessage]:
        """Texts the carrier has, both directions, newest first; with `since`, those created at or after it.

        Raises:
            CarrierError: a page could not be read; rows before it were already yielded.
        """
        ...

    async def fetch_message(self, carrier_sid: str) -> CarrierMessage | None:
        """One text by its sid; None if the carrier has no such text.

        Raises:
            CarrierError: the carrier could not be asked.
        """
        ...

    async def check(self) -> CarrierAccount:
        """The account behind the credentials, to tell at a glance whether they work.

        Raises:
            CarrierRefused: the credentials are wrong.
            CarrierUnavailable: the carrier could not be asked.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections. The carrier can be used again afterwards; it opens new ones."""
        ...

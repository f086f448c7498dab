"""The port through which invitations leave; the composition root hands in what sends mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """The iCalendar data that mail programs show as an invitation: `text/calendar; method=…`, and an attachment."""

    method: Literal["REQUEST", "CANCEL"]
    content: bytes
    filename: str = "invite.ics"


@dataclass(frozen=True, slots=True)
class Mail:
    to: Sequence[str]
    subject: str
    text: str
    key: str
    """Names this mail for good: sent again, it is the same mail (its Message-ID)."""
    calendar: CalendarPart | None = None
    reply_to: str | None = None


class Mailer(Protocol):
    """Sends mail."""

    @property
    def is_set_up(self) -> bool:
        """False while no mail server is configured."""

    @property
    def address(self) -> str:
        """Where mail comes from; it organises meetings of calendars whose owner has no address."""

    async def send(self, mail: Mail) -> None:
        """
        Raises:
            ProviderError: it could not be sent; `retryable` says whether to try again.
        """


class NoMailer:
    """No mail server is configured."""

    is_set_up = False
    address = ""

    async def send(self, mail: Mail) -> None:
        raise LookupError("No mail server is configured.")

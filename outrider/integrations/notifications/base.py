"""The port to those who carry a notice to a person or to another system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from outrider.errors import ProviderError


class Channel(StrEnum):
    """A way on which notices travel."""

    EMAIL = "email"
    SLACK = "slack"
    SMS = "sms"


class NotifierError(ProviderError):
    """A notice did not arrive, or nobody knows whether it did; `retryable` says whether the same one may be sent again."""

    title = "The notice could not be delivered"


class NoticeRefused(NotifierError):
    """The receiving service will never take this notice: unknown recipient, wrong credentials, a channel that is gone."""

    title = "The notice was refused"

    def __init__(self, detail: str, *, remedy: str = ""):
        super().__init__(detail, retryable=False, remedy=remedy)


class NoticeDelayed(NotifierError):
    """The receiving service can't take it now; `retry_after` says when it may."""

    title = "The notice must wait"

    def __init__(self, detail: str, *, retry_after: float | None = None, remedy: str = ""):
        super().__init__(detail, retryable=True, retry_after=retry_after, remedy=remedy)


class ChannelLeftAlone(NoticeDelayed):
    """Nobody was asked: the channel failed too often."""

    title = "The channel failed too often"


class NotConfigured(NoticeRefused):
    """This installation has no account for the channel."""

    title = "The channel is not set up"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a notice."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    parameters: tuple[tuple[str, str], ...] = ()
    """Of the media type, such as `(("method", "REQUEST"),)` of an invitation (RFC 6047)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is to be told.

    Args:
        key: the same for every attempt at the same notice, so that a receiver can tell a repetition.
        text: plain words; may be empty.
        link: where more is to be found, a whole address.
    """

    key: str
    title: str
    text: str = ""
    link: str | None = None
    severity: str = "info"
    attachments: Sequence[Attachment] = ()
    reply_to: str | None = None
    written_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the service said when it took the notice."""

    reference: str = ""
    """Its own name for it, as far as it tells one."""


class Notifier(Protocol):
    """One account of one service. Keeps nothing between two notices but its connections."""

    channel: Channel
    is_local: bool
    """What it takes stays on this machine: no account is configured."""

    def check_target(self, target: str) -> str:
        """The target in its proper form.

        Raises:
            InvalidInput: nobody can be reached there.
        """

    async def send(self, notice: Notice, target: str) -> Receipt:
        """Hand it over.

        Raises:
            NotifierError: it was not taken.
        """

    async def aclose(self) -> None: ...

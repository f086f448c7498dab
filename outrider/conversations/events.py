"""Facts that conversations publish, in the transaction in which they become true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from outrider.channels.keywords import Wish
from outrider.conversations.models import OutboxState, SuppressionReason


@dataclass(frozen=True, slots=True)
class TextOutcome:
    """How one outgoing text ended on our side."""

    message_id: int
    conversation_id: int
    campaign_id: int | None
    campaign_lead_id: int | None
    lead_id: int
    state: OutboxState
    """`sent`, `failed` or `cancelled`."""
    reason: str | None
    """Why it was cancelled or failed: `suppressed`, `replied`, `budget`, `refused`, `too_many_attempts` …"""
    error_code: int | None
    """The carrier's."""
    error_message: str | None
    estimated_cost: Decimal
    """US dollars that the send gates were asked to reserve for it."""
    admitted: bool
    """The gates did reserve it. Release the reservation if the text was not sent."""


@dataclass(frozen=True, slots=True)
class TextsQueued:
    """Texts wait to leave in these conversations."""

    conversation_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class DeliveriesMoved:
    """The carrier reported on texts of these conversations."""

    conversation_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class TextsSettled:
    """Texts that reached `sent`, `failed` or `cancelled`; published once per text."""

    outcomes: Sequence[TextOutcome]


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """Texts the carrier accepted and later reported as undelivered or failed. Their state stays `sent`."""

    outcomes: Sequence[TextOutcome]


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A person wrote to us. An opt-out is published too, with its wish: nobody answers it."""

    message_id: int
    conversation_id: int
    lead_id: int
    campaign_id: int | None
    """The campaign that wrote last in this conversation."""
    body: str
    wish: Wish | None
    """What it asks for besides its content, in its keyword or its words."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TextsReceived:
    """People wrote to us, in this order; one person may be among them several times."""

    texts: Sequence[TextReceived]


@dataclass(frozen=True, slots=True)
class NumberSuppressed:
    """A number must not be contacted any more, on any channel."""

    phone: str
    lead_ids: Sequence[int]
    reason: SuppressionReason


@dataclass(frozen=True, slots=True)
class SuppressionsChanged:
    """Numbers were added to those that must not be contacted, or taken from them."""


@dataclass(frozen=True, slots=True)
class SendersChanged:
    """Senders were added, changed, taken out of use or removed."""

    sender_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A person gave a conversation back to the agent."""

    conversation_id: int
    is_unanswered: bool
    """The lead wrote something that nobody has answered."""


class Change(StrEnum):
    """What about a conversation is new."""

    STATUS = "status"
    """Open, snoozed or resolved."""
    ASSIGNEE = "assignee"
    HANDLING = "handling"
    """Who answers, or that a person has to."""
    READ = "read"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """Something about a conversation changed besides its messages."""

    conversation_id: int
    change: Change

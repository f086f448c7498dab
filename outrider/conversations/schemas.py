"""What the API of the conversations takes and gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from outrider.conversations.models import Author, Direction, OutboxState, Purpose, SenderKind, SuppressionReason

MAX_BODY = 1600
"""Characters; the carrier takes no more."""

Rate = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SenderIn(_Strict):
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
    """A number in E.164, a short code, or a messaging service (`MG…`)."""
    label: Annotated[str, StringConstraints(max_length=200)] = ""
    enabled: bool = True
    segments_per_second: Rate | None = None
    """None is what the carrier usually allows for such a sender."""


class SenderPatch(_Strict):
    label: Annotated[str, StringConstraints(max_length=200)] | None = None
    enabled: bool | None = None
    segments_per_second: Rate | None = None


class SenderOut(_FromRow):
    id: int
    kind: SenderKind
    address: str
    label: str
    enabled: bool
    disabled_reason: str | None
    """Why the carrier's refusal took it out of use."""
    segments_per_second: float
    waiting_texts: int = 0
    """Texts in its outbox."""
    inbound_watermark: datetime | None
    """Everything that people wrote to it up to here has been received."""
    created_at: datetime
    updated_at: datetime


class SuppressionIn(_Strict):
    phone: Annotated[str, StringConstraints(min_length=3, max_length=64)]
    reason: SuppressionReason = SuppressionReason.MANUAL
    evidence: Annotated[str, StringConstraints(max_length=2000)] | None = None


class SuppressionOut(_FromRow):
    id: int
    phone: str
    reason: SuppressionReason
    source: str
    evidence: str | None
    """The words that were said."""
    message_id: int | None
    created_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None


class SuppressionImport(BaseModel):
    """What became of an imported file."""

    added: int
    already_suppressed: int
    rejected: list[RejectedLine]
    """Lines without a usable number; at most the first hundred."""
    rejected_count: int


class RejectedLine(BaseModel):
    line: int
    """Line of the file, counted from 1."""
    value: str
    problem: str


class LastMessage(BaseModel):
    id: int
    direction: Direction
    author: Author
    body: str
    state: OutboxState | None
    created_at: datetime


class ConversationOut(BaseModel):
    id: int
    lead_id: int
    lead_name: str
    lead_company: str | None
    phone: str | None
    campaign_id: int | None
    """The campaign that wrote last."""
    sender_id: int | None
    handled_by: Literal["agent", "person"]
    needs_reply: bool
    """The lead wrote and nobody has answered (or decided not to)."""
    is_suppressed: bool
    last_message: LastMessage | None
    last_message_at: datetime
    last_inbound_at: datetime | None
    created_at: datetime


class MessageOut(_FromRow):
    id: int
    conversation_id: int
    lead_id: int
    direction: Direction
    author: Author
    purpose: Purpose
    body: str
    media_urls: list[str] = []
    sender_id: int | None
    campaign_id: int | None
    run_id: int | None
    segments: int
    state: OutboxState | None
    """Our side of an outgoing text; None for incoming ones."""
    hold_reason: str | None
    """Why it is not leaving now, or never left."""
    due_at: datetime
    attempts: int
    delivery_status: str | None
    """What the carrier says about it."""
    error_code: int | None
    error_message: str | None
    estimated_cost: Decimal
    price: Decimal | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None


class MessageIn(_Strict):
    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY, pattern=r"\S")]


class Resolution(_Strict):
    outcome: Literal["sent", "not_sent"]
    """`not_sent` queues the text again: choose it only if the carrier surely does not have it."""


SuppressionImport.model_rebuild()

"""What the API of the conversations takes and gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from outrider.channels.segments import Encoding
from outrider.conversations.models import (
    Author,
    Decision,
    Direction,
    OutboxState,
    PersonReason,
    Purpose,
    SenderKind,
    SuppressionReason,
    ThreadStatus,
)

MAX_BODY = 1600
"""Characters; the carrier takes no more."""

MAX_COUNTED = 1000
"""Conversations that a count of the inbox goes up to."""

View = Literal["mine", "unassigned", "needs_person", "all"]
"""`mine`: assigned to the caller. `unassigned`: the lead has written, nobody is assigned. `needs_person`: a person has to act."""
ActorName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]

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


class ContactWindow(BaseModel):
    """When a lead may be texted by the law of their place."""

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    """Of the hours that are open now or next. Both null: open at any hour where quiet hours are off, else never, because the
    places that the lead may be in are never open together."""


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
    status: ThreadStatus
    snoozed_until: datetime | None
    assignee: str | None
    handled_by: Literal["agent", "person"]
    paused_by: str | None
    """Who took over from the agent; None where the agent itself handed over."""
    agent_is_writing: bool
    """The agent is thinking about an answer right now."""
    needs_person: bool
    needs_person_reason: PersonReason | None
    needs_person_detail: str | None
    """Why, in plain words: what the agent doesn't know or may not do, and the lead's words that it stands on."""
    needs_reply: bool
    """The lead wrote and nobody has answered (or decided not to)."""
    first_unanswered_at: datetime | None
    """When the oldest text was written that nobody has answered."""
    unread_count: int
    """Texts of the lead that came in since `read_at`."""
    read_at: datetime | None
    is_suppressed: bool
    last_message: LastMessage | None
    last_message_at: datetime
    last_inbound_at: datetime | None
    created_at: datetime


class ConversationCounts(BaseModel):
    """Conversations per view. A count that equals `most` means that many or more."""

    mine: int
    unassigned: int
    needs_person: int
    all: int
    most: int = MAX_COUNTED


class Assignment(_Strict):
    assignee: ActorName | None
    """Name of the person who looks after it from now on; null for nobody."""


class Snooze(_Strict):
    until: AwareDatetime


class NoteIn(_Strict):
    body: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")]


class NoteOut(_FromRow):
    """A note for colleagues: never sent, and never shown to an agent."""

    id: int
    conversation_id: int
    author: str
    body: str
    created_at: datetime


class DecisionOut(_FromRow):
    """Something that was decided about a conversation."""

    id: int
    decision: Decision
    actor: str | None
    """Who decided; None for the agent."""
    detail: str | None
    """The new assignee, the end of the snooze in ISO 8601, or why the agent left it to a person."""
    created_at: datetime


class SegmentsIn(_Strict):
    body: Annotated[str, StringConstraints(max_length=10_000)]


class SegmentsOut(_FromRow):
    """How a text is counted and billed."""

    encoding: Encoding
    segments: int
    characters: int
    units: int
    """Septets (GSM-7) or sixteen-bit units (UCS-2)."""
    per_segment: int
    """Units that one segment of this text holds."""
    remaining: int
    """Units free in the last segment."""
    non_gsm: list[str]
    """Characters that force UCS-2, each once."""
    smart_quotes_replaced: str
    """The text with typographic quotes, dashes, ellipses and spaces replaced by plain ones."""


class MessageOut(_FromRow):
    id: int
    conversation_id: int
    lead_id: int
    direction: Direction
    author: Author
    author_name: str | None = None
    """Of the person who wrote for us; None for everybody else."""
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

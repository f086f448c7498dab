"""Tables of senders, threads, messages (the outbox is their outgoing part) and suppressions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes
from outrider.leads.folding import search_vector


class SenderKind(StrEnum):
    NUMBER = "number"
    MESSAGING_SERVICE = "messaging_service"


class Sender(HasId, HasTimes, Base):
    """A phone number or messaging service we send from, with its rate bucket."""

    __tablename__ = "senders"

    kind: Mapped[SenderKind] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, unique=True)
    """E.164, or the service's `MG…` identifier."""
    label: Mapped[str] = mapped_column(Text, server_default="")
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    """Set when the carrier refused the sender itself; a person enables it again."""
    segments_per_second: Mapped[float] = mapped_column(Double)
    bucket_tokens: Mapped[float] = mapped_column(Double, server_default="0")
    """Segments that may leave now, as of `bucket_at`."""
    bucket_at: Mapped[datetime] = mapped_column(server_default=func.now())
    inbound_watermark: Mapped[datetime | None]
    """Everything the carrier received for this sender up to here is in `messages`."""

    __table_args__ = (
        CheckConstraint("kind IN ('number','messaging_service')", name="kind_is_known"),
        CheckConstraint("segments_per_second > 0", name="rate_is_positive"),
    )


class ThreadStatus(StrEnum):
    OPEN = "open"
    SNOOZED = "snoozed"
    """Out of sight until `snoozed_until`, or until the lead writes."""
    RESOLVED = "resolved"
    """Nothing to do until the lead writes again."""


class PersonReason(StrEnum):
    """Why a conversation waits for a person."""

    REPLY_LIMIT = "reply_limit"
    """The agent answered as often as it may without a person."""
    NO_AUTO_REPLY = "no_auto_reply"
    """The campaign leaves every answer to a person."""
    ASKED = "asked_for_person"
    """The agent found that a person should answer, or the lead asked for one."""
    ANGRY = "angry"
    """The lead is angry; nobody wants to argue with a machine then."""
    LEGAL_THREAT = "legal_threat"
    """The lead speaks of lawyers, authorities or complaints; nothing automatic is said to that."""
    LOW_CONFIDENCE = "low_confidence"
    """The agent is not sure what the lead means."""
    REPEATED_FAILURE = "repeated_failure"
    """The agent could not answer several times in a row."""
    WRONG_PERSON = "wrong_person"
    """The number belongs to somebody else than the lead."""
    WANTS_NO_TEXTS = "wants_no_texts"
    """The lead may have meant that they want no more texts; a person decides about the opt-out."""
    FOLLOW_UP = "follow_up"
    """The time has come at which the lead wanted to hear from us."""
    MODEL_FAILED = "model_failed"
    ANSWER_REFUSED = "answer_refused"
    """What the model wrote may not be sent."""
    NO_SENDER = "no_sender"
    """No enabled sender may send the agent's answer."""
    OVER_BUDGET = "over_budget"
    """A budget does not pay for the agent's answer."""
    WITH_PERSON = "with_person"
    """A person has the conversation, and the lead wrote."""


class Conversation(HasId, HasTimes, Base):
    """The thread with one lead over all channels."""

    __tablename__ = "conversations"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), unique=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("senders.id"))
    """The lead always hears from this sender (sticky)."""
    campaign_id: Mapped[int | None]
    """The campaign that wrote last; replies are answered on its behalf."""
    handled_by: Mapped[str] = mapped_column(Text, server_default="agent")
    """`agent` or `person`: a person who takes over stops the agents."""
    paused_by: Mapped[str | None] = mapped_column(Text)
    """Who took over; None while an agent answers, and where the agent itself handed over."""
    agent_since: Mapped[datetime | None]
    """When a person last gave it to the agent, whose answers are counted anew from then on."""
    needs_person_reason: Mapped[PersonReason | None] = mapped_column(Text)
    """Why a person has to act; None when nobody has to."""
    needs_person_detail: Mapped[str | None] = mapped_column(Text)
    """Why, in plain words: what the agent doesn't know or may not do, and the lead's words that it stands on."""
    status: Mapped[ThreadStatus] = mapped_column(Text, server_default=ThreadStatus.OPEN)
    snoozed_until: Mapped[datetime | None]
    assignee: Mapped[str | None] = mapped_column(Text)
    """Name of the person who looks after it."""
    inbound_count: Mapped[int] = mapped_column(server_default="0")
    """Texts received; a run that began at a lower count was overtaken."""
    answered_count: Mapped[int] = mapped_column(server_default="0")
    """Texts received that an answer (or the decision not to answer) covers."""
    first_unanswered_at: Mapped[datetime | None]
    """When the oldest text was written that nobody has answered."""
    read_count: Mapped[int] = mapped_column(server_default="0")
    """Texts received that somebody has read: a count, because a text that was missed arrives with an old date."""
    read_at: Mapped[datetime | None]
    run_token: Mapped[str | None] = mapped_column(Text)
    run_lease_until: Mapped[datetime | None]
    """One run at a time: the holder of `run_token` may answer until then."""
    last_message_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_inbound_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("handled_by IN ('agent','person')", name="handled_by_is_known"),
        CheckConstraint("status IN ('open','snoozed','resolved')", name="status_is_known"),
        CheckConstraint("(status = 'snoozed') = (snoozed_until IS NOT NULL)", name="snoozed_has_end"),
        Index("ix_conversations_last_message_at_id", "last_message_at", "id"),
        # Partial, so that a campaign whose people never answer writes to none of them.
        Index("ix_conversations_inbox", "last_message_at", "id", postgresql_where=text("inbound_count > 0 AND status = 'open'")),
        Index("ix_conversations_unanswered", "last_message_at", "id", postgresql_where=text("answered_count < inbound_count")),
        Index("ix_conversations_needs_person", "last_message_at", "id", postgresql_where=text("needs_person_reason IS NOT NULL")),
        Index("ix_conversations_assignee", "assignee", "last_message_at", "id", postgresql_where=text("assignee IS NOT NULL")),
        Index("ix_conversations_put_away", "status", "last_message_at", "id", postgresql_where=text("status <> 'open'")),
    )


class ConversationNote(HasId, Base):
    """What a person wrote down about a conversation: for colleagues only, never sent and never shown to an agent."""

    __tablename__ = "conversation_notes"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    author: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_conversation_notes_conversation_id_id", "conversation_id", "id"),)


class Decision(StrEnum):
    """What was decided about a conversation."""

    TAKEN_OVER = "taken_over"
    """A person answers from then on."""
    HANDED_BACK = "handed_back"
    HANDED_OVER = "handed_over"
    """The agent left it to a person."""
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    MEETING_BOOKED = "meeting_booked"
    MEETING_MOVED = "meeting_moved"
    MEETING_CANCELLED = "meeting_cancelled"


class ConversationDecision(HasId, Base):
    """One decision about a conversation, kept for those who read it later."""

    __tablename__ = "conversation_decisions"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    decision: Mapped[Decision] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    """Who decided; None for the agent."""
    detail: Mapped[str | None] = mapped_column(Text)
    """The new assignee, the end of the snooze or the begin of the meeting in ISO 8601, or why the agent left it to a person
    (`PersonReason`)."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_conversation_decisions_conversation_id_id", "conversation_id", "id"),)


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Author(StrEnum):
    LEAD = "lead"
    WORKFLOW = "workflow"
    AGENT = "agent"
    PERSON = "person"
    SYSTEM = "system"


class Purpose(StrEnum):
    CAMPAIGN = "campaign"
    """An automated text of a campaign; an answer of the lead cancels it."""
    REPLY = "reply"
    """An answer in a conversation, by an agent or a person."""
    COMPLIANCE = "compliance"
    """Confirmation of an opt-out or opt-in, or help: suppression does not stop it."""


URGENT = 10
"""Priority of everything that answers a person."""
ORDINARY = 0
"""Priority of campaign texts."""


class OutboxState(StrEnum):
    """Our side of an outgoing text. What happens after the carrier accepted it is in `delivery_status`."""

    QUEUED = "queued"
    HELD = "held"
    """Its campaign is paused."""
    SENDING = "sending"
    """A deliverer holds it under a lease."""
    UNKNOWN = "unknown"
    """It may or may not have been accepted; never sent again until reconciled."""
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Never left, on purpose: suppressed, cancelled campaign, replied …"""


WORDS = search_vector("body")
"""SQL expression of a message's words."""
SEARCHABLE = "state IS NULL OR state = 'sent'"
"""Messages that the search for words finds: received or sent."""


class Message(HasId, Base):
    """One text, in or out. The outgoing rows are the outbox."""

    __tablename__ = "messages"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    direction: Mapped[Direction] = mapped_column(Text)
    author: Mapped[Author] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    """The lead's number, E.164."""
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("senders.id"))
    carrier_sid: Mapped[str | None] = mapped_column(Text)
    segments: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    campaign_id: Mapped[int | None]
    campaign_lead_id: Mapped[int | None]
    run_id: Mapped[int | None]
    dedupe_key: Mapped[str | None] = mapped_column(Text)
    """Unique name of the intent, as in `campaign_lead:12:sms_agent`: the same intent is never queued twice."""
    purpose: Mapped[Purpose] = mapped_column(Text, server_default=Purpose.CAMPAIGN)

    # The outbox part
    state: Mapped[OutboxState | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """`URGENT` or `ORDINARY`: replies leave before campaign texts."""
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    attempt_token: Mapped[str | None] = mapped_column(Text)
    """Identifies the last attempt; returns in the status callback's address."""
    attempted_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    """No POST of the attempt begins after this."""
    admitted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """The send gates let it pass once; what they reserved for it stays reserved until it settles."""
    next_check_at: Mapped[datetime | None]
    """When the carrier is asked again what became of an unknown attempt."""
    hold_reason: Mapped[str | None] = mapped_column(Text)
    """Why it is not leaving now, or never left: `quiet_hours`, `paused`, `budget`, `suppressed` …"""
    sent_at: Mapped[datetime | None]
    delivery_status: Mapped[str | None] = mapped_column(Text)
    delivered_at: Mapped[datetime | None]
    error_code: Mapped[int | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    estimated_cost: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default="0")
    """US dollars reserved for it."""
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    """US dollars as the carrier billed it."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (
        CheckConstraint("direction IN ('in','out')", name="direction_is_known"),
        CheckConstraint("(direction = 'out') = (state IS NOT NULL)", name="outgoing_has_state"),
        CheckConstraint("purpose IN ('campaign','reply','compliance')", name="purpose_is_known"),
        CheckConstraint(f"priority IN ({ORDINARY},{URGENT})", name="priority_is_known"),
        Index("uq_messages_carrier_sid", "carrier_sid", unique=True, postgresql_where=text("carrier_sid IS NOT NULL")),
        Index("uq_messages_dedupe_key", "dedupe_key", unique=True, postgresql_where=text("dedupe_key IS NOT NULL")),
        Index("uq_messages_attempt_token", "attempt_token", unique=True, postgresql_where=text("attempt_token IS NOT NULL")),
        Index("ix_messages_due", "sender_id", text("priority DESC"), "due_at", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_messages_open", "lease_until", postgresql_where=text("state IN ('sending','unknown')")),
        Index(
            "ix_messages_open_phone",
            "phone",
            postgresql_where=text("state IN ('queued','held','sending','unknown')"),
        ),
        Index("ix_messages_conversation_id_id", "conversation_id", "id"),
        Index("ix_messages_lead_id_id", "lead_id", "id"),
        Index("ix_messages_campaign_id_id", "campaign_id", "id", postgresql_where=text("campaign_id IS NOT NULL")),
        Index(
            "ix_messages_campaign_lead_id",
            "campaign_lead_id",
            postgresql_where=text("campaign_lead_id IS NOT NULL"),
        ),
        # Only what did not leave: a text on its ordinary way never enters it.
        Index(
            "ix_messages_unsent",
            "campaign_id",
            "campaign_lead_id",
            postgresql_where=text("state IN ('unknown','failed','cancelled')"),
        ),
        Index("ix_messages_sent_at", "sent_at", postgresql_using="brin"),
        Index("ix_messages_at", text("coalesce(sent_at, created_at)"), postgresql_using="brin"),
        Index("ix_messages_received", "created_at", "lead_id", postgresql_where=text("direction = 'in'")),
        # A text that we send enters when it was sent: on its way there it would be entered again at each state.
        Index(
            "ix_messages_words",
            literal_column(WORDS).label("words"),
            postgresql_using="gin",
            postgresql_where=text(SEARCHABLE),
        ),
        # Room on the page for the updates that a text goes through: delivery states then touch no index.
        {"postgresql_with": {"fillfactor": "80"}},
    )


class ReleasedAttempt(Base):
    """An attempt that the carrier did not know after the settle time, so that its text was queued again.

    Should a callback or an answer of that attempt arrive all the same, it finds its text through this row.
    """

    __tablename__ = "released_attempts"

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    attempted_at: Mapped[datetime]
    released_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StrayReceipt(Base):
    """A status callback that named no message we know yet; applied when the message becomes known."""

    __tablename__ = "stray_receipts"

    carrier_sid: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    error_code: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class SuppressionReason(StrEnum):
    STOP = "stop"
    """The person asked us to stop, in any wording."""
    CARRIER = "carrier"
    """The carrier refuses the number as opted out (21610)."""
    WRONG_NUMBER = "wrong_number"
    INVALID = "invalid"
    """The number can't receive texts."""
    COMPLAINT = "complaint"
    MANUAL = "manual"
    IMPORT = "import"


class Suppression(HasId, Base):
    """A number that must not be contacted, on any channel; lifting closes the row and keeps it."""

    __tablename__ = "suppressions"

    phone: Mapped[str] = mapped_column(Text)
    reason: Mapped[SuppressionReason] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, server_default="")
    """Who or what put it here: `inbound text`, `carrier 21610`, a person, a file."""
    evidence: Mapped[str | None] = mapped_column(Text)
    """The words that were said."""
    message_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_suppressions_open", "phone", unique=True, postgresql_where=text("lifted_at IS NULL")),
        Index("ix_suppressions_created_at_id", "created_at", "id"),
    )

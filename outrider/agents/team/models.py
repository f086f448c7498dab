"""Tables of what the team remembers, found out and summed up."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class ConversationMemory(HasTimes, Base):
    """What the agents know of a conversation besides its texts; one row, written with each answer."""

    __tablename__ = "conversation_memories"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    current_agent: Mapped[str | None] = mapped_column(Text)
    """Type of the agent that answered last."""
    state: Mapped[str] = mapped_column(Text)
    """A value of `base.WorkflowState`."""
    factors: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """`base.QualificationFactors`."""
    offered_slots: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    questions_asked: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    asked_factor: Mapped[str | None] = mapped_column(Text)
    answered_objections: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    failures: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Turns in a row that no agent could answer."""
    is_disclosed: Mapped[bool] = mapped_column(server_default=text("false"))
    language: Mapped[str | None] = mapped_column(Text)
    """ISO 639-1, of the lead's latest text."""

    __table_args__ = (Index("ix_conversation_memories_offering", "updated_at", postgresql_where=text("offered_slots <> '[]'")),)


class QualificationRecord(HasId, Base):
    """How well a lead fitted at one time, and why. The newest one holds."""

    __tablename__ = "qualifications"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    """None if it stands on company data alone."""
    campaign_id: Mapped[int | None]
    score: Mapped[int] = mapped_column(SmallInteger)
    tier: Mapped[str] = mapped_column(Text)
    reasoning: Mapped[str] = mapped_column(Text)
    factors: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """`base.QualificationFactors`: each finding with the words it stands on."""
    source: Mapped[str] = mapped_column(Text, server_default="conversation")
    """`conversation`, or what else it stands on: `company`."""
    trace_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 100", name="score_is_percent"),
        CheckConstraint("tier IN ('A','B','C','D')", name="tier_is_known"),
        Index("ix_qualifications_lead_id_id", "lead_id", "id"),
        Index("ix_qualifications_conversation_id_id", "conversation_id", "id"),
        Index(
            "ix_qualifications_campaign_id_lead_id", "campaign_id", "lead_id", postgresql_where=text("campaign_id IS NOT NULL")
        ),
        Index("ix_qualifications_created_at", "created_at"),
    )


class ConversationSummary(HasId, Base):
    """What an analyst made of a thread that rested; the newest one holds."""

    __tablename__ = "conversation_summaries"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    last_message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    """The newest text that it knows."""
    outcome: Mapped[str] = mapped_column(Text)
    """A value of `team.analyst.Outcome`."""
    summary: Mapped[str] = mapped_column(Text)
    sentiment: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    open_questions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    model: Mapped[str | None] = mapped_column(Text)
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    """US dollars."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("sentiment IN ('positive','neutral','negative')", name="sentiment_is_known"),
        Index("uq_conversation_summaries_last_message_id", "conversation_id", "last_message_id", unique=True),
    )

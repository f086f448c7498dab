"""Tables of configured agents and of what they did."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Numeric, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class Agent(HasId, HasTimes, Base):
    """A persona with its prompt, model and tools."""

    __tablename__ = "agents"

    name: Mapped[str] = mapped_column(Text, unique=True)
    system_prompt: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    """`provider:model`; None is the installation's default."""
    tools: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))


class AgentExecution(HasId, Base):
    """One run of an agent: what it was given, what it answered, what that took."""

    __tablename__ = "agent_executions"

    agent_type: Mapped[str] = mapped_column(Text)
    """`conversation` answers a lead; `suggestion` drafts an answer for a person."""
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The text that came of it; None if nothing was sent."""
    trace_id: Mapped[str] = mapped_column(Text)
    input_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    output_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    processing_time_ms: Mapped[int]
    success: Mapped[bool] = mapped_column(Boolean)
    error: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    """US dollars."""
    executed_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (Index("ix_agent_executions_message_id", "message_id", postgresql_where=text("message_id IS NOT NULL")),)

"""Tables of configured agents, their versions, and of what they did."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Numeric, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes

IN_WORKFLOWS = "workflow"
"""Purpose of what agents did in steps of runs."""


class Agent(HasId, HasTimes, Base):
    """A persona with its prompt, model and tools: the draft, which speaks to nobody until it is published."""

    __tablename__ = "agents"

    name: Mapped[str] = mapped_column(Text, unique=True)
    agent_type: Mapped[str] = mapped_column(Text, server_default="conversation")
    """A value of `base.AgentType`."""
    description: Mapped[str] = mapped_column(Text, server_default="")
    system_prompt: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    """`provider:model`; None is the installation's default."""
    temperature: Mapped[float] = mapped_column(Float, server_default="0.7")
    tools: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Names of the tools that it may use."""
    guardrails: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    revision: Mapped[int] = mapped_column(server_default="1")
    """Counts the changes of the draft: who edits it names the one that the edit began with."""
    changed_by: Mapped[str] = mapped_column(Text, server_default="")
    """Who changed the draft last."""
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published: Mapped[int | None]
    """Number of the version that speaks; None if none was published yet."""
    is_default: Mapped[bool] = mapped_column(Boolean, server_default="false")
    """It stands for its type wherever a campaign names none."""

    __table_args__ = (Index("uq_agents_default", "agent_type", unique=True, postgresql_where=text("is_default")),)


class AgentVersion(Base):
    """An agent as it was published once; never changed."""

    __tablename__ = "agent_versions"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Counts from 1 within the agent."""
    configuration: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """`schemas.AgentDraft`: everything that can be set about it."""
    created_by: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AgentRate(Base):
    """How often agents of a type were asked for over the API in the present hour."""

    __tablename__ = "agent_rates"

    agent_type: Mapped[str] = mapped_column(Text, primary_key=True)
    hour: Mapped[datetime]
    used: Mapped[int]


class AgentExecution(HasId, Base):
    """One run of an agent: what it was given, what it answered, what that took."""

    __tablename__ = "agent_executions"

    agent_type: Mapped[str] = mapped_column(Text)
    """A value of `base.AgentType`; `suggestion` drafts an answer for a person."""
    purpose: Mapped[str] = mapped_column(Text, server_default="reply")
    """What it was run for: `reply`, `workflow` for a step of a run, `research` for a lead's page, or `invoke` for a call over the
    API, of which nothing is sent or booked."""
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    agent_version: Mapped[int | None]
    """The agent's version; None is its draft, or a built-in agent."""
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The text that came of it; None if nothing was sent."""
    run_id: Mapped[int | None]
    """Run of a workflow whose step asked; without a foreign key, for runs are above agents."""
    node_id: Mapped[str | None] = mapped_column(Text)
    """Path of that step."""
    trace_id: Mapped[str] = mapped_column(Text)
    input_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    output_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    processing_time_ms: Mapped[int]
    success: Mapped[bool] = mapped_column(Boolean)
    error: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    """The failure's stable name: `model-timeout`."""
    model: Mapped[str | None] = mapped_column(Text)
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    """US dollars."""
    executed_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (
        Index("ix_agent_executions_message_id", "message_id", postgresql_where=text("message_id IS NOT NULL")),
        Index("ix_agent_executions_agent_type_executed_at", "agent_type", "executed_at"),
        Index("ix_agent_executions_agent_id_id", "agent_id", "id"),
        Index("ix_agent_executions_trace_id", "trace_id"),
    )

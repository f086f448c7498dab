"""Table of what waits for a person's decision."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class ApprovalStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    CHANGED = "changed"
    """Approved with another text."""
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    """A newer draft for the same lead took its place."""


class AgentApproval(HasId, HasTimes, Base):
    """One step that an agent proposes for a lead."""

    __tablename__ = "agent_approvals"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int | None]
    agent_type: Mapped[str] = mapped_column(Text)
    execution_id: Mapped[int | None] = mapped_column(ForeignKey("agent_executions.id", ondelete="SET NULL"))
    status: Mapped[ApprovalStatus] = mapped_column(Text, server_default=ApprovalStatus.WAITING)
    channel: Mapped[str] = mapped_column(Text)
    """`sms`, `email` or `call`."""
    subject: Mapped[str] = mapped_column(Text, server_default="")
    drafted: Mapped[str] = mapped_column(Text)
    """As the agent wrote it."""
    final: Mapped[str | None] = mapped_column(Text)
    """As a person approved it."""
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The whole proposal (`results.BdrPlan`), with its evidence."""
    flow: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """State of the graph that waits for the decision."""
    note: Mapped[str] = mapped_column(Text, server_default="")
    """What the person said about the decision."""
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The text that was handed to the outbox."""

    __table_args__ = (
        CheckConstraint("status IN ('waiting','approved','changed','rejected','superseded')", name="status_is_known"),
        Index("uq_agent_approvals_waiting", "lead_id", unique=True, postgresql_where=text("status = 'waiting'")),
        Index("ix_agent_approvals_status_id", "status", "id"),
    )

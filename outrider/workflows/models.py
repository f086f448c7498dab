"""Tables of workflow definitions and their runs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class Workflow(HasId, HasTimes, Base):
    """A named graph; `config` is its latest definition."""

    __tablename__ = "workflows"

    name: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str] = mapped_column(Text, server_default="")
    config: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_shipped: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Part of the product: brought up to date at every start, so users copy it instead of editing it."""


class WorkflowVersion(HasId, Base):
    """One definition as it was published; runs refer to it and it never changes."""

    __tablename__ = "workflow_versions"

    workflow_id: Mapped[int] = mapped_column(ForeignKey("workflows.id", ondelete="CASCADE"))
    version: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fingerprint: Mapped[str] = mapped_column(Text)
    """SHA-256 of what the definition does."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("workflow_id", "version"),)


class RunStatus(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"


class Run(HasId, Base):
    """One execution of a workflow version for one campaign lead or conversation."""

    __tablename__ = "runs"

    workflow_version_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_versions.id", ondelete="SET NULL"))
    subject_kind: Mapped[str] = mapped_column(Text)
    """`campaign_lead` or `conversation`."""
    subject_id: Mapped[int]
    campaign_id: Mapped[int | None]
    """The campaign that pays for it."""
    trace_id: Mapped[str] = mapped_column(Text)
    status: Mapped[RunStatus] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    """US dollars of model calls."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("status IN ('completed','failed')", name="status_is_known"),
        Index("ix_runs_subject", "subject_kind", "subject_id", text("id DESC")),
        Index("ix_runs_trace_id", "trace_id"),
        Index("ix_runs_campaign_id", "campaign_id", postgresql_where=text("campaign_id IS NOT NULL")),
        Index("ix_runs_finished_at", "finished_at", postgresql_using="brin"),
    )

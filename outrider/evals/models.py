"""The table of runs of evals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Numeric, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId


class RunStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    """Everything was played, and all of it went as it should."""
    FAILED = "failed"
    """Something did not go as it should, or was not played."""
    CANCELLED = "cancelled"
    """Somebody ended it; what was played until then is kept."""
    GIVEN_UP = "given_up"
    """It could not be played; `problem` says why."""


class EvalRun(HasId, Base):
    """A run of scripts or simulated leads, and what it found."""

    __tablename__ = "eval_runs"

    status: Mapped[RunStatus] = mapped_column(Text, server_default=RunStatus.WAITING)
    requested_by: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    """`provider:model`; None until it began, where nobody named one."""
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """`schemas.EvalWanted`."""
    planned: Mapped[int] = mapped_column(server_default="0")
    played: Mapped[int] = mapped_column(server_default="0")
    passed: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(16, 8), server_default=text("0"))
    """US dollars."""
    results: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """`running.EvalResults`; grows while it is played."""
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    began_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When the process that plays it last said so."""
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status IN ('waiting','running','passed','failed','cancelled','given_up')", name="status_is_known"),
    )

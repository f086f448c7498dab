"""Tables of scorers, of what they say about leads, and of leads as they were before the first contact."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, SmallInteger, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId


class Outcome(StrEnum):
    """What a scorer predicts."""

    REPLIED = "replied"
    """The lead wrote back, and not to opt out."""
    QUALIFIED = "qualified"
    """The lead reached tier A or B."""
    BOOKED = "booked"
    """The lead booked a meeting."""


class ModelStatus(StrEnum):
    TRAINING = "training"
    OFFERED = "offered"
    """It may be activated."""
    REFUSED = "refused"
    """Too few outcomes, or no better than the average; the report says which."""
    FAILED = "failed"
    """The training could not be ended."""
    ACTIVE = "active"
    PREVIOUS = "previous"
    """Was active before the active one; a rollback brings it back."""
    RETIRED = "retired"


class ScoreModel(HasId, Base):
    """One training and the scorer that came of it."""

    __tablename__ = "score_models"

    status: Mapped[ModelStatus] = mapped_column(Text, server_default=ModelStatus.TRAINING)
    outcome: Mapped[Outcome] = mapped_column(Text)
    waiting_days: Mapped[int] = mapped_column(SmallInteger)
    requested_by: Mapped[str] = mapped_column(Text)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """`learning.training.Report`."""
    artifact: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """`learning.artifact.Artifact`: numbers only, nothing that could run."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why the training came to nothing."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    trained_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "status IN ('training','offered','refused','failed','active','previous','retired')", name="status_is_known"
        ),
        CheckConstraint("outcome IN ('replied','qualified','booked')", name="outcome_is_known"),
        Index("uq_score_models_one", "status", unique=True, postgresql_where=text("status IN ('training','active','previous')")),
    )


class LeadScore(Base):
    """What the scorer last said about a lead; beside the judgement of conversations, which is in `qualifications`."""

    __tablename__ = "lead_scores"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("score_models.id", ondelete="CASCADE"), index=True)
    probability: Mapped[float] = mapped_column(Double)
    score: Mapped[int] = mapped_column(SmallInteger)
    base: Mapped[float] = mapped_column(Double)
    """Score of an average lead; the parts add up to the difference."""
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`learning.artifact.Part`."""
    rest: Mapped[float] = mapped_column(Double)
    scored_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score_is_percent"),)


class EarlierLeadValues(Base):
    """A lead's fields as they were before their first change after the conversation with them began.

    Written by a trigger on `leads`, so that no way of changing a lead goes past it.
    """

    __tablename__ = "earlier_lead_values"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ScoringSettings(Base):
    """What is predicted and when it is learned anew; one row."""

    __tablename__ = "scoring_settings"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    outcome: Mapped[Outcome] = mapped_column(Text, server_default=Outcome.REPLIED)
    waiting_days: Mapped[int] = mapped_column(SmallInteger, server_default="7")
    """A lead whose first contact is younger has no outcome yet."""
    weekly: Mapped[bool] = mapped_column(server_default=text("false"))
    weekday: Mapped[int] = mapped_column(SmallInteger, server_default="6")
    """0 is Monday."""
    hour: Mapped[int] = mapped_column(SmallInteger, server_default="3")
    """Of the day in UTC."""
    activate_by_itself: Mapped[bool] = mapped_column(server_default=text("false"))
    """A weekly training that is offered replaces the active scorer."""
    scored_until: Mapped[datetime | None]
    """Leads that changed until then are scored."""
    known: Mapped[int] = mapped_column(server_default="0")
    """Leads with a known outcome, as of `counted_at` …"""
    successes: Mapped[int] = mapped_column(server_default="0")
    too_young: Mapped[int] = mapped_column(server_default="0")
    counted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("id = 1", name="is_the_only_one"),
        CheckConstraint("outcome IN ('replied','qualified','booked')", name="outcome_is_known"),
        CheckConstraint("waiting_days BETWEEN 1 AND 180", name="waiting_is_sensible"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND hour BETWEEN 0 AND 23", name="time_exists"),
    )

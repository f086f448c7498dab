"""Tables of budgets, of model calls, and of the models' health."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Index, Numeric, SmallInteger, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId

MONEY = Numeric(16, 8)
"""US dollars, to a hundred-millionth: a token may cost a twenty-millionth."""


class Scope(StrEnum):
    """What a budget is of."""

    DAY = "installation_day"
    """All calls of one day (UTC)."""
    MONTH = "installation_month"
    """All calls of one month (UTC)."""
    CONVERSATION = "conversation"
    """All calls for one conversation; the limit holds for each."""
    CAMPAIGN = "campaign"
    """All calls, and texts, of one campaign; each has a limit of its own, kept with it."""


class CallState(StrEnum):
    RESERVED = "reserved"
    """Under way; its cost is the most that it can become."""
    SETTLED = "settled"
    LOST = "lost"
    """Its process died before it could tell what the call cost: it counts as spent."""


class Budget(Base):
    """A limit that somebody set; without a row the settings say it."""

    __tablename__ = "budgets"

    scope: Mapped[Scope] = mapped_column(Text, primary_key=True)
    limit: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    """US dollars; None is no limit."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    __table_args__ = (
        CheckConstraint("scope IN ('installation_day','installation_month','conversation')", name="scope_is_known"),
        CheckConstraint('"limit" > 0', name="limit_is_positive"),
    )


class BudgetGuard(Base):
    """What is spent or reserved in one period: the row that conditional updates compare with. Not a figure to show."""

    __tablename__ = "budget_guards"

    scope: Mapped[Scope] = mapped_column(Text, primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The conversation; 0 for the installation."""
    period: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    spent: Mapped[Decimal] = mapped_column(MONEY)


class BudgetAlert(HasId, Base):
    """A budget reached a share of its limit; told once for each period and limit."""

    __tablename__ = "budget_alerts"

    scope: Mapped[Scope] = mapped_column(Text)
    subject_id: Mapped[int]
    """The conversation or campaign; 0 for the installation."""
    period: Mapped[date]
    threshold: Mapped[int] = mapped_column(SmallInteger)
    """Percent of the limit."""
    limit: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    spent: Mapped[Decimal] = mapped_column(MONEY)
    """At that moment."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("uq_budget_alerts_told", "scope", "subject_id", "period", "threshold", "limit", unique=True),
        Index("ix_budget_alerts_created_at_id", "created_at", "id"),
    )


class ModelCall(HasId, Base):
    """One attempt at a model call: the reservation that pays for it, and what became of it."""

    __tablename__ = "model_calls"

    state: Mapped[CallState] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    """`provider:model`, as configured."""
    purpose: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    """`ok`, `cancelled`, `lost`, or the slug of the error: `model-timeout`; None while it is under way."""
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    cached_input_tokens: Mapped[int] = mapped_column(server_default="0")
    reserved: Mapped[Decimal] = mapped_column(MONEY, server_default="0")
    """US dollars that were reserved for it: the most that it could cost."""
    cost: Mapped[Decimal] = mapped_column(MONEY, server_default="0")
    """US dollars; as long as nobody knows them, what is reserved. The sum of this column is what is spent."""
    milliseconds: Mapped[int] = mapped_column(server_default="0")
    from_cache: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    usage_estimated: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Tokens and cost are our own estimate, because nobody reported them."""
    price_known: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    campaign_id: Mapped[int | None]
    conversation_id: Mapped[int | None]
    lead_id: Mapped[int | None]
    trace_id: Mapped[str | None] = mapped_column(Text)
    """Its trace in LangSmith."""
    run_id: Mapped[str | None] = mapped_column(Text)
    """The agent's run that asked, as its execution calls it (`trace_id`)."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    """A reservation that is older counts as lost."""

    __table_args__ = (
        CheckConstraint("state IN ('reserved','settled','lost')", name="state_is_known"),
        Index("ix_model_calls_created_at_id", "created_at", "id"),
        Index("ix_model_calls_model_created_at_id", "model", "created_at", "id"),
        Index("ix_model_calls_purpose_created_at_id", "purpose", "created_at", "id"),
        Index("ix_model_calls_outcome_created_at_id", "outcome", "created_at", "id", postgresql_where=text("outcome <> 'ok'")),
        Index(
            "ix_model_calls_campaign_id_created_at_id", "campaign_id", "created_at", "id",
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
        Index(
            "ix_model_calls_conversation_id_created_at_id", "conversation_id", "created_at", "id",
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
        Index("ix_model_calls_run_id", "run_id", postgresql_where=text("run_id IS NOT NULL")),
        Index("ix_model_calls_reserved", "lease_until", postgresql_where=text("state = 'reserved'")),
    )  # fmt: skip


class ModelCallTotal(Base):
    """What the calls of a day came to whose rows were dropped because of their age."""

    __tablename__ = "model_call_totals"

    day: Mapped[date] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for calls of no campaign."""
    calls: Mapped[int]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(MONEY)

    __table_args__ = (Index("ix_model_call_totals_campaign_id", "campaign_id", postgresql_where=text("campaign_id > 0")),)


class ModelHealth(Base):
    """How one process finds one provider; written when that changes."""

    __tablename__ = "model_health"

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    process: Mapped[str] = mapped_column(Text, primary_key=True)
    """Host name, process id and a number drawn at its start."""
    state: Mapped[str] = mapped_column(Text)
    """`closed`: it is asked; `open`: it failed so often that it is not asked; `half_open`: a few calls try it."""
    until: Mapped[datetime | None]
    """End of the pause, while it is open."""
    problem: Mapped[str | None] = mapped_column(Text)
    """What waiting does not heal: a refused key, a used-up quota."""
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("state IN ('closed','open','half_open')", name="state_is_known"),)

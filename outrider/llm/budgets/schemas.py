"""Budgets, model calls and the models' health as the API shows them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from outrider.llm.budgets.models import CallState, Scope

Settable = Literal[Scope.DAY, Scope.MONTH, Scope.CONVERSATION]
Dollars = Annotated[Decimal, Field(gt=0, le=Decimal(10_000_000), max_digits=12, decimal_places=4)]


class AlertOut(BaseModel):
    """A budget reached a share of its limit."""

    id: int
    scope: Scope
    subject_id: int | None
    """The campaign or conversation; None for the installation."""
    period: date | None
    """First day of the period; None for budgets that never start anew."""
    threshold: int
    """Percent of the limit."""
    limit: Decimal
    spent: Decimal
    """US dollars at that moment."""
    created_at: datetime


class BudgetOut(BaseModel):
    """A limit for the cost of language models, and how much of it is gone."""

    scope: Scope
    limit: Decimal | None
    """US dollars; None is no limit."""
    is_default: bool
    """The limit is the one of the settings."""
    setting: str
    """The variable that sets it while nobody changes it here."""
    spent: Decimal | None
    """US dollars in the present period, computed from the calls; None where each conversation has its own."""
    under_way: Decimal | None
    """Part of `spent` that is only reserved for calls under way, most of which will be given back."""
    starts_at: datetime | None
    ends_at: datetime | None
    """When it starts anew."""
    used_up: int
    """Budgets of this kind that are used up now: 0 or 1 for the installation, a count of conversations."""
    alerts: list[AlertOut]
    """Of the present period and limit; for conversations the latest."""


class SubjectBudgetOut(BaseModel):
    """The budget of one campaign, for its models and its texts together."""

    scope: Scope
    subject_id: int
    name: str
    limit: Decimal
    spent: Decimal
    """US dollars, computed from calls and texts."""
    under_way: Decimal
    """Part of `spent` that is only reserved for model calls under way."""


class BudgetReport(BaseModel):
    budgets: list[BudgetOut]
    campaigns: list[SubjectBudgetOut]
    """The latest campaigns with a budget; it is changed with the campaign."""
    time: datetime


class LimitIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Dollars | None
    """US dollars; None takes the limit away."""


class ModelCallOut(BaseModel):
    """One attempt at a model call."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: CallState
    model: str
    """`provider:model`, as configured."""
    purpose: str
    outcome: str | None
    """`ok`, `cancelled`, `lost`, or the error: `model-timeout`; None while it is under way."""
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reserved: Decimal
    """US dollars that were kept for it."""
    cost: Decimal
    """US dollars; what is reserved, as long as nobody knows more."""
    milliseconds: int
    from_cache: bool
    usage_estimated: bool
    price_known: bool
    campaign_id: int | None
    conversation_id: int | None
    lead_id: int | None
    trace_id: str | None
    run_id: str | None
    """The agent's run that asked: `trace_id` of its execution."""
    created_at: datetime
    settled_at: datetime | None


class ModelDayCost(BaseModel):
    """What the calls of one model for one purpose came to on one day."""

    day: date
    """UTC, as budgets are."""
    model: str
    """`provider:model`."""
    purpose: str
    """Empty for calls that are so old that only the sums of their days are kept."""
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars; what is reserved for calls under way included."""


class CostReport(BaseModel):
    """What models cost day by day."""

    first_day: date
    last_day: date
    """Today."""
    costs: list[ModelDayCost]
    """Days, models and purposes that had calls, the earliest first."""


class ProviderFigures(BaseModel):
    """What the calls of a time span came to."""

    calls: int = 0
    """All attempts, with those that the cache answered."""
    answered: int = 0
    """By the model itself."""
    from_cache: int = 0
    under_way: int = 0
    errors: dict[str, int] = {}
    """Attempts that did not succeed, by kind: `model-timeout`."""
    p50_ms: float | None = None
    p95_ms: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    """US dollars."""


class ProviderHealth(BaseModel):
    """How a provider is doing."""

    provider: str
    state: Literal["closed", "half_open", "open"]
    """`closed`: it is asked; `open`: it failed so often that it is left alone until `until`; `half_open`: it is being tried.
    The worst that a process tells."""
    until: datetime | None
    changed_at: datetime | None
    """When the state changed the last time; None if it never did."""
    processes_open: int
    """Processes that leave it alone."""
    problem: str | None
    """What waiting does not heal, as a refused key."""
    last_hour: ProviderFigures
    last_day: ProviderFigures
    last_week: ProviderFigures

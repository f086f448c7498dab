"""Scoring in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from outrider.agents.scoring.models import ModelStatus, Outcome


class ScoringSettingsIn(BaseModel):
    """Changes of what is predicted and when it is learned; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome | None = None
    waiting_days: Annotated[int, Field(ge=1, le=180)] | None = Field(
        None, description="Days after the first contact after which what a lead did is known."
    )
    weekly: bool | None = None
    weekday: Annotated[int, Field(ge=0, le=6)] | None = Field(None, description="0 is Monday.")
    hour: Annotated[int, Field(ge=0, le=23)] | None = Field(None, description="Of the day in UTC.")
    activate_by_itself: bool | None = Field(None, description="An offered weekly training replaces the active scorer.")


class ScoringSettingsOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    outcome: Outcome
    waiting_days: int
    weekly: bool
    weekday: int
    hour: int
    activate_by_itself: bool


class OutcomesOut(BaseModel):
    """What there is to learn from."""

    known: int
    """Leads whose waiting time is over."""
    successes: int
    too_young: int
    """Leads that were contacted too lately to count."""
    needed: int
    needed_successes: int
    needed_failures: int
    missing: list[str]
    """In plain words; empty when there is enough."""


class IntervalOut(BaseModel):
    value: float
    low: float
    high: float


class MetricsOut(BaseModel):
    rows: int
    positives: int
    log_loss: float
    brier: float
    auc: float
    calibration_error: float


class CandidateOut(BaseModel):
    kind: Literal["logistic", "boosting"]
    metrics: MetricsOut


class BinOut(BaseModel):
    rows: int
    predicted: float
    observed: float
    low: float
    high: float


class TierOut(BaseModel):
    tier: str
    rows: int
    positives: int
    rate: float | None
    lift: float | None


class ConfusionOut(BaseModel):
    """Tiers A and B taken as a yes."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int


class ShuffledOut(BaseModel):
    """The same training on shuffled labels."""

    auc: float
    mean: float
    highest: float
    rounds: int
    p_value: float


class ImportanceOut(BaseModel):
    feature: str
    label: str = ""
    share: float
    alone: float
    """AUC of the feature alone."""


class LeakOut(BaseModel):
    """A feature that may know the outcome."""

    feature: str
    label: str = ""
    auc: float
    reason: str
    is_left_out: bool


class ReportOut(BaseModel):
    """What came of a training; all figures are of leads that the model had not seen."""

    rows: int
    positives: int
    prevalence: float
    folds: Literal["time", "stratified"]
    seed: int
    kind: Literal["logistic", "boosting"]
    calibration: Literal["platt", "isotonic"]
    candidates: list[CandidateOut]
    baseline: MetricsOut
    chosen: MetricsOut
    gain: IntervalOut
    auc: IntervalOut
    reliability: list[BinOut]
    tiers: list[TierOut]
    confusion: ConfusionOut
    shuffled: ShuffledOut
    importance: list[ImportanceOut]
    leaks: list[LeakOut]
    left_out: dict[str, str]
    notes: list[str]
    is_offered: bool
    refusals: list[str]


class ScoreModelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    status: ModelStatus
    outcome: Outcome
    waiting_days: int
    requested_by: str
    problem: str | None
    created_at: datetime
    trained_at: datetime | None
    activated_at: datetime | None
    report: ReportOut | None


class ScoringState(BaseModel):
    settings: ScoringSettingsOut
    outcomes: OutcomesOut
    active: ScoreModelOut | None
    previous: ScoreModelOut | None
    latest: ScoreModelOut | None
    """The last training, under way or ended."""
    is_training: bool
    scored: int
    """Leads that the active scorer has scored."""


class PartOut(BaseModel):
    feature: str
    label: str
    value: str
    points: float


class LeadScoreOut(BaseModel):
    """What the scorer says of a lead, and why: base, parts and rest add up to the score."""

    lead_id: int
    model_id: int
    outcome: Outcome
    waiting_days: int
    probability: float
    score: int
    """0 to 100; 50 is an average lead of this installation."""
    prevalence: float
    """How many leads do it on average."""
    base: float
    parts: list[PartOut]
    rest: float
    scored_at: datetime


class LeadScoring(BaseModel):
    """None: no scorer is active, or it has not come to this lead yet."""

    score: LeadScoreOut | None

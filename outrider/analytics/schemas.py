"""What the dashboard and a lead's timeline show."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from outrider.conversations.models import PersonReason


class TextFigures(BaseModel):
    """Texts of one period."""

    sent: int
    delivered: int
    undelivered: int
    """Accepted by the carrier, then reported as not delivered."""
    refused: int
    """Never accepted by the carrier."""
    received: int
    replied_leads: int
    """People who wrote at least once."""
    opted_out: int
    cost: Decimal
    """US dollars: what the carrier billed, estimated where it has not billed yet."""


class ModelFigures(BaseModel):
    """Work of language models in one period."""

    runs: int
    tokens: int
    cost: Decimal
    """US dollars."""


class ActiveCampaign(BaseModel):
    id: int
    name: str
    status: str
    status_reason: str | None
    """Why the system paused it."""
    total_leads: int
    done: int
    """Completed, failed or skipped."""
    started_at: datetime | None


Step = Literal["reached", "delivered", "replied", "qualified", "booked"]


class FunnelStep(BaseModel):
    """Leads that came so far, of those whom campaigns wrote to in the period."""

    step: Step
    leads: int
    previous: int
    """The same in the period before."""


class DayCost(BaseModel):
    channel: Literal["sms"]
    kind: Literal["texts", "models"]
    dollars: Decimal


class DayFigures(BaseModel):
    """One day in the caller's zone."""

    day: date
    sent: int
    delivered: int
    received: int
    costs: list[DayCost]


class WaitingConversation(BaseModel):
    """A conversation that waits for a person."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str | None
    """The lead's name, or else its number."""
    reason: PersonReason
    detail: str | None
    """Why, in plain words."""


class Attention(BaseModel):
    """Something that waits for a person."""

    kind: Literal[
        "conversations", "decisions", "unsure_effects", "unknown_texts", "failed_jobs", "disabled_senders", "paused_campaign"
    ]
    count: int
    title: str
    """As in `3 conversations wait for a person`."""
    detail: str = ""
    """The reason, where there is one."""
    link: str
    """Page of the web application that shows them."""
    conversations: list[WaitingConversation] = []
    """Of those that wait for a person, the ones that wait longest."""


class Dashboard(BaseModel):
    counted_seconds_ago: float
    """Age of the figures of texts, models and the funnel. Where they take long to count they are shown for up to a minute, while
    the next ones are counted; everything else is of now."""
    since: datetime
    """Begin of "today"."""
    days: int
    period_since: datetime
    """Begin of the period: today and the days before it, `days` in all."""
    leads: int
    campaigns: dict[str, int]
    """Number of campaigns by status."""
    today: TextFigures
    period: TextFigures
    previous: TextFigures
    """As many days before the period, up to the same time of day as now: what a trend compares with."""
    models_today: ModelFigures
    models_period: ModelFigures
    models_previous: ModelFigures
    waiting_texts: int
    """In the outbox, not yet handed to the carrier."""
    unknown_texts: int
    """Handed to the carrier with an outcome that is not known yet."""
    unanswered_conversations: int
    active_campaigns: list[ActiveCampaign]
    funnel: list[FunnelStep]
    daily: list[DayFigures]
    """Every day of the period, oldest first."""
    attention: list[Attention]
    """What needs a person now; empty if nothing does."""


class TimelineEntry(BaseModel):
    """One thing that happened to a lead."""

    at: datetime
    kind: Literal[
        "text_in", "text_out", "campaign", "consent", "consent_revoked", "suppressed", "suppression_lifted", "imported",
        "created", "meeting_booked", "meeting_moved", "meeting_cancelled",
    ]  # fmt: skip
    id: int
    """Identifier of the row behind it."""
    data: dict[str, Any]

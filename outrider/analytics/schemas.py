"""What the dashboard and a lead's timeline show."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel


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
    total_leads: int
    done: int
    """Completed, failed or skipped."""
    started_at: datetime | None


class Dashboard(BaseModel):
    since: datetime
    """Begin of "today"."""
    leads: int
    campaigns: dict[str, int]
    """Number of campaigns by status."""
    today: TextFigures
    last_30_days: TextFigures
    models_today: ModelFigures
    models_last_30_days: ModelFigures
    waiting_texts: int
    """In the outbox, not yet handed to the carrier."""
    unknown_texts: int
    """Handed to the carrier with an outcome that is not known yet."""
    unanswered_conversations: int
    active_campaigns: list[ActiveCampaign]


class TimelineEntry(BaseModel):
    """One thing that happened to a lead."""

    at: datetime
    kind: Literal[
        "text_in", "text_out", "campaign", "consent", "consent_revoked", "suppressed", "suppression_lifted", "imported", "created"
    ]
    id: int
    """Identifier of the row behind it."""
    data: dict[str, Any]

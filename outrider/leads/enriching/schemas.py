"""What is known about a lead, as the API shows it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from outrider.integrations.enrichment.base import FactName, ProviderProblem, Subject


class LeadFactOut(BaseModel):
    """One thing that a provider says."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    subject: Subject
    name: FactName
    value: str
    confidence: float
    """From 0 to 1."""
    provider: str
    detail: str
    observed_at: datetime


class FieldSourceOut(BaseModel):
    """A field that enrichment filled."""

    model_config = ConfigDict(from_attributes=True)

    field: str
    value: str
    """As it was filled in; somebody may have changed the field since."""
    provider: str
    detail: str
    confidence: float
    applied_at: datetime


class LeadKnowledge(BaseModel):
    enriched_at: datetime | None
    """None if nobody was asked yet."""
    facts: list[LeadFactOut]
    fields: list[FieldSourceOut]
    problems: list[ProviderProblem]
    """Providers that could not be asked the last time."""

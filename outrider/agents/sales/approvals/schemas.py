"""Approvals in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from outrider.agents.sales.approvals.models import ApprovalStatus
from outrider.agents.sales.results import BdrPlan, TouchChannel


class ApprovalOut(BaseModel):
    """A step that an agent proposes, with what it stands on."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lead_id: int
    lead_name: str
    lead_company: str | None
    campaign_id: int | None
    agent_type: str
    status: ApprovalStatus
    channel: TouchChannel
    subject: str
    drafted: str
    final: str | None
    plan: BdrPlan
    note: str
    decided_by: str | None
    decided_at: datetime | None
    message_id: int | None
    """The text that was queued; None for what a person does by hand, and while it waits."""
    created_at: datetime


class Approve(BaseModel):
    """Approve a draft, as it is or with another text."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_600)] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Reject(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    """Why, for whoever improves the agent."""


class ApprovalCounts(BaseModel):
    waiting: int

"""Approvals of runs, in and out of the API."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from outrider.workflows.models import RunApprovalStatus


class ApprovalAction(BaseModel):
    name: str
    """What is handed in to decide so."""
    label: str = ""


class ApprovalField(BaseModel):
    name: str
    label: str = ""
    type: str = "text"
    """`text`, `number`, `boolean`, `choice` or `date` (as in 2026-05-31)."""
    required: bool = False
    options: list[str] = []
    """What a choice can be."""
    value: Any = None
    """What stands there at first."""


class RunApprovalOut(BaseModel):
    """A decision that a run waits for, or waited for."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    run_id: int
    node_id: str
    """Path of the step that asks."""
    visit: int
    campaign_id: int
    campaign_name: str
    campaign_lead_id: int
    lead_id: int
    lead_name: str
    lead_company: str | None
    lead_phone: str | None
    workflow_id: int | None
    """None for a definition of the campaign's own."""
    workflow_name: str | None
    is_call: bool
    """A person is to call the lead: the body says what about, the actions are what can come of it."""
    title: str
    body: str
    form: list[ApprovalField]
    actions: list[ApprovalAction]
    assignee: str
    """Who is asked, in words; empty asks everybody."""
    status: RunApprovalStatus
    action: str | None
    answers: dict[str, Any] | None
    decided_by: str | None
    decided_at: datetime | None
    due_at: datetime | None
    """When nobody is asked any more; None for as long as it takes."""
    created_at: datetime


class RunDecision(BaseModel):
    """What a person decides."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(max_length=60, description="Name of one of the approval's actions.")
    answers: dict[str, Any] = Field(default_factory=dict, max_length=20, description="What was filled in, by name of the field.")


class RunDecisions(BaseModel):
    """One action for many approvals, whose forms are left as they are."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(min_length=1, max_length=500)
    action: str = Field(max_length=60, description="Name of an action that all of them have.")


class DecisionOutcome(StrEnum):
    DECIDED = "decided"
    """As was asked for; also if the same person or another had decided just so before."""
    DECIDED_BEFORE = "decided_before"
    """Somebody decided otherwise."""
    OVER = "over"
    """Its time is over, or its run was ended."""
    GONE = "gone"
    """There is no such approval."""
    UNFIT = "unfit"
    """It has no such action, or a field of its form has to be filled in first."""


class RunDecisionOut(BaseModel):
    """What came of a decision for one approval."""

    id: int
    outcome: DecisionOutcome
    decided_by: str | None = None
    """Who decided it, now or before."""
    detail: str = ""
    """Why it was not decided as asked for."""


class RunDecisionsOut(BaseModel):
    """In the order of the ids, each once."""

    items: list[RunDecisionOut]


class RunApprovalCounts(BaseModel):
    waiting: int

"""Drafts of agents, and what the team knows of a conversation, in the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from outrider.agents.base import AgentType, FactorFinding, Meeting, Slot, Tier, WorkflowState
from outrider.agents.team.analyst import Outcome
from outrider.channels.segments import Encoding
from outrider.conversations.models import PersonReason


class Suggestion(BaseModel):
    """An answer that the agent drafted for a person to send, change or drop."""

    execution_id: int
    trace_id: str
    text: str | None
    """None when the agent wrote nothing that may be sent; `reason` says why."""
    reason: str
    needs_person_reason: PersonReason | None
    """Why the agent itself would have left the answer to a person."""
    model: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars."""
    processing_time_ms: int
    segments: int
    """0 without a text."""
    encoding: Encoding


class QualificationOut(BaseModel):
    """How well the lead fitted at one time, and why."""

    id: int
    score: int
    """0 to 100."""
    tier: Tier
    reasoning: str
    findings: list[FactorFinding]
    """Each with the lead's own words that it stands on."""
    source: str
    created_at: datetime


class SummaryOut(BaseModel):
    """What an analyst made of the conversation when it rested."""

    model_config = ConfigDict(from_attributes=True)

    outcome: Outcome
    summary: str
    sentiment: Literal["positive", "neutral", "negative"]
    next_step: str
    open_questions: list[str]
    model: str | None
    """`offline` is the built-in model that goes by rules."""
    is_current: bool = True
    """False: something was written since."""
    created_at: datetime


class TeamView(BaseModel):
    """Where a conversation stands with the agents."""

    current_agent: AgentType | None
    """The agent that answered last."""
    state: WorkflowState
    failures: int
    """Turns in a row that no agent could answer."""
    is_disclosed: bool
    """The lead was told that an automated assistant writes."""
    offered_slots: list[Slot]
    meeting: Meeting | None
    """The next one that was agreed on."""
    qualifications: list[QualificationOut]
    """Newest first; at most the last twenty."""
    summary: SummaryOut | None

"""Agents in and out of the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from outrider.channels.segments import Encoding
from outrider.conversations.models import PersonReason

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class AgentIn(BaseModel):
    """A new agent."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    system_prompt: Prompt
    model: str | None = Field(None, description="`provider:model`; the installation's default without it.")
    tools: list[dict[str, Any]] = []


class AgentPatch(BaseModel):
    """Changes to an agent; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    system_prompt: Prompt | None = None
    model: str | None = None
    tools: list[dict[str, Any]] | None = None


class AgentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    system_prompt: str
    model: str | None
    tools: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime


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

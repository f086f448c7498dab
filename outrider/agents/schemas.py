"""Agents in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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

"""Keeping what the lead told, and calling a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from outrider.agents.base import NotifyPerson, UpdateLead
from outrider.agents.tools.base import WITH_A_LEAD, Arguments, RunAuthority, ToolResult, tool

Fact = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

UPDATABLE = ("name", "company", "title", "industry", "company_size", "city", "language")
"""Fields of a lead that an agent may change: none that says where we may reach them, and none that we decide."""


class LeadChanges(Arguments):
    """Only what the lead said about themselves."""

    name: Fact | None = None
    company: Fact | None = None
    title: Fact | None = None
    industry: Fact | None = None
    company_size: Fact | None = None
    city: Fact | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2}$", description="Two letters, as in es.")] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> LeadChanges:
        if not self.changes:
            raise ValueError("name at least one fact")
        return self

    @property
    def changes(self) -> dict[str, str]:
        return {name: value for name in UPDATABLE if (value := getattr(self, name))}


class Notice(Arguments):
    subject: Annotated[str, Field(min_length=1, max_length=120)]
    body: Annotated[str, Field(min_length=1, max_length=1000, description="What the person has to know or do.")]


@tool("update_lead", "Keep facts that the lead told about themselves.", LeadChanges, has_effects=True, agent_types=WITH_A_LEAD)
async def update_lead(_: RunAuthority, arguments: LeadChanges) -> ToolResult:
    return ToolResult("Noted.", intents=[UpdateLead(changes=arguments.changes)])


@tool("notify_person", "Tell a colleague of ours about this lead.", Notice, has_effects=True)
async def notify_person(_: RunAuthority, arguments: Notice) -> ToolResult:
    return ToolResult("A colleague will be told.", intents=[NotifyPerson(subject=arguments.subject, body=arguments.body)])

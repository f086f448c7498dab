"""What a tool is, and the registry of all tools.

    @tool("lookup_company", "What is known about the lead's company.", NoArguments)
    async def lookup_company(authority: RunAuthority, arguments: NoArguments) -> ToolResult: ...

A model only asks. What a tool may touch is the run's: this lead, this campaign, this conversation, all from its
`RunAuthority`; no argument ever names somebody. Tools that want an effect return an intent, which others carry out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from outrider.agents.base import AgentIntent, AgentType, Slot, WorkflowContext
from outrider.db.engine import Database
from outrider.llm.base import ToolSpecification

PartOfDay = Literal["morning", "afternoon", "evening"]


class Slots(Protocol):
    """Knows the times at which a meeting could be."""

    async def find(
        self,
        *,
        campaign_id: int | None,
        time_zone: str,
        now: datetime,
        after: datetime | None = None,
        before: datetime | None = None,
        part_of_day: PartOfDay | None = None,
        limit: int = 3,
        spread_by: int = 0,
    ) -> list[Slot]: ...


class Companies(Protocol):
    """Knows companies."""

    async def company(self, *, name: str | None, domain: str | None) -> Mapping[str, Any] | None:
        """What is known, by field; None if nothing is."""


@dataclass(slots=True)
class RunAuthority:
    """On whose behalf the tools of one run work. Nothing in it comes from a model."""

    context: WorkflowContext
    agent_type: AgentType
    slots: Slots | None = None
    companies: Companies | None = None
    database: Database | None = None
    offered: list[Slot] = field(default_factory=list)
    """Slots that this run found, besides those that the context offered."""
    intents: list[AgentIntent] = field(default_factory=list)
    """What its tools asked for so far."""

    @property
    def lead_id(self) -> int | None:
        found = self.context.lead.get("id")
        return found if isinstance(found, int) else None

    @property
    def campaign_id(self) -> int | None:
        return self.context.briefing.campaign_id

    @property
    def known_slots(self) -> list[Slot]:
        """What may be booked: the slots that were offered, the latest offer first."""
        return self.offered or list(self.context.offered_slots)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool found, and what it wants to happen."""

    said: object
    """For the model: a text, or what JSON can hold."""
    intents: Sequence[AgentIntent] = ()
    offered: Sequence[Slot] = ()


class Arguments(BaseModel):
    """What a model may pass. Anything else is refused."""

    model_config = ConfigDict(extra="forbid")


class NoArguments(Arguments):
    """The tool needs none."""


A = TypeVar("A", bound=Arguments)
Run = Callable[[RunAuthority, Any], Awaitable[ToolResult]]


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    """For the model and for people who choose an agent's tools."""
    arguments: type[Arguments]
    run: Run
    has_effects: bool
    """It asks for something to happen."""
    agent_types: frozenset[AgentType]
    """Who may be given it at all."""

    @property
    def specification(self) -> ToolSpecification:
        return ToolSpecification(self.name, self.description, self.arguments.model_json_schema(), self.has_effects)


TOOLS: dict[str, Tool] = {}
"""All tools by name, filled as their modules are imported."""

EVERYONE = tuple(AgentType)
WITH_A_LEAD = (
    AgentType.CONVERSATION,
    AgentType.QUALIFICATION,
    AgentType.OBJECTION_HANDLER,
    AgentType.SCHEDULER,
    AgentType.BDR,
)


class ToolRefused(Exception):
    """The tool may not or can't do this now; the words are for the model and for people."""


def tool(
    name: str,
    description: str,
    arguments: type[A],
    *,
    has_effects: bool = False,
    agent_types: Sequence[AgentType] = EVERYONE,
) -> Callable[[Callable[[RunAuthority, A], Awaitable[ToolResult]]], Callable[[RunAuthority, A], Awaitable[ToolResult]]]:
    """Decorator: the function is a tool that agents of these types may be given.

    Raises:
        ValueError: another function has this name.
    """

    def register(run: Callable[[RunAuthority, A], Awaitable[ToolResult]]) -> Callable[[RunAuthority, A], Awaitable[ToolResult]]:
        made = Tool(name, description, arguments, run, has_effects, frozenset(agent_types))
        if TOOLS.setdefault(name, made) is not made:
            raise ValueError(f"Two tools are called “{name}”.")
        return run

    return register

"""Stored agents in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from outrider.agents.base import AgentType, Guardrails
from outrider.errors import FieldProblem

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
ModelName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


def _names(tools: object) -> object:
    """Tools may also be written as objects with a name, as other systems list them."""
    if not isinstance(tools, list):
        return tools
    return [tool["name"] if isinstance(tool, dict) and isinstance(tool.get("name"), str) else tool for tool in tools]


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


ToolNames = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
    BeforeValidator(_names),
    AfterValidator(_once),
    Field(max_length=30, description="Names of tools, as `/api/agents/tools` lists them."),
]


class AgentDraft(BaseModel):
    """All that can be set about an agent; a version keeps the whole of it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    agent_type: AgentType = AgentType.CONVERSATION
    description: Description = ""
    system_prompt: Prompt
    model: Annotated[ModelName | None, Field(description="`provider:model`; the installation's default without it.")] = None
    temperature: Temperature = 0.7
    tools: ToolNames = []
    guardrails: Guardrails = Guardrails()


class AgentIn(AgentDraft):
    """A new agent."""

    publish: bool = True
    """Its first version speaks at once; otherwise it stays a draft until it is published."""


Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]


class AgentPatch(BaseModel):
    """Changes to an agent's draft; what is left out stays. The published version goes on speaking until the next one."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision | None = None
    """The draft's revision that the edit began with: refused if somebody changed the draft since. Without it the edit holds."""
    name: Name | None = None
    description: Description | None = None
    system_prompt: Prompt | None = None
    model: ModelName | None = None
    temperature: Temperature | None = None
    tools: ToolNames | None = None
    guardrails: Guardrails | None = None


class AgentOut(BaseModel):
    """An agent as its draft has it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    agent_type: AgentType
    description: str
    system_prompt: str
    model: str | None
    temperature: float
    tools: list[str]
    guardrails: Guardrails
    revision: int
    """Counts the changes of the draft."""
    changed_by: str
    """Who changed the draft last."""
    changed_at: datetime
    published: int | None
    """Number of the version that speaks; None if none was published yet."""
    has_changes: bool = False
    """The draft differs from the version that speaks."""
    is_default: bool
    """It stands for its type wherever a campaign names none."""
    warnings: list[FieldProblem] = []
    """What keeps it from working as it is written, in this installation."""
    created_at: datetime
    updated_at: datetime


class BuiltInAgent(BaseModel):
    """An agent as it ships. It can't be changed; a copy of it can."""

    agent_type: AgentType
    name: str
    description: str
    system_prompt: str
    temperature: float
    tools: list[str]
    guardrails: Guardrails
    seconds_goal: float
    """Time that one run should take at most."""
    replaced_by: int | None = None
    """The stored agent that stands for its type instead."""


class PublishIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Note = ""
    """What changed, for those who look through the versions."""
    revision: Revision | None = None
    """The draft's revision that is meant: refused if somebody changed the draft since."""


class DefaultIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    is_default: bool


class AgentVersionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    number: int
    configuration: AgentDraft
    created_by: str
    note: str
    created_at: datetime


class DiffLine(BaseModel):
    kind: Literal["same", "added", "removed"]
    text: str


class Change(BaseModel):
    """One field that differs."""

    field: str
    before: Any
    after: Any
    lines: list[DiffLine] = []
    """Line by line, for the prompt."""


class AgentDiff(BaseModel):
    """What changed from one state of an agent to another; a number is a version, None the draft."""

    before: int | None
    after: int | None
    changes: list[Change]


class VariableOut(BaseModel):
    """What may stand between `{{` and `}}` in a prompt; `{{name|otherwise}}` says what to write without a value."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    meaning: str
    example: str


class ToolOut(BaseModel):
    name: str
    description: str
    has_effects: bool
    """It asks for something to happen, which is then an intent of the run."""
    agent_types: list[AgentType]
    """Who may be given it."""


class PromptPreviewIn(BaseModel):
    """A prompt to look at as it would be for one lead."""

    model_config = ConfigDict(extra="forbid")

    system_prompt: Annotated[str, Field(max_length=20_000)]
    lead_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    """None takes the examples of the variables."""
    campaign_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


class PromptPreview(BaseModel):
    text: str
    values: dict[str, str]
    """Each variable that the prompt uses, and its value."""
    missing: list[str]
    """Those that have no value for this lead."""
    problems: list[FieldProblem]
    """Variables that nobody knows."""

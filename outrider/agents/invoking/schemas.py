"""What agents are asked over the API, and what they answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model, model_validator

from outrider.agents.base import Agent, AgentMessage, AgentResponse, AgentType, Reading, Tier
from outrider.agents.factory import agent_classes
from outrider.agents.sales.results import CompanyQualification

LargeId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
MOST_HISTORY = 60


class ContactInfo(BaseModel):
    """The person, as far as they are known. Further fields are kept as attributes of the lead."""

    model_config = ConfigDict(extra="allow")

    name: Words | None = None
    title: Words | None = None
    email: Words | None = None
    phone: Words | None = None
    city: Words | None = None
    region: Words | None = None
    country: Words | None = None
    language: Words | None = None
    time_zone: Words | None = None


class AgentInput(BaseModel):
    """Whom it is about: a stored lead or conversation, or a company described here, which wins."""

    model_config = ConfigDict(extra="forbid")

    lead_id: LargeId | None = None
    conversation_id: LargeId | None = None
    """Its lead, its texts and what the agents remember of it."""
    campaign_id: LargeId | None = None
    """On whose behalf to speak; the conversation's own without it."""
    company_name: Words | None = None
    industry: Words | None = None
    company_size: Words | None = None
    contact_info: ContactInfo | None = None
    history: Annotated[list[AgentMessage], Field(max_length=MOST_HISTORY)] | None = None
    """What was said before, oldest first; without it the conversation's own texts."""
    text: Text = ""

    @property
    def names_somebody(self) -> bool:
        return any((self.lead_id, self.conversation_id, self.company_name, self.contact_info))


class TalkInput(AgentInput):
    """One turn with a lead: `text` is what they wrote."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class CompanyInput(AgentInput):
    """A lead or a company to work on; `text` may say what to look at."""

    @model_validator(mode="after")
    def _names_somebody(self) -> CompanyInput:
        if not self.names_somebody:
            raise ValueError("name a lead_id, a conversation_id, a company_name or contact_info")
        return self


class QualificationInput(AgentInput):
    """A company to judge, or what a lead wrote."""

    @model_validator(mode="after")
    def _says_something(self) -> QualificationInput:
        if not self.text and not self.names_somebody:
            raise ValueError("name a lead_id, a conversation_id or a company_name, or give a text")
        return self


class ThreadInput(AgentInput):
    """A conversation to sum up."""

    @model_validator(mode="after")
    def _has_texts(self) -> ThreadInput:
        if not self.history and self.conversation_id is None:
            raise ValueError("name a conversation_id, or give a history")
        return self


class _Invoke(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agent_id: LargeId | None = None
    """A stored agent of this type; without it the one that stands for the type."""
    version: VersionNumber | Literal["draft"] | None = None
    """Of the stored agent: a number, or its draft; without it the version that speaks."""
    model: Annotated[str, Field(max_length=120)] | None = None
    """`provider:model` to try instead of the agent's own."""
    stream: bool = False
    """Answer with server-sent events; so does `?stream=true`."""

    @model_validator(mode="after")
    def _version_has_an_agent(self) -> _Invoke:
        if self.version is not None and self.agent_id is None:
            raise ValueError("a version needs an agent_id")
        return self


class InvokeTalk(_Invoke):
    agent_type: Literal[AgentType.CONVERSATION, AgentType.OBJECTION_HANDLER, AgentType.SCHEDULER]
    input: TalkInput


class InvokeQualification(_Invoke):
    agent_type: Literal[AgentType.QUALIFICATION]
    input: QualificationInput


class InvokeAnalytics(_Invoke):
    agent_type: Literal[AgentType.ANALYTICS]
    input: ThreadInput


class InvokeCompany(_Invoke):
    agent_type: Literal[AgentType.ENRICHMENT, AgentType.GROWTH_ANALYSIS, AgentType.MARKETING, AgentType.BDR]
    input: CompanyInput


Invoke = Annotated[InvokeTalk | InvokeQualification | InvokeAnalytics | InvokeCompany, Field(discriminator="agent_type")]


class RunModelCall(BaseModel):
    """One question to a model within a run."""

    purpose: str
    model: str
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars."""
    milliseconds: int
    from_cache: bool = False
    asked_for: list[str] = []
    """Tools that its answer asked for."""


class Invoked(AgentResponse):
    """What an agent answered. Its intents were not carried out."""

    execution_id: int
    trace_id: str
    agent_id: int | None
    """None is the agent that ships."""
    version: int | None
    name: str
    processing_time: float
    """Seconds."""
    system_prompt: str = ""
    """The instructions as the model got them, variables filled in."""
    reading: Reading | None = None
    """What the lead's text was read as, where the agent talks."""
    model_calls: list[RunModelCall] = Field([], description="Each question to a model.")


class QualificationInvoked(Invoked):
    """With score, tier and reasoning also at the top."""

    agent_type: Literal[AgentType.QUALIFICATION]
    score: int | None = None
    tier: Tier | None = None
    reasoning: str | None = None


def answer_models() -> dict[AgentType, type[Invoked]]:
    """For each type the shape of its answers, with the result typed as its agent's class says."""
    classes = agent_classes()
    return {agent_type: _answer_model(agent_type, classes.get(agent_type)) for agent_type in AgentType}


@cache
def _answer_model(agent_type: AgentType, made: type[Agent] | None) -> type[Invoked]:
    result: Any = made.result_type if made and made.result_type else dict[str, Any]
    if agent_type is AgentType.QUALIFICATION and made is not None and made.result_type is None:
        # From what a lead says it answers with a text; from what is known of a company with this.
        result = CompanyQualification
    base = QualificationInvoked if agent_type is AgentType.QUALIFICATION else Invoked
    name = "".join(part.title() for part in agent_type.value.split("_")) + "Answer"
    fields: dict[str, Any] = {"agent_type": (Literal[agent_type], ...), "result": (result | None, None)}
    return create_model(name, __base__=base, __doc__=base.__doc__, **fields)


class AgentStarted(BaseModel):
    """The first event of a stream."""

    agent_type: AgentType
    agent_id: int | None
    version: int | None
    name: str
    model: str
    """As configured."""
    system_prompt: str


class ExecutionOut(BaseModel):
    """One run of an agent."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    agent_type: str
    purpose: str
    agent_id: int | None
    agent_version: int | None
    lead_id: int | None
    conversation_id: int | None
    campaign_id: int | None
    run_id: int | None
    """Run of a workflow whose step asked."""
    node_id: str | None
    """Path of that step."""
    success: bool
    error: str | None
    error_code: str | None
    processing_time_ms: int
    model: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars for the calls that answered. The ledger has the attempts, too, that were paid for and brought nothing."""
    executed_at: datetime


class ExecutionDetail(ExecutionOut):
    trace_id: str
    message_id: int | None
    """The text that came of it."""
    input_data: dict[str, Any]
    output_data: dict[str, Any]


class AgentStatus(BaseModel):
    """How the agents of one type do."""

    agent_type: AgentType
    agent_id: int | None
    """The stored agent that stands for the type; None is the one that ships."""
    version: int | None
    name: str
    model: str
    model_health: Literal["healthy", "failing", "not_configured"]
    model_problem: str | None = None
    is_available: bool
    """An agent of this type takes part in this installation."""
    last_run: datetime | None = None
    last_error: str | None = None
    """Of the latest run, if it failed."""
    runs: int = 0
    """Within 24 hours, as all that follows."""
    successes: int = 0
    success_rate: float | None = None
    """0 to 1; None without a run."""
    p50_ms: int | None = None
    p95_ms: int | None = None
    goal_ms: int
    """Time that one run should take at most."""
    within_goal: float | None = None
    """Share of the runs that ended well which took no longer; None without any."""
    calls_left: int
    """How often it may still be asked over the API within this hour."""


class ResetIn(BaseModel):
    """What to forget. Without either id only what the process and the installation keep for the type is cleared."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: LargeId | None = None
    lead_id: LargeId | None = None


class ResetReport(BaseModel):
    agent_type: AgentType
    done: list[str]
    """Each thing that was cleared, in plain words."""
    memories_cleared: int = 0

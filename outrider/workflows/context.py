"""What a stretch of a run is given (`RunContext`) and what it brings about (`Recorder`).

Both live for one segment: from the start or a resume of a run to its next pause or its end. The context is read fresh at each
resume; nothing of it is in the run's checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NotRequired, Protocol, TypedDict

from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentFactory
from outrider.agents.tools.base import Slots
from outrider.db.engine import Database
from outrider.integrations.enrichment.build import Enricher
from outrider.llm.base import ChatModel
from outrider.workflows.intents import AskedIntent, RunEffect, SendText
from outrider.workflows.state import LogEntry, RunState
from outrider.workflows.waiting import Answer, PausedWait, Wait


class Models(Protocol):
    """Where nodes get their models from."""

    def get(self, name: str | None = None) -> ChatModel:
        """The model of this name (`provider:model`); None is the installation's own.

        Raises:
            ModelError: there is no such model here.
        """


class Crms(Protocol):
    """Which CRMs are connected."""

    async def names(self) -> list[str]:
        """Names of the connections that are told things."""


class LeadData(TypedDict):
    """What a workflow knows about the person. All of it is data; none of it is an instruction."""

    id: int
    name: str
    phone: str | None
    email: str | None
    company: str | None
    title: str | None
    industry: str | None
    company_size: NotRequired[str | None]
    """How many people work there, in words: `11–50`."""
    city: str | None
    language: str | None
    attributes: dict[str, Any]
    tags: NotRequired[list[str]]
    lists: NotRequired[list[str]]
    """Names of the lists that the lead is on."""
    score: NotRequired[float | None]
    tier: NotRequired[str | None]
    time_zone: NotRequired[str | None]
    """IANA name of where the lead most likely is; the installation's, if nobody knows."""
    consent: NotRequired[str | None]


class TranscriptEntry(TypedDict):
    """One message to or from the model."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run is about."""

    kind: str
    """`campaign_lead` or `conversation`."""
    id: int


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What a campaign says about itself."""

    id: int = 0
    name: str = ""
    description: str = ""
    agent_type: str = "sms"
    """`sms`, `voice` or `both`."""
    sms_system_prompt: str = ""
    sms_temperature: float = 0.7
    """0.0–1.0."""
    sms_template: str | None = None
    sender_name: str = ""
    model: str | None = None
    discloses_ai: bool = False
    """The first text says that an automated assistant writes."""
    creative_agent_id: int | None = None
    """Stored agent that it chose for the creative agent's steps."""
    deterministic_agent_id: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting that is agreed on."""

    id: int
    start: datetime
    end: datetime
    title: str
    location: str
    """A place, or the link of a video call."""


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """What was said so far."""

    id: int | None = None
    last_text: str | None = None
    """The lead's latest text."""
    last_text_at: datetime | None = None
    replied: bool = False
    """The lead wrote since the run began."""
    language: str | None = None
    meeting: MeetingFacts | None = None
    """The lead's next one that is booked and not over."""


@dataclass(frozen=True, slots=True)
class Services:
    """What nodes work with. Nodes read through it and never act: they return intents."""

    models: Models
    agents: AgentFactory | None = None
    enricher: Enricher | None = None
    slots: Slots | None = None
    briefings: Briefings | None = None
    database: Database | None = None
    """For reading only."""
    crms: Crms | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A result that stands in for a node's own while a workflow is tried out."""

    output: dict[str, Any]
    handle: str = ""
    """Way to leave; empty takes the ordinary one."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One visit to a node, or the moment at which a visit paused."""

    seq: int
    """Its place in the segment, from 0."""
    node_id: str
    """Path of the node."""
    node: str
    """Name of its kind: `sms_agent`."""
    visit: int
    level: str
    """`INFO`, `WARNING` or `ERROR`."""
    message: str
    outcome: str
    """Handle by which it was left; empty when it paused or ended the run."""
    is_pause: bool
    input: dict[str, Any]
    """Its resolved parameters."""
    output: dict[str, Any]
    ms: float
    waited_ms: float | None
    """How long the visit stood still before it went on; None if it never did."""
    tokens: int
    cost: Decimal
    """US dollars of its model calls."""
    details: dict[str, Any]
    error: dict[str, str] | None
    """`{type, message}` of a node that failed."""
    at: datetime

    def log_entry(self) -> LogEntry:
        return {
            "node": self.node,
            "node_id": self.node_id,
            "level": self.level,
            "message": self.message,
            "ms": self.ms,
            "tokens": self.tokens,
            "cost": self.cost,
            "details": self.details,
        }


@dataclass(frozen=True, slots=True)
class AgentTurn:
    """What an agent that a step asked was given, what it answered and what that took."""

    node_id: str
    """Path of the node."""
    agent_type: str
    agent_id: int | None
    agent_version: int | None
    input: dict[str, Any]
    output: dict[str, Any]
    ms: int
    error: str | None
    """Why it failed; None if it did not."""
    error_code: str | None
    """The failure's stable name: `model-timeout`."""
    model: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars of the calls that answered."""
    at: datetime


@dataclass(slots=True)
class Recorder:
    """What one segment brought about; whoever commits the segment stores it."""

    steps: list[StepRecord] = field(default_factory=list)
    transcript: list[TranscriptEntry] = field(default_factory=list)
    intents: list[AskedIntent] = field(default_factory=list)
    turns: list[AgentTurn] = field(default_factory=list)
    """Of agents, in the order in which they ended."""
    waits: list[PausedWait] = field(default_factory=list)
    """Where the run paused anew."""
    at_last_pause: int = 0
    """How many intents there were when it last paused; in a dry run it goes on after that."""

    def lasting(self, *, failed: bool) -> list[AskedIntent]:
        """Those of the intents that are carried out. Of a run that failed, texts and effects that it asked for since its last
        pause are dropped: it did not come to a good end."""
        return [
            asked
            for place, asked in enumerate(self.intents)
            if not (failed and place >= self.at_last_pause and isinstance(asked.intent, SendText | RunEffect))
        ]

    @property
    def cost(self) -> Decimal:
        """US dollars of the segment's model calls."""
        return sum((step.cost for step in self.steps), Decimal(0))


AnswerWait = Callable[[str, int, Wait], Answer | None]
"""Answers a wait at once: node path, visit, wait → what shall have happened; None pauses."""


@dataclass(slots=True)
class RunContext:
    """Everything that is constant over a segment."""

    subject: Subject
    campaign_id: int
    """0 outside campaigns."""
    lead_id: int
    run_key: str
    """Stable name of the run, part of the unique names of its intents: `campaign_lead:7:1`."""
    trace_id: str
    lead: LeadData
    services: Services
    campaign: CampaignFacts = field(default_factory=CampaignFacts)
    conversation: ConversationFacts = field(default_factory=ConversationFacts)
    is_dry: bool = False
    """Nothing is committed and nobody is told."""
    pins: Mapping[str, Pin] = field(default_factory=dict)
    """By node path."""
    answer_wait: AnswerWait | None = None
    """Lets a dry run go on where it would pause."""
    recorder: Recorder = field(default_factory=Recorder)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def names(self, state: RunState, scope: str = "") -> dict[str, Any]:
        """What expressions may refer to.

        Args:
            scope: path of the sub-workflow that asks, with a slash at its end; it sees its own steps only.
        """
        campaign, said = self.campaign, self.conversation
        return {
            "lead": {"first_name": next(iter(self.lead["name"].split()), ""), **self.lead},
            "campaign": {
                "id": campaign.id,
                "name": campaign.name,
                "description": campaign.description,
                "agent_type": campaign.agent_type,
                "sender_name": campaign.sender_name,
            },
            "conversation": {
                "id": said.id,
                "last_text": said.last_text,
                "last_text_at": said.last_text_at,
                "replied": said.replied,
                "language": said.language,
                "meeting": asdict(said.meeting) if said.meeting else None,
            },
            "steps": state["steps"] if not scope else steps_within(state, scope),
            "run": {"key": self.run_key, "trace_id": self.trace_id, "now": self.now(), "is_dry": self.is_dry},
        }


def steps_within(state: RunState, scope: str) -> dict[str, dict[str, Any]]:
    return {path[len(scope) :]: output for path, output in state["steps"].items() if path.startswith(scope)}

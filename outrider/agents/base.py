"""What an agent is: a contract between those who ask for one turn of work and those who do it.

An agent reads the `WorkflowContext` and one input, and answers with an `AgentResponse`. It thinks and never acts: what it
wants to happen is among the response's `intents`, which are carried out by others in the transaction that stores its answer.
Agents keep no state between turns; everything they may know is in the context, so that any process can take the next turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from outrider.agents.contract import Briefing, Objection
from outrider.conversations.models import PersonReason


class AgentType(StrEnum):
    """The work that an agent is made for."""

    CONVERSATION = "conversation"
    """Greets, answers questions, keeps the thread going."""
    QUALIFICATION = "qualification"
    """Finds out whether a lead fits: factors with evidence, score, tier."""
    OBJECTION_HANDLER = "objection_handler"
    SCHEDULER = "scheduler"
    """Offers real slots and books one."""
    ANALYTICS = "analytics"
    """Sums up a thread that rests: outcome, sentiment, next step."""
    ENRICHMENT = "enrichment"
    """Adds what providers know about the person and the company."""
    GROWTH_ANALYSIS = "growth_analysis"
    """Market, competition and growth of the company."""
    MARKETING = "marketing"
    """Plan and content for reaching the lead over several channels."""
    BDR = "bdr"
    """Prepares the approach to a lead step by step; a person approves before anything leaves."""


class WorkflowState(StrEnum):
    """Where a conversation stands."""

    GREETING = "greeting"
    """We wrote first; the lead has not said anything of substance."""
    DISCOVERY = "discovery"
    """The lead asks and tells."""
    QUALIFYING = "qualifying"
    OBJECTION = "objection"
    """The lead doubts; their doubt is answered first."""
    SCHEDULING = "scheduling"
    """A meeting is being agreed on."""
    BOOKED = "booked"
    HANDED_OVER = "handed_over"
    """A person has it."""
    CLOSED = "closed"
    """The lead is not interested, or it is all said."""


class AgentMessage(BaseModel):
    """One message of the conversation."""

    author: Literal["lead", "us"]
    body: str
    at: datetime | None = None
    agent_type: AgentType | None = None
    """The agent that wrote it; None for the lead, for people and for the first text."""


class Factor(StrEnum):
    """What is found out about a lead: BANT (budget, authority, need, timeline) and what MEDDIC adds to it."""

    BUDGET = "budget"
    AUTHORITY = "authority"
    """Whether this person decides; MEDDIC's economic buyer."""
    NEED = "need"
    """The pain that our offer would ease; MEDDIC's identified pain."""
    TIMELINE = "timeline"
    METRICS = "metrics"
    """By which figures they would judge a success."""
    DECISION_CRITERIA = "decision_criteria"
    DECISION_PROCESS = "decision_process"
    CHAMPION = "champion"
    """Somebody inside who wants it."""


class FactorFinding(BaseModel):
    """What the lead said about one factor."""

    factor: Factor
    strength: Annotated[float, Field(ge=-1, le=1)]
    """From -1 (speaks clearly against us: "we have no budget at all") over 0 (mentioned, undecided) to 1 (clearly for us)."""
    summary: Annotated[str, Field(max_length=300)]
    quote: Annotated[str, Field(min_length=1, max_length=500)]
    """The lead's own words that it stands on, word for word; a finding whose quote nobody said is dropped."""


class Tier(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class QualificationFactors(BaseModel):
    """The latest finding on each factor."""

    findings: dict[Factor, FactorFinding] = {}

    @property
    def unknown(self) -> list[Factor]:
        """What nothing was said about yet, in the order in which it is asked."""
        return [factor for factor in Factor if factor not in self.findings]


class Qualification(BaseModel):
    """How well a lead fits, and why."""

    score: Annotated[int, Field(ge=0, le=100)]
    tier: Tier
    reasoning: str
    factors: QualificationFactors = QualificationFactors()


class LeadIntent(StrEnum):
    """What a lead's latest texts want."""

    GREETING = "greeting"
    INTERESTED = "interested"
    QUESTION = "question"
    """Asks for something about the offer."""
    PRICE_QUESTION = "price_question"
    WHO_ARE_YOU = "who_are_you"
    WHERE_FROM = "where_from"
    """Where do you have my number from?"""
    TELLS = "tells"
    """Answers a question of ours, or tells something about themselves."""
    OBJECTION = "objection"
    WANTS_MEETING = "wants_meeting"
    """A call or a meeting, with or without a time."""
    PICKS_TIME = "picks_time"
    """Takes one of the times that we offered, or names one."""
    MOVES_MEETING = "moves_meeting"
    CANCELS_MEETING = "cancels_meeting"
    WANTS_IN_WRITING = "wants_in_writing"
    """An e-mail, a brochure, the details."""
    LATER = "later"
    NOT_INTERESTED = "not_interested"
    WRONG_PERSON = "wrong_person"
    WANTS_NO_TEXTS = "wants_no_texts"
    """In words that the opt-out rules did not recognise."""
    THANKS = "thanks"
    UNCLEAR = "unclear"


class Reading(BaseModel):
    """What the latest texts of a lead say: the model's reading, corrected by rules in code."""

    intent: LeadIntent = LeadIntent.UNCLEAR
    objection: Annotated[str, Field(max_length=80)] | None = None
    """Key of the objection in the library; None if none is raised, or none of these."""
    findings: Annotated[list[FactorFinding], Field(max_length=8)] = []
    sentiment: Literal["positive", "neutral", "negative"] = "neutral"
    asks_for_person: bool = False
    is_angry: bool = False
    threatens_legally: bool = False
    asks_whether_ai: bool = False
    named_time: Annotated[str, Field(max_length=120)] | None = None
    """The words in which they name a time."""
    picked_slot: Annotated[int, Field(ge=1, le=10)] | None = None
    """The one that they take of the times offered, counted from 1."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    """ISO 639-1, of the latest text."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    """How sure it is that this is what they mean."""


class CostMetrics(BaseModel):
    """What the models took."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    """US dollars."""
    model_calls: int = 0

    def __add__(self, other: CostMetrics) -> CostMetrics:
        return CostMetrics(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=self.cost + other.cost,
            model_calls=self.model_calls + other.model_calls,
        )


class Slot(BaseModel):
    """A time at which a meeting could be."""

    calendar_id: int
    starts_at: datetime
    ends_at: datetime


class Meeting(BaseModel):
    """The meeting agreed on with the lead."""

    booking_id: int
    slot: Slot
    status: str


class Guardrails(BaseModel):
    """The limits within which an agent speaks. Code holds them, whatever a prompt says."""

    most_characters: Annotated[int, Field(ge=40, le=1600)] = 320
    allowed_links: list[str] = []
    """Hosts that it may name besides those that the campaign or the lead named."""
    forbidden_phrases: list[str] = []
    """Words that it never says: prices, promises, names."""
    escalate_below_confidence: Annotated[float, Field(ge=0, le=1)] = 0.35
    """Below this a person answers."""
    most_failures: Annotated[int, Field(ge=1, le=10)] = 2
    """After so many turns in a row that it could not answer, a person takes over."""
    disclose_ai: Literal["when_asked", "at_first_contact"] = "when_asked"


class AgentConfiguration(BaseModel):
    """How an installation wants an agent of this type to be; the built-in one where nothing is stored."""

    agent_id: int | None = None
    version: int | None = None
    agent_type: AgentType
    name: str
    system_prompt: str
    model: str | None = None
    """`provider:model`; None is the installation's default."""
    temperature: float = 0.7
    tools: list[str] = []
    """Names of the tools that it may use."""
    guardrails: Guardrails = Guardrails()


class Prior(BaseModel):
    """What leads like this one did, as the active scorer says."""

    model_config = ConfigDict(frozen=True)

    model_id: int
    outcome: str
    """`replied`, `qualified` or `booked`."""
    probability: float
    score: int
    """0 to 100; 50 is an average lead."""
    reasons: tuple[str, ...] = ()
    """The strongest parts, in plain words: `Industry manufacturing: +8`."""


class WorkflowContext(BaseModel):
    """All that agents may know in one turn."""

    call_id: str
    """Names this run: trace id of the turn, or the call's id on the phone."""
    channel: Literal["sms", "voice", "console"] = "sms"
    now: datetime
    lead: dict[str, Any] = {}
    """Name, company, title … as the lead's row has them; `id` where there is a row."""
    conversation_id: int | None = None
    time_zone: str = "UTC"
    """The lead's IANA zone, as far as it is known."""
    language: str = "en"
    briefing: Briefing = Briefing()
    current_state: WorkflowState = WorkflowState.GREETING
    current_agent: AgentType | None = None
    """Who answered last."""
    conversation_history: list[AgentMessage] = []
    """Oldest first, without the input of this turn."""
    qualification_factors: QualificationFactors = QualificationFactors()
    qualification: Qualification | None = None
    prior: Prior | None = None
    """What the scorer says of the lead beside what they say; None without one."""
    reading: Reading | None = None
    """What the input of this turn says; None until it was read."""
    questions_asked: int = 0
    """Questions that the lead was asked so far to find out whether they fit."""
    asked_factor: Factor | None = None
    """What the latest of them was about; their answer is read as one to it."""
    objections: list[Objection] = []
    """The library that holds for this conversation."""
    answered_objections: list[str] = []
    """Keys of the objections that were answered before."""
    offered_slots: list[Slot] = []
    """What the scheduler offered last; a lead's "the second one" is among them."""
    taken_slots: list[Slot] = []
    """Times that somebody else took while this turn was thought."""
    meeting: Meeting | None = None
    failures: int = 0
    """Turns in a row that no agent could answer."""
    is_disclosed: bool = False
    """The lead was told that an automated assistant writes."""
    is_draft: bool = False
    """A person asked for a draft: nothing that the answer announces will be done."""
    results: dict[AgentType, dict[str, Any]] = {}
    """What other agents found in this run, by their type."""
    cost_tracking: CostMetrics = CostMetrics()


class BookMeeting(BaseModel):
    kind: Literal["book_meeting"] = "book_meeting"
    slot: Slot
    title: str


class CancelMeeting(BaseModel):
    kind: Literal["cancel_meeting"] = "cancel_meeting"
    booking_id: int


class UpdateLead(BaseModel):
    """Facts that the lead told, or that a provider knows. Only fields that an agent may change are carried out."""

    kind: Literal["update_lead"] = "update_lead"
    changes: dict[str, str]


class RemindPerson(BaseModel):
    """A person shall take the conversation at that time, unless the lead writes before."""

    kind: Literal["remind_person"] = "remind_person"
    at: datetime
    why: str


class NotifyPerson(BaseModel):
    kind: Literal["notify_person"] = "notify_person"
    subject: str
    body: str


AgentIntent = Annotated[BookMeeting | CancelMeeting | UpdateLead | RemindPerson | NotifyPerson, Field(discriminator="kind")]
"""An effect that an agent asks for. The recipient is never part of it: it is the run's own lead."""


class ToolUse(BaseModel):
    """A tool that an agent used, for those who look into the run."""

    name: str
    arguments: dict[str, Any]
    result: str
    refused: str | None = None
    """Why it was not run."""
    milliseconds: int = 0


class AgentResponse(BaseModel):
    """What an agent decided in one turn."""

    agent_type: AgentType
    text: str | None = None
    """What to say to the lead; None says nothing."""
    result: dict[str, Any] | None = None
    """The typed answer of an agent whose work is not to talk (its model is `Agent.result_type`)."""
    reason: str = ""
    """Why, in plain words, for the people who read the run."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    next_state: WorkflowState | None = None
    person_reason: PersonReason | None = None
    """Why a person should take this conversation; None if none need to."""
    qualification_factors: QualificationFactors | None = None
    qualification: Qualification | None = None
    offered_slots: list[Slot] | None = None
    """What was offered; None leaves what was offered before."""
    asked_factor: Factor | None = None
    """What its question is about."""
    answered_objection: str | None = None
    could_answer: bool = True
    """False: it had to say that it does not know."""
    intents: list[AgentIntent] = []
    tool_uses: list[ToolUse] = []
    model: str | None = None
    cost: CostMetrics = CostMetrics()

    @property
    def hand_over(self) -> bool:
        return self.person_reason is not None


class Agent(ABC):
    """One agent: a type of work, done as its configuration says."""

    agent_type: ClassVar[AgentType]
    result_type: ClassVar[type[BaseModel] | None] = None
    """Shape of `AgentResponse.result`; None for agents that answer with a text."""
    tools: ClassVar[Sequence[str]] = ()
    """Names of the tools that agents of this type may be given at all."""
    seconds_goal: ClassVar[float] = 1.0
    """Time that one run should take at most, model included; shown beside what it takes."""

    def __init__(self, configuration: AgentConfiguration):
        self.configuration = configuration

    @abstractmethod
    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        """Do the work of one turn.

        Raises:
            ModelError: the model gave no answer.
            BudgetExhausted: nobody pays for one.
        """

    @abstractmethod
    def can_handle(self, context: WorkflowContext) -> bool:
        """Whether this agent is the one for the turn, as far as the context tells."""

    @abstractmethod
    def get_system_prompt(self, context: WorkflowContext) -> str:
        """The instructions for the model: the configured prompt with its variables filled in, and the rules that always hold."""

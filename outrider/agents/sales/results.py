"""What each of the sales agents answers.

Everything that is claimed names the evidence it stands on; code drops claims whose evidence there is not. What nobody knows
is listed as unknown.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from outrider.agents.base import Tier
from outrider.integrations.enrichment.base import Fact, ProviderProblem

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
EvidenceIds = Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=8)]


class Evidence(BaseModel):
    """Something that is known, with where it is known from."""

    id: str
    """`E3`; claims name it."""
    about: str
    """`industry`, `funding_round` …"""
    value: str
    source: str
    """`lead` (our own record), a provider (`apollo`, `website`, `local`), or the agent that worked it out."""
    detail: str = ""
    observed_at: datetime | None = None
    confidence: float = 1.0


class Claim(BaseModel):
    """One statement of a model, before it is checked."""

    text: Line
    evidence: EvidenceIds = []
    """Ids of what it stands on."""


class SourcedClaim(BaseModel):
    """A statement whose evidence there is."""

    text: str
    sources: list[Evidence]


class QualificationFactor(BaseModel):
    """One part of a score."""

    name: str
    weight: int
    """Most points that it can give."""
    points: int
    reason: str
    evidence: list[Evidence]
    """Empty where nothing is known."""


class CompanyJudgement(BaseModel):
    """What a model makes of a company, before it is checked."""

    fit: Annotated[float, Field(ge=-1, le=1)]
    """From -1 (not for us) over 0 (can't tell) to 1 (made for us)."""
    reasons: Annotated[list[Claim], Field(max_length=5)] = []


class QualificationResponse(BaseModel):
    """How well a company fits."""

    score: Annotated[int, Field(ge=0, le=100)]
    tier: Tier
    reasoning: str
    processing_time: float
    """Seconds."""


class CompanyQualification(QualificationResponse):
    """The score with the parts that it is made of."""

    factors: list[QualificationFactor]
    judgement: list[SourcedClaim] = []
    """What the model's part of the score stands on."""
    unknown: list[str] = []
    dropped: int = 0
    """Claims of the model that named no evidence."""


class Digest(BaseModel):
    """What a model says about the facts, before it is checked."""

    statements: Annotated[list[Claim], Field(max_length=4)] = []


class Conflict(BaseModel):
    """Sources that disagree."""

    about: str
    values: list[Evidence]


class EnrichmentResult(BaseModel):
    """What providers know about a person and their company."""

    facts: list[Fact] = []
    summary: list[SourcedClaim] = []
    conflicts: list[Conflict] = []
    problems: list[ProviderProblem] = []
    unknown: list[str] = []
    dropped: int = 0


class SignalKind(StrEnum):
    HIRING = "hiring"
    FUNDING = "funding"
    EXPANSION = "expansion"
    PRODUCT = "product"
    TECHNOLOGY = "technology"
    REGULATION = "regulation"
    OTHER = "other"


class SignalClaim(Claim):
    kind: SignalKind


class CompetitorClaim(Claim):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class GrowthReading(BaseModel):
    """What a model makes of a company's market, before it is checked."""

    market_opportunity: Annotated[list[Claim], Field(max_length=4)] = []
    competitors: Annotated[list[CompetitorClaim], Field(max_length=8)] = []
    growth_signals: Annotated[list[SignalClaim], Field(max_length=8)] = []
    angle: Claim | None = None
    """The problem that they probably have: an inference, and said to be one."""
    question: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    """That would find out whether they have it."""


class Signal(SourcedClaim):
    kind: SignalKind


class Competitor(BaseModel):
    name: str
    text: str
    sources: list[Evidence]


class GrowthAnalysis(BaseModel):
    """How a company moves, and where our offer could help it."""

    market_opportunity: list[SourcedClaim] = []
    competitors: list[Competitor] = []
    growth_signals: list[Signal] = []
    angle: SourcedClaim | None = None
    """An inference."""
    question: str = ""
    growth_potential: Annotated[int, Field(ge=0, le=100)] | None = None
    """Worked out by rule from the signals; None without any."""
    unknown: list[str] = []
    dropped: int = 0


class TouchChannel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    CALL = "call"


class TouchDraft(BaseModel):
    """One step of a plan, before it is checked."""

    day: Annotated[int, Field(ge=0, le=60)]
    """Counted from the first touch, which is day 0."""
    channel: TouchChannel
    purpose: Line
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    """Of an e-mail."""
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    """The text, the mail, or the talking points of a call."""
    evidence: EvidenceIds = []
    """The facts that make it personal."""


class PlanDraft(BaseModel):
    """A model's plan, before it is checked."""

    strategy: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""
    touches: Annotated[list[TouchDraft], Field(max_length=8)] = []


class Touch(BaseModel):
    day: int
    channel: TouchChannel
    purpose: str
    subject: str = ""
    text: str
    segments: int = 0
    """Of a text message."""
    personalised_by: list[Evidence] = []


class Refusal(BaseModel):
    """A draft that was left out, with the reason."""

    what: str
    reason: str


class MarketingPlan(BaseModel):
    """How to reach a lead over several channels."""

    strategy: str = ""
    channels: list[TouchChannel] = []
    unavailable: dict[TouchChannel, str] = {}
    """Channels that can't be used, with the reason."""
    touches: list[Touch] = []
    refused: list[Refusal] = []
    reason: str = ""
    """Why there is no plan."""


class BdrDraft(BaseModel):
    """A model's proposal, before it is checked."""

    summary: Annotated[list[Claim], Field(max_length=4)] = []
    channel: TouchChannel
    when_days: Annotated[int, Field(ge=0, le=30)] = 0
    why: Line
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    evidence: EvidenceIds = []
    checks: Annotated[list[Line], Field(max_length=5)] = []
    """What a person should look at before they approve."""


class BdrPlan(BaseModel):
    """The next step with a lead, for a person to decide about. Nothing of it was sent."""

    state: Literal["awaiting_approval", "nothing_to_propose"]
    summary: list[SourcedClaim] = []
    channel: TouchChannel | None = None
    when_days: int = 0
    why: str = ""
    subject: str = ""
    text: str = ""
    segments: int = 0
    personalised_by: list[Evidence] = []
    checks: list[str] = []
    unknown: list[str] = []
    reason: str = ""
    """Why there is nothing to propose."""
    flow: dict[str, Any] = {}
    """State of the approval's graph, as it waits for the decision."""
    dropped: int = 0

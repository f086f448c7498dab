"""What the trial calls take and give."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from outrider.campaigns.models import AgentType, SkipReason
from outrider.campaigns.schemas import Audience, Id, PreflightAudience, Strict
from outrider.workflows.definition import WorkflowDefinition

MOST_PREVIEWED = 5
MOST_TRIED = 10


class AudienceIn(Strict):
    audience: Audience
    require_consent: bool = True
    campaign_id: Id | None = None
    """A campaign whose own leads don't count as being worked by another one."""


class LeadExample(BaseModel):
    id: int
    name: str
    phone: str | None
    company: str | None


class AudienceReport(PreflightAudience):
    """Who an audience is, counted as the pre-flight counts it."""

    examples: dict[SkipReason, list[LeadExample]]
    """The first few leads of each reason of exclusion."""
    reachable_examples: list[LeadExample]


class PreviewIn(Strict):
    """A campaign as the form has it, and the leads to write to."""

    name: Annotated[str, Field(max_length=200)] = ""
    description: Annotated[str, Field(max_length=5000)] = ""
    agent_type: AgentType = AgentType.SMS
    sms_template: Annotated[str, Field(max_length=1600)] | None = None
    sms_system_prompt: Annotated[str, Field(max_length=20_000)] = ""
    sms_temperature: Annotated[int, Field(ge=0, le=100)] = 70
    sender_name: Annotated[str, Field(max_length=120)] = ""
    model: Annotated[str, Field(max_length=120)] | None = None
    workflow_id: Id | None = None
    workflow_config: WorkflowDefinition | None = None
    audience: Audience | None = None
    require_consent: bool = True
    lead_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_PREVIEWED)] | None = None
    """These leads, whether or not they may be texted; otherwise some of the audience who may."""
    count: Annotated[int, Field(ge=1, le=MOST_PREVIEWED)] = 3
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0
    """How many leads of the audience to pass over: "show others"."""

    @model_validator(mode="after")
    def _says_who(self) -> PreviewIn:
        if (self.audience is None) == (self.lead_ids is None):
            raise ValueError("name either an audience or lead_ids")
        return self


class TriedText(BaseModel):
    """A text as it would leave."""

    body: str
    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    characters: int
    units: int
    """Septets (GSM-7) or sixteen-bit units (UCS-2): what counts towards a segment."""
    remaining: int
    """Units free in the last segment."""
    cost: Decimal
    """US dollars that sending it is estimated to cost."""
    costly_characters: list[str]
    """Characters that force UCS-2, each once."""
    plain_body: str
    """The text with typographic quotes, dashes, ellipses and spaces replaced by plain ones."""
    plain_segments: int


class TriedLead(BaseModel):
    """The workflow's run for one lead. Nothing left, nobody was told."""

    lead: LeadExample
    excluded: SkipReason | None
    """Why the campaign would leave this lead out; the run is shown all the same."""
    outcome: Literal["completed", "failed"]
    error: str | None
    texts: list[TriedText]
    empty_placeholders: list[str]
    """Placeholders of the template for which this lead has no value, without a fallback."""
    model: str | None
    input_tokens: int
    output_tokens: int
    model_cost: Decimal
    """US dollars of the model calls."""
    seconds: float


class Preview(BaseModel):
    leads: list[TriedLead]
    next_offset: int | None
    """Pass it as `offset` to see others; None if there are no more."""
    unknown_placeholders: list[str]
    """Placeholders that name no field of a lead, no attribute and nothing of the campaign: slips."""
    is_offline: bool
    """Texts are written by rules, not by a language model."""


class TrialIn(Strict):
    lead_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_TRIED)] | None = None
    """These leads; otherwise a sample of those who may be texted."""
    sample: Annotated[int, Field(ge=1, le=MOST_TRIED)] = 3


class TrialStep(BaseModel):
    """What one node of the workflow did."""

    node: str
    node_id: str
    level: str
    message: str
    milliseconds: float
    tokens: int
    cost: Decimal
    details: dict[str, Any]


class PromptMessage(BaseModel):
    """One message to or from the model."""

    role: str
    content: str


class TrialLead(TriedLead):
    steps: list[TrialStep]
    transcript: list[PromptMessage]


class TrialReport(BaseModel):
    leads: list[TrialLead]
    completed: int
    failed: int
    input_tokens: int
    output_tokens: int
    model_cost: Decimal
    texts_cost: Decimal
    """US dollars that sending the texts is estimated to cost."""
    is_offline: bool

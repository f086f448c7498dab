"""What the campaign API takes and gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from outrider.campaigns.models import AgentType, CampaignLeadStatus, CampaignStatus, Delivery, SkipReason
from outrider.conversations.quiet_hours import parse_hours
from outrider.db.pages import LARGEST_ID
from outrider.errors import InvalidInput
from outrider.leads.schemas import LeadFilter
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.waiting import WaitKind

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Ids = Annotated[list[Id], Field(max_length=100_000)]
FewIds = Annotated[list[Id], Field(max_length=1000)]
Dollars = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]


class Strict(BaseModel):
    """A request in which an unknown field is an error, so that a slip doesn't pass unseen."""

    model_config = ConfigDict(extra="forbid")


class Audience(Strict):
    """Who is reached: everybody that any part names. Fixed when the campaign is launched."""

    list_ids: FewIds = []
    lead_ids: Ids = []
    filter: LeadFilter | None = None
    """Leads that match; evaluated at the launch."""


class Hours(Strict):
    """Hours of the lead's own day in which texts may leave; they only narrow what the law allows."""

    start: str = Field(examples=["09:00"])
    end: str = Field(examples=["18:00"])


class CampaignFields(Strict):
    """What can be said about a campaign, when it is created and later."""

    name: Name
    description: Annotated[str, Field(max_length=5000)] = ""
    agent_type: AgentType = AgentType.SMS
    sms_system_prompt: Annotated[str, Field(max_length=20_000)] = ""
    sms_temperature: Annotated[int, Field(ge=0, le=100)] = 70
    """0–100; a hundredth of the model's temperature."""
    sms_template: Annotated[str, Field(max_length=1600)] | None = None
    """Text with {{placeholders}}: `Hi {{first_name}}, …`."""
    sender_name: Annotated[str, Field(max_length=120)] = ""
    """The person or brand that the texts speak for."""
    model: Annotated[str, Field(max_length=120)] | None = None
    """`provider:model`; None is the installation's own."""
    workflow_id: Id | None = None
    """None is the workflow `standard`."""
    workflow_config: WorkflowDefinition | None = None
    """A definition of the campaign's own, instead of a stored workflow."""
    agent_id: Id | None = None
    """Stored agent that answers the leads' texts; None is the one that stands for its type, as for those that follow."""
    creative_agent_id: Id | None = None
    deterministic_agent_id: Id | None = None
    qualification_agent_id: Id | None = None
    """Stored agent that finds out whether a lead fits."""
    objection_handler_agent_id: Id | None = None
    """Stored agent that answers doubts."""
    scheduler_agent_id: Id | None = None
    """Stored agent that agrees on meetings."""
    audience: Audience = Audience()
    sender_ids: FewIds = []
    """Senders to use; empty means every enabled one."""
    auto_reply: bool = True
    """An agent answers what leads write; otherwise every answer waits for a person."""
    require_consent: bool = True
    """Reach only leads with express or written consent to texts."""
    quiet_hours: Hours | None = None
    """None means the hours that the law of the lead's place allows."""
    budget: Dollars | None = None
    """US dollars for texts and models together; None is no limit."""
    scheduled_at: AwareDatetime | None = None
    """When to launch after the start; None is at once."""

    @field_validator("quiet_hours")
    @classmethod
    def _readable(cls, hours: Hours | None) -> Hours | None:
        if hours is not None:
            try:
                parse_hours(hours.model_dump())
            except InvalidInput as error:
                raise ValueError(error.detail) from error
        return hours


class CampaignIn(CampaignFields):
    """A new campaign; a draft until it is started."""

    lead_ids: Ids = []
    """Leads to assign at once."""


class CampaignPatch(CampaignFields):
    """Changes to a campaign; what is left out stays."""

    name: Name = ""


class AssignLeads(Strict):
    """Leads to give a place in the campaign: everybody that any part names."""

    lead_ids: Ids = []
    list_ids: FewIds = []
    filter: LeadFilter | None = None


class UnassignLeads(Strict):
    """Leads to take out of a draft."""

    lead_ids: Ids | None = None
    """None takes all of them out."""


class Assigned(BaseModel):
    changed: int
    """Leads that were added or taken out."""
    total_leads: int


class Retried(BaseModel):
    retried: int
    """Failed leads that are worked again."""


class CampaignStats(BaseModel):
    """Figures of a campaign, computed from its rows."""

    total_leads: int = 0
    pending: int = 0
    processing: int = 0
    waiting: int = 0
    """Their text is on its way out, or their run waits for something."""
    waiting_for: dict[WaitKind, int] = {}
    """How many of these wait for a time, a reply, a decision, an effect or a call; the others' text is on its way out."""
    completed: int = 0
    failed: int = 0
    skipped: int = 0
    skipped_by_reason: dict[SkipReason, int] = {}
    failures: dict[str, int] = {}
    """The most frequent reasons of failure; only for a single campaign."""
    delivery_failures: dict[str, int] = {}
    """The most frequent reasons for which accepted texts did not arrive; only for a single campaign."""
    sms_sent: int = 0
    """Texts of the campaign that the carrier accepted."""
    delivered: int = 0
    undelivered: int = 0
    """Accepted, but reported as not delivered."""
    unknown: int = 0
    """Handed to the carrier with an outcome that is not known yet."""
    replied: int = 0
    opted_out: int = 0
    success_rate: float = 0.0
    """Percent of all leads that are completed."""
    cost: Decimal = Decimal(0)
    """US dollars: texts and models together."""
    texts_cost: Decimal = Decimal(0)
    models_cost: Decimal = Decimal(0)
    input_tokens: int = 0
    output_tokens: int = 0
    rate: float = 0.0
    """Leads finished with per second, over the last minute; while some are still to be written to, each whose text is written."""
    eta_seconds: int | None = None
    """Until no lead is pending, and after that until no text is on its way, at the present rate; None while nothing moves.
    What runs wait for is not counted."""


class CampaignProgress(BaseModel):
    """One event of the live view."""

    id: int
    status: CampaignStatus
    status_reason: str | None
    stats: CampaignStats


class CampaignOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: str
    agent_type: AgentType
    status: CampaignStatus
    status_reason: str | None
    sms_system_prompt: str
    sms_temperature: int
    sms_template: str | None
    sender_name: str
    model: str | None
    workflow_id: int | None
    workflow_version_id: int | None
    workflow_config: dict[str, Any] | None
    agent_id: int | None
    creative_agent_id: int | None
    deterministic_agent_id: int | None
    qualification_agent_id: int | None
    objection_handler_agent_id: int | None
    scheduler_agent_id: int | None
    audience: Audience
    sender_ids: list[int]
    auto_reply: bool
    require_consent: bool
    quiet_hours: Hours | None
    budget: Decimal | None
    scheduled_at: datetime | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    launched_at: datetime | None
    completed_at: datetime | None
    stats: CampaignStats = CampaignStats()

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def _none_if_empty(cls, hours: object) -> object:
        return hours or None


class CampaignLeadOut(BaseModel):
    """One lead's place in a campaign."""

    id: int
    campaign_id: int
    lead_id: int
    name: str
    phone: str | None
    company: str | None
    status: CampaignLeadStatus
    skip_reason: SkipReason | None
    sms_sent: bool
    """The carrier accepted its text."""
    sms_message: str | None
    sms_response: str | None
    """The first text that came back."""
    delivery: Delivery | None
    """What became of its last text; None without one."""
    delivery_status: str | None
    """As the carrier reports it."""
    hold_reason: str | None
    """Why its text is waiting, or never left."""
    run_id: int | None
    """Its latest run."""
    waiting_for: WaitKind | None
    """What its run waits for, and what ends first if that is more than one thing; None if it does not wait."""
    waiting_until: datetime | None
    """When that ends by itself: its time, or its time-out."""
    waiting_at: str | None
    """Path of the node at which the run waits."""
    voice_call_made: bool
    conversation_id: int | None
    trace_id: str | None
    attempt: int
    error_message: str | None
    replied_at: datetime | None
    processed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class CampaignLeadFilter(BaseModel):
    """Which leads of a campaign; every part given must hold."""

    search: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")] | None = None
    """Beginnings of words of name, company, e-mail or title; or the begin or end of a phone number."""
    status: Annotated[list[CampaignLeadStatus], Field(max_length=20)] | None = None
    skip_reason: Annotated[list[SkipReason], Field(max_length=20)] | None = None
    delivery: Annotated[list[Delivery], Field(max_length=20)] | None = None
    """What became of the lead's last text."""
    replied: bool | None = None
    error: Annotated[str, Field(max_length=2000)] | None = None
    """A reason as the figures name it."""


Outcome = Literal["replied", "skipped"] | Delivery


class LeadCampaignOut(BaseModel):
    """A lead's place in one campaign, with what came of it."""

    campaign_lead_id: int
    campaign_id: int
    campaign_name: str
    campaign_status: CampaignStatus
    status: CampaignLeadStatus
    outcome: Outcome | None
    """The furthest that it came: an answer, else the fate of its text, else that it was left out; None so far."""
    delivery: Delivery | None
    skip_reason: SkipReason | None
    error_message: str | None
    attempt: int
    created_at: datetime
    """When the lead was put into the campaign."""
    processed_at: datetime | None
    """When the workflow was done with it."""
    replied_at: datetime | None
    updated_at: datetime


class ProcessingLogOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    campaign_lead_id: int
    lead_name: str
    level: str
    node_name: str
    message: str
    log_metadata: dict[str, Any]
    """Milliseconds, tokens, cost in US dollars and whatever the node tells."""
    created_at: datetime


class TranscriptMessageOut(BaseModel):
    """One message to or from the model."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    role: str
    content: str
    message_metadata: dict[str, Any]
    created_at: datetime


class ThreadMessageOut(BaseModel):
    """One text between the lead and us."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    direction: Literal["in", "out"]
    author: str
    body: str
    state: str | None
    delivery_status: str | None
    hold_reason: str | None
    error_message: str | None
    created_at: datetime
    sent_at: datetime | None


class CampaignConversationOut(BaseModel):
    """What was said for one campaign lead: to the model, and between the lead and us."""

    campaign_lead_id: int
    campaign_id: int
    lead_id: int
    conversation_id: int | None
    messages: list[TranscriptMessageOut]
    """With the model, oldest first."""
    thread: list[ThreadMessageOut]
    """With the lead, oldest first."""


class PreflightFinding(BaseModel):
    """Something to know before the start."""

    code: str
    message: str
    remedy: str = ""
    field: str | None = None
    """Field of the campaign that it is about."""


class PreflightAudience(BaseModel):
    total: int
    """Leads named, each once."""
    reachable: int
    """Leads that will be texted."""
    excluded: dict[SkipReason, int]
    duplicates: int
    """How often a lead was named more than once."""
    in_other_campaigns: int
    """Reachable leads that another campaign under way has not finished with; they are reached all the same."""
    without_name: int


class PreflightTiming(BaseModel):
    sendable_now: int
    """Leads whose sending window is open."""
    later_today: int
    """Leads whose window opens within 24 hours."""
    later: int
    never: int
    """Leads whose places have no hour in common."""
    next_opening: datetime | None
    """When the first closed window opens."""
    seconds: int | None
    """Estimated time to send everything, with waiting for the windows; None if it can't be estimated."""
    waits_seconds: int
    """How long the workflow itself waits for a lead who never answers, where people decide at once."""
    finished_at: datetime | None
    """When everything has left, the texts behind the workflow's waits as well."""


class PreflightCost(BaseModel):
    segments_per_lead: float
    """Of all texts that the workflow sends to a lead who never answers."""
    segments: int
    texts: Decimal
    """US dollars."""
    models: Decimal
    total: Decimal
    budget: Decimal | None
    model_price_known: bool


class SampleText(BaseModel):
    lead_id: int
    body: str
    encoding: str
    segments: int


class PreflightReport(BaseModel):
    """What would happen if the campaign were started now."""

    can_start: bool
    blockers: list[PreflightFinding]
    warnings: list[PreflightFinding]
    audience: PreflightAudience
    timing: PreflightTiming
    cost: PreflightCost
    senders: int
    segments_per_second: float
    """What all its senders may send together."""
    samples: list[SampleText]
    uses_template: bool
    """Whether a step of the workflow writes by `sms_template`; others carry their words themselves."""

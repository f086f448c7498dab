"""Tables of campaigns, their leads, and what each lead's run said and did."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class AgentType(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    BOTH = "both"


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    PROCESSING = "processing"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Campaign(HasId, HasTimes, Base):
    """Leads × workflow × schedule × budget."""

    __tablename__ = "campaigns"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    agent_type: Mapped[AgentType] = mapped_column(Text, server_default=AgentType.SMS)
    status: Mapped[CampaignStatus] = mapped_column(Text, server_default=CampaignStatus.DRAFT)
    status_reason: Mapped[str | None] = mapped_column(Text)
    """Why it is failed or was paused by the system."""

    sms_system_prompt: Mapped[str] = mapped_column(Text, server_default="")
    sms_temperature: Mapped[int] = mapped_column(SmallInteger, server_default="70")
    """0–100; a hundredth of the model's temperature."""
    sms_template: Mapped[str | None] = mapped_column(Text)
    """Text with {{placeholders}}; the offline model renders it, other models take it as the pattern."""
    sender_name: Mapped[str] = mapped_column(Text, server_default="")
    """The person or brand that the texts speak for."""
    model: Mapped[str | None] = mapped_column(Text)
    workflow_id: Mapped[int | None] = mapped_column(ForeignKey("workflows.id"))
    workflow_version_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_versions.id"))
    """Fixed at the start; every run of the campaign uses it."""
    workflow_config: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """A definition of the campaign's own, instead of a stored workflow."""
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    creative_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    deterministic_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    qualification_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    objection_handler_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    scheduler_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))

    audience: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Who: `{"list_ids": […], "lead_ids": […], "filter": {…}}`; fixed into campaign leads at the launch."""
    sender_ids: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Senders to use; empty means every enabled one."""
    auto_reply: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    """An agent answers what leads write; otherwise every answer waits for a person."""
    require_consent: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    quiet_hours: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """`{"start": "08:00", "end": "21:00"}` in the lead's own zone; empty means the installation's."""
    budget: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    """US dollars for texts and models together; None is no limit."""
    spent: Mapped[Decimal] = mapped_column(Numeric(16, 8), server_default="0")
    """US dollars reserved or settled against the budget; the guard of the conditional update, not a figure to show."""
    scheduled_at: Mapped[datetime | None]

    started_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]
    """When its audience was fixed; until then it is scheduled."""
    completed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("agent_type IN ('sms','voice','both')", name="agent_type_is_known"),
        CheckConstraint(
            "status IN ('draft','pending','processing','paused','completed','failed','cancelled')", name="status_is_known"
        ),
        CheckConstraint("sms_temperature BETWEEN 0 AND 100", name="temperature_is_percent"),
        CheckConstraint("budget > 0", name="budget_is_positive"),
        Index("ix_campaigns_status_id", "status", text("id DESC")),
    )


class CampaignLeadStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    WAITING = "waiting"
    """Its text is on its way out, or it waits for a time or an answer."""
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class SkipReason(StrEnum):
    SUPPRESSED = "suppressed"
    INVALID_NUMBER = "invalid_number"
    NO_CONSENT = "outside_consent"
    REPLIED = "replied_elsewhere"
    BUDGET = "budget"
    CANCELLED = "cancelled"


class Delivery(StrEnum):
    """What became of a campaign lead's last text; the names are those of the outbox, with the carrier's reports."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    UNKNOWN = "unknown"
    """The carrier may or may not have accepted it; nobody knows yet."""
    SENT = "sent"
    """The carrier accepted it and has not told more."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    """The carrier accepted it and could not deliver it."""
    FAILED = "failed"
    """The carrier refused it."""
    CANCELLED = "cancelled"
    """It never left, or was called back."""


class CampaignLead(HasId, HasTimes, Base):
    """One lead's place in one campaign."""

    __tablename__ = "campaign_leads"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    status: Mapped[CampaignLeadStatus] = mapped_column(Text, server_default=CampaignLeadStatus.PENDING)
    skip_reason: Mapped[SkipReason | None] = mapped_column(Text)
    chunk_token: Mapped[str | None] = mapped_column(Text)
    """The delivery of the chunk that works on it; a result with another token is void."""
    claims: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How often it was taken alone, after deliveries of chunks with it were lost: each but the last of these was lost, too."""
    sms_message: Mapped[str | None] = mapped_column(Text)
    voice_call_made: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    trace_id: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    """Counts "retry failed"; part of the name of its intents."""
    error_message: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None]
    """First answer of the lead; no automated step of this campaign follows it."""
    processed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("campaign_id", "lead_id"),
        CheckConstraint("status IN ('pending','processing','waiting','completed','failed','skipped')", name="status_is_known"),
        CheckConstraint("(status = 'skipped') = (skip_reason IS NOT NULL)", name="skipped_has_reason"),
        Index("ix_campaign_leads_campaign_id_status_id", "campaign_id", "status", "id"),
        Index("ix_campaign_leads_campaign_id_id", "campaign_id", "id"),
        Index("ix_campaign_leads_campaign_id_worked_id", "campaign_id", text("coalesce(processed_at, to_timestamp(0))"), "id"),
    )


class ConversationMessage(HasId, Base):
    """What was said to and by the model for one campaign lead (`system`, `user`, `assistant`)."""

    __tablename__ = "conversation_messages"

    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey("campaign_leads.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    message_metadata: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

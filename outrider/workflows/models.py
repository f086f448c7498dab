"""Tables of workflow definitions, their runs, what the runs did, and what paused runs wait for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class Workflow(HasId, HasTimes, Base):
    """A named graph; `config` is its published definition."""

    __tablename__ = "workflows"

    name: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str] = mapped_column(Text, server_default="")
    config: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What campaigns that are started use."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the editor saved and nobody published yet; None if there is nothing beyond `config`."""
    draft_revision: Mapped[int] = mapped_column(server_default="0")
    """Counts the drafts, so that one of two editors who save at the same time learns of it."""
    draft_by: Mapped[str | None] = mapped_column(Text)
    """Who saved, published or restored last, as others read it."""
    draft_at: Mapped[datetime | None]
    """When the draft last changed."""
    published_version_id: Mapped[int | None]
    """The version that `config` is; None before the first one, when `config` is only the draft it was created with.
    Versions go only with their workflow, so that it needs no foreign key."""
    is_shipped: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Part of the product: brought up to date at every start, so users copy it instead of editing it."""


class WorkflowVersion(HasId, Base):
    """One definition as it was published; runs refer to it and it never changes."""

    __tablename__ = "workflow_versions"

    workflow_id: Mapped[int] = mapped_column(ForeignKey("workflows.id", ondelete="CASCADE"))
    version: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fingerprint: Mapped[str] = mapped_column(Text)
    """SHA-256 of what the definition does."""
    note: Mapped[str] = mapped_column(Text, server_default="")
    """What the person who published it said about it."""
    created_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("workflow_id", "version"),)


class RunStatus(StrEnum):
    WAITING = "waiting"
    """Paused: for a time, an answer, a decision, an effect or a call."""
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"
    """Something made its further steps unwanted: the lead answered or opted out."""
    CANCELLED = "cancelled"
    """A person ended it, or its campaign."""


class Run(HasId, Base):
    """One execution of a workflow version for one campaign lead; its row exists from the first commit on."""

    __tablename__ = "runs"

    workflow_version_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_versions.id", ondelete="SET NULL"))
    """None for a definition of the campaign's own."""
    subject_kind: Mapped[str] = mapped_column(Text)
    """`campaign_lead` or `conversation`."""
    subject_id: Mapped[int]
    campaign_id: Mapped[int | None]
    """The campaign that pays for it."""
    lead_id: Mapped[int | None]
    """Without a foreign key, as `campaign_id`: what was spent stays known when lead or campaign are deleted."""
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    """Of the campaign lead; with the subject it names the run's intents."""
    trace_id: Mapped[str] = mapped_column(Text)
    status: Mapped[RunStatus] = mapped_column(Text)
    stop_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was stopped or cancelled: `replied`, `opted_out`, `cancelled` …"""
    stops_on_reply: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    """As its definition says: an answer of the lead that no step waits for ends it."""
    checkpoint: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Where LangGraph goes on; only a waiting run keeps one."""
    steps: Mapped[int] = mapped_column(server_default="0")
    """How many it took so far."""
    revision: Mapped[int] = mapped_column(server_default="0")
    """Counts what happened to it from outside; a segment that began under an earlier one is overtaken."""
    token: Mapped[str | None] = mapped_column(Text)
    """Of who resumes it now."""
    leased_until: Mapped[datetime | None]
    """Until then nobody else resumes it."""
    claims: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How often it was claimed since anything was heard of it: each but the last claim was lost with its process."""
    is_dry: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Its effects were shown and not carried out."""
    replay_of: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    replay_from: Mapped[str | None] = mapped_column(Text)
    """Path of the node at which the replay began."""
    error: Mapped[str | None] = mapped_column(Text)
    error_node: Mapped[str | None] = mapped_column(Text)
    """Path of the node that failed."""
    model: Mapped[str | None] = mapped_column(Text)
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    """US dollars of model calls."""
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    """None while it waits."""

    __table_args__ = (
        CheckConstraint("status IN ('waiting','completed','failed','stopped','cancelled')", name="status_is_known"),
        CheckConstraint("checkpoint IS NULL OR status = 'waiting'", name="only_waiting_keeps_checkpoint"),
        CheckConstraint("(status = 'waiting') = (finished_at IS NULL)", name="waiting_is_unfinished"),
        Index("ix_runs_lead_id_id", "lead_id", text("id DESC")),
        Index("ix_runs_campaign_id_id", "campaign_id", text("id DESC")),
        Index(
            "ix_runs_campaign_id_status_id",
            "campaign_id",
            "status",
            text("id DESC"),
            postgresql_where=text("status <> 'completed'"),
        ),
        Index("ix_runs_status_id", "status", text("id DESC"), postgresql_where=text("status <> 'completed'")),
        Index("ix_runs_id_failed", text("id DESC"), postgresql_where=text("error IS NOT NULL")),
        Index("ix_runs_id_dry", text("id DESC"), postgresql_where=text("is_dry")),
        Index("ix_runs_workflow_version_id_id", "workflow_version_id", text("id DESC")),
        Index("ix_runs_error_node_id", "error_node", text("id DESC"), postgresql_where=text("error_node IS NOT NULL")),
        Index("ix_runs_replay_of", "replay_of", postgresql_where=text("replay_of IS NOT NULL")),
        Index("ix_runs_trace_id", "trace_id"),
        Index("ix_runs_finished_at", "finished_at", postgresql_using="brin"),
    )


class Step(Base):
    """One visit to one node of a run, or the moment at which the run paused there.

    Every step of every lead adds a row, so that each index here costs on the busiest path.
    """

    __tablename__ = "processing_logs"

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """Unique by itself; the campaign stands before it in the key because its log is read in this order."""
    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey("campaign_leads.id", ondelete="CASCADE"), index=True)
    """The steps of a run are found by its lead, who has few of them."""
    run_id: Mapped[int | None]
    """Without a foreign key: a run outlives its steps, which go with the campaign lead."""
    seq: Mapped[int] = mapped_column(Integer, server_default="0")
    """Its place among the run's steps, from 0."""
    tokens: Mapped[int] = mapped_column(Integer, server_default="0")
    ms: Mapped[float] = mapped_column(Float, server_default="0")
    waited_ms: Mapped[float | None] = mapped_column(Float)
    """How long the visit stood still before it went on; None if it never did."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    visit: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    """Which visit of the run to this node it is."""
    node_id: Mapped[str] = mapped_column(Text, server_default="")
    """Path of the node: its id, after those of the nodes it is nested in: `outer/inner`."""
    node_name: Mapped[str] = mapped_column(Text)
    """Name of the node's kind: `validate`, `sms_agent` …"""
    outcome: Mapped[str] = mapped_column(Text, server_default="")
    """Handle by which the node was left; empty for the last node, and while the run waits in it."""
    level: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    """Why the node failed."""
    input: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Its parameters, with their expressions resolved."""
    output: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What later steps read as `steps.<node id>`."""
    cost: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    """US dollars of its model calls."""
    log_metadata: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What its kind of node tells besides."""

    __table_args__ = (
        Index("ix_processing_logs_node_id_run_id", "node_id", "run_id"),
        Index(
            "ix_processing_logs_campaign_id_splits",
            "campaign_id",
            "node_id",
            postgresql_include=["outcome", "campaign_lead_id", "run_id", "created_at"],
            postgresql_where=text("node_name = 'split'"),
        ),
    )


class RunWait(HasId, Base):
    """What a paused run waits for. To resume the run, set `answer` and `due_at = now()`: nothing else resumes one."""

    __tablename__ = "run_waits"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey("campaign_leads.id", ondelete="CASCADE"), index=True)
    lead_id: Mapped[int]
    node_id: Mapped[str] = mapped_column(Text)
    visit: Mapped[int] = mapped_column(server_default="1")
    interrupt_id: Mapped[str] = mapped_column(Text)
    """LangGraph's name of the interrupt that the answer is handed to."""
    kind: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    """When it ends by itself (its time, or its time-out), or when it was answered; None waits for ever."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """`{"event": …, "data": {…}}`, once something happened; what is due without one ended by its time."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What the page of the run shows of it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("run_id", "interrupt_id"),
        CheckConstraint("kind IN ('timer','reply','approval','effect','call')", name="kind_is_known"),
        CheckConstraint("answer IS NULL OR due_at IS NOT NULL", name="answered_is_due"),
        Index("ix_run_waits_campaign_id_due_at", "campaign_id", "due_at"),
        Index("ix_run_waits_lead_id", "lead_id", postgresql_where=text("kind = 'reply'")),
    )


class EffectState(StrEnum):
    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It may or may not have happened; nobody repeats it before that is known."""
    CANCELLED = "cancelled"


class RunEffect(HasId, HasTimes, Base):
    """Something outside that a run asked for, carried out after the commit: a webhook call, a booking."""

    __tablename__ = "run_effects"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey("campaign_leads.id", ondelete="CASCADE"), index=True)
    lead_id: Mapped[int]
    node_id: Mapped[str] = mapped_column(Text)
    visit: Mapped[int] = mapped_column(server_default="1")
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answer_wanted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """The run waits for the result."""
    idempotency_key: Mapped[str] = mapped_column(Text, unique=True)
    """The same for every attempt, and for a replay of the run: the receiver carries out what it names once."""
    state: Mapped[EffectState] = mapped_column(Text, server_default=EffectState.QUEUED)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    claims: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """As those of runs."""
    error: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    """When it is to be tried, or when the lease of who tries it runs out; None once it is over."""
    token: Mapped[str | None] = mapped_column(Text)
    """Of who carries it out now."""
    decided_by: Mapped[str | None] = mapped_column(Text)
    """Who said what became of an unknown one."""
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('queued','working','done','failed','unknown','cancelled')", name="state_is_known"),
        CheckConstraint("(due_at IS NOT NULL) = (state IN ('queued','working'))", name="open_is_due"),
        Index("ix_run_effects_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_run_effects_state_id", "state", "id", postgresql_where=text("state IN ('failed','unknown')")),
    )


class RunApprovalStatus(StrEnum):
    WAITING = "waiting"
    DECIDED = "decided"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"


class RunApproval(HasId, Base):
    """A decision that a paused run asks a person for."""

    __tablename__ = "run_approvals"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey("campaign_leads.id", ondelete="CASCADE"), index=True)
    lead_id: Mapped[int]
    node_id: Mapped[str] = mapped_column(Text)
    visit: Mapped[int] = mapped_column(server_default="1")
    interrupt_id: Mapped[str] = mapped_column(Text)
    """With the run it names the wait."""
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, server_default="")
    form: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Fields to fill in."""
    actions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    """What can be decided: `{"name": handle, "label": …}` each."""
    assignee: Mapped[str] = mapped_column(Text, server_default="")
    """Who is asked, in words."""
    status: Mapped[RunApprovalStatus] = mapped_column(Text, server_default=RunApprovalStatus.WAITING)
    action: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When nobody is asked any more."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("run_id", "interrupt_id"),
        CheckConstraint("status IN ('waiting','decided','timed_out','cancelled')", name="status_is_known"),
        CheckConstraint("(status = 'decided') = (action IS NOT NULL)", name="decided_has_action"),
        Index("ix_run_approvals_status_id", "status", text("id DESC")),
        Index("ix_run_approvals_campaign_id_status_id", "campaign_id", "status", text("id DESC")),
    )

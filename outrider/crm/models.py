"""Tables of connections to CRMs, of what links leads with contacts there, of what is to be delivered, and of what went wrong."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class ConnectionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """By a person. What happens meanwhile is kept and delivered afterwards."""
    BROKEN = "broken"
    """The CRM refuses us altogether; a successful test makes it active again."""


class BackfillState(StrEnum):
    NONE = "none"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class CrmConnection(HasId, HasTimes, Base):
    """One CRM account and how it is kept in step. Its credentials are the operator's; here is only the account's name."""

    __tablename__ = "crm_connections"

    name: Mapped[str] = mapped_column(Text, unique=True)
    account: Mapped[str] = mapped_column(Text)
    """As `OUTRIDER_CRM_ACCOUNTS` names it, or `local`."""
    kind: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text, server_default="both")
    """`in`, `out` or `both`, as seen from here. Opt-outs go both ways whatever it says."""
    mapping: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    """`schemas.FieldMap`, one per field."""
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """`schemas.ConnectionOptions`."""
    key_prefix: Mapped[str] = mapped_column(Text, server_default=text("left(gen_random_uuid()::text, 8)"))
    """Begins the keys that we leave there, so that two installations at one CRM keep apart."""
    state: Mapped[ConnectionState] = mapped_column(Text, server_default=ConnectionState.ACTIVE)
    problem: Mapped[str | None] = mapped_column(Text)
    """Why the last call failed, in words for people; None after one that did not."""
    watermark_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Place in their list of changes: everything before it is here."""
    watermark_id: Mapped[str] = mapped_column(Text, server_default="")
    gone_since: Mapped[datetime] = mapped_column(server_default=func.now())
    polled_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    polling_until: Mapped[datetime | None]
    """Lease of the process that polls …"""
    delivering_until: Mapped[datetime | None]
    """… and of the one that delivers: one of each, so that things stay in order."""
    backfill: Mapped[BackfillState] = mapped_column(Text, server_default=BackfillState.NONE)
    backfill_at: Mapped[datetime | None]
    backfill_id: Mapped[str] = mapped_column(Text, server_default="")
    backfill_read: Mapped[int] = mapped_column(server_default="0")
    backfilling_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("direction IN ('in','out','both')", name="direction_is_known"),
        CheckConstraint("state IN ('active','paused','broken')", name="state_is_known"),
        CheckConstraint("backfill IN ('none','running','paused','done')", name="backfill_is_known"),
    )


class LinkState(StrEnum):
    LINKED = "linked"
    GONE = "gone"
    """The contact was deleted there; the lead stays, and nothing is written back."""


class CrmLink(HasId, HasTimes, Base):
    """A lead and the contact that it is there."""

    __tablename__ = "crm_links"

    connection_id: Mapped[int] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    """None: the lead was deleted here, and does not come back by itself."""
    external_id: Mapped[str] = mapped_column(Text)
    state: Mapped[LinkState] = mapped_column(Text, server_default=LinkState.LINKED)
    base: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """By our field: the value that both sides last agreed on. The side that differs from it has changed since."""
    their_hash: Mapped[str] = mapped_column(Text, server_default="")
    """Of the mapped values as they were last read: a contact that reads the same is passed over."""
    their_changed_at: Mapped[datetime | None]
    lead_version: Mapped[int] = mapped_column(server_default="0")
    """The lead's version whose values were last compared with theirs."""

    __table_args__ = (
        UniqueConstraint("connection_id", "external_id", name="uq_crm_links_external"),
        Index("uq_crm_links_lead", "connection_id", "lead_id", unique=True, postgresql_where=text("lead_id IS NOT NULL")),
        CheckConstraint("state IN ('linked','gone')", name="state_is_known"),
    )


class OutboxKind(StrEnum):
    OPT_OUT = "opt_out"
    CONTACT = "contact"
    OUTCOME = "outcome"
    ACTIVITY = "activity"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Refused, or given up; a person can have it tried again."""
    SKIPPED = "skipped"
    """There is no contact that it could be delivered to."""


class CrmDelivery(HasId, Base):
    """Something to tell a CRM, once."""

    __tablename__ = "crm_outbox"

    connection_id: Mapped[int] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    kind: Mapped[OutboxKind] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    """What it is, so that it is told once: `text:17`. Activities carry it on their side."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Higher goes first: opt-outs."""
    state: Mapped[DeliveryState] = mapped_column(Text, server_default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    problem: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text)
    """Of what was made there."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    delivered_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("connection_id", "key", name="uq_crm_outbox_key"),
        CheckConstraint("kind IN ('opt_out','contact','outcome','activity')", name="kind_is_known"),
        CheckConstraint("state IN ('waiting','delivered','failed','skipped')", name="state_is_known"),
        Index(
            "ix_crm_outbox_waiting",
            "connection_id", text("priority DESC"), "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_crm_outbox_waiting_of_lead", "connection_id", "lead_id", "id", postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip


class ProblemKind(StrEnum):
    CONFLICT = "conflict"
    """A field was changed on both sides, and its rule asks a person."""
    CONTACT = "contact"
    """A contact that became no lead, or not a whole one."""
    TWIN = "twin"
    """Two contacts are one lead, or two leads one contact."""
    DELIVERY = "delivery"


class CrmProblem(HasId, HasTimes, Base):
    """Something about one contact that a person should look at."""

    __tablename__ = "crm_problems"

    connection_id: Mapped[int] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    kind: Mapped[ProblemKind] = mapped_column(Text)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    external_id: Mapped[str] = mapped_column(Text, server_default="")
    field: Mapped[str] = mapped_column(Text, server_default="")
    """Of a conflict: our field. Of a delivery: its key."""
    ours: Mapped[str | None] = mapped_column(Text)
    theirs: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    resolved_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_crm_problems_open",
            "connection_id", "kind", "external_id", "field",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_crm_problems_created_at_id", "created_at", "id"),
        CheckConstraint("kind IN ('conflict','contact','twin','delivery')", name="kind_is_known"),
    )  # fmt: skip


class CrmLogEntry(HasId, Base):
    """One exchange with a CRM that did something, or failed."""

    __tablename__ = "crm_log"

    connection_id: Mapped[int] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(Text)
    """`poll`, `backfill`, `webhook`, `deliver`, `test`."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    problem: Mapped[str | None] = mapped_column(Text)
    seconds: Mapped[float] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_crm_log_connection", "connection_id", "created_at", "id"),)


class SheetExport(HasId, HasTimes, Base):
    """A campaign's results kept in a spreadsheet."""

    __tablename__ = "sheet_exports"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    account: Mapped[str] = mapped_column(Text)
    spreadsheet: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text, server_default="update")
    """`update` writes the whole table anew, `append` adds the rows that are not there yet."""
    every_minutes: Mapped[int | None]
    """None: once."""
    due_at: Mapped[datetime | None]
    exported_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(server_default="0")
    """Written by the last export."""
    problem: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("mode IN ('append','update')", name="mode_is_known"),
        Index("ix_sheet_exports_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

"""Tables of rules, notifications, their deliveries, and outgoing webhooks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes
from outrider.events.facts import Severity

EVERY_FACT = "*"


class RuleChannel(StrEnum):
    """Where a rule brings facts to."""

    IN_APP = "in_app"
    """The list in the application. Facts say themselves whether they appear there; a rule says otherwise."""
    EMAIL = "email"
    SLACK = "slack"
    SMS = "sms"


class NoticeState(StrEnum):
    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"
    """It is not tried any more."""


_CHANNELS = "channel IN ('in_app','email','slack','sms')"
_STATES = "state IN ('queued','delivered','failed')"


class NotificationRule(HasId, HasTimes, Base):
    """A fact, and where it is told."""

    __tablename__ = "notification_rules"

    fact: Mapped[str] = mapped_column(Text)
    """Its name, or `*` for every fact."""
    channel: Mapped[RuleChannel] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text, server_default="")
    """Address, channel of Slack or number; empty for the application and for a webhook's own channel of Slack."""
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))

    __table_args__ = (
        UniqueConstraint("fact", "channel", "target"),
        CheckConstraint(_CHANNELS, name="channel_is_known"),
    )


class Notification(HasId, Base):
    """A fact as it was told; written in the fact's own transaction."""

    __tablename__ = "notifications"

    fact: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(SmallInteger)
    severity: Mapped[Severity] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, server_default="")
    link: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    """The fact's fields."""
    key: Mapped[str] = mapped_column(Text, unique=True)
    """Of a fact that is told once its name among all facts, else a name of its own."""
    is_shown: Mapped[bool] = mapped_column(Boolean)
    """In the list of the application."""
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (
        Index("ix_notifications_shown", "id", postgresql_where=text("is_shown")),
        Index("ix_notifications_unread", "id", postgresql_where=text("is_shown AND read_at IS NULL")),
    )


class NotificationDelivery(HasId, Base):
    """One notification on its way to one target."""

    __tablename__ = "notification_deliveries"

    notification_id: Mapped[int] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("notification_rules.id", ondelete="SET NULL"))
    channel: Mapped[RuleChannel] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    state: Mapped[NoticeState] = mapped_column(Text, server_default=NoticeState.QUEUED)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str | None] = mapped_column(Text)
    """Why the last attempt failed."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("notification_id", "channel", "target"),
        CheckConstraint(_CHANNELS, name="channel_is_known"),
        CheckConstraint(_STATES, name="state_is_known"),
        Index("ix_notification_deliveries_rule_id_id", "rule_id", "id"),
    )


class WebhookEndpoint(HasId, HasTimes, Base):
    """An address of somebody else's that facts are sent to."""

    __tablename__ = "webhook_endpoints"

    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    facts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Names of the facts that it gets; none means all."""
    secrets: Mapped[list[dict[str, Any]]]
    """`{secret, until}`, the newest first: each secret sealed (`db.sealing`), `until` (ISO 8601) of one that was replaced."""
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    """Why we stopped sending by ourselves."""
    failing_since: Mapped[datetime | None]
    """Nothing arrived since; None while the last message did."""
    last_delivered_at: Mapped[datetime | None]


class WebhookDelivery(HasId, Base):
    """One message to one endpoint, with every attempt at it."""

    __tablename__ = "webhook_deliveries"

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(Text, unique=True)
    """`webhook-id`: the same for every attempt, also for those that a person asks for."""
    fact: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    """Exactly what is signed and sent."""
    state: Mapped[NoticeState] = mapped_column(Text, server_default=NoticeState.QUEUED)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    """Attempts that come by themselves."""
    next_attempt_at: Mapped[datetime | None]
    log: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """The latest attempts, the last one at the end: `{at, ok, status, answer, error, milliseconds}`."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(_STATES, name="state_is_known"),
        Index("ix_webhook_deliveries_endpoint_id_id", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_endpoint_id_state_id", "endpoint_id", "state", "id"),
    )

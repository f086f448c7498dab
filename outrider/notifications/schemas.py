"""Notifications, rules and outgoing webhooks in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from outrider.events.facts import Severity
from outrider.integrations.notifications.base import Channel
from outrider.notifications.models import NoticeState, RuleChannel

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]
FactNames = Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=100)]


class NotificationOut(BaseModel):
    """A fact, as the list in the application shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    fact: str
    severity: Severity
    title: str
    detail: str
    link: str | None
    """Path of the page about it."""
    data: dict[str, Any]
    read_at: datetime | None
    created_at: datetime


class UnreadCount(BaseModel):
    unread: int
    """At most 100: beyond it nobody counts."""
    newest_id: int | None
    """Of the newest notification; pass it as `up_to` to mark all read that have been seen."""


class ReadIn(BaseModel):
    """Which notifications: these, or all up to one."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[Id], Field(min_length=1, max_length=500)] | None = None
    up_to: Id | None = None
    is_read: bool = True
    """False marks them unread again."""

    @model_validator(mode="after")
    def _one_way(self) -> ReadIn:
        if (self.ids is None) == (self.up_to is None):
            raise ValueError("name either ids or up_to")
        return self


class ReadChanged(BaseModel):
    changed: int


class FactOut(BaseModel):
    """A kind of fact that people and endpoints can be told of."""

    name: str
    label: str
    meaning: str
    severity: Severity
    version: int
    is_shown: bool
    """Whether it now appears in the list of the application."""
    is_shown_by_default: bool
    data: dict[str, Any]
    """JSON Schema of what is told of it."""


class RuleIn(BaseModel):
    """Tell a fact on a channel. For `in_app`, `enabled` says whether the list has it."""

    model_config = ConfigDict(extra="forbid")

    fact: Annotated[str, StringConstraints(max_length=100)]
    """Its name, or `*` for every fact."""
    channel: RuleChannel
    target: Text = ""
    enabled: bool = True


class RulePatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: bool


class LastDelivery(BaseModel):
    state: NoticeState
    error: str | None
    at: datetime


class RuleOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    fact: str
    channel: RuleChannel
    target: str
    enabled: bool
    created_at: datetime
    last_delivery: LastDelivery | None = None
    """How the last notification by this rule went."""


class ChannelOut(BaseModel):
    """A way on which people can be told, as this installation is set up."""

    channel: Channel
    is_configured: bool
    is_local: bool
    """What is sent stays on this machine, because no account is configured."""
    needs_target: bool
    """False where the account has a target of its own."""
    account: str
    """Which account, without its secrets."""
    how_to_set_up: str
    problem: str | None = None
    """Why the last notification by a rule did not arrive; it may still be tried again."""


class ChannelTestIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    target: Text = ""


class ChannelTest(BaseModel):
    """How a test went. A failure is an answer of the test, not an error of the call."""

    ok: bool
    error: str | None = None
    remedy: str | None = None
    reference: str = ""
    """What the service calls the message."""


class EndpointIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: Url
    description: Text = ""
    facts: FactNames = []
    """Names of the facts that it gets; none means all."""
    enabled: bool = True


class EndpointPatch(BaseModel):
    """What is left out stays. Enabling it forgets why it was disabled."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    description: Text | None = None
    facts: FactNames | None = None
    enabled: bool | None = None


class EndpointOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    url: str
    description: str
    facts: list[str]
    enabled: bool
    disabled_reason: str | None
    """Why we stopped sending by ourselves."""
    failing_since: datetime | None
    last_delivered_at: datetime | None
    created_at: datetime
    waiting: int = 0
    delivered_today: int = 0
    """Within the last 24 hours."""
    failed_today: int = 0


class EndpointSecret(BaseModel):
    """An endpoint with its signing secret, which is shown this once."""

    endpoint: EndpointOut
    secret: str
    """`whsec_…`, as the libraries of Standard Webhooks take it."""


class RotateIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keep_hours: Annotated[float, Field(ge=0, le=168)] = 24.0
    """For so long messages are signed with the old secret, too."""


class AttemptOut(BaseModel):
    at: datetime
    ok: bool
    status: int | None
    """HTTP status of the answer; None if there was none."""
    answer: str
    """The beginning of what the endpoint said."""
    error: str | None
    milliseconds: int


class WebhookDeliveryOut(BaseModel):
    """One message to one endpoint."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    endpoint_id: int
    message_id: str
    fact: str
    state: NoticeState
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    body: str
    """What was signed and sent."""
    log: list[AttemptOut]
    """The latest attempts, the last one at the end."""

"""What happened, counted. The product is judged by these figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Counters:
    """`creates_requested` = `creates_accepted` + the sum of `creates_refused`, at any time no request is in progress."""

    creates_requested: int = 0
    creates_accepted: int = 0
    creates_refused: Counter[str] = field(default_factory=Counter)
    """By error code; `reset` for connections cut before acceptance."""
    duplicate_creates: int = 0
    """Accepted creates whose To and Body equal those of an earlier accepted one."""
    creates_after_stop: int = 0
    """Accepted creates to someone whose wish to stop the product had acknowledged with 2xx; a confirmation counts too."""
    unauthorized: int = 0
    lists: int = 0
    fetches: int = 0

    delivered: int = 0
    undelivered: int = 0
    failed: int = 0
    canceled: int = 0
    errors_by_code: Counter[str] = field(default_factory=Counter)
    """Messages that ended undelivered or failed, by code."""

    inbound_received: int = 0
    inbound_webhooks_ok: int = 0
    inbound_webhooks_failed: int = 0
    inbound_webhooks_retried: int = 0
    inbound_webhooks_dropped: int = 0
    webhook_errors: Counter[str] = field(default_factory=Counter)
    """11200 no usable answer, 12100 no XML, 12200 a verb that messaging does not know, 12300 content type."""
    persona_replies: int = 0
    twiml_replies: int = 0
    twiml_replies_refused: Counter[str] = field(default_factory=Counter)
    auto_replies: int = 0
    """Texts that the carrier sent by itself on STOP, START and HELP."""
    opt_outs: int = 0
    opt_ins: int = 0

    callbacks_sent: int = 0
    """Deliveries answered with 2xx, copies included."""
    callbacks_failed: int = 0
    callbacks_retried: int = 0
    callbacks_dropped: int = 0

    faults: Counter[str] = field(default_factory=Counter)
    internal_errors: int = 0
    """Faults of the simulator itself; anything but 0 makes the other figures doubtful."""

    def as_dict(self) -> dict[str, Any]:
        values = ((entry.name, getattr(self, entry.name)) for entry in fields(self))
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values}

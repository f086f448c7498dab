"""What can be listened to: all things of a kind (`campaigns`), or one of them (`campaign:12`)."""

from __future__ import annotations

import re
from enum import StrEnum

from outrider.errors import InvalidInput

ONE = re.compile(r"([a-z]+):([1-9][0-9]{0,18})")


class Topic(StrEnum):
    """A kind of thing. Facts are told on it with ids; who listens to one thing hears those that name it."""

    CAMPAIGNS = "campaigns"
    CONVERSATIONS = "conversations"
    LEADS = "leads"
    IMPORTS = "imports"
    SENDERS = "senders"
    SUPPRESSIONS = "suppressions"
    JOBS = "jobs"
    APPROVALS = "approvals"
    NOTIFICATIONS = "notifications"
    WEBHOOKS = "webhooks"
    CREDENTIALS = "credentials"
    BUDGETS = "budgets"
    BOOKINGS = "bookings"
    CRM = "crm"
    EVALS = "evals"
    RUNS = "runs"
    AGENTS = "agents"

    @property
    def prefix(self) -> str:
        """`campaign:`, which an id follows."""
        return f"{self.removesuffix('s')}:"


BY_NAME = {topic.value: topic for topic in Topic}
BY_PREFIX = {topic.prefix: topic for topic in Topic}


def read_topic(name: str) -> Topic:
    """The kind of thing that a topic's name is about.

    Raises:
        InvalidInput: there is no such topic.
    """
    match = ONE.fullmatch(name)
    topic = BY_PREFIX.get(f"{match[1]}:") if match else BY_NAME.get(name)
    if topic is None:
        known = ", ".join(Topic)
        raise InvalidInput(f"There is no topic {name[:60]!r}.", remedy=f"Use one of {known}, or one thing, as in campaign:12.")
    return topic

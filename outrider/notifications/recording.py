"""Writes down, in the fact's own transaction, whom a fact is told and how; telling them is left to jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.facts import Fact
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.notifications import repository
from outrider.notifications.backoff import TRIES
from outrider.notifications.jobs import deliver_notification, send_webhook
from outrider.notifications.links import absolute
from outrider.notifications.models import EVERY_FACT, NotificationRule, RuleChannel, WebhookEndpoint


async def record(session: AsyncSession, facts: Sequence[Fact]) -> None:
    """Store the facts, and a delivery for everybody who wants to know. A fact with a key is told once for good."""
    keys = [fact.key() or uuid4().hex for fact in facts]
    names = sorted({fact.name for fact in facts})
    rules = await repository.rules_for(session, names)
    endpoints = await repository.endpoints_for(session, names)
    rows = [_row(fact, key, rules) for fact, key in zip(facts, keys, strict=True)]
    added = await repository.add_notifications(session, rows)
    new = [(fact, *added[key]) for fact, key in zip(facts, keys, strict=True) if key in added]
    deliveries = [row for fact, number, _ in new for row in _deliveries(fact, number, rules)]
    ids = await repository.add_deliveries(session, deliveries)
    await deliver_notification.enqueue_many(session, [{"delivery_id": delivery_id} for delivery_id in ids])
    await send(session, [(endpoint, fact, at) for fact, _, at in new for endpoint in endpoints if _wants(endpoint, fact)])
    shown = [added[row["key"]][0] for row in rows if row["is_shown"] and row["key"] in added]
    if shown:
        announce(session, Topic.NOTIFICATIONS, "new", shown)


async def send(session: AsyncSession, messages: Iterable[tuple[WebhookEndpoint, Fact, datetime]]) -> list[int]:
    """Queue messages to endpoints."""
    rows: list[dict[str, Any]] = [
        {
            "endpoint_id": endpoint.id,
            "message_id": f"msg_{uuid4().hex}",
            "fact": fact.name,
            "body": body_of(fact, at).decode(),
            "tries_left": TRIES,
            "next_attempt_at": datetime.now(UTC),
        }
        for endpoint, fact, at in messages
    ]
    ids = await repository.add_messages(session, rows)
    await send_webhook.enqueue_many(session, [{"delivery_id": delivery_id} for delivery_id in ids])
    if rows:
        announce(session, Topic.WEBHOOKS, "queued", sorted({row["endpoint_id"] for row in rows}))
    return ids


def body_of(fact: Fact, at: datetime) -> bytes:
    """What an endpoint gets; the shape is documented in docs/webhooks.md."""
    return orjson.dumps(
        {
            "type": fact.name,
            "version": fact.version,
            "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "title": fact.title(),
            "detail": fact.detail(),
            "link": absolute(fact.link()),
            "data": fact.model_dump(mode="json"),
        }
    )


def _row(fact: Fact, key: str, rules: Sequence[NotificationRule]) -> dict[str, Any]:
    return {
        "fact": fact.name,
        "version": fact.version,
        "severity": fact.level(),
        "title": fact.title(),
        "detail": fact.detail(),
        "link": fact.link(),
        "data": fact.model_dump(mode="json"),
        "key": key,
        "is_shown": is_shown(type(fact), rules),
    }


def is_shown(fact: type[Fact], rules: Sequence[NotificationRule]) -> bool:
    """Whether the application's list has it."""
    said = [rule.enabled for rule in rules if rule.channel == RuleChannel.IN_APP and rule.fact == fact.name]
    return said[0] if said else fact.is_shown


def _deliveries(fact: Fact, notification_id: int, rules: Sequence[NotificationRule]) -> list[dict[str, Any]]:
    """One for each target, also where two rules name it."""
    named: dict[tuple[str, str], int | None] = {(target.channel, target.address): None for target in fact.targets()}
    by_target = named | {
        (rule.channel, rule.target): rule.id
        for rule in rules
        if rule.enabled and rule.channel != RuleChannel.IN_APP and rule.fact in (fact.name, EVERY_FACT)
    }
    return [
        {"notification_id": notification_id, "rule_id": rule_id, "channel": channel, "target": target}
        for (channel, target), rule_id in by_target.items()
    ]


def _wants(endpoint: WebhookEndpoint, fact: Fact) -> bool:
    return not endpoint.facts or fact.name in endpoint.facts

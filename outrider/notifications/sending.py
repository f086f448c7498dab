"""One attempt to send one message to one endpoint of somebody else's, and what follows from how it goes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings
from outrider.db.sealing import Sealer, SecretUnreadable, sealer_of
from outrider.events.facts import notify
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.notifications.webhook import Delivered, DeliveryFailed, EndpointLeftAlone, WebhookSender
from outrider.jobs import JobContext
from outrider.notifications import repository
from outrider.notifications.backoff import TRIES, pause
from outrider.notifications.facts import EndpointDisabled, WebhookTested
from outrider.notifications.models import NoticeState, WebhookDelivery, WebhookEndpoint
from outrider.telemetry import NOTICES

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 4
"""Messages to one endpoint that a process has under way: a slow receiver must not hold all the places of jobs."""
CROWDED = timedelta(seconds=15)
"""Until a message is tried that found its endpoint busy."""
SHARE_OF_AGE = 0.1
"""Of its age a message waits at least for an endpoint that is left alone, so that a long outage costs ever less work."""
JITTER = 0.2


async def attempt(context: JobContext, delivery_id: int) -> timedelta | None:
    """Returns the time until the next attempt; None if there is none."""
    sender = context.part(WebhookSender)
    async with context.transaction() as session:
        waiting = await repository.waiting_message(session, delivery_id)
    if waiting is None:
        return None
    endpoint_id = waiting.endpoint_id
    if sender.under_way[endpoint_id] >= MOST_AT_ONCE:
        return CROWDED * random.uniform(0.5, 1.5)  # noqa: S311  (no secret)
    sender.under_way[endpoint_id] += 1
    try:
        with sender.circuits.of(f"Endpoint {endpoint_id}").call(insists=_is_asked_for(waiting)) as call:
            async with context.transaction() as session:
                claimed = await repository.claim_message(session, delivery_id)
            if claimed is None:
                call.was_made = False
                return None
            message, endpoint = claimed
            outcome = await _send(sender, endpoint, message, sealer_of(context.part(Settings)))
            call.error = outcome if isinstance(outcome, DeliveryFailed) else None
    except EndpointLeftAlone as refusal:
        return await _postpone(context, waiting, refusal)
    finally:
        sender.under_way[endpoint_id] -= 1
    next_pause = _next_pause(message, outcome)
    state = NoticeState.DELIVERED if isinstance(outcome, Delivered) else NoticeState.FAILED
    state = NoticeState.QUEUED if next_pause is not None else state
    NOTICES.labels("webhook", state).inc()
    async with context.transaction() as session:
        due = None if next_pause is None else datetime.now(UTC) + next_pause
        is_ours = await repository.keep_attempt(session, delivery_id, message.attempts, state, _logged(outcome), due)
        is_given_up = await _judge_endpoint(session, endpoint_id, outcome, context.part(Settings).webhook_disable_days)
        announce(session, Topic.WEBHOOKS, state, [endpoint_id])
    return next_pause if is_ours and not is_given_up else None


def _is_asked_for(message: WebhookDelivery) -> bool:
    """A person waits to see whether it arrives: a test, or a message that they send again."""
    return message.fact == WebhookTested.name or (message.attempts > 0 and message.tries_left == TRIES)


async def _postpone(context: JobContext, message: WebhookDelivery, refusal: EndpointLeftAlone) -> timedelta:
    """Nobody was asked, so that it is no attempt: all of the message's attempts are still ahead."""
    now = datetime.now(UTC)
    least = max(timedelta(seconds=refusal.retry_after or 0), (now - message.created_at) * SHARE_OF_AGE)
    wait = least * random.uniform(1, 1 + JITTER)  # noqa: S311  (no secret)
    async with context.transaction() as session:
        await repository.postpone_message(session, message.id, now + wait)
    return wait


async def _send(
    sender: WebhookSender, endpoint: WebhookEndpoint, message: WebhookDelivery, sealer: Sealer
) -> Delivered | DeliveryFailed:
    try:
        keys = in_force(endpoint, datetime.now(UTC), sealer)
        return await sender.deliver(endpoint.url, message.body.encode(), message_id=message.message_id, secrets=keys)
    except SecretUnreadable as error:
        # Nothing is wrong with the message: it is sent once somebody has given us the key.
        log.warning("webhook_secret_unreadable", endpoint_id=endpoint.id, remedy=error.remedy)
        return DeliveryFailed(f"The signing secret can't be read. {error.detail} {error.remedy}")
    except DeliveryFailed as error:
        log.warning("webhook_not_delivered", endpoint_id=endpoint.id, delivery_id=message.id, error=error.detail)
        return error


def entries_in_force(endpoint: WebhookEndpoint, now: datetime) -> list[dict[str, Any]]:
    """The endpoint's sealed signing secrets, the newest first; one that was replaced signs for a while longer."""
    return [entry for entry in endpoint.secrets if entry.get("until") is None or datetime.fromisoformat(entry["until"]) > now]


def in_force(endpoint: WebhookEndpoint, now: datetime, sealer: Sealer) -> list[str]:
    """The endpoint's signing secrets.

    Raises:
        SecretUnreadable
    """
    return [sealer.open(entry["secret"]) for entry in entries_in_force(endpoint, now)]


def _next_pause(message: WebhookDelivery, outcome: Delivered | DeliveryFailed) -> timedelta | None:
    if isinstance(outcome, Delivered) or not outcome.retryable or message.tries_left == 0:
        return None
    return pause(TRIES - message.tries_left, outcome.retry_after)


def _logged(outcome: Delivered | DeliveryFailed) -> str:
    """An attempt as the log keeps it, in a list of its own so that it is appended."""
    is_ok = isinstance(outcome, Delivered)
    entry = {
        "at": datetime.now(UTC).isoformat(),
        "ok": is_ok,
        "status": outcome.status if isinstance(outcome, Delivered) else outcome.answer_status,
        "answer": outcome.answer,
        "error": None if isinstance(outcome, Delivered) else outcome.detail,
        "milliseconds": outcome.milliseconds,
    }
    return orjson.dumps([entry]).decode()


async def _judge_endpoint(
    session: AsyncSession, endpoint_id: int, outcome: Delivered | DeliveryFailed, patience_days: float
) -> bool:
    """Note that the endpoint works or fails; returns whether it is not tried any more, of which people are told."""
    endpoint = await repository.lock_endpoint(session, endpoint_id)
    if endpoint is None:
        return True
    now = datetime.now(UTC)
    if isinstance(outcome, Delivered):
        endpoint.failing_since, endpoint.last_delivered_at = None, now
        return False
    endpoint.failing_since = endpoint.failing_since or now
    reason = _reason_to_give_up(outcome, now - endpoint.failing_since, patience_days)
    if reason is None or not endpoint.enabled:
        return not endpoint.enabled
    endpoint.enabled, endpoint.disabled_reason = False, reason
    await session.flush()
    await repository.fail_waiting(session, endpoint_id)
    log.error("webhook_endpoint_disabled", endpoint_id=endpoint_id, reason=reason)
    await notify(session, EndpointDisabled(endpoint_id=endpoint_id, url=endpoint.url, reason=reason))
    return True


def _reason_to_give_up(outcome: DeliveryFailed, failing: timedelta, patience_days: float) -> str | None:
    if outcome.is_gone:
        return "The endpoint answered 410: it is gone for good."
    if failing >= timedelta(days=patience_days):
        return f"Nothing arrived for {patience_days:g} days. Last: {outcome.detail}"
    return None

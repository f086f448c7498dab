"""One attempt to bring one notification to one person. The service is called between two transactions, never inside one."""

from __future__ import annotations

from datetime import timedelta

import structlog

from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.notifications.base import Channel, Notice, NotifierError
from outrider.integrations.notifications.build import Notifiers
from outrider.jobs import JobContext
from outrider.notifications import repository
from outrider.notifications.backoff import TRIES, pause
from outrider.notifications.links import absolute
from outrider.notifications.models import NoticeState, Notification
from outrider.telemetry import NOTICES

log = structlog.get_logger(__name__)


async def attempt(context: JobContext, delivery_id: int) -> timedelta | None:
    """Returns the time until the next attempt; None if there is none."""
    async with context.transaction() as session:
        claimed = await repository.claim_delivery(session, delivery_id)
    if claimed is None:
        return None
    delivery, notification = claimed
    failure: NotifierError | None = None
    try:
        notifier = context.part(Notifiers).get(Channel(delivery.channel))
        await notifier.send(notice_of(notification), delivery.target)
    except NotifierError as error:
        failure = error
    state = _state(failure, delivery.attempts)
    NOTICES.labels(delivery.channel, state).inc()
    if failure is not None:
        log.warning("notice_not_delivered", delivery_id=delivery_id, channel=delivery.channel, error=failure.detail, state=state)
    async with context.transaction() as session:
        is_ours = await repository.settle_delivery(
            session, delivery_id, delivery.attempts, state, None if failure is None else _words(failure)
        )
        if is_ours and delivery.rule_id is not None:
            announce(session, Topic.NOTIFICATIONS, "delivery", more=True)
    if failure is None or state is not NoticeState.QUEUED or not is_ours:
        return None
    return pause(delivery.attempts, failure.retry_after)


def notice_of(notification: Notification) -> Notice:
    return Notice(
        key=notification.key,
        title=notification.title,
        text=notification.detail,
        link=absolute(notification.link),
        severity=notification.severity,
        written_at=notification.created_at,
    )


def _state(failure: NotifierError | None, attempts: int) -> NoticeState:
    if failure is None:
        return NoticeState.DELIVERED
    return NoticeState.QUEUED if failure.retryable and attempts < TRIES else NoticeState.FAILED


def _words(error: NotifierError) -> str:
    return f"{error.detail} {error.remedy}".strip()

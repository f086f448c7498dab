"""Every query on notifications and outgoing webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Order, SortKey, read_rows
from outrider.notifications.models import (
    EVERY_FACT,
    NoticeState,
    Notification,
    NotificationDelivery,
    NotificationRule,
    RuleChannel,
    WebhookDelivery,
    WebhookEndpoint,
)

MOST_KEPT_ATTEMPTS = 30

CLAIM_DELIVERY = text("""
    UPDATE notification_deliveries SET attempts = attempts + 1 WHERE id = :id AND state = 'queued' RETURNING attempts
""")

CLAIM_MESSAGE = text("""
    UPDATE webhook_deliveries SET attempts = attempts + 1, tries_left = greatest(tries_left - 1, 0), next_attempt_at = NULL
    WHERE id = :id AND state = 'queued' RETURNING attempts
""")

KEEP_ATTEMPT = text("""
    UPDATE webhook_deliveries SET state = :state, next_attempt_at = :next_attempt_at,
        settled_at = CASE WHEN :state = 'queued' THEN NULL ELSE clock_timestamp() END,
        log = CASE WHEN jsonb_array_length(log) >= :most THEN log - 0 ELSE log END || CAST(:attempt AS jsonb)
    WHERE id = :id AND state = 'queued' AND attempts = :attempts RETURNING id
""")

RULE_STATES = text("""
    SELECT DISTINCT ON (rule_id) rule_id, state, error, created_at FROM notification_deliveries
    WHERE rule_id = ANY(:ids) ORDER BY rule_id, id DESC
""")

ENDPOINT_COUNTS = text("""
    SELECT endpoint_id, state, count(*) AS messages FROM webhook_deliveries
    WHERE endpoint_id = ANY(:ids) AND (state = 'queued' OR created_at > now() - interval '1 day') GROUP BY endpoint_id, state
""")


async def rules_for(session: AsyncSession, facts: Sequence[str]) -> Sequence[NotificationRule]:
    """The rules about these facts, disabled ones among them: for the application, they say something too."""
    return (await session.scalars(select(NotificationRule).where(NotificationRule.fact.in_([*facts, EVERY_FACT])))).all()


async def endpoints_for(session: AsyncSession, facts: Sequence[str]) -> Sequence[WebhookEndpoint]:
    wanted = or_(WebhookEndpoint.facts == [], WebhookEndpoint.facts.overlap(list(facts)))
    return (await session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.enabled, wanted))).all()


async def add_notifications(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> dict[str, tuple[int, datetime]]:
    """Store them; returns id and time by key, without those that were told before."""
    new = insert(Notification).values(list(rows)).on_conflict_do_nothing()
    added = await session.execute(new.returning(Notification.key, Notification.id, Notification.created_at))
    return {row.key: (row.id, row.created_at) for row in added}


async def add_deliveries(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    new = insert(NotificationDelivery).values(list(rows)).on_conflict_do_nothing().returning(NotificationDelivery.id)
    return list((await session.scalars(new)).all())


async def add_messages(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    return list((await session.scalars(insert(WebhookDelivery).values(list(rows)).returning(WebhookDelivery.id))).all())


async def claim_delivery(session: AsyncSession, delivery_id: int) -> tuple[NotificationDelivery, Notification] | None:
    """Begin an attempt; None if there is nothing to deliver any more."""
    if (await session.execute(CLAIM_DELIVERY, {"id": delivery_id})).one_or_none() is None:
        return None
    query = (
        select(NotificationDelivery, Notification)
        .join(Notification, Notification.id == NotificationDelivery.notification_id)
        .where(NotificationDelivery.id == delivery_id)
    )
    found = (await session.execute(query)).one()
    return found[0], found[1]


async def settle_delivery(session: AsyncSession, delivery_id: int, attempts: int, state: NoticeState, error: str | None) -> bool:
    """Note how an attempt ended; False if another one overtook it."""
    settled = None if state is NoticeState.QUEUED else func.clock_timestamp()
    done = await session.scalars(
        update(NotificationDelivery)
        .where(
            NotificationDelivery.id == delivery_id,
            NotificationDelivery.state == NoticeState.QUEUED,
            NotificationDelivery.attempts == attempts,
        )
        .values(state=state, error=error, settled_at=settled)
        .returning(NotificationDelivery.id)
    )
    return done.one_or_none() is not None


async def claim_message(session: AsyncSession, delivery_id: int) -> tuple[WebhookDelivery, WebhookEndpoint] | None:
    """Begin an attempt; None if there is nothing to send any more."""
    if (await session.execute(CLAIM_MESSAGE, {"id": delivery_id})).one_or_none() is None:
        return None
    query = (
        select(WebhookDelivery, WebhookEndpoint)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id)
    )
    found = (await session.execute(query)).one()
    return found[0], found[1]


async def waiting_message(session: AsyncSession, delivery_id: int) -> WebhookDelivery | None:
    """A message, if it waits for an attempt."""
    waits = (WebhookDelivery.id == delivery_id, WebhookDelivery.state == NoticeState.QUEUED)
    return (await session.scalars(select(WebhookDelivery).where(*waits))).one_or_none()


async def postpone_message(session: AsyncSession, delivery_id: int, until: datetime) -> None:
    """Note when a message that waits is looked at again."""
    await session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.state == NoticeState.QUEUED)
        .values(next_attempt_at=until)
    )


async def keep_attempt(
    session: AsyncSession,
    delivery_id: int,
    attempts: int,
    state: NoticeState,
    attempt: str,
    next_attempt_at: datetime | None,
) -> bool:
    """Note how an attempt ended; False if another one overtook it."""
    arguments = {
        "id": delivery_id, "attempts": attempts, "state": state, "attempt": attempt, "next_attempt_at": next_attempt_at,
        "most": MOST_KEPT_ATTEMPTS,
    }  # fmt: skip
    return (await session.execute(KEEP_ATTEMPT, arguments)).one_or_none() is not None


async def lock_endpoint(session: AsyncSession, endpoint_id: int) -> WebhookEndpoint | None:
    return await session.get(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)


async def fail_waiting(session: AsyncSession, endpoint_id: int) -> None:
    """End the messages that wait for an endpoint which is not tried any more; they can be sent again."""
    await session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == NoticeState.QUEUED)
        .values(state=NoticeState.FAILED, next_attempt_at=None, settled_at=func.clock_timestamp())
    )


async def list_notifications(
    session: AsyncSession, *, unread: bool, cursor: str | None, limit: int
) -> tuple[Sequence[Notification], str | None]:
    query = select(Notification).where(Notification.is_shown)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    rows, next_cursor = await read_rows(session, query, _latest(Notification.id), cursor, limit)
    return [row[0] for row in rows], next_cursor


async def count_unread(session: AsyncSession, most: int) -> int:
    """Unread ones, at most `most`."""
    some = select(Notification.id).where(Notification.is_shown, Notification.read_at.is_(None)).limit(most).subquery()
    return (await session.execute(select(func.count()).select_from(some))).scalar_one()


async def mark_read(session: AsyncSession, ids: Sequence[int] | None, up_to: int | None, *, is_read: bool) -> int:
    which = Notification.id.in_(ids) if ids is not None else Notification.id <= up_to
    changed = await session.scalars(
        update(Notification)
        .where(Notification.is_shown, which, Notification.read_at.is_(None) if is_read else Notification.read_at.is_not(None))
        .values(read_at=func.now() if is_read else None)
        .returning(Notification.id)
    )
    return len(changed.all())


async def all_rules(session: AsyncSession) -> Sequence[NotificationRule]:
    query = select(NotificationRule).order_by(NotificationRule.fact, NotificationRule.channel, NotificationRule.target)
    return (await session.scalars(query)).all()


async def last_deliveries(session: AsyncSession, rule_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """How the last delivery by each rule went."""
    if not rule_ids:
        return {}
    return {row.rule_id: row for row in await session.execute(RULE_STATES, {"ids": list(rule_ids)})}


async def rule_like(session: AsyncSession, fact: str, channel: RuleChannel, target: str) -> NotificationRule | None:
    query = select(NotificationRule).where(
        NotificationRule.fact == fact, NotificationRule.channel == channel, NotificationRule.target == target
    )
    return (await session.scalars(query)).one_or_none()


async def all_endpoints(session: AsyncSession) -> Sequence[WebhookEndpoint]:
    return (await session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id))).all()


async def lock_all_endpoints(session: AsyncSession) -> Sequence[WebhookEndpoint]:
    return (await session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id).with_for_update())).all()


async def message_counts(session: AsyncSession, endpoint_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Messages that wait, and those of the last day by how they ended."""
    if not endpoint_ids:
        return {}
    rows = await session.execute(ENDPOINT_COUNTS, {"ids": list(endpoint_ids)})
    return {(row.endpoint_id, row.state): row.messages for row in rows}


async def list_messages(
    session: AsyncSession, endpoint_id: int, state: NoticeState | None, cursor: str | None, limit: int
) -> tuple[Sequence[WebhookDelivery], str | None]:
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    rows, next_cursor = await read_rows(session, query, _latest(WebhookDelivery.id), cursor, limit)
    return [row[0] for row in rows], next_cursor


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    await session.execute(delete(Notification).where(Notification.created_at < moment))
    waits = WebhookDelivery.state == NoticeState.QUEUED
    await session.execute(delete(WebhookDelivery).where(WebhookDelivery.created_at < moment, ~waits))


def _latest(column: Any) -> Order:
    return Order("-id", SortKey(column, int), column)

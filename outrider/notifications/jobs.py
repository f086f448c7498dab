"""Background entry points: telling people and endpoints, and forgetting what is old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from outrider.jobs import JobContext, job, schedule
from outrider.notifications import delivering, repository, sending

KEEP = timedelta(days=90)


@job("notifications.deliver")
async def deliver_notification(context: JobContext, delivery_id: int) -> None:
    """Bring one notification to one target."""
    pause = await delivering.attempt(context, delivery_id)
    if pause is not None:
        async with context.transaction() as session:
            await deliver_notification.later(pause)(session, delivery_id=delivery_id)


@job("webhooks.send")
async def send_webhook(context: JobContext, delivery_id: int) -> None:
    """Send one message to one endpoint."""
    pause = await sending.attempt(context, delivery_id)
    if pause is not None:
        async with context.transaction() as session:
            await send_webhook.later(pause)(session, delivery_id=delivery_id)


@schedule("notifications.forget", "41 3 * * *")
async def forget(context: JobContext) -> None:
    """Drop notifications and messages that are months old."""
    async with context.transaction() as session:
        await repository.forget_before(session, datetime.now(UTC) - KEEP)

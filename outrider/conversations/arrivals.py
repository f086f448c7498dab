"""When the carrier's webhooks last came in: tells whether the addresses entered there are right."""

from __future__ import annotations

import time
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base
from outrider.db.engine import DATABASE_TROUBLE, Database

log = structlog.get_logger(__name__)

NOTED_EVERY_SECONDS = 10.0
"""Webhooks come in hundreds a second; one row for all of them would be what they wait for."""


class Webhook(StrEnum):
    MESSAGES = "messages"
    STATUS = "status"


class WebhookArrival(Base):
    """The latest call of each webhook."""

    __tablename__ = "webhook_arrivals"

    webhook: Mapped[Webhook] = mapped_column(Text, primary_key=True)
    received_at: Mapped[datetime]


class Arrivals:
    """Notes calls, at most one in ten seconds per process and webhook."""

    def __init__(self, database: Database):
        self._database = database
        self._noted: dict[Webhook, float] = {}

    async def note(self, webhook: Webhook) -> None:
        now = time.monotonic()
        if now - self._noted.get(webhook, -NOTED_EVERY_SECONDS) < NOTED_EVERY_SECONDS:
            return
        self._noted[webhook] = now
        row = insert(WebhookArrival).values(webhook=webhook, received_at=func.now())
        latest = func.greatest(WebhookArrival.received_at, row.excluded.received_at)
        try:
            async with self._database.transaction() as session:
                await session.execute(row.on_conflict_do_update(index_elements=["webhook"], set_={"received_at": latest}))
        except DATABASE_TROUBLE as error:
            # What came in is stored already; the carrier must not send it again for this.
            log.warning("webhook_arrival_not_noted", error=repr(error))


async def last_arrivals(session: AsyncSession) -> dict[Webhook, datetime]:
    rows = await session.execute(select(WebhookArrival.webhook, WebhookArrival.received_at))
    return {Webhook(row.webhook): row.received_at for row in rows}

"""Tells whoever looks at a campaign that it has changed. A hint, never the truth: the reader asks the API for that."""

from __future__ import annotations

import time
from collections.abc import Iterable

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "outrider_live"
EVERY_SECONDS = 1.0

NOTIFY = text("SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) AS t (payload)")


class LiveNotices:
    """Notices of one process, at most one per campaign and second."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}

    async def changed(self, session: AsyncSession, campaign_ids: Iterable[int]) -> None:
        """Tell that these campaigns changed, unless that was told a moment ago."""
        now = time.monotonic()
        due = [campaign_id for campaign_id in campaign_ids if now - self._last.get(campaign_id, -EVERY_SECONDS) >= EVERY_SECONDS]
        if due:
            self._last = {known: at for known, at in self._last.items() if now - at < EVERY_SECONDS} | dict.fromkeys(due, now)
            await notify(session, due)


async def notify(session: AsyncSession, campaign_ids: Iterable[int]) -> None:
    """Tell that these campaigns changed; delivered when the transaction commits."""
    payloads = [orjson.dumps({"topic": "campaign", "id": campaign_id}).decode() for campaign_id in campaign_ids]
    await session.execute(NOTIFY, {"channel": CHANNEL, "payloads": payloads})

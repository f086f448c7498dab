"""What people who look at campaigns are told."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.live import announce
from outrider.events.topics import Topic


def tell_changed(session: AsyncSession, campaign_ids: Collection[int]) -> None:
    """These campaigns were created or edited, or have another status."""
    _tell(session, "changed", campaign_ids)


def tell_deleted(session: AsyncSession, campaign_id: int) -> None:
    _tell(session, "deleted", [campaign_id])


def tell_progress(session: AsyncSession, campaign_ids: Collection[int]) -> None:
    """Leads of these campaigns went on. Told once per transaction, however many leads it holds."""
    _tell(session, "progress", campaign_ids)


def _tell(session: AsyncSession, kind: str, campaign_ids: Collection[int]) -> None:
    if campaign_ids:
        announce(session, Topic.CAMPAIGNS, kind, campaign_ids)

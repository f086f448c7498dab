"""The campaigns' last word on a text before it leaves: the campaign's status, its hours and its budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import CampaignStatus, SkipReason
from outrider.campaigns.repository import sending as rows
from outrider.config import get_settings
from outrider.conversations.events import Change, ConversationChanged
from outrider.conversations.gates import Cancel, Candidate, Hold, Until, Verdict
from outrider.conversations.models import Author, Purpose
from outrider.conversations.quiet_hours import parse_hours, sending_window
from outrider.events.bus import publish

log = structlog.get_logger(__name__)

PAUSED = "paused"
QUIET_HOURS = "quiet_hours"


class CampaignGate:
    """Implements `conversations.gates.SendGate`.

    The campaigns of the batch are locked first, so what the gate finds holds until the claim commits: a pause or a cancel
    waits for the claim, and two deliverers never spend the same dollar.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._now = now

    async def review(self, session: AsyncSession, candidates: Sequence[Candidate]) -> Mapping[int, Verdict]:
        ours = [text for text in candidates if text.campaign_id is not None and text.purpose != Purpose.COMPLIANCE]
        if not ours:
            return {}
        campaigns = await rows.lock_campaigns(session, {text.campaign_id for text in ours if text.campaign_id is not None})
        verdicts: dict[int, Verdict] = {}
        for text in ours:
            if verdict := _by_status(text, campaigns.get(text.campaign_id or 0)):
                verdicts[text.message_id] = verdict
        verdicts |= await self._by_hours(session, [text for text in ours if text.message_id not in verdicts], campaigns)
        leaving = [text for text in ours if not isinstance(verdicts.get(text.message_id), (Hold, Cancel))]
        return verdicts | await _reserve(session, leaving, campaigns)

    async def _by_hours(
        self, session: AsyncSession, texts: Sequence[Candidate], campaigns: Mapping[int, Row[Any]]
    ) -> dict[int, Verdict]:
        """Verdicts of the campaigns that have hours of their own."""
        if get_settings().quiet_hours == "off":
            return {}
        hours = {campaign_id: custom for campaign_id, row in campaigns.items() if (custom := parse_hours(row.quiet_hours or {}))}
        bound = [text for text in texts if text.campaign_id in hours and text.purpose == Purpose.CAMPAIGN]
        if not bound:
            return {}
        places, now = await rows.places(session, [text.lead_id for text in bound]), self._now()
        verdicts: dict[int, Verdict] = {}
        for text in bound:
            country, region = places.get(text.lead_id, (None, None))
            window = sending_window(now, text.time_zones, country, region, hours[text.campaign_id or 0])
            if window.is_open and window.closes_at:
                verdicts[text.message_id] = Until(window.closes_at)
            else:
                verdicts[text.message_id] = Hold(window.opens_at, QUIET_HOURS)
        return verdicts


def _by_status(text: Candidate, campaign: Row[Any] | None) -> Verdict | None:
    """Replies go on while a campaign is paused or over: somebody waits for an answer."""
    if campaign is None:
        return None if text.purpose == Purpose.REPLY else Cancel(SkipReason.CANCELLED)
    if text.purpose == Purpose.REPLY:
        return None
    if campaign.status == CampaignStatus.CANCELLED:
        return Cancel(SkipReason.CANCELLED)
    if campaign.status == CampaignStatus.PAUSED:
        return Hold(None, PAUSED)
    return None


async def _reserve(session: AsyncSession, texts: Sequence[Candidate], campaigns: Mapping[int, Row[Any]]) -> dict[int, Verdict]:
    """Reserve what the texts will cost; those that don't fit into the budget are cancelled.

    A person's own reply counts against the budget and is never stopped by it.
    """
    reserved: dict[int, Decimal] = defaultdict(Decimal)
    refused: list[Candidate] = []
    for text in texts:
        campaign = campaigns.get(text.campaign_id or 0)
        if campaign is None or campaign.budget is None or text.admitted:
            continue
        left = campaign.budget - campaign.spent - reserved[campaign.id]
        if text.estimated_cost > left and text.author != Author.PERSON:
            refused.append(text)
        else:
            reserved[campaign.id] += text.estimated_cost
    await rows.add_spent(session, reserved)
    if unanswered := [text.message_id for text in refused if text.purpose == Purpose.REPLY]:
        for conversation_id in await rows.hand_over(session, unanswered):
            await publish(session, ConversationChanged(conversation_id, Change.HANDLING))
    if refused:
        log.info("texts_over_budget", texts=len(refused), campaigns=sorted({text.campaign_id or 0 for text in refused}))
    return {text.message_id: Cancel(SkipReason.BUDGET) for text in refused}

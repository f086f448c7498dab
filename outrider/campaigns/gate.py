"""The campaigns' last word on a text before it leaves: the campaign's status, its hours and its budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.budget import pause_by_system, purse_of, used_up
from outrider.campaigns.models import CampaignStatus, SkipReason
from outrider.campaigns.repository import sending as rows
from outrider.config import get_settings
from outrider.conversations.events import Change, ConversationChanged
from outrider.conversations.gates import Cancel, Candidate, Hold, Until, Verdict
from outrider.conversations.models import Author, Purpose
from outrider.conversations.quiet_hours import parse_hours, sending_window
from outrider.events.bus import publish
from outrider.llm.budgets.alerts import keep_alerts, tell_alerts
from outrider.llm.budgets.purses import Standing
from outrider.llm.budgets.repository import under_way

log = structlog.get_logger(__name__)

PAUSED = "paused"
QUIET_HOURS = "quiet_hours"
BUDGET = "budget"
SOON = timedelta(seconds=2)
"""After which a text is looked at again for which money may be given back."""


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
        return verdicts | await self._reserve(session, leaving, campaigns)

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

    async def _reserve(
        self, session: AsyncSession, texts: Sequence[Candidate], campaigns: Mapping[int, Row[Any]]
    ) -> dict[int, Verdict]:
        """Reserve what the texts will cost. Those that don't fit into the budget wait for somebody to raise it, which the
        paused campaign asks for; an automated reply can't wait and is left to a person.

        A person's own reply counts against the budget and is never stopped by it.
        """
        reserved: dict[int, Decimal] = defaultdict(Decimal)
        refused: dict[int, list[Candidate]] = defaultdict(list)
        for text in texts:
            campaign = campaigns.get(text.campaign_id or 0)
            if campaign is None or campaign.budget is None or text.admitted:
                continue
            left = campaign.budget - campaign.spent - reserved[campaign.id]
            if text.estimated_cost > left and text.author != Author.PERSON:
                refused[campaign.id].append(text)
            else:
                reserved[campaign.id] += text.estimated_cost
        standings = await rows.add_spent(session, reserved)
        await tell_alerts(session, {purse_of(campaign_id): standing for campaign_id, standing in standings.items()})
        verdicts: dict[int, Verdict] = {}
        for campaign_id, its in refused.items():
            verdicts |= await self._refuse(session, its, campaigns[campaign_id], reserved[campaign_id])
        return verdicts

    async def _refuse(
        self, session: AsyncSession, texts: Sequence[Candidate], campaign: Row[Any], reserved: Decimal
    ) -> dict[int, Verdict]:
        """Verdicts of texts that the campaign's budget does not pay for now."""
        log.info("texts_over_budget", texts=len(texts), campaign_id=campaign.id)
        spent = campaign.spent + reserved - await under_way(session, purse_of(campaign.id))
        if all(text.estimated_cost <= campaign.budget - spent for text in texts):
            # The money is only reserved for models under way, which give most of it back.
            return {text.message_id: Hold(self._now() + SOON, BUDGET) for text in texts}
        replies = [text.message_id for text in texts if text.purpose == Purpose.REPLY]
        for conversation_id in await rows.hand_over(session, replies) if replies else ():
            await publish(session, ConversationChanged(conversation_id, Change.HANDLING))
        await keep_alerts(session, purse_of(campaign.id), Standing(spent, campaign.budget), [100])
        if len(replies) < len(texts):
            await pause_by_system(session, campaign.id, used_up(campaign.id, campaign.budget, spent))
        return {
            text.message_id: Cancel(SkipReason.BUDGET) if text.purpose == Purpose.REPLY else Hold(None, BUDGET) for text in texts
        }


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

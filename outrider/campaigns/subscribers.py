"""What campaigns make of the facts that conversations publish, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.live import LiveNotices
from outrider.campaigns.models import CampaignLeadStatus, SkipReason
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import leads as lead_rows
from outrider.campaigns.repository import sending
from outrider.campaigns.repository.leads import Settlement
from outrider.conversations.events import DeliveryFailed, NumberSuppressed, TextOutcome, TextReceived, TextsSettled
from outrider.conversations.models import OutboxState, Purpose
from outrider.conversations.outbox import cancel_texts
from outrider.conversations.turns import hand_over
from outrider.events.bus import subscribe

REPLIED = "replied"
SKIP_REASONS = {
    "suppressed": SkipReason.SUPPRESSED,
    REPLIED: SkipReason.REPLIED,
    "budget": SkipReason.BUDGET,
    "cancelled": SkipReason.CANCELLED,
    "invalid_number": SkipReason.INVALID_NUMBER,
}
"""Why a campaign lead was skipped, by the reason for which its text was cancelled."""

_notices = LiveNotices()


@subscribe(TextsSettled)
async def settle_leads(session: AsyncSession, event: TextsSettled) -> None:
    """Texts ended: their leads are completed, failed or skipped, and reservations of unsent ones are given back."""
    refunds: dict[int, Decimal] = defaultdict(Decimal)
    for outcome in event.outcomes:
        if outcome.campaign_id is not None and outcome.admitted and outcome.state != OutboxState.SENT:
            refunds[outcome.campaign_id] -= outcome.estimated_cost
    await sending.add_spent(session, refunds)
    settlements = [_settlement(outcome) for outcome in event.outcomes if outcome.campaign_lead_id is not None]
    if settlements:
        await _changed(session, await lead_rows.settle(session, settlements))


@subscribe(TextReceived)
async def note_reply(session: AsyncSession, event: TextReceived) -> None:
    """The lead answered: automated texts that have not left are cancelled, everywhere, and no further one is written."""
    if event.wish is not None:
        return
    if event.campaign_id is not None:
        await lead_rows.mark_replied(session, event.campaign_id, event.lead_id)
    touched = await lead_rows.skip_in_campaigns_under_way(session, [event.lead_id], SkipReason.REPLIED)
    waiting = await lead_rows.waiting_of_lead(session, event.lead_id)
    if waiting:
        await cancel_texts(session, reason=REPLIED, campaign_lead_ids=waiting, purpose=Purpose.CAMPAIGN)
    if event.campaign_id is not None and not await campaign_rows.answers_itself(session, event.campaign_id):
        await hand_over(session, event.conversation_id)
    await _changed(session, {*touched, *([event.campaign_id] if event.campaign_id is not None else [])})


@subscribe(NumberSuppressed)
async def skip_suppressed(session: AsyncSession, event: NumberSuppressed) -> None:
    """Nobody writes to a suppressed number: its leads are skipped wherever they still wait."""
    if event.lead_ids:
        await _changed(session, await lead_rows.skip_in_campaigns_under_way(session, event.lead_ids, SkipReason.SUPPRESSED))


@subscribe(DeliveryFailed)
async def note_delivery_failure(session: AsyncSession, event: DeliveryFailed) -> None:
    """The carrier accepted the text and could not deliver it: the lead says why."""
    errors = {outcome.campaign_lead_id: _reason(outcome) for outcome in event.outcomes if outcome.campaign_lead_id is not None}
    if errors:
        await sending.note_delivery_failures(session, errors)
        await _notices.changed(session, {outcome.campaign_id for outcome in event.outcomes if outcome.campaign_id is not None})


def _settlement(outcome: TextOutcome) -> Settlement:
    assert outcome.campaign_lead_id is not None
    if outcome.state == OutboxState.SENT:
        return Settlement(outcome.campaign_lead_id, CampaignLeadStatus.COMPLETED, None, None)
    if outcome.state == OutboxState.FAILED:
        return Settlement(outcome.campaign_lead_id, CampaignLeadStatus.FAILED, None, _reason(outcome))
    reason = SKIP_REASONS.get(outcome.reason or "", SkipReason.CANCELLED)
    return Settlement(outcome.campaign_lead_id, CampaignLeadStatus.SKIPPED, reason, None)


def _reason(outcome: TextOutcome) -> str:
    words = outcome.error_message or (outcome.reason or "The text could not be sent").replace("_", " ")
    return f"{words} (carrier code {outcome.error_code})" if outcome.error_code else words


async def _changed(session: AsyncSession, campaign_ids: Collection[int]) -> None:
    if campaign_ids:
        await campaign_rows.complete_finished(session, sorted(campaign_ids))
        await _notices.changed(session, campaign_ids)

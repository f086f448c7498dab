"""What campaigns make of the facts that conversations publish, in the same transaction.

Such a transaction may hold the texts of many people, and another one those of the same people in another order. So that the
two never wait for each other, many leads are locked in the order of their ids at once, and what comes one by one takes
only what is free; what isn't is left to a job, in a transaction of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import notices
from outrider.campaigns.live import tell_changed, tell_progress
from outrider.campaigns.models import CampaignLeadStatus, SkipReason
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import leads as lead_rows
from outrider.campaigns.repository import runs as run_rows
from outrider.campaigns.repository import sending
from outrider.campaigns.repository.leads import Settlement
from outrider.conversations.events import DeliveryFailed, NumberSuppressed, TextOutcome, TextsReceived, TextsSettled
from outrider.conversations.models import OutboxState, PersonReason, SuppressionReason
from outrider.conversations.turns import hand_over_all
from outrider.events.bus import subscribe
from outrider.jobs import JobContext, job
from outrider.workflows.runs.events import RunsEnded
from outrider.workflows.runs.service import OPTED_OUT, REPLIED, SUPPRESSED, stop_answered, stop_leads, wake_replies

SKIP_REASONS = {
    "suppressed": SkipReason.SUPPRESSED,
    "replied": SkipReason.REPLIED,
    "budget": SkipReason.BUDGET,
    "cancelled": SkipReason.CANCELLED,
    "invalid_number": SkipReason.INVALID_NUMBER,
}
"""Why a campaign lead was skipped, by the reason for which its text was cancelled."""

END_REASONS = {REPLIED: SkipReason.REPLIED, OPTED_OUT: SkipReason.SUPPRESSED, SUPPRESSED: SkipReason.SUPPRESSED}
"""Why a campaign lead was skipped to whom nothing was sent, by the reason for which its run was ended."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A text of a lead, and the campaign that it answers."""

    message_id: int
    campaign_id: int | None


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


@subscribe(TextsReceived)
async def note_replies(session: AsyncSession, event: TextsReceived) -> None:
    """Leads answered: no campaign writes to them any more that has not done so yet."""
    replies = {text.lead_id: Reply(text.message_id, text.campaign_id) for text in event.texts if text.wish is None}
    busy = set(replies) - await _note_replies(session, replies, wait=False)
    await note_reply_later.enqueue_many(session, [{"lead_id": lead_id, **asdict(replies[lead_id])} for lead_id in sorted(busy)])
    answered = [text for text in event.texts if text.wish is None and text.campaign_id is not None]
    by_agents = await campaign_rows.answering_themselves(session, {text.campaign_id for text in answered if text.campaign_id})
    if for_people := {text.conversation_id for text in answered if text.campaign_id not in by_agents}:
        await hand_over_all(session, for_people, PersonReason.NO_AUTO_REPLY)


@job("campaigns.note_reply")
async def note_reply_later(context: JobContext, lead_id: int, message_id: int, campaign_id: int | None) -> None:
    """As `note_replies`, for a lead that was being changed at that moment."""
    async with context.transaction() as session:
        await _note_replies(session, {lead_id: Reply(message_id, campaign_id)}, wait=True)


async def _note_replies(session: AsyncSession, replies: Mapping[int, Reply], *, wait: bool) -> set[int]:
    """The leads of whom it was done: without `wait`, only those whose places are all free.

    Runs that wait for an answer get it; other paused runs are stopped, where their definition says so.
    """
    if not replies:
        return set()
    leads = await lead_rows.lock_of_people(session, replies, wait=wait)
    if not leads:
        return leads
    answered = [(campaign_id, lead_id) for lead_id in sorted(leads) if (campaign_id := replies[lead_id].campaign_id) is not None]
    await lead_rows.mark_replied(session, answered)
    touched = await lead_rows.skip_in_campaigns_under_way(session, sorted(leads), SkipReason.REPLIED, wait=wait)
    await wake_replies(session, {lead_id: replies[lead_id].message_id for lead_id in sorted(leads)})
    await stop_answered(session, sorted(leads))
    await _changed(session, {*touched, *(campaign_id for campaign_id, _ in answered)})
    return leads


@subscribe(NumberSuppressed)
async def skip_suppressed(session: AsyncSession, event: NumberSuppressed) -> None:
    """Nobody writes to a suppressed number: its leads are skipped where they still wait, and their paused runs are stopped.
    A text that is being stored at this moment is cancelled by the deliverer, and its run is stopped a little later."""
    if event.lead_ids:
        why = OPTED_OUT if event.reason == SuppressionReason.STOP else SUPPRESSED
        busy = set(event.lead_ids) - await _stop_suppressed(session, event.lead_ids, why, wait=False)
        await stop_suppressed_later.enqueue_many(session, [{"lead_id": lead_id, "why": why} for lead_id in sorted(busy)])


@job("campaigns.stop_suppressed")
async def stop_suppressed_later(context: JobContext, lead_id: int, why: str) -> None:
    """As `skip_suppressed`, for a lead that was being changed at that moment."""
    async with context.transaction() as session:
        await _stop_suppressed(session, [lead_id], why, wait=True)


async def _stop_suppressed(session: AsyncSession, lead_ids: Collection[int], why: str, *, wait: bool) -> set[int]:
    """The leads of whom it was done: without `wait`, only those whose places are all free."""
    free = await lead_rows.lock_of_people(session, lead_ids, wait=wait)
    if free:
        touched = await lead_rows.skip_in_campaigns_under_way(session, sorted(free), SkipReason.SUPPRESSED, wait=wait)
        await stop_leads(session, sorted(free), why)
        await _changed(session, touched)
    return free


@subscribe(RunsEnded)
async def close_leads(session: AsyncSession, event: RunsEnded) -> None:
    """Runs were ended from outside: their leads are done with, unless a text to them is still on its way."""
    reason = END_REASONS.get(event.reason, SkipReason.CANCELLED)
    await _changed(session, await run_rows.close(session, [run.campaign_lead_id for run in event.runs], reason))


@subscribe(DeliveryFailed)
async def note_delivery_failure(session: AsyncSession, event: DeliveryFailed) -> None:
    """The carrier accepted the text and could not deliver it: the lead says why."""
    errors = {outcome.campaign_lead_id: _reason(outcome) for outcome in event.outcomes if outcome.campaign_lead_id is not None}
    if errors:
        await sending.note_delivery_failures(session, errors)
        tell_progress(session, {outcome.campaign_id for outcome in event.outcomes if outcome.campaign_id is not None})


def _settlement(outcome: TextOutcome) -> Settlement:
    assert outcome.campaign_lead_id is not None
    if outcome.state == OutboxState.SENT:
        return Settlement(outcome.campaign_lead_id, CampaignLeadStatus.COMPLETED, None, None)
    if outcome.state == OutboxState.FAILED:
        return Settlement(outcome.campaign_lead_id, CampaignLeadStatus.FAILED, None, _reason(outcome))
    reason = SKIP_REASONS.get(outcome.reason or "", SkipReason.CANCELLED)
    return Settlement(outcome.campaign_lead_id, CampaignLeadStatus.SKIPPED, reason, None)


def _reason(outcome: TextOutcome) -> str:
    words, code = outcome.error_message or (outcome.reason or "The text could not be sent").replace("_", " "), outcome.error_code
    is_code_named = code is None or re.search(rf"\b{code}\b", words) is not None
    return words if is_code_named else f"{words} (carrier code {code})"


async def _changed(session: AsyncSession, campaign_ids: Collection[int]) -> None:
    if campaign_ids:
        tell_progress(session, campaign_ids)
        tell_changed(session, await notices.complete_finished(session, sorted(campaign_ids)))

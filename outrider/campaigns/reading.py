"""The pages that show campaigns: lists, leads, logs, and what was said for one lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import CampaignLead, CampaignLeadStatus, CampaignStatus, Delivery
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import lists as rows
from outrider.campaigns.repository import places
from outrider.campaigns.schemas import (
    CampaignConversationOut,
    CampaignLeadFilter,
    CampaignLeadOut,
    CampaignOut,
    LeadCampaignOut,
    Outcome,
    ProcessingLogOut,
    ThreadMessageOut,
    TranscriptMessageOut,
)
from outrider.campaigns.service import not_found, present_many
from outrider.db.pages import Page
from outrider.errors import NotFound
from outrider.leads.service import get_lead
from outrider.workflows.models import Step

LONGEST_THREAD = 500


class CampaignLeadNotFound(NotFound):
    """There is no such place in a campaign."""


async def list_campaigns(
    session: AsyncSession, statuses: Sequence[CampaignStatus], search: str | None, sort: str, cursor: str | None, limit: int
) -> Page[CampaignOut]:
    campaigns, next_cursor = await rows.campaigns(session, statuses, search, sort, cursor, limit)
    return Page(items=await present_many(session, campaigns), next_cursor=next_cursor)


async def list_leads(
    session: AsyncSession, campaign_id: int, given: CampaignLeadFilter, sort: str, cursor: str | None, limit: int
) -> Page[CampaignLeadOut]:
    """
    Raises:
        CampaignNotFound
        InvalidInput: the sort or the cursor is none of this list.
    """
    await _ensure_exists(session, campaign_id)
    found, next_cursor = await places.campaign_leads(session, campaign_id, given, sort, cursor, limit)
    return Page(items=[_campaign_lead(row) for row in found], next_cursor=next_cursor)


async def list_campaigns_of_lead(
    session: AsyncSession, lead_id: int, sort: str, cursor: str | None, limit: int
) -> Page[LeadCampaignOut]:
    """
    Raises:
        LeadNotFound
        InvalidInput: the sort or the cursor is none of this list.
    """
    await get_lead(session, lead_id)
    found, next_cursor = await places.campaigns_of_lead(session, lead_id, sort, cursor, limit)
    return Page(items=[_of_lead(row) for row in found], next_cursor=next_cursor)


async def get_campaign_lead(session: AsyncSession, campaign_lead_id: int) -> CampaignLeadOut:
    return _campaign_lead(await _find(session, campaign_lead_id))


async def list_logs(
    session: AsyncSession,
    campaign_id: int,
    *,
    levels: Sequence[str],
    nodes: Sequence[str],
    campaign_lead_id: int | None,
    sort: str,
    cursor: str | None,
    limit: int,
) -> Page[ProcessingLogOut]:
    """
    Raises:
        CampaignNotFound
        InvalidInput: the sort or the cursor is none of this list.
    """
    await _ensure_exists(session, campaign_id)
    found, next_cursor = await rows.logs(
        session,
        campaign_id,
        levels=levels,
        nodes=nodes,
        campaign_lead_id=campaign_lead_id,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return Page(items=[_log(row) for row in found], next_cursor=next_cursor)


async def get_conversation(session: AsyncSession, campaign_lead_id: int) -> CampaignConversationOut:
    """What was said for a campaign lead: with the model, and with the person.

    Raises:
        CampaignLeadNotFound
    """
    row = await _find(session, campaign_lead_id)
    lead: CampaignLead = row.CampaignLead
    return CampaignConversationOut(
        campaign_lead_id=lead.id,
        campaign_id=lead.campaign_id,
        lead_id=lead.lead_id,
        conversation_id=row.conversation_id,
        messages=[TranscriptMessageOut.model_validate(entry) for entry in await rows.transcript(session, lead.id)],
        thread=[ThreadMessageOut.model_validate(text) for text in await rows.thread(session, lead.lead_id, LONGEST_THREAD)],
    )


async def _find(session: AsyncSession, campaign_lead_id: int) -> Row[Any]:
    row = await places.campaign_lead(session, campaign_lead_id)
    if row is None:
        raise CampaignLeadNotFound(f"There is no campaign lead {campaign_lead_id}.")
    return row


async def _ensure_exists(session: AsyncSession, campaign_id: int) -> None:
    if await campaign_rows.find(session, campaign_id) is None:
        raise not_found(campaign_id)


def _campaign_lead(row: Row[Any]) -> CampaignLeadOut:
    lead: CampaignLead = row.CampaignLead
    return CampaignLeadOut(
        id=lead.id,
        campaign_id=lead.campaign_id,
        lead_id=lead.lead_id,
        name=row.name,
        phone=row.phone,
        company=row.company,
        status=lead.status,
        skip_reason=lead.skip_reason,
        sms_sent=bool(row.sent),
        sms_message=lead.sms_message,
        sms_response=row.response,
        delivery=row.delivery,
        delivery_status=row.delivery_status,
        hold_reason=row.hold_reason,
        run_id=lead.run_id,
        waiting_for=row.waiting_for,
        waiting_until=row.waiting_until,
        waiting_at=row.waiting_at,
        voice_call_made=lead.voice_call_made,
        conversation_id=row.conversation_id,
        trace_id=lead.trace_id,
        attempt=lead.attempt,
        error_message=lead.error_message,
        replied_at=lead.replied_at,
        processed_at=lead.processed_at,
        created_at=lead.created_at,
        updated_at=lead.updated_at,
    )


def _of_lead(row: Row[Any]) -> LeadCampaignOut:
    place: CampaignLead = row.CampaignLead
    return LeadCampaignOut(
        campaign_lead_id=place.id,
        campaign_id=place.campaign_id,
        campaign_name=row.name,
        campaign_status=row.campaign_status,
        status=place.status,
        outcome=_outcome(place, row.delivery),
        delivery=row.delivery,
        skip_reason=place.skip_reason,
        error_message=place.error_message,
        attempt=place.attempt,
        created_at=place.created_at,
        processed_at=place.processed_at,
        replied_at=place.replied_at,
        updated_at=place.updated_at,
    )


def _outcome(place: CampaignLead, delivery: Delivery | None) -> Outcome | None:
    if place.replied_at is not None:
        return "replied"
    if place.status == CampaignLeadStatus.SKIPPED:
        return "skipped"
    if place.status == CampaignLeadStatus.FAILED and delivery is None:
        return Delivery.FAILED
    return delivery


def _log(row: Row[Any]) -> ProcessingLogOut:
    log: Step = row.Step
    return ProcessingLogOut(
        id=log.id,
        campaign_lead_id=log.campaign_lead_id,
        lead_name=row.name,
        level=log.level,
        node_name=log.node_name,
        message=log.message,
        log_metadata=_metadata(log),
        created_at=log.created_at,
    )


def _metadata(log: Step) -> dict[str, Any]:
    """What a log tells beside its level, node and message."""
    metadata: dict[str, Any] = {"node_id": log.node_id, "ms": log.ms, **log.log_metadata}
    if log.tokens:
        metadata |= {"tokens": log.tokens, "cost": str(log.cost)}
    return metadata

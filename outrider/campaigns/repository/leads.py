"""Queries that move campaign leads in bulk, outside the busy path of their runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign, CampaignLead, CampaignLeadStatus, CampaignStatus, SkipReason

UNDER_WAY = (CampaignStatus.PENDING, CampaignStatus.PROCESSING, CampaignStatus.PAUSED)
UNSENT = (CampaignLeadStatus.PENDING, CampaignLeadStatus.PROCESSING)
"""Nothing has left for these leads yet, and nothing is on its way."""


async def pending_ids(session: AsyncSession, campaign_id: int) -> list[int]:
    statement = select(CampaignLead.id).where(
        CampaignLead.campaign_id == campaign_id, CampaignLead.status == CampaignLeadStatus.PENDING
    )
    return list((await session.execute(statement.order_by(CampaignLead.id))).scalars())


async def skip(session: AsyncSession, reason: SkipReason, *which: ColumnElement[bool], wait: bool = True) -> list[int]:
    """Skip the unsent leads that match; a run in progress finds its lead gone. Returns their campaigns, each once.

    Without `wait`, leads that somebody else is changing at this moment are left alone.
    """
    locked = select(CampaignLead.id).where(CampaignLead.status.in_(UNSENT), *which).order_by(CampaignLead.id)
    statement = (
        update(CampaignLead)
        .where(CampaignLead.id == locked.with_for_update(skip_locked=not wait).cte("locked").c.id)
        .values(
            status=CampaignLeadStatus.SKIPPED,
            skip_reason=reason,
            chunk_token=None,
            processed_at=func.now(),
            updated_at=func.now(),
        )
        .returning(CampaignLead.campaign_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(set((await session.execute(statement)).scalars()))


async def skip_in_campaigns_under_way(
    session: AsyncSession, lead_ids: Sequence[int], reason: SkipReason, *, wait: bool
) -> list[int]:
    """Skip these leads wherever a campaign has not written to them yet; returns the campaigns, each once."""
    under_way = select(Campaign.id).where(Campaign.status.in_(UNDER_WAY))
    which = (CampaignLead.lead_id.in_(lead_ids), CampaignLead.campaign_id.in_(under_way))
    return await skip(session, reason, *which, wait=wait)


async def lock_of_people(session: AsyncSession, lead_ids: Collection[int], *, wait: bool) -> set[int]:
    """Lock these people's places in all campaigns; without `wait`, only those that are free.

    Returns the people of whom every place is locked now.
    """
    places = (
        select(CampaignLead.id, CampaignLead.lead_id)
        .where(CampaignLead.lead_id == func.any(sorted(lead_ids)))
        .order_by(CampaignLead.id)
    )
    every = (await session.execute(places)).all()
    if not every:
        return set(lead_ids)
    locked = set((await session.execute(places.with_for_update(skip_locked=not wait, key_share=True))).scalars())
    return set(lead_ids) - {place.lead_id for place in every if place.id not in locked}


MARK_REPLIED = text("""
    UPDATE campaign_leads AS cl SET replied_at = now(), updated_at = now()
    FROM unnest(CAST(:campaign_ids AS bigint[]), CAST(:lead_ids AS bigint[])) AS t (campaign_id, lead_id)
    WHERE cl.campaign_id = t.campaign_id AND cl.lead_id = t.lead_id AND cl.replied_at IS NULL
""")


async def mark_replied(session: AsyncSession, replies: Collection[tuple[int, int]]) -> None:
    """Remember the first answers; each is `(campaign id, lead id)`."""
    if replies:
        campaign_ids, lead_ids = zip(*replies, strict=True)
        await session.execute(MARK_REPLIED, {"campaign_ids": campaign_ids, "lead_ids": lead_ids})


async def reset_failed(session: AsyncSession, campaign_id: int) -> list[int]:
    """Make the failed leads pending again, under a new number of attempt; returns them."""
    statement = (
        update(CampaignLead)
        .where(CampaignLead.campaign_id == campaign_id, CampaignLead.status == CampaignLeadStatus.FAILED)
        .values(
            status=CampaignLeadStatus.PENDING,
            attempt=CampaignLead.attempt + 1,
            error_message=None,
            chunk_token=None,
            processed_at=None,
            updated_at=func.now(),
        )
        .returning(CampaignLead.id)
        .execution_options(synchronize_session=False)
    )
    return sorted((await session.execute(statement)).scalars())


async def free_abandoned(session: AsyncSession, older_than: timedelta) -> dict[tuple[int, bool], list[int]]:
    """Make leads pending again whose delivery has not been heard of for so long; returns them by campaign and by whether
    they were taken alone.

    Only a chunk that failed for good leaves such leads: one of a dead worker is delivered again by the queue.
    """
    abandoned = (
        select(CampaignLead.id)
        .join(Campaign, Campaign.id == CampaignLead.campaign_id)
        .where(
            Campaign.status == CampaignStatus.PROCESSING,
            CampaignLead.status == CampaignLeadStatus.PROCESSING,
            CampaignLead.updated_at < func.now() - older_than,
        )
        .with_for_update(of=CampaignLead, skip_locked=True)
        .cte("abandoned")
    )
    statement = (
        update(CampaignLead)
        .where(CampaignLead.id == abandoned.c.id)
        .values(status=CampaignLeadStatus.PENDING, chunk_token=None, updated_at=func.now())
        .returning(CampaignLead.campaign_id, CampaignLead.id, CampaignLead.claims)
        .execution_options(synchronize_session=False)
    )
    freed: dict[tuple[int, bool], list[int]] = {}
    for campaign_id, campaign_lead_id, claims in await session.execute(statement):
        freed.setdefault((campaign_id, claims > 0), []).append(campaign_lead_id)
    return freed


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one of a campaign lead's texts ended."""

    campaign_lead_id: int
    status: CampaignLeadStatus
    skip_reason: SkipReason | None
    error_message: str | None


LOCK_WAITING = text("""
    SELECT id FROM campaign_leads WHERE id = ANY(CAST(:ids AS bigint[])) AND status = 'waiting' ORDER BY id FOR NO KEY UPDATE
""")
"""A statement of its own before `SETTLE`, which then sees what whoever had the places before has changed: that the run is over,
or that another text was sent. Else each of two that end at once would leave the lead to the other."""

SETTLE = text("""
    WITH ended AS (
        SELECT * FROM unnest(
            CAST(:ids AS bigint[]), CAST(:statuses AS text[]), CAST(:reasons AS text[]), CAST(:errors AS text[])
        ) AS t (id, status, skip_reason, error_message)
    ), judged AS (
        SELECT ended.*,
            EXISTS (
                SELECT 1 FROM messages AS m
                WHERE m.campaign_lead_id = ended.id AND m.state IN ('queued', 'held', 'sending', 'unknown')
            ) AS has_open_text,
            EXISTS (SELECT 1 FROM messages AS m WHERE m.campaign_lead_id = ended.id AND m.state = 'sent') AS has_sent_text,
            EXISTS (SELECT 1 FROM runs AS r WHERE r.id = waiting.run_id AND r.status = 'waiting') AS goes_on
        FROM ended JOIN campaign_leads AS waiting ON waiting.id = ended.id AND waiting.status = 'waiting'
    )
    UPDATE campaign_leads AS cl SET
        status = CASE
            WHEN judged.has_open_text OR judged.goes_on THEN cl.status
            WHEN judged.status = 'failed' OR cl.error_message IS NOT NULL THEN 'failed'
            WHEN judged.has_sent_text THEN 'completed'
            ELSE judged.status
        END,
        skip_reason = CASE
            WHEN judged.has_open_text OR judged.goes_on OR judged.has_sent_text OR cl.error_message IS NOT NULL THEN NULL
            ELSE judged.skip_reason
        END,
        error_message = coalesce(judged.error_message, cl.error_message),
        processed_at = CASE WHEN judged.goes_on THEN cl.processed_at ELSE now() END,
        updated_at = now()
    FROM judged WHERE cl.id = judged.id
    RETURNING cl.campaign_id
""")
"""A lead with several texts is settled by the last one: failed if any failed, else completed if any was sent. One whose run
goes on is settled by the run."""


async def settle(session: AsyncSession, settlements: Iterable[Settlement]) -> list[int]:
    """Apply the ends of texts to their waiting leads; returns the campaigns, each once."""
    latest = {settlement.campaign_lead_id: settlement for settlement in settlements}
    rows = list(latest.values())
    await session.execute(LOCK_WAITING, {"ids": list(latest)})
    result = await session.execute(
        SETTLE,
        {
            "ids": [row.campaign_lead_id for row in rows],
            "statuses": [row.status.value for row in rows],
            "reasons": [row.skip_reason.value if row.skip_reason else None for row in rows],
            "errors": [row.error_message for row in rows],
        },
    )
    return sorted({row.campaign_id for row in result})

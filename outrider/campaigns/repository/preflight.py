"""Queries of the pre-flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign, CampaignLead
from outrider.campaigns.repository.audience import AudienceParts, exclusion, judged, planned_for, without_unassigned
from outrider.campaigns.repository.campaigns import OPEN
from outrider.campaigns.repository.leads import UNDER_WAY
from outrider.conversations.models import Sender
from outrider.leads.models import Lead


@dataclass(frozen=True, slots=True)
class Place:
    """Leads that may be in the same places."""

    time_zones: tuple[str, ...]
    country: str | None
    region: str | None
    leads: int


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that one look over the audience finds."""

    reasons: dict[str | None, int]
    """Leads by the reason that excludes them; None counts those that will be reached."""
    places: list[Place]
    """The reachable leads by where they may be."""
    duplicates: int
    """How often a lead is named more than once."""
    in_other_campaigns: int
    """Reachable leads that another campaign under way has not finished with."""
    without_name: int
    """Reachable ones."""


async def survey(session: AsyncSession, parts: AudienceParts, require_consent: bool, campaign_id: int) -> Survey:
    """Look over the whole audience in one statement."""
    parts = await without_unassigned(session, parts)
    audience = parts.leads()
    elsewhere = _in_other_campaigns(campaign_id)
    where = (Lead.time_zones, Lead.country, Lead.region)
    reason = exclusion(require_consent).label("reason")
    statement = (
        judged(audience, reason, *where)
        .outerjoin(elsewhere, elsewhere.c.lead_id == Lead.id)
        .add_columns(
            func.count().label("leads"),
            func.sum(audience.c.times - 1).label("duplicates"),
            func.count(elsewhere.c.lead_id).label("elsewhere"),
            func.count().filter(Lead.name == "").label("nameless"),
        )
        .group_by(reason, *where)
    )
    async with planned_for(session, parts):
        rows = (await session.execute(statement)).all()
    reasons: Counter[str | None] = Counter()
    for row in rows:
        reasons[row.reason] += row.leads
    reachable = [row for row in rows if row.reason is None]
    return Survey(
        reasons=dict(reasons),
        places=[Place(tuple(row.time_zones), row.country, row.region, row.leads) for row in reachable],
        duplicates=sum(int(row.duplicates) for row in rows),
        in_other_campaigns=sum(row.elsewhere for row in reachable),
        without_name=sum(row.nameless for row in reachable),
    )


def _in_other_campaigns(campaign_id: int) -> Subquery:
    """Leads that another campaign under way has not finished with, each once."""
    return (
        select(CampaignLead.lead_id)
        .join(Campaign, Campaign.id == CampaignLead.campaign_id)
        .where(Campaign.id != campaign_id, Campaign.status.in_(UNDER_WAY), CampaignLead.status.in_(OPEN))
        .distinct()
        .subquery("elsewhere")
    )


LOOKED_AT = 10
"""Leads looked at for each one wanted, before the whole audience is searched for reachable ones."""


async def sample(session: AsyncSession, parts: AudienceParts, require_consent: bool, size: int, offset: int = 0) -> Sequence[int]:
    """Ids of some reachable leads, spread over the audience; the same ones every time. `offset` of them are passed over."""
    audience = parts.leads()
    spread = func.hashint8(audience.c.lead_id)
    some = select(audience).order_by(spread).limit((size + offset) * LOOKED_AT).subquery("some")
    found = await _sample(session, some, require_consent, size, offset)
    return found if len(found) == size else await _sample(session, audience, require_consent, size, offset)


async def _sample(session: AsyncSession, source: Subquery, require_consent: bool, size: int, offset: int) -> Sequence[int]:
    reachable = judged(source, Lead.id).where(exclusion(require_consent).is_(None))
    return list((await session.execute(reachable.order_by(func.hashint8(Lead.id)).limit(size).offset(offset))).scalars())


async def sender_rates(session: AsyncSession, sender_ids: Sequence[int]) -> list[float]:
    """Segments per second of each enabled sender among those given; none given means all."""
    statement = select(Sender.segments_per_second).where(Sender.enabled)
    if sender_ids:
        statement = statement.where(Sender.id.in_(sender_ids))
    return list((await session.execute(statement)).scalars())

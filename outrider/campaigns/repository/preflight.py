"""Queries of the pre-flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.repository.audience import AudienceParts, with_reasons
from outrider.conversations.models import Sender
from outrider.leads.models import Lead


@dataclass(frozen=True, slots=True)
class Place:
    """Leads that may be in the same places."""

    time_zones: tuple[str, ...]
    country: str | None
    region: str | None
    leads: int


def _reachable(parts: AudienceParts, require_consent: bool) -> Select[int]:
    judged = with_reasons(parts.leads(), require_consent).subquery("judged")
    return select(judged.c.lead_id).where(judged.c.reason.is_(None))


async def places(session: AsyncSession, parts: AudienceParts, require_consent: bool) -> list[Place]:
    """The reachable leads by where they may be."""
    where = (Lead.time_zones, Lead.country, Lead.region)
    reachable = _reachable(parts, require_consent).subquery("reachable")
    statement = select(*where, func.count()).join(reachable, reachable.c.lead_id == Lead.id).group_by(*where)
    return [Place(tuple(zones), country, region, leads) for zones, country, region, leads in await session.execute(statement)]


async def count_without_name(session: AsyncSession, parts: AudienceParts, require_consent: bool) -> int:
    reachable = _reachable(parts, require_consent).subquery("reachable")
    statement = select(func.count()).select_from(Lead).join(reachable, reachable.c.lead_id == Lead.id).where(Lead.name == "")
    return (await session.execute(statement)).scalar_one()


async def sample(session: AsyncSession, parts: AudienceParts, require_consent: bool, size: int) -> Sequence[Row[Any]]:
    """Some reachable leads, spread over the audience; the same ones every time."""
    reachable = _reachable(parts, require_consent).subquery("reachable")
    columns = (Lead.id, Lead.name, Lead.phone, Lead.email, Lead.company, Lead.title, Lead.industry, Lead.city, Lead.language)
    statement = select(*columns, Lead.attributes).join(reachable, reachable.c.lead_id == Lead.id)
    return (await session.execute(statement.order_by(func.hashint8(Lead.id)).limit(size))).all()


async def sender_rates(session: AsyncSession, sender_ids: Sequence[int]) -> list[float]:
    """Segments per second of each enabled sender among those given; none given means all."""
    statement = select(Sender.segments_per_second).where(Sender.enabled)
    if sender_ids:
        statement = statement.where(Sender.id.in_(sender_ids))
    return list((await session.execute(statement)).scalars())

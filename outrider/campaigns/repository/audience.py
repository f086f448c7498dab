"""Queries of who a campaign reaches, set-based: they take the same few statements for ten leads and for a million."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, delete, func, literal, null, select, text, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from outrider.campaigns.models import CampaignLead, CampaignLeadStatus, SkipReason
from outrider.conversations.models import Suppression
from outrider.leads.models import ConsentChannel, ConsentKind, Lead, LeadConsent, LeadListMember

SUFFICIENT_CONSENT = (ConsentKind.WRITTEN, ConsentKind.EXPRESS)
"""Kinds of consent that allow automated marketing texts (47 CFR 64.1200(f)(9): express, in writing for advertising)."""


@dataclass(frozen=True, slots=True)
class AudienceParts:
    """Who: everybody that any part names."""

    list_ids: Sequence[int] = ()
    lead_ids: Sequence[int] = ()
    filtered: Select[int] | None = None
    """Query of the ids of the leads that a filter matches."""
    assigned_to: int | None = None
    """Campaign whose assigned leads, not worked yet, belong too."""

    def queries(self) -> list[Select[int]]:
        found: list[Select[int]] = []
        if self.list_ids:
            found.append(select(LeadListMember.lead_id).where(LeadListMember.list_id.in_(self.list_ids)))
        if self.lead_ids:
            found.append(select(Lead.id).where(Lead.id.in_(self.lead_ids)))
        if self.filtered is not None:
            found.append(self.filtered)
        if self.assigned_to is not None:
            found.append(
                select(CampaignLead.lead_id).where(
                    CampaignLead.campaign_id == self.assigned_to, CampaignLead.status == CampaignLeadStatus.PENDING
                )
            )
        return found

    def named(self) -> Subquery:
        """`lead_id` once per part that names the lead."""
        queries = self.queries() or [select(Lead.id).where(literal(False))]
        labelled = [query.with_only_columns(query.selected_columns[0].label("lead_id")) for query in queries]
        return union_all(*labelled).subquery("named")

    def leads(self) -> Subquery:
        """`lead_id` once per lead, and how many parts name it as `times`."""
        named = self.named()
        if len(self.queries()) == 1 and len(self.list_ids) <= 1:
            # A part names a lead once, unless it is several lists: telling a hundred thousand apart takes a tenth of a second.
            return select(named.c.lead_id, literal(1).label("times")).subquery("audience")
        return select(named.c.lead_id, func.count().label("times")).group_by(named.c.lead_id).subquery("audience")


async def without_unassigned(session: AsyncSession, parts: AudienceParts) -> AudienceParts:
    """The parts, without that of assigned leads if there are none."""
    if parts.assigned_to is None:
        return parts
    assigned = replace(parts, list_ids=(), lead_ids=(), filtered=None)
    is_any = (await session.execute(select(assigned.queries()[0].exists()))).scalar_one()
    return parts if is_any else replace(parts, assigned_to=None)


LARGE_SHARE = 20
"""From a twentieth of all leads on, reading whole tables beats looking up each lead in each."""
LARGE = text("SELECT greatest(reltuples, 0)::bigint / :share FROM pg_class WHERE oid = 'leads'::regclass")
WHOLE_TABLES = {"enable_nestloop": "off", "enable_sort": "off", "max_parallel_workers_per_gather": "0", "work_mem": "64MB"}
SET = text("SELECT set_config(name, value, true) FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS t (name, value)")
RESET = text("SELECT set_config(name, reset_val, true) FROM pg_settings WHERE name = ANY(CAST(:names AS text[]))")


@asynccontextmanager
async def planned_for(session: AsyncSession, parts: AudienceParts) -> AsyncIterator[None]:
    """Within the block, queries over a large audience read whole tables and tell rows apart by hashing.

    The planner can't know how many leads the parts name together, takes them for a few hundred, and would look up each
    of a hundred thousand by itself.
    """
    large = (await session.execute(LARGE, {"share": LARGE_SHARE})).scalar_one()
    some = select(literal(1)).select_from(parts.named()).limit(large).subquery()
    if not large or (await session.execute(select(func.count()).select_from(some))).scalar_one() < large:
        yield
        return
    await session.execute(SET, {"names": list(WHOLE_TABLES), "values": list(WHOLE_TABLES.values())})
    yield
    await session.execute(RESET, {"names": list(WHOLE_TABLES)})


def exclusion(require_consent: bool) -> ColumnElement[str | None]:
    """Why a lead may not be texted, or NULL; a column over the joins of `judged`."""
    reasons: list[tuple[ColumnElement[bool], str]] = [
        (Lead.phone.is_(None), SkipReason.INVALID_NUMBER),
        (Suppression.id.is_not(None), SkipReason.SUPPRESSED),
    ]
    if require_consent:
        reasons.append((LeadConsent.id.is_(None), SkipReason.NO_CONSENT))
    return case(*reasons, else_=null())


def judged(source: Subquery, *columns: Any) -> Select[*tuple[Any, ...]]:
    """`columns` of the leads of `source`, joined with what `exclusion` looks at."""
    return (
        select(*columns)
        .select_from(source)
        .join(Lead, Lead.id == source.c.lead_id)
        .outerjoin(Suppression, and_(Suppression.phone == Lead.phone, Suppression.lifted_at.is_(None)))
        .outerjoin(
            LeadConsent,
            and_(
                LeadConsent.lead_id == Lead.id,
                LeadConsent.channel == ConsentChannel.SMS,
                LeadConsent.kind.in_(SUFFICIENT_CONSENT),
                LeadConsent.revoked_at.is_(None),
            ),
        )
    )


async def assign(session: AsyncSession, campaign_id: int, parts: AudienceParts) -> int:
    """Give the audience its places in the campaign; returns how many are new."""
    audience = parts.leads()
    wanted = select(literal(campaign_id), audience.c.lead_id).order_by(audience.c.lead_id)
    statement = (
        insert(CampaignLead)
        .from_select(["campaign_id", "lead_id"], wanted)
        .on_conflict_do_nothing(index_elements=[CampaignLead.campaign_id, CampaignLead.lead_id])
    )
    return int(getattr(await session.execute(statement), "rowcount", 0))


async def copy_assigned(session: AsyncSession, from_campaign_id: int, to_campaign_id: int) -> None:
    """Give the leads of one campaign fresh places in another."""
    wanted = select(literal(to_campaign_id), CampaignLead.lead_id).where(CampaignLead.campaign_id == from_campaign_id)
    await session.execute(
        insert(CampaignLead)
        .from_select(["campaign_id", "lead_id"], wanted.order_by(CampaignLead.lead_id))
        .on_conflict_do_nothing()
    )


async def count_assigned(session: AsyncSession, campaign_id: int) -> int:
    statement = select(func.count()).select_from(CampaignLead).where(CampaignLead.campaign_id == campaign_id)
    return (await session.execute(statement)).scalar_one()


async def unassign(session: AsyncSession, campaign_id: int, lead_ids: Sequence[int] | None) -> int:
    """Take assigned leads (None: all) out of the campaign; returns how many."""
    statement = delete(CampaignLead).where(CampaignLead.campaign_id == campaign_id)
    if lead_ids is not None:
        statement = statement.where(CampaignLead.lead_id.in_(lead_ids))
    return int(getattr(await session.execute(statement), "rowcount", 0))


async def skip_excluded(session: AsyncSession, campaign_id: int, require_consent: bool) -> None:
    """Skip the campaign's pending leads that may not be texted, each with its reason."""
    pending = (
        select(CampaignLead.lead_id)
        .where(CampaignLead.campaign_id == campaign_id, CampaignLead.status == CampaignLeadStatus.PENDING)
        .subquery("pending")
    )
    reasons = judged(pending, Lead.id.label("lead_id"), exclusion(require_consent).label("reason")).subquery("reasons")
    await session.execute(
        update(CampaignLead)
        .where(
            CampaignLead.campaign_id == campaign_id,
            CampaignLead.lead_id == reasons.c.lead_id,
            CampaignLead.status == CampaignLeadStatus.PENDING,
            reasons.c.reason.is_not(None),
        )
        .values(status=CampaignLeadStatus.SKIPPED, skip_reason=reasons.c.reason, processed_at=func.now(), updated_at=func.now())
        .execution_options(synchronize_session=False)
    )


async def unknown_ids(session: AsyncSession, column: InstrumentedAttribute[int], ids: Sequence[int]) -> list[int]:
    """Those of `ids` that no row has."""
    if not ids:
        return []
    known = set((await session.execute(select(column).where(column.in_(ids)))).scalars())
    return [wanted for wanted in ids if wanted not in known]

"""The shipped demo: some hundred fictional leads, and a draft campaign for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import service as campaigns
from outrider.campaigns.files import CampaignFile, read_campaign_file, shipped_example
from outrider.campaigns.models import Campaign
from outrider.campaigns.schemas import Audience, CampaignIn
from outrider.config import Settings
from outrider.errors import Conflict
from outrider.leads.importing import service as imports
from outrider.leads.importing.inspection import inspect_file
from outrider.leads.importing.options import ImportOptions
from outrider.leads.jobs import import_leads
from outrider.leads.models import Lead

DEMO_CAMPAIGN = "demo_campaign.yaml"
LOAD_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('outrider.demo'))")

FIND = text("""
    SELECT campaigns.id AS campaign_id, lead_lists.id AS list_id, lead_imports.id AS import_id
    FROM lead_lists
    JOIN lead_imports ON lead_imports.filename = :file AND (lead_imports.detected ->> 'list_id')::bigint = lead_lists.id
    JOIN campaigns ON campaigns.name = :campaign AND campaigns.audience -> 'list_ids' @> to_jsonb(lead_lists.id)
    WHERE lead_lists.name = :list ORDER BY campaigns.id, lead_imports.id LIMIT 1
""")


class NotEmpty(Conflict):
    """There are leads or campaigns that the demo would mix with."""


@dataclass(frozen=True, slots=True)
class Demo:
    campaign_id: int
    list_id: int
    import_id: int
    created: bool


async def load(session: AsyncSession, settings: Settings, *, anyway: bool) -> Demo:
    """Begin the import of the demo's leads and store its campaign as a draft; a demo that was loaded before is found again.

    Raises:
        NotEmpty: without `anyway`, there are leads or campaigns.
    """
    file = await asyncio.to_thread(read_campaign_file, shipped_example(DEMO_CAMPAIGN))
    await session.execute(LOAD_LOCK)
    if (found := await _find(session, file)) is not None:
        return found
    if not anyway and await _holds_anything(session):
        raise NotEmpty(
            "There are leads or campaigns already; the demo's fictional people would mix with them.",
            remedy='Send {"anyway": true} to load it all the same.',
        )
    return await _create(session, settings, file)


async def _create(session: AsyncSession, settings: Settings, file: CampaignFile) -> Demo:
    source = file.leads
    assert source.file is not None
    options = ImportOptions(list_name=source.list or file.name, columns=source.columns)
    facts, inspection, _ = await asyncio.to_thread(inspect_file, source.file, options, settings.default_region)
    begun = await imports.begin(session, str(source.file), source.file.name, facts, inspection, options)
    await import_leads.enqueue(session, import_id=begun.id)
    list_id: int = begun.detected["list_id"]
    wanted = CampaignIn(**{**(file.model_extra or {}), "name": file.name, "audience": Audience(list_ids=[list_id])})
    campaign = await campaigns.create_campaign(session, wanted)
    return Demo(campaign.id, list_id, begun.id, created=True)


async def _find(session: AsyncSession, file: CampaignFile) -> Demo | None:
    """The demo as it was loaded before, if its list, its import and its campaign are still there."""
    assert file.leads.file is not None
    names = {"list": file.leads.list or file.name, "file": file.leads.file.name, "campaign": file.name}
    row = (await session.execute(FIND, names)).one_or_none()
    return None if row is None else Demo(row.campaign_id, row.list_id, row.import_id, created=False)


async def _holds_anything(session: AsyncSession) -> bool:
    rows = select(Lead.id).limit(1).exists() | select(Campaign.id).limit(1).exists()
    return bool((await session.execute(select(rows))).scalar_one())

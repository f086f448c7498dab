"""What people who look at leads and imports are told."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.bus import subscribe
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.leads.events import ImportMoved, LeadsTouched


@subscribe(LeadsTouched)
async def tell_leads(session: AsyncSession, event: LeadsTouched) -> None:
    announce(session, Topic.LEADS, event.change, event.lead_ids, more=event.others)


@subscribe(ImportMoved)
async def tell_import(session: AsyncSession, event: ImportMoved) -> None:
    announce(session, Topic.IMPORTS, "progress", [event.import_id])

"""`/api/leads/{id}/knowledge` and `/api/leads/…/enrich`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.auth.permissions import Permission, require
from outrider.db.web import Transaction
from outrider.leads import service as leads
from outrider.leads.enriching import service
from outrider.leads.enriching.jobs import enrich_leads
from outrider.leads.enriching.schemas import LeadKnowledge
from outrider.leads.schemas import Changed, Selection

READ = [Depends(require(Permission.LEADS_READ))]
WRITE = [Depends(require(Permission.LEADS_WRITE))]
router = APIRouter(prefix="/api/leads", tags=["leads"])

Refresh = Annotated[bool, Query(description="Ask the providers anew, whatever they said lately. May cost credits there.")]


@router.post("/enrich", status_code=202, dependencies=WRITE)
async def enrich_selected_leads(session: Transaction, selection: Selection) -> Changed:
    """Let a background job ask the providers about the selected leads; `changed` is how many it will ask about."""
    count = await leads.count_leads(session, selection)
    if count:
        await enrich_leads.enqueue(session, selection=selection, begun_at=datetime.now(UTC))
    return Changed(changed=count, is_running=count > 0)


@router.get("/{lead_id}/knowledge", dependencies=READ)
async def get_lead_knowledge(session: Transaction, lead_id: int) -> LeadKnowledge:
    """What providers say about a lead and their company, each fact with its source, date and confidence."""
    return await service.knowledge(session, lead_id)


@router.post("/{lead_id}/enrich", dependencies=WRITE)
async def enrich_lead(request: Request, lead_id: int, refresh: Refresh = False) -> LeadKnowledge:
    """Ask the providers about a lead now; empty fields are filled where they are sure."""
    state = request.app.state
    return await service.enrich_lead(state.database, state.enrichers, lead_id, state.settings.default_region, refresh=refresh)

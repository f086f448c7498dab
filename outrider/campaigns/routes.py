"""`/api/campaigns`, and what was said for one campaign lead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from outrider.auth.permissions import Permission, require
from outrider.campaigns import control, preflight, progress, reading, service
from outrider.campaigns.dry_runs.routes import router as dry_run_router
from outrider.campaigns.export import result_chunks
from outrider.campaigns.models import CampaignLeadStatus, CampaignStatus
from outrider.campaigns.runs.routes import router as runs_router
from outrider.campaigns.runs.routes import statistics_router
from outrider.campaigns.schemas import (
    Assigned,
    AssignLeads,
    CampaignConversationOut,
    CampaignIn,
    CampaignLeadFilter,
    CampaignLeadOut,
    CampaignOut,
    CampaignPatch,
    CampaignProgress,
    LeadCampaignOut,
    PreflightReport,
    ProcessingLogOut,
    Retried,
    UnassignLeads,
)
from outrider.campaigns.trials.routes import router as trial_router
from outrider.db.engine import Database
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.leads.downloads import CsvDownload

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"])
lead_router = APIRouter(prefix="/api", tags=["campaigns"])
routers = [trial_router, dry_run_router, router, lead_router, runs_router, statistics_router]

READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]
SEND = [Depends(require(Permission.CAMPAIGNS_SEND))]
THREADS = [Depends(require(Permission.CONVERSATIONS_READ))]

NEWEST_FIRST = "-id"


@router.get("", dependencies=READ)
async def list_campaigns(
    session: Transaction,
    status: Annotated[list[CampaignStatus] | None, Query()] = None,
    search: Annotated[str | None, Query(max_length=200, description="Part of the name.")] = None,
    sort: Annotated[str, Query(description="`id`, `name` or `created_at`; `-` before it for descending.")] = NEWEST_FIRST,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CampaignOut]:
    """Campaigns with their figures, newest first."""
    return await reading.list_campaigns(session, status or [], search, sort, cursor, limit)


@router.post("", status_code=201, dependencies=WRITE)
async def create_campaign(session: Transaction, campaign: CampaignIn) -> CampaignOut:
    """A new draft."""
    return await service.present(session, await service.create_campaign(session, campaign))


@router.get("/{campaign_id}", dependencies=READ)
async def get_campaign(session: Transaction, campaign_id: int) -> CampaignOut:
    return await service.get_campaign(session, campaign_id)


@router.patch("/{campaign_id}", dependencies=WRITE)
async def change_campaign(session: Transaction, campaign_id: int, patch: CampaignPatch) -> CampaignOut:
    """Change a draft; of a paused campaign its texts and hours, of a running one its name, description and budget."""
    return await service.present(session, await service.change_campaign(session, campaign_id, patch))


@router.delete("/{campaign_id}", status_code=204, dependencies=WRITE)
async def delete_campaign(session: Transaction, campaign_id: int) -> None:
    """Delete a draft or a campaign that has ended; its texts stay in the leads' conversations."""
    await service.delete_campaign(session, campaign_id)


@router.post("/{campaign_id}/start", dependencies=SEND)
async def start_campaign(session: Transaction, request: Request, campaign_id: int) -> CampaignOut:
    """Start a draft after its pre-flight; it is processed in the background, now or at its scheduled time."""
    state = request.app.state
    return await service.present(session, await control.start(session, campaign_id, state.settings, state.models))


@router.post("/{campaign_id}/pause", dependencies=SEND)
async def pause_campaign(session: Transaction, campaign_id: int) -> CampaignOut:
    """Stop at once: no further lead is started and no waiting text of it leaves."""
    return await service.present(session, await control.pause(session, campaign_id))


@router.post("/{campaign_id}/resume", dependencies=SEND)
async def resume_campaign(session: Transaction, request: Request, campaign_id: int) -> CampaignOut:
    return await service.present(session, await control.resume(session, campaign_id, request.app.state.settings))


@router.post("/{campaign_id}/cancel", dependencies=SEND)
async def cancel_campaign(session: Transaction, campaign_id: int) -> CampaignOut:
    """End it: leads not written to are skipped, waiting texts never leave."""
    return await service.present(session, await control.cancel(session, campaign_id))


@router.post("/{campaign_id}/duplicate", status_code=201, dependencies=WRITE)
async def duplicate_campaign(session: Transaction, campaign_id: int) -> CampaignOut:
    """A draft with the same plan and leads."""
    return await service.present(session, await service.duplicate_campaign(session, campaign_id))


@router.post("/{campaign_id}/retry-failed", dependencies=SEND)
async def retry_failed_leads(session: Transaction, request: Request, campaign_id: int) -> Retried:
    """Work the failed leads once more."""
    return Retried(retried=await control.retry_failed(session, campaign_id, request.app.state.settings))


@router.get("/{campaign_id}/preflight", dependencies=READ)
@router.post("/{campaign_id}/preflight", dependencies=READ, include_in_schema=False)
async def check_campaign(session: Transaction, request: Request, campaign_id: int) -> PreflightReport:
    """What would happen if the campaign were started now: audience, hours, texts, cost, warnings and blockers."""
    campaign = await service.find_campaign(session, campaign_id)
    return await preflight.check_before_start(session, campaign, request.app.state.settings, request.app.state.models)


@router.post("/{campaign_id}/leads", dependencies=WRITE)
async def assign_leads(session: Transaction, campaign_id: int, wanted: AssignLeads) -> Assigned:
    """Give leads their places in a draft: by ids, by lists or by a filter."""
    return await service.assign_leads(session, campaign_id, wanted)


@router.delete("/{campaign_id}/leads", dependencies=WRITE)
async def unassign_leads(session: Transaction, campaign_id: int, which: UnassignLeads) -> Assigned:
    """Take assigned leads out of a draft."""
    return await service.unassign_leads(session, campaign_id, which.lead_ids)


class CampaignLeadQuery(CampaignLeadFilter):
    """The filter of the list, with its order and page."""

    sort: str = "id"
    cursor: Cursor = None
    limit: Limit = 50


@router.get("/{campaign_id}/leads", dependencies=READ)
async def list_campaign_leads(
    session: Transaction, campaign_id: int, query: Annotated[CampaignLeadQuery, Query()]
) -> Page[CampaignLeadOut]:
    """Leads of the campaign that match the filter. Sorts: id, name, processed_at; `-` before it for descending."""
    return await reading.list_leads(session, campaign_id, query, query.sort, query.cursor, query.limit)


@router.get("/{campaign_id}/logs", dependencies=READ)
async def list_campaign_logs(
    session: Transaction,
    campaign_id: int,
    level: Annotated[list[str] | None, Query(description="INFO, WARNING, ERROR")] = None,
    node: Annotated[list[str] | None, Query(description="validate, sms_agent, finalize …")] = None,
    campaign_lead_id: int | None = None,
    sort: Annotated[str, Query(description="`id` or `-id`.")] = NEWEST_FIRST,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[ProcessingLogOut]:
    """What the nodes of the workflow did, newest first."""
    return await reading.list_logs(
        session,
        campaign_id,
        levels=level or [],
        nodes=node or [],
        campaign_lead_id=campaign_lead_id,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{campaign_id}/export.csv", dependencies=READ, response_class=CsvDownload)
async def export_campaign(
    request: Request, campaign_id: int, status: Annotated[list[CampaignLeadStatus] | None, Query()] = None
) -> CsvDownload:
    """What became of each lead, as a CSV file."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        await service.find_campaign(session, campaign_id)
    return CsvDownload(result_chunks(database, campaign_id, status or []), f"campaign-{campaign_id}.csv")


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


@router.get(
    "/{campaign_id}/progress",
    dependencies=READ,
    response_class=EventStream,
    responses={200: {"model": CampaignProgress, "description": "Server-sent events, each with such a `data`."}},
)
async def watch_campaign(request: Request, campaign_id: int) -> EventStream:
    """The campaign's figures once per second until it has ended, as server-sent events."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        await service.find_campaign(session, campaign_id)
    return EventStream(_events(database, campaign_id), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _events(database: Database, campaign_id: int) -> AsyncIterator[str]:
    async for state in progress.watch(database, campaign_id):
        yield f"event: progress\ndata: {state.model_dump_json()}\n\n"


@lead_router.get("/campaign-leads/{campaign_lead_id}", dependencies=READ)
async def get_campaign_lead(session: Transaction, campaign_lead_id: int) -> CampaignLeadOut:
    """One lead's place in a campaign."""
    return await reading.get_campaign_lead(session, campaign_lead_id)


@lead_router.get("/conversations/{campaign_lead_id}", dependencies=THREADS)
async def get_campaign_conversation(session: Transaction, campaign_lead_id: int) -> CampaignConversationOut:
    """What was said for a campaign lead: to the model, and with the person."""
    return await reading.get_conversation(session, campaign_lead_id)


@lead_router.get("/leads/{lead_id}/campaigns", dependencies=READ)
async def list_campaigns_of_lead(
    session: Transaction,
    lead_id: int,
    sort: Annotated[str, Query(description="`id` or `-id`, the place that was given last first.")] = NEWEST_FIRST,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[LeadCampaignOut]:
    """The campaigns that a lead takes part in, with what came of each."""
    return await reading.list_campaigns_of_lead(session, lead_id, sort, cursor, limit)

"""`POST /api/campaigns/audience`, `/preview` and `/{id}/test`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request

from outrider.auth.permissions import Permission, require
from outrider.campaigns.dry_runs.routes import services_of
from outrider.campaigns.trials import service
from outrider.campaigns.trials.schemas import AudienceIn, AudienceReport, Preview, PreviewIn, TrialIn, TrialReport
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]


@router.post("/audience", dependencies=READ)
async def count_audience(session: Transaction, wanted: AudienceIn) -> AudienceReport:
    """Who an audience is: how many match, how many will be texted, and who is left out for which reason."""
    return await service.audience(session, wanted)


@router.post("/preview", dependencies=WRITE)
async def preview_texts(request: Request, wanted: PreviewIn) -> Preview:
    """What some real leads would read, written by the workflow with the campaign's model. Nothing leaves."""
    state = request.app.state
    return await service.preview(state.database, services_of(request), state.settings, wanted)


@router.post("/{campaign_id}/test", dependencies=WRITE)
async def try_campaign(request: Request, campaign_id: int, wanted: Annotated[TrialIn | None, Body()] = None) -> TrialReport:
    """Run the campaign's whole workflow on some of its leads and show every step. Nothing leaves."""
    state = request.app.state
    return await service.test(state.database, services_of(request), state.settings, campaign_id, wanted or TrialIn())

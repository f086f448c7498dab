"""The dashboard, and what happened to a lead."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.analytics import service
from outrider.analytics.counts import latest
from outrider.analytics.schemas import Dashboard, TimelineEntry
from outrider.auth.permissions import Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api", tags=["analytics"])
routers = [router]


@router.get("/dashboard", dependencies=[Depends(require(Permission.CAMPAIGNS_READ))])
async def get_dashboard(
    session: Transaction,
    request: Request,
    time_zone: Annotated[str, Query(description="IANA zone in which days begin.")] = "UTC",
    days: Annotated[int, Query(ge=1, le=90, description="Length of the period, today included: 7, 30 or 90.")] = 30,
) -> Dashboard:
    """Campaigns, texts, replies, opt-outs, cost and what needs a person: today, in the period and in the one before it."""
    return await service.dashboard(session, await latest(session, request.app.state.kept_counts, time_zone, days))


@router.get("/leads/{lead_id}/timeline", dependencies=[Depends(require(Permission.LEADS_READ))])
async def get_lead_timeline(session: Transaction, lead_id: int, cursor: Cursor = None, limit: Limit = 50) -> Page[TimelineEntry]:
    """What happened to a lead, newest first."""
    return await service.timeline(session, lead_id, cursor, limit)

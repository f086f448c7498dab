"""The dashboard, and what happened to a lead."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Query

from outrider.analytics import service
from outrider.analytics.schemas import Dashboard, TimelineEntry
from outrider.auth.permissions import Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api", tags=["analytics"])
routers = [router]


@router.get("/dashboard", dependencies=[Depends(require(Permission.CAMPAIGNS_READ))])
async def get_dashboard(
    session: Transaction, time_zone: str = Query("UTC", description="IANA zone in which today begins.")
) -> Dashboard:
    """Campaigns, texts, replies, opt-outs and cost, today and in the last 30 days."""
    return await service.dashboard(session, time_zone)


@router.get("/leads/{lead_id}/timeline", dependencies=[Depends(require(Permission.LEADS_READ))])
async def get_lead_timeline(session: Transaction, lead_id: int, cursor: Cursor = None, limit: Limit = 50) -> Page[TimelineEntry]:
    """What happened to a lead, newest first."""
    return await service.timeline(session, lead_id, cursor, limit)

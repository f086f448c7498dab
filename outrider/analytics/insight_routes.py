"""`/api/threads/{id}/insights`."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from outrider.analytics import insights
from outrider.analytics.insights import MessageInsight
from outrider.auth.permissions import Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api", tags=["conversations"])


@router.get("/threads/{conversation_id}/insights", dependencies=[Depends(require(Permission.CONVERSATIONS_READ))])
async def list_thread_insights(
    session: Transaction, conversation_id: int, cursor: Cursor = None, limit: Limit = 50
) -> Page[MessageInsight]:
    """How a conversation's automated texts came about, by message, the newest first. Texts of people have none."""
    return await insights.insights(session, conversation_id, cursor, limit)

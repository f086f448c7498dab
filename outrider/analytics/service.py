"""Figures, computed from rows when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.analytics import repository
from outrider.analytics.schemas import ActiveCampaign, Dashboard, ModelFigures, TextFigures, TimelineEntry
from outrider.db.pages import Page
from outrider.errors import InvalidInput, NotFound
from outrider.leads.models import Lead

MONTH = timedelta(days=30)


async def dashboard(session: AsyncSession, time_zone: str, now: datetime | None = None) -> Dashboard:
    """The state of everything; "today" begins at midnight in `time_zone`.

    Raises:
        InvalidInput: no such zone.
    """
    now = now or datetime.now(UTC)
    today = _midnight(now, time_zone)
    rows = await repository.figures(session, today, now - MONTH)
    texts, opted_out, models, standing = rows["texts"], rows["opted_out"], rows["models"], rows["standing"]
    return Dashboard(
        since=today,
        leads=standing.leads,
        campaigns=await repository.campaigns_by_status(session),
        today=_text_figures(texts, "_today", opted_out.today),
        last_30_days=_text_figures(texts, "", opted_out.month),
        models_today=ModelFigures(runs=models.runs_today, tokens=models.tokens_today, cost=models.cost_today),
        models_last_30_days=ModelFigures(runs=models.runs, tokens=models.tokens, cost=models.cost),
        waiting_texts=standing.waiting_texts,
        unknown_texts=standing.unknown_texts,
        unanswered_conversations=standing.unanswered,
        active_campaigns=[
            ActiveCampaign.model_validate(row, from_attributes=True) for row in await repository.active_campaigns(session)
        ],
    )


async def timeline(session: AsyncSession, lead_id: int, cursor: str | None, limit: int) -> Page[TimelineEntry]:
    """What happened to a lead, newest first.

    Raises:
        NotFound: no such lead.
        InvalidInput: the cursor is none of ours.
    """
    if await session.get(Lead, lead_id) is None:
        raise NotFound(f"There is no lead {lead_id}.")
    rows, next_cursor = await repository.timeline(session, lead_id, cursor, limit)
    return Page(items=[TimelineEntry.model_validate(row, from_attributes=True) for row in rows], next_cursor=next_cursor)


def _midnight(now: datetime, time_zone: str) -> datetime:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput.on(
            "query.time_zone", f"{time_zone!r} is no time zone", "Use an IANA name such as America/New_York."
        ) from error
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _text_figures(row: Row[Any], suffix: str, opted_out: int) -> TextFigures:
    def figure(name: str) -> Any:
        return getattr(row, f"{name}{suffix}")

    return TextFigures(
        sent=figure("sent"),
        delivered=figure("delivered"),
        undelivered=figure("undelivered"),
        refused=figure("refused"),
        received=figure("received"),
        replied_leads=figure("replied"),
        opted_out=opted_out,
        cost=figure("cost"),
    )

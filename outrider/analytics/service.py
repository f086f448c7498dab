"""Figures, computed from rows when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.analytics import repository
from outrider.analytics.attention import attention
from outrider.analytics.counts import Counts
from outrider.analytics.schemas import (
    ActiveCampaign,
    Dashboard,
    DayCost,
    DayFigures,
    FunnelStep,
    ModelFigures,
    Step,
    TextFigures,
    TimelineEntry,
)
from outrider.db.pages import Page
from outrider.errors import NotFound
from outrider.leads.models import Lead

ZERO = Decimal(0)


async def dashboard(session: AsyncSession, counts: Counts) -> Dashboard:
    """The state of everything: what was counted over all texts, and what there is now."""
    periods, texts, models, replied, opted_out = counts.periods, counts.texts, counts.models, counts.replied, counts.opted_out
    standing = await repository.standing(session)
    today = [periods.bucket_of_today]
    return Dashboard(
        counted_seconds_ago=round(max(0.0, (datetime.now(UTC) - counts.as_of).total_seconds()), 1),
        since=periods.today,
        days=len(periods.days),
        period_since=periods.since,
        leads=standing.leads,
        campaigns=await repository.campaigns_by_status(session),
        today=_text_figures(texts, today, replied.today, opted_out.today),
        period=_text_figures(texts, periods.period_buckets, replied.period, opted_out.period),
        previous=_text_figures(texts, periods.previous_buckets, replied.previous, opted_out.previous),
        models_today=_model_figures(models, today),
        models_period=_model_figures(models, periods.period_buckets),
        models_previous=_model_figures(models, periods.previous_buckets),
        waiting_texts=standing.waiting_texts,
        unknown_texts=standing.unknown_texts,
        unanswered_conversations=standing.unanswered,
        active_campaigns=[
            ActiveCampaign.model_validate(row, from_attributes=True) for row in await repository.active_campaigns(session)
        ],
        funnel=_funnel(counts.funnel),
        daily=[
            _day(day, texts.get(bucket), models.get(bucket))
            for day, bucket in zip(periods.days, periods.period_buckets, strict=True)
        ],
        attention=attention(
            standing,
            await repository.waiting_conversations(session),
            await repository.disabled_senders(session),
            await repository.paused_campaigns(session),
        ),
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


def _sum(rows: Mapping[int, Row[Any]], buckets: Iterable[int], name: str) -> Any:
    return sum((getattr(rows[bucket], name) for bucket in buckets if bucket in rows), 0)


def _text_figures(rows: Mapping[int, Row[Any]], buckets: Iterable[int], replied: int, opted_out: int) -> TextFigures:
    counts = ("sent", "delivered", "undelivered", "refused", "received", "cost")
    sums = {name: _sum(rows, buckets, name) for name in counts}
    return TextFigures(**sums, replied_leads=replied, opted_out=opted_out)


def _model_figures(rows: Mapping[int, Row[Any]], buckets: Iterable[int]) -> ModelFigures:
    return ModelFigures(**{name: _sum(rows, buckets, name) for name in ("runs", "tokens", "cost")})


def _day(day: date, texts: Row[Any] | None, models: Row[Any] | None) -> DayFigures:
    return DayFigures(
        day=day,
        sent=texts.sent if texts else 0,
        delivered=texts.delivered if texts else 0,
        received=texts.received if texts else 0,
        costs=[
            DayCost(channel="sms", kind="texts", dollars=texts.cost if texts else ZERO),
            DayCost(channel="sms", kind="models", dollars=models.cost if models else ZERO),
        ],
    )


def _funnel(rows: Mapping[bool, Row[Any]]) -> list[FunnelStep]:
    """A step that no row counts yet is nought."""

    def leads(name: str, *, is_now: bool) -> int:
        return int(getattr(rows[is_now], name, 0)) if is_now in rows else 0

    steps: tuple[Step, ...] = get_args(Step)
    return [FunnelStep(step=step, leads=leads(step, is_now=True), previous=leads(step, is_now=False)) for step in steps]

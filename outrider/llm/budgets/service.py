"""What people do with budgets, and what they are shown of them, of the calls and of the providers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings, variable_of
from outrider.db.pages import Page
from outrider.errors import NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.llm.budgets import health_repository
from outrider.llm.budgets import listing_repository as rows
from outrider.llm.budgets.limits import SETTINGS, default_limits
from outrider.llm.budgets.listing_repository import CallFilter
from outrider.llm.budgets.models import BudgetAlert, ModelHealth, Scope
from outrider.llm.budgets.purses import INSTALLATION, LIFETIME, BudgetPart, Purse
from outrider.llm.budgets.schemas import (
    AlertOut,
    BudgetOut,
    BudgetReport,
    CostReport,
    ModelCallOut,
    ModelDayCost,
    ProviderFigures,
    ProviderHealth,
    SubjectBudgetOut,
)

SHOWN_ALERTS = 10
STILL_TRYING = timedelta(minutes=15)
"""After it the word of a process that left a provider alone is too old: it may be gone."""


async def list_budgets(session: AsyncSession, settings: Settings, parts: Sequence[BudgetPart]) -> BudgetReport:
    """All budgets with what is spent, computed from the rows."""
    now = datetime.now(UTC)
    limits, stored = default_limits(settings), await rows.stored(session)
    limits |= {scope: budget.limit for scope, budget in stored.items()}
    budgets = [await _budget(session, scope, limits[scope], now, is_default=scope not in stored) for scope in SETTINGS]
    return BudgetReport(budgets=budgets, campaigns=await _subjects(session, parts), time=now)


async def change_limit(session: AsyncSession, scope: Scope, limit: Decimal | None) -> None:
    """Set a limit; it holds from the next call on."""
    await rows.store(session, scope, limit)
    announce(session, Topic.BUDGETS, "changed")


async def restore_limit(session: AsyncSession, scope: Scope) -> None:
    """Go back to the limit of the settings."""
    await rows.remove(session, scope)
    announce(session, Topic.BUDGETS, "changed")


async def list_alerts(session: AsyncSession, cursor: str | None, limit: int) -> Page[AlertOut]:
    """
    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    found, following = await rows.alerts(session, cursor, limit)
    return Page(items=[_alert(row[0]) for row in found], next_cursor=following)


async def list_calls(session: AsyncSession, wanted: CallFilter, cursor: str | None, limit: int) -> Page[ModelCallOut]:
    """
    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    found, following = await rows.calls(session, wanted, cursor, limit)
    return Page(items=[ModelCallOut.model_validate(row[0]) for row in found], next_cursor=following)


async def read_call(session: AsyncSession, call_id: int) -> ModelCallOut:
    """
    Raises:
        NotFound: there is no such call, or it is so old that only the sums of its day are kept.
    """
    found = await rows.call(session, call_id)
    if found is None:
        raise NotFound(f"There is no model call {call_id}.", remedy="Old calls are kept only as the sums of their days.")
    return ModelCallOut.model_validate(found)


async def read_costs(session: AsyncSession, days: int) -> CostReport:
    """What models cost on each of the last `days` days (UTC), today included."""
    first = _period(Scope.DAY, datetime.now(UTC))[0] - timedelta(days=days - 1)
    found = await rows.costs(session, first)
    costs = [ModelDayCost.model_validate(row, from_attributes=True) for row in found]
    return CostReport(first_day=first.date(), last_day=(first + timedelta(days=days - 1)).date(), costs=costs)


async def read_health(session: AsyncSession) -> list[ProviderHealth]:
    """Every provider that was asked within a week, or that a process has something to say about."""
    now = datetime.now(UTC)
    spans = [await _figures(session, now - span) for span in (timedelta(hours=1), timedelta(days=1), timedelta(days=7))]
    told: dict[str, list[ModelHealth]] = {}
    for row in await health_repository.board(session):
        told.setdefault(row.provider, []).append(row)
    names = sorted({*told, *(name for span in spans for name in span)})
    return [_health(name, told.get(name, []), [span.get(name, ProviderFigures()) for span in spans], now) for name in names]


async def left_alone(session: AsyncSession) -> dict[str, str]:
    """The providers that failed so often that a process leaves them alone for now, with the reason in words."""
    now = datetime.now(UTC)
    told: dict[str, str] = {}
    for row in await health_repository.board(session):
        if row.state == "open" and row.until is not None and row.until > now:
            why = row.problem or f"{row.provider} failed too often and is left alone until {row.until:%H:%M} UTC."
            told.setdefault(row.provider, why)
    return told


async def _budget(session: AsyncSession, scope: Scope, limit: Decimal | None, now: datetime, *, is_default: bool) -> BudgetOut:
    shown = BudgetOut(
        scope=scope,
        limit=limit,
        is_default=is_default,
        setting=variable_of(SETTINGS[scope]),
        spent=None,
        under_way=None,
        starts_at=None,
        ends_at=None,
        used_up=0,
        alerts=[],
    )
    if scope is Scope.CONVERSATION:
        if limit is not None:
            shown.used_up = await rows.conversations_used_up(session, limit)
            shown.alerts = [_alert(alert) for alert in await rows.latest_alerts(session, scope, limit, SHOWN_ALERTS)]
        return shown
    shown.starts_at, shown.ends_at = _period(scope, now)
    figures = await rows.spent(session, shown.starts_at)
    shown.spent, shown.under_way = figures.spent, figures.under_way
    if limit is not None:
        purse = Purse(scope, INSTALLATION, shown.starts_at.date())
        shown.alerts = [_alert(alert) for alert in await rows.alerts_of(session, purse, limit)]
        shown.used_up = int(figures.spent - figures.under_way >= limit or any(a.threshold == 100 for a in shown.alerts))
    return shown


def _period(scope: Scope, now: datetime) -> tuple[datetime, datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if scope is Scope.DAY:
        return today, today + timedelta(days=1)
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


async def _subjects(session: AsyncSession, parts: Sequence[BudgetPart]) -> list[SubjectBudgetOut]:
    found = [(part.scope, listed) for part in parts for listed in await part.listed(session)]
    under_way = await rows.under_way_by_campaign(session, [listed.subject_id for _, listed in found])
    return [
        SubjectBudgetOut(
            scope=scope,
            subject_id=listed.subject_id,
            name=listed.name,
            limit=listed.limit,
            spent=listed.spent,
            under_way=under_way.get(listed.subject_id, Decimal(0)),
        )
        for scope, listed in found
    ]


def _alert(alert: BudgetAlert) -> AlertOut:
    return AlertOut(
        id=alert.id,
        scope=Scope(alert.scope),
        subject_id=alert.subject_id or None,
        period=None if alert.period == LIFETIME else alert.period,
        threshold=alert.threshold,
        limit=alert.limit,
        spent=alert.spent,
        created_at=alert.created_at,
    )


async def _figures(session: AsyncSession, since: datetime) -> dict[str, ProviderFigures]:
    found = {
        row.provider: ProviderFigures(
            calls=row.calls,
            answered=row.answered,
            from_cache=row.from_cache,
            under_way=row.under_way,
            p50_ms=row.p50,
            p95_ms=row.p95,
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
            cost=row.cost,
        )
        for row in await health_repository.figures(session, since)
    }
    for row in await health_repository.errors(session, since):
        found[row.provider].errors[row.outcome] = row.calls
    return found


def _health(name: str, told: Sequence[ModelHealth], spans: Sequence[ProviderFigures], now: datetime) -> ProviderHealth:
    """
    Args:
        told: what processes say of it, the latest first.
    """
    lasting = [row for row in told if row.state == "open" and row.until is not None and row.until > now]
    trying = [row for row in told if row.state != "closed" and (row.until or row.changed_at) > now - STILL_TRYING]
    hour, day, week = spans
    return ProviderHealth(
        provider=name,
        state="open" if lasting else "half_open" if trying else "closed",
        until=max((row.until for row in lasting if row.until), default=None),
        changed_at=told[0].changed_at if told else None,
        processes_open=len(lasting),
        problem=next((row.problem for row in told if row.problem), None),
        last_hour=hour,
        last_day=day,
        last_week=week,
    )

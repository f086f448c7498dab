"""Queries of those who look at budgets and calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import SortKey, read_order, read_rows
from outrider.llm.budgets.models import Budget, BudgetAlert, BudgetGuard, ModelCall, Scope
from outrider.llm.budgets.purses import Purse

CALL_SORTS = {"created_at": SortKey(ModelCall.created_at.expression, datetime)}
ALERT_SORTS = {"created_at": SortKey(BudgetAlert.created_at.expression, datetime)}
LATEST = "-created_at"

SPENT = text("""
    SELECT coalesce(sum(cost), 0) + coalesce((SELECT sum(cost) FROM model_call_totals WHERE day >= :day), 0) AS spent,
        coalesce(sum(cost) FILTER (WHERE state = 'reserved'), 0) AS under_way
    FROM model_calls WHERE created_at >= :since
""")

COSTS = text("""
    SELECT day, model, purpose, sum(calls)::bigint AS calls, sum(input_tokens)::bigint AS input_tokens,
        sum(output_tokens)::bigint AS output_tokens, sum(cost) AS cost
    FROM (
        SELECT (created_at AT TIME ZONE 'UTC')::date AS day, model, purpose, count(*) AS calls,
            coalesce(sum(input_tokens) FILTER (WHERE NOT from_cache), 0) AS input_tokens,
            coalesce(sum(output_tokens) FILTER (WHERE NOT from_cache), 0) AS output_tokens, sum(cost) AS cost
        FROM model_calls WHERE created_at >= :since GROUP BY 1, 2, 3
        UNION ALL
        SELECT day, model, '', calls, input_tokens, output_tokens, cost FROM model_call_totals WHERE day >= :day
    ) AS parts
    GROUP BY day, model, purpose ORDER BY day, model, purpose
""")

UNDER_WAY_BY_CAMPAIGN = text("""
    SELECT campaign_id, sum(cost) AS cost FROM model_calls
    WHERE state = 'reserved' AND campaign_id = ANY(:ids) GROUP BY campaign_id
""")


@dataclass(frozen=True, slots=True)
class CallFilter:
    model: str | None = None
    purpose: str | None = None
    outcome: str | None = None
    campaign_id: int | None = None
    conversation_id: int | None = None


async def calls(session: AsyncSession, wanted: CallFilter, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """(call, …) of one page, the latest first, and the cursor of the next."""
    query: Select[Any] = select(ModelCall)
    for name in CallFilter.__dataclass_fields__:
        if (value := getattr(wanted, name)) is not None:
            query = query.where(getattr(ModelCall, name) == value)
    return await read_rows(session, query, read_order(LATEST, CALL_SORTS, ModelCall.id), cursor, limit)


async def call(session: AsyncSession, call_id: int) -> ModelCall | None:
    return await session.get(ModelCall, call_id)


async def costs(session: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    """By day, model and purpose, the earliest first."""
    return (await session.execute(COSTS, {"since": since, "day": since.date()})).all()


async def alerts(session: AsyncSession, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """(alert, …) of one page, the latest first, and the cursor of the next."""
    return await read_rows(session, select(BudgetAlert), read_order(LATEST, ALERT_SORTS, BudgetAlert.id), cursor, limit)


async def spent(session: AsyncSession, since: datetime) -> Row[Any]:
    """(spent, under_way) of all calls since then."""
    return (await session.execute(SPENT, {"since": since, "day": since.date()})).one()


async def under_way_by_campaign(session: AsyncSession, campaign_ids: Sequence[int]) -> dict[int, Decimal]:
    rows = await session.execute(UNDER_WAY_BY_CAMPAIGN, {"ids": list(campaign_ids)})
    return {row.campaign_id: row.cost for row in rows}


async def alerts_of(session: AsyncSession, purse: Purse, limit: Decimal) -> Sequence[BudgetAlert]:
    """Alerts of a purse and its present limit."""
    query = select(BudgetAlert).where(
        BudgetAlert.scope == purse.scope,
        BudgetAlert.subject_id == purse.subject_id,
        BudgetAlert.period == purse.period,
        BudgetAlert.limit == limit,
    )
    return (await session.scalars(query.order_by(BudgetAlert.threshold))).all()


async def latest_alerts(session: AsyncSession, scope: Scope, limit: Decimal, most: int) -> Sequence[BudgetAlert]:
    query = select(BudgetAlert).where(BudgetAlert.scope == scope, BudgetAlert.limit == limit)
    return (await session.scalars(query.order_by(BudgetAlert.created_at.desc(), BudgetAlert.id.desc()).limit(most))).all()


async def conversations_used_up(session: AsyncSession, limit: Decimal) -> int:
    """Conversations that had their last alert at this limit, and have spent it."""
    query = (
        select(func.count())
        .select_from(BudgetAlert)
        .join(
            BudgetGuard,
            (BudgetGuard.scope == BudgetAlert.scope)
            & (BudgetGuard.subject_id == BudgetAlert.subject_id)
            & (BudgetGuard.period == BudgetAlert.period),
        )
        .where(BudgetAlert.scope == Scope.CONVERSATION, BudgetAlert.limit == limit, BudgetAlert.threshold == 100)
    )
    return int((await session.execute(query)).scalar_one())


async def stored(session: AsyncSession) -> dict[Scope, Budget]:
    return {Scope(budget.scope): budget for budget in await session.scalars(select(Budget))}


async def store(session: AsyncSession, scope: Scope, limit: Decimal | None) -> None:
    values = {"scope": scope.value, "limit": limit, "updated_at": func.now()}
    statement = insert(Budget).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=["scope"], set_=values))


async def remove(session: AsyncSession, scope: Scope) -> None:
    if (budget := await session.get(Budget, scope)) is not None:
        await session.delete(budget)
        await session.flush()

"""Queries of the books: guards, reservations, settlements. They run on the raw connection, a few for any number of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.llm.budgeted import Call, Result
from outrider.llm.budgets.models import Scope
from outrider.llm.budgets.purses import Purse, Standing

ADD = """
    INSERT INTO budget_guards AS g (scope, subject_id, period, spent)
    SELECT scope, subject_id, period, amount
    FROM unnest($1::text[], $2::bigint[], $3::date[], $4::numeric[]) AS t (scope, subject_id, period, amount)
    ORDER BY scope, subject_id, period
    ON CONFLICT (scope, subject_id, period) DO UPDATE SET spent = g.spent + excluded.spent
    RETURNING g.scope, g.subject_id, g.period, g.spent,
        (SELECT ARRAY[b."limit"] FROM budgets AS b WHERE b.scope = g.scope) AS stored
"""

RESERVE = """
    INSERT INTO model_calls (state, model, purpose, reserved, cost, campaign_id, conversation_id, lead_id, created_at,
        lease_until, run_id)
    SELECT 'reserved', model, purpose, amount, amount, campaign_id, conversation_id, lead_id, created_at, lease_until, run_id
    FROM unnest($1::text[], $2::text[], $3::numeric[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[],
                $8::timestamptz[], $9::text[])
        WITH ORDINALITY AS t (model, purpose, amount, campaign_id, conversation_id, lead_id, created_at, lease_until, run_id,
            place)
    ORDER BY place
    RETURNING id
"""

SETTLE = """
    WITH told AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::boolean[], $10::boolean[], $11::text[])
        AS t (id, model, outcome, cost, milliseconds, input_tokens, output_tokens, cached_input_tokens, usage_estimated,
            price_known, trace_id)
    ), held AS (
        SELECT c.id FROM model_calls AS c JOIN told USING (id)
        WHERE c.state IN ('reserved', 'lost') ORDER BY c.id FOR NO KEY UPDATE OF c
    )
    UPDATE model_calls AS c SET state = 'settled', model = told.model, outcome = told.outcome, cost = told.cost,
        milliseconds = told.milliseconds, input_tokens = told.input_tokens, output_tokens = told.output_tokens,
        cached_input_tokens = told.cached_input_tokens, usage_estimated = told.usage_estimated,
        price_known = told.price_known, trace_id = told.trace_id, settled_at = now()
    FROM told JOIN held USING (id) WHERE c.id = told.id
    RETURNING c.id
"""

NOTE = """
    INSERT INTO model_calls (state, model, purpose, outcome, cost, milliseconds, input_tokens, output_tokens,
        cached_input_tokens, usage_estimated, price_known, from_cache, trace_id, campaign_id, conversation_id, lead_id,
        created_at, run_id, settled_at)
    SELECT 'settled', model, purpose, outcome, cost, milliseconds, input_tokens, output_tokens, cached_input_tokens,
        usage_estimated, price_known, from_cache, trace_id, campaign_id, conversation_id, lead_id, created_at, run_id, now()
    FROM unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
        $9::boolean[], $10::boolean[], $11::boolean[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[],
        $16::timestamptz[], $17::text[])
        AS t (model, purpose, outcome, cost, milliseconds, input_tokens, output_tokens, cached_input_tokens, usage_estimated,
            price_known, from_cache, trace_id, campaign_id, conversation_id, lead_id, created_at, run_id)
"""

UNDER_WAY = "SELECT coalesce(sum(cost), 0) FROM model_calls WHERE state = 'reserved' AND "

LOSE = """
    UPDATE model_calls SET state = 'lost', outcome = 'lost', usage_estimated = true, settled_at = now()
    WHERE id IN (SELECT id FROM model_calls WHERE state = 'reserved' AND lease_until < $1 ORDER BY id FOR UPDATE SKIP LOCKED)
"""

DROP_OLD = """
    WITH gone AS (
        DELETE FROM model_calls WHERE id IN (
            SELECT id FROM model_calls WHERE created_at < $1 AND state <> 'reserved' ORDER BY created_at, id LIMIT $2
        )
        RETURNING (created_at AT TIME ZONE 'UTC')::date AS day, model, coalesce(campaign_id, 0) AS campaign_id, input_tokens,
            output_tokens, cost
    ), kept AS (
        INSERT INTO model_call_totals AS t (day, model, campaign_id, calls, input_tokens, output_tokens, cost)
        SELECT day, model, campaign_id, count(*), sum(input_tokens), sum(output_tokens), sum(cost)
        FROM gone GROUP BY day, model, campaign_id ORDER BY day, model, campaign_id
        ON CONFLICT (day, model, campaign_id) DO UPDATE SET calls = t.calls + excluded.calls,
            input_tokens = t.input_tokens + excluded.input_tokens, output_tokens = t.output_tokens + excluded.output_tokens,
            cost = t.cost + excluded.cost
    )
    SELECT count(*) FROM gone
"""

TELL = """
    INSERT INTO budget_alerts (scope, subject_id, period, threshold, "limit", spent)
    SELECT $1, $2, $3, threshold, $5, $6 FROM unnest($4::smallint[]) AS threshold
    ON CONFLICT DO NOTHING RETURNING id, threshold
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reservation in the books."""

    id: int
    call: Call
    amount: Decimal
    created_at: datetime


async def add(
    session: AsyncSession, amounts: Mapping[Purse, Decimal], defaults: Mapping[Scope, Decimal | None]
) -> dict[Purse, Standing]:
    """Add to the guards, which are made if they are new; returns how they stand then.

    Args:
        defaults: the limits of scopes for which nobody has set one.
    """
    connection = await raw_connection(session)
    rows = await connection.fetch(
        ADD,
        [purse.scope.value for purse in amounts],
        [purse.subject_id for purse in amounts],
        [purse.period for purse in amounts],
        list(amounts.values()),
    )
    standings: dict[Purse, Standing] = {}
    for row in rows:
        scope = Scope(row["scope"])
        limit = defaults[scope] if row["stored"] is None else row["stored"][0]
        standings[Purse(scope, row["subject_id"], row["period"])] = Standing(row["spent"], limit)
    return standings


async def reserve(session: AsyncSession, calls: Sequence[tuple[Call, Decimal, datetime]], lease: timedelta) -> list[Entry]:
    """Write reservations of (call, amount, moment)."""
    connection = await raw_connection(session)
    rows = await connection.fetch(
        RESERVE,
        [call.model for call, _, _ in calls],
        [call.purpose for call, _, _ in calls],
        [amount for _, amount, _ in calls],
        [call.scope.campaign_id for call, _, _ in calls],
        [call.scope.conversation_id for call, _, _ in calls],
        [call.scope.lead_id for call, _, _ in calls],
        [moment for _, _, moment in calls],
        [moment + lease for _, _, moment in calls],
        [call.run_id for call, _, _ in calls],
    )
    return [Entry(row["id"], *call) for row, call in zip(rows, calls, strict=True)]


async def settle(session: AsyncSession, settlements: Sequence[tuple[Entry, Result]]) -> set[int]:
    """Write what became of reservations, each once; returns those that were not settled before."""
    connection = await raw_connection(session)
    results = [result for _, result in settlements]
    rows = await connection.fetch(
        SETTLE,
        [entry.id for entry, _ in settlements],
        [result.model for result in results],
        [result.outcome for result in results],
        [result.cost for result in results],
        [round(result.seconds * 1000) for result in results],
        [result.input_tokens for result in results],
        [result.output_tokens for result in results],
        [result.cached_input_tokens for result in results],
        [result.usage_estimated for result in results],
        [result.price_known for result in results],
        [result.trace_id for result in results],
    )
    return {row["id"] for row in rows}


async def note(session: AsyncSession, notes: Sequence[tuple[Call, Result, datetime]]) -> None:
    """Write calls for which nothing was reserved."""
    connection = await raw_connection(session)
    results, scopes = [result for _, result, _ in notes], [call.scope for call, _, _ in notes]
    await connection.execute(
        NOTE,
        [result.model for result in results],
        [call.purpose for call, _, _ in notes],
        [result.outcome for result in results],
        [result.cost for result in results],
        [round(result.seconds * 1000) for result in results],
        [result.input_tokens for result in results],
        [result.output_tokens for result in results],
        [result.cached_input_tokens for result in results],
        [result.usage_estimated for result in results],
        [result.price_known for result in results],
        [result.from_cache for result in results],
        [result.trace_id for result in results],
        [scope.campaign_id for scope in scopes],
        [scope.conversation_id for scope in scopes],
        [scope.lead_id for scope in scopes],
        [moment for _, _, moment in notes],
        [call.run_id for call, _, _ in notes],
    )


async def under_way(session: AsyncSession, purse: Purse) -> Decimal:
    """US dollars reserved for calls under way that the purse pays for."""
    connection = await raw_connection(session)
    if purse.scope is Scope.CAMPAIGN:
        found = await connection.fetchval(UNDER_WAY + "campaign_id = $1", purse.subject_id)
    elif purse.scope is Scope.CONVERSATION:
        found = await connection.fetchval(UNDER_WAY + "conversation_id = $1", purse.subject_id)
    else:
        since = datetime(purse.period.year, purse.period.month, purse.period.day, tzinfo=UTC)
        found = await connection.fetchval(UNDER_WAY + "created_at >= $1", since)
    return Decimal(found)


async def lose(session: AsyncSession, now: datetime) -> int:
    """Give up reservations whose lease is over: they count as spent. Returns how many."""
    connection = await raw_connection(session)
    return int((await connection.execute(LOSE, now)).split()[-1])


async def drop_old(session: AsyncSession, before: datetime, most: int) -> int:
    """Put old calls into the totals of their days; returns how many."""
    connection = await raw_connection(session)
    return int(await connection.fetchval(DROP_OLD, before, most))


async def tell(session: AsyncSession, purse: Purse, standing: Standing, thresholds: Sequence[int]) -> dict[int, int]:
    """Keep alerts that were not told before; returns the threshold of each by its id."""
    connection = await raw_connection(session)
    found = await connection.fetch(
        TELL, purse.scope.value, purse.subject_id, purse.period, list(thresholds), standing.limit, standing.spent
    )
    return {row["id"]: row["threshold"] for row in found}

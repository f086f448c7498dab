"""Queries of effects: queued by a commit, claimed by who carries them out, finished by compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.intents import RunEffect
from outrider.workflows.runs.applying import Asked

EFFECTS_CHANNEL = "outrider_effects"

WAKE = f"SELECT pg_notify('{EFFECTS_CHANNEL}', '')"

INSERT = """
    INSERT INTO run_effects AS e (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, kind, payload, answer_wanted,
        idempotency_key)
    SELECT run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, kind, payload::jsonb, answer_wanted, idempotency_key
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[],
            $9::boolean[], $10::text[])
        AS t (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, kind, payload, answer_wanted, idempotency_key)
    ON CONFLICT (idempotency_key) DO UPDATE SET
        run_id = excluded.run_id, node_id = excluded.node_id, visit = excluded.visit, answer_wanted = excluded.answer_wanted,
        state = CASE WHEN e.state IN ('failed', 'cancelled') THEN 'queued' ELSE e.state END,
        due_at = CASE WHEN e.state IN ('failed', 'cancelled') THEN now() ELSE e.due_at END,
        attempts = CASE WHEN e.state IN ('failed', 'cancelled') THEN 0 ELSE e.attempts END,
        updated_at = now()
    RETURNING e.id, e.state
"""
"""An effect that surely did not happen may be asked for again, under the same key."""

CLAIM = """
    WITH due AS (
        SELECT id, state, claims, due_at FROM run_effects
        WHERE due_at <= now() AND NOT campaign_id = ANY($1::bigint[])
        ORDER BY due_at LIMIT 3 * $2 FOR NO KEY UPDATE SKIP LOCKED
    ), placed AS (
        SELECT id, state, row_number() OVER (PARTITION BY claims > 0 ORDER BY claims, due_at) AS place,
            CASE WHEN claims > 0 THEN 1 ELSE $2 END AS most
        FROM due
    )
    UPDATE run_effects AS e SET state = 'working', token = $3, due_at = now() + $4::interval, attempts = e.attempts + 1,
        claims = e.claims + 1, updated_at = now()
    FROM placed WHERE e.id = placed.id AND placed.place <= placed.most
    RETURNING e.id, e.kind, e.payload, e.idempotency_key, e.attempts, e.claims, e.run_id, e.campaign_id, e.lead_id,
        placed.state = 'working' AS is_uncertain
"""
"""Of those that were claimed before and not heard of since one is taken: it may be what ends each process that has it."""

KEEP = "UPDATE run_effects SET due_at = now() + $2::interval WHERE state = 'working' AND token = $1"

FINISH = """
    WITH run AS (SELECT r.id FROM runs AS r WHERE r.id = (SELECT run_id FROM run_effects WHERE id = $1) FOR NO KEY UPDATE)
    UPDATE run_effects AS e SET state = $3, result = $4::text::jsonb, error = $5, token = NULL, claims = 0, updated_at = now(),
        due_at = CASE WHEN $3 IN ('queued', 'working') THEN now() + $6::interval END,
        finished_at = CASE WHEN $3 NOT IN ('queued', 'working') THEN now() END
    FROM run WHERE e.id = $1 AND e.token = $2 AND e.state = 'working' AND e.run_id = run.id
    RETURNING e.id
"""
"""The run is locked first, as everywhere."""

SHOWN = """
    SELECT e.id, e.run_id, e.lead_id, e.campaign_id, e.node_id, e.kind, e.payload, e.error, now() AS told_at,
        coalesce(l.name, '') AS lead_name, coalesce(c.name, '') AS campaign_name
    FROM run_effects AS e LEFT JOIN leads AS l ON l.id = e.lead_id LEFT JOIN campaigns AS c ON c.id = e.campaign_id
    WHERE e.id = $1
"""
"""Campaigns are above this folder; their names are shown all the same."""


async def insert(session: AsyncSession, asked: Sequence[Asked[RunEffect]]) -> list[int]:
    """Queue effects; returns those of them whose result is known from an earlier run of the same name."""
    connection = await raw_connection(session)
    found = await connection.fetch(
        INSERT,
        [one.asker.run.run_id for one in asked],
        [one.asker.run.campaign_id for one in asked],
        [one.asker.run.campaign_lead_id for one in asked],
        [one.asker.run.lead_id for one in asked],
        [one.intent.node_id for one in asked],
        [one.visit for one in asked],
        [one.intent.kind for one in asked],
        [orjson.dumps(one.intent.payload, default=str).decode() for one in asked],
        [one.intent.answer_wanted for one in asked],
        [one.dedupe_key for one in asked],
    )
    await connection.execute(WAKE)
    return [row["id"] for row in found if row["state"] == "done"]


async def claim(
    session: AsyncSession, resting_campaign_ids: Sequence[int], most: int, token: str, lease: timedelta
) -> list[asyncpg.Record]:
    """Take effects that are due, the longest due first; none of campaigns that rest."""
    connection = await raw_connection(session)
    return await connection.fetch(CLAIM, list(resting_campaign_ids), most, token, lease)


async def keep(session: AsyncSession, token: str, lease: timedelta) -> None:
    """Show that who has this token is still at work."""
    connection = await raw_connection(session)
    await connection.execute(KEEP, token, lease)


async def finish(
    session: AsyncSession,
    effect_id: int,
    token: str,
    state: str,
    result: Mapping[str, Any] | None,
    error: str | None,
    pause: timedelta,
) -> bool:
    """Whether the effect still belonged to who had this token."""
    connection = await raw_connection(session)
    stored = None if result is None else orjson.dumps(result, default=str).decode()
    return await connection.fetchval(FINISH, effect_id, token, state, stored, error, pause) is not None


async def shown(session: AsyncSession, effect_id: int) -> asyncpg.Record:
    """The effect with what names its lead and its campaign."""
    connection = await raw_connection(session)
    found = await connection.fetchrow(SHOWN, effect_id)
    assert found is not None
    return found

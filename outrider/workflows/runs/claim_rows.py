"""Queries of who resumes paused runs now.

A claim is a token with a lease in the run's row; a run whose lease ran out is claimed again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.runs.facts import LEAD_COLUMNS, LEAD_TABLES

CLAIM_DUE = """
    WITH due AS (
        SELECT first.run_id, min(first.due_at) AS due_at
        FROM unnest($1::bigint[]) AS campaign (id)
        CROSS JOIN LATERAL (
            SELECT w.run_id, w.due_at FROM run_waits AS w JOIN runs AS r ON r.id = w.run_id
            WHERE w.campaign_id = campaign.id AND w.due_at <= now()
                AND r.status = 'waiting' AND r.claims = 0 AND (r.leased_until IS NULL OR r.leased_until < now())
            ORDER BY w.due_at LIMIT $2 FOR NO KEY UPDATE OF r SKIP LOCKED
        ) AS first
        GROUP BY first.run_id ORDER BY min(first.due_at) LIMIT $2
    )
    UPDATE runs AS r SET token = $3, leased_until = now() + $4::interval, claims = 1 FROM due WHERE r.id = due.run_id
    RETURNING r.id
"""

CLAIM_LOST = """
    WITH due AS (
        SELECT first.run_id, min(first.due_at) AS due_at
        FROM unnest($1::bigint[]) AS campaign (id)
        CROSS JOIN LATERAL (
            SELECT w.run_id, w.due_at FROM run_waits AS w WHERE w.campaign_id = campaign.id AND w.due_at <= now()
            ORDER BY w.due_at LIMIT $4
        ) AS first
        GROUP BY first.run_id
    ), lost AS (
        SELECT r.id, r.claims FROM runs AS r JOIN due ON due.run_id = r.id
        WHERE r.status = 'waiting' AND r.claims > 0 AND (r.leased_until IS NULL OR r.leased_until < now())
        ORDER BY r.claims, due.due_at LIMIT $5 FOR NO KEY UPDATE OF r SKIP LOCKED
    ), least AS (
        SELECT id, row_number() OVER () AS place, CASE claims WHEN 1 THEN $5 WHEN 2 THEN $6 ELSE 1 END AS most
        FROM lost WHERE claims = (SELECT min(claims) FROM lost)
    )
    UPDATE runs AS r SET token = $2, leased_until = now() + $3::interval, claims = r.claims + 1
    FROM least WHERE r.id = least.id AND least.place <= least.most
    RETURNING r.id
"""
"""Runs that were claimed by a process which was not heard of since. One of them may be what ends each process that has it: so
they are claimed in ever smaller groups, at last alone, those that were lost least first."""

FIRST_DUE = 1000
"""Among so many runs that are due in a campaign lost ones are looked for: they have been due for long."""
LOST_ONCE, LOST_TWICE = 25, 4
"""How many runs are claimed together that were lost so often."""

READ_CLAIMED = f"""
    SELECT r.id, r.workflow_version_id, r.subject_id, r.campaign_id, r.lead_id, r.attempt, r.trace_id, r.checkpoint, r.revision,
        r.claims, waits.waits, {LEAD_COLUMNS},
        CASE WHEN r.replay_of IS NULL THEN r.started_at ELSE (
            SELECT min(first.started_at) FROM runs AS first
            WHERE first.lead_id = r.lead_id AND first.subject_id = r.subject_id AND first.attempt = r.attempt
        ) END AS started_at
    FROM runs AS r
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('id', w.interrupt_id, 'kind', w.kind, 'answer', w.answer)) AS waits
        FROM run_waits AS w WHERE w.run_id = r.id AND w.due_at <= now()
    ) AS waits
    JOIN ({LEAD_TABLES}) ON l.id = r.lead_id
    WHERE r.id = ANY($1::bigint[])
"""  # noqa: S608  (built from constants)
"""A statement of its own: the one that claims sees the waits as they were when it began, and a run as it was when it got it."""

KEEP = "UPDATE runs SET leased_until = now() + $2::interval WHERE id = ANY($1::bigint[]) AND token = ANY($3::text[])"

RELEASE = """
    UPDATE runs SET token = NULL, leased_until = NULL, claims = 0 WHERE id = ANY($1::bigint[]) AND token = $2 RETURNING id
"""

EXCUSE = "UPDATE runs SET claims = 0 WHERE id = $1 AND token = $2"


async def claim_due(
    session: AsyncSession, campaign_ids: Sequence[int], most: int, token: str, lease: timedelta
) -> list[asyncpg.Record]:
    """Take about `most` runs of these campaigns for which something is due, the longest due first, with lead and conversation.

    Runs that were claimed before and not heard of since are left to `claim_lost`.
    """
    connection = await raw_connection(session)
    claimed = [row["id"] for row in await connection.fetch(CLAIM_DUE, list(campaign_ids), most, token, lease)]
    return await _read_claimed(session, claimed, token)


async def claim_lost(session: AsyncSession, campaign_ids: Sequence[int], token: str, lease: timedelta) -> list[asyncpg.Record]:
    """Take a few runs whose claims were lost with their processes. Nobody should take more before these are dealt with."""
    connection = await raw_connection(session)
    limits = FIRST_DUE, LOST_ONCE, LOST_TWICE
    claimed = [row["id"] for row in await connection.fetch(CLAIM_LOST, list(campaign_ids), token, lease, *limits)]
    return await _read_claimed(session, claimed, token)


async def _read_claimed(session: AsyncSession, claimed: Sequence[int], token: str) -> list[asyncpg.Record]:
    connection = await raw_connection(session)
    found = await connection.fetch(READ_CLAIMED, claimed) if claimed else []
    due = [row for row in found if row["waits"] is not None]
    if len(due) < len(claimed):
        # What they waited for was dealt with at this moment.
        await release(session, sorted(set(claimed) - {row["id"] for row in due}), token)
    return due


async def keep(session: AsyncSession, run_ids: Collection[int], tokens: Collection[str], lease: timedelta) -> None:
    """Show that these claims are still worked on."""
    connection = await raw_connection(session)
    await connection.execute(KEEP, list(run_ids), lease, list(tokens))


async def release(session: AsyncSession, run_ids: Sequence[int], token: str) -> list[int]:
    """Give claimed runs back as they were; returns those that still belonged to the claim."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(RELEASE, list(run_ids), token)]


async def excuse(session: AsyncSession, run_id: int, token: str) -> None:
    """It was heard of the claim: the run is not to blame for it. The claim keeps its lease, after which it is tried again."""
    connection = await raw_connection(session)
    await connection.execute(EXCUSE, run_id, token)

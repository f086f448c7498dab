"""Queries of paused runs: what a segment changes, what wakes and what ends them.

They run on the raw connection, a few statements for any number of runs. Whoever locks leads' places and runs locks the places
first; several runs are locked in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.waiting import PausedWait

TIMERS_CHANNEL = "outrider_timers"

WAKE_TIMERS = f"SELECT pg_notify('{TIMERS_CHANNEL}', '')"

STORE = """
    WITH wanted AS (
        SELECT * FROM unnest(
            $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::bigint[], $7::text[], $8::text[], $9::text[],
            $10::bigint[], $11::bigint[], $12::numeric[], $13::timestamptz[]
        ) AS t (id, token, revision, status, checkpoint, steps, error, error_node, model, input_tokens, output_tokens, cost,
            finished_at)
    ), held AS (
        SELECT wanted.*, r.steps AS steps_before FROM runs AS r JOIN wanted ON wanted.id = r.id
        WHERE r.token = wanted.token AND r.revision = wanted.revision AND r.status = 'waiting'
        ORDER BY r.id FOR NO KEY UPDATE OF r
    )
    UPDATE runs AS r SET
        status = held.status, checkpoint = held.checkpoint, steps = r.steps + held.steps, error = held.error,
        error_node = held.error_node, model = coalesce(held.model, r.model),
        input_tokens = greatest(r.input_tokens, held.input_tokens),
        output_tokens = greatest(r.output_tokens, held.output_tokens),
        cost = r.cost + held.cost, token = NULL, leased_until = NULL, claims = 0,
        updated_at = now(), finished_at = held.finished_at
    FROM held WHERE r.id = held.id
    RETURNING r.id, held.steps_before
"""

RELEASE_OVERTAKEN = """
    UPDATE runs AS r SET token = NULL, leased_until = NULL, claims = 0 FROM unnest($1::bigint[], $2::text[]) AS t (id, token)
    WHERE r.id = t.id AND r.token = t.token
"""

DROP_WAITS = """
    DELETE FROM run_waits AS w WHERE w.run_id = ANY($1::bigint[]) AND NOT EXISTS (
        SELECT 1 FROM unnest($2::bigint[], $3::text[]) AS kept (run_id, interrupt_id)
        WHERE kept.run_id = w.run_id AND kept.interrupt_id = w.interrupt_id
    )
"""

CLOSE_APPROVALS = """
    UPDATE run_approvals AS a SET status = CASE WHEN a.due_at <= now() THEN 'timed_out' ELSE 'cancelled' END
    WHERE a.run_id = ANY($1::bigint[]) AND a.status = 'waiting' AND NOT EXISTS (
        SELECT 1 FROM unnest($2::bigint[], $3::text[]) AS kept (run_id, interrupt_id)
        WHERE kept.run_id = a.run_id AND kept.interrupt_id = a.interrupt_id
    )
"""

ADD_WAITS = """
    INSERT INTO run_waits (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, kind, due_at, details)
    SELECT run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, kind, due_at, details::jsonb
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[],
            $9::timestamptz[], $10::text[])
        AS t (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, kind, due_at, details)
    ON CONFLICT (run_id, interrupt_id) DO NOTHING
"""

ADD_APPROVALS = """
    INSERT INTO run_approvals (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, title, body, form,
        actions, assignee, due_at)
    SELECT run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, coalesce(d->>'title', node_id),
        coalesce(d->>'body', ''), coalesce(d->'form', '[]'), coalesce(d->'actions', '[]'), coalesce(d->>'assignee', ''), due_at
    FROM (
        SELECT t.*, t.details::jsonb AS d
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                $9::timestamptz[], $10::text[])
            AS t (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, kind, due_at, details)
    ) AS asked
    ON CONFLICT (run_id, interrupt_id) DO NOTHING
    RETURNING id
"""

WAKE = """
    WITH touched AS (
        SELECT r.id FROM runs AS r
        WHERE r.status = 'waiting' AND r.id IN (SELECT run_id FROM run_waits WHERE id = ANY($1::bigint[]))
        ORDER BY r.id FOR NO KEY UPDATE
    ), woken AS (
        UPDATE run_waits AS w SET answer = $2::text::jsonb, due_at = now()
        FROM touched WHERE w.run_id = touched.id AND w.id = ANY($1::bigint[]) AND w.answer IS NULL
        RETURNING w.run_id
    )
    UPDATE runs AS r SET revision = r.revision + 1, updated_at = now()
    FROM (SELECT DISTINCT run_id FROM woken) AS woken WHERE r.id = woken.run_id
    RETURNING r.id
"""

WAKE_REPLIES = """
    WITH texts AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS t (lead_id, message_id)), touched AS (
        SELECT r.id FROM runs AS r
        WHERE r.status = 'waiting' AND r.id IN (
            SELECT run_id FROM run_waits WHERE kind = 'reply' AND lead_id = ANY($1::bigint[])
        )
        ORDER BY r.id FOR NO KEY UPDATE
    ), woken AS (
        UPDATE run_waits AS w SET due_at = now(), answer = jsonb_build_object('event', 'reply', 'data', jsonb_build_object(
            'text', m.body, 'at', m.created_at, 'message_id', m.id))
        FROM touched, texts JOIN messages AS m ON m.id = texts.message_id
        WHERE w.run_id = touched.id AND w.kind = 'reply' AND w.lead_id = texts.lead_id AND w.answer IS NULL
        RETURNING w.run_id
    )
    UPDATE runs AS r SET revision = r.revision + 1, updated_at = now()
    FROM (SELECT DISTINCT run_id FROM woken) AS woken WHERE r.id = woken.run_id
    RETURNING r.id
"""

STOP = """
    WITH ended AS (
        UPDATE runs AS r SET status = $1, stop_reason = $2, checkpoint = NULL, token = NULL, leased_until = NULL,
            revision = r.revision + 1, updated_at = now(), finished_at = now()
        FROM (
            SELECT id FROM runs AS r WHERE status = 'waiting' AND {which} ORDER BY id FOR NO KEY UPDATE
        ) AS locked
        WHERE r.id = locked.id
        RETURNING r.id, r.subject_id, r.campaign_id, r.lead_id
    ), waits AS (
        DELETE FROM run_waits WHERE run_id IN (SELECT id FROM ended)
    ), approvals AS (
        UPDATE run_approvals SET status = 'cancelled' WHERE status = 'waiting' AND run_id IN (SELECT id FROM ended)
    ), effects AS (
        UPDATE run_effects SET state = 'cancelled', due_at = NULL, finished_at = now(), updated_at = now()
        WHERE state = 'queued' AND $1 = 'cancelled' AND run_id IN (SELECT id FROM ended)
    )
    SELECT id, subject_id, campaign_id, lead_id FROM ended ORDER BY id
"""

STOP_ANSWERED = STOP.format(
    which="""r.lead_id = ANY($3::bigint[]) AND r.stops_on_reply
        AND NOT EXISTS (SELECT 1 FROM run_waits AS w WHERE w.run_id = r.id AND w.kind = 'reply')"""
)
STOP_LEADS = STOP.format(which="r.lead_id = ANY($3::bigint[])")
STOP_CAMPAIGN = STOP.format(which="r.campaign_id = $3::bigint")
STOP_RUNS = STOP.format(which="r.id = ANY($3::bigint[])")
STOP_ORPHANS = STOP.format(which="$3::bigint IS NULL AND NOT EXISTS (SELECT 1 FROM run_waits AS w WHERE w.run_id = r.id)")


LOCK_PLACES = """
    SELECT id FROM campaign_leads WHERE id IN (
        SELECT subject_id FROM runs WHERE status = 'waiting' AND (campaign_id = $1 OR id = $2)
    )
    ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run, as rows that belong to it name it."""

    run_id: int
    campaign_id: int
    campaign_lead_id: int
    lead_id: int


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """What a resumed segment changes of its run."""

    run_id: int
    token: str
    revision: int
    """Both as at the claim: the row takes the result only if they still hold."""
    status: str
    checkpoint: bytes | None
    steps: int
    error: str | None
    error_node: str | None
    model: str | None
    input_tokens: int
    """Of the whole run, as `output_tokens`."""
    output_tokens: int
    cost: Decimal
    """US dollars of this segment."""
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A run that was ended from outside."""

    run_id: int
    campaign_lead_id: int
    campaign_id: int
    lead_id: int


async def note_error(session: AsyncSession, run_id: int, error: str) -> None:
    connection = await raw_connection(session)
    await connection.execute("UPDATE runs SET error = $2 WHERE id = $1 AND status = 'waiting'", run_id, error)


async def store(session: AsyncSession, segments: Sequence[SegmentRow]) -> dict[int, int]:
    """Write the segments whose runs still belong to their claim; returns how many steps each run had before, by its id.

    One that was overtaken is given back, so that it goes on with what happened meanwhile.
    """
    connection = await raw_connection(session)
    rows = await connection.fetch(
        STORE,
        [s.run_id for s in segments],
        [s.token for s in segments],
        [s.revision for s in segments],
        [s.status for s in segments],
        [s.checkpoint for s in segments],
        [s.steps for s in segments],
        [s.error for s in segments],
        [s.error_node for s in segments],
        [s.model for s in segments],
        [s.input_tokens for s in segments],
        [s.output_tokens for s in segments],
        [s.cost for s in segments],
        [s.finished_at for s in segments],
    )
    held = {row["id"]: row["steps_before"] for row in rows}
    if overtaken := [s for s in segments if s.run_id not in held]:
        await connection.execute(RELEASE_OVERTAKEN, [s.run_id for s in overtaken], [s.token for s in overtaken])
    return held


async def keep_waits(session: AsyncSession, run_ids: Sequence[int], kept: Iterable[tuple[int, str]]) -> None:
    """Drop what these runs no longer wait for, with the approvals that were asked for it.

    Args:
        kept: what they still wait for, as (run, interrupt id).
    """
    connection = await raw_connection(session)
    runs, names = (list(part) for part in zip(*kept, strict=True)) if (kept := list(kept)) else ([], [])
    await connection.execute(DROP_WAITS, list(run_ids), runs, names)
    await connection.execute(CLOSE_APPROVALS, list(run_ids), runs, names)


async def add_waits(session: AsyncSession, waits: Sequence[tuple[RunRef, PausedWait]]) -> None:
    await _add_places(session, ADD_WAITS, waits)


async def add_approvals(session: AsyncSession, waits: Sequence[tuple[RunRef, PausedWait]]) -> list[int]:
    """Ask people for what these runs wait for; returns the approvals."""
    return [row["id"] for row in await _add_places(session, ADD_APPROVALS, waits)]


async def _add_places(session: AsyncSession, statement: str, waits: Sequence[tuple[RunRef, PausedWait]]) -> list[asyncpg.Record]:
    if not waits:
        return []
    connection = await raw_connection(session)
    return await connection.fetch(
        statement,
        [run.run_id for run, _ in waits],
        [run.campaign_id for run, _ in waits],
        [run.campaign_lead_id for run, _ in waits],
        [run.lead_id for run, _ in waits],
        [paused.node_id for _, paused in waits],
        [paused.visit for _, paused in waits],
        [paused.interrupt_id for _, paused in waits],
        [paused.wait.kind.value for _, paused in waits],
        [paused.wait.due_at for _, paused in waits],
        [_json(paused.wait.details) for _, paused in waits],
    )


async def wake(session: AsyncSession, wait_ids: Sequence[int], answer: dict[str, Any]) -> list[int]:
    """Answer these waits, those that have no answer yet; returns the runs that go on. A segment in flight is overtaken."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(WAKE, list(wait_ids), _json(answer))]


async def wake_replies(session: AsyncSession, message_of: Iterable[tuple[int, int]]) -> list[int]:
    """Answer what waits for these leads' texts, given as (lead, message); returns the runs that go on."""
    connection = await raw_connection(session)
    lead_ids, message_ids = (list(part) for part in zip(*message_of, strict=True))
    return [row["id"] for row in await connection.fetch(WAKE_REPLIES, lead_ids, message_ids)]


async def wake_timers(session: AsyncSession) -> None:
    """Let the timers look at once, when the transaction is committed."""
    connection = await raw_connection(session)
    await connection.execute(WAKE_TIMERS)


async def lock_places(session: AsyncSession, *, campaign_id: int | None = None, run_id: int | None = None) -> None:
    """Lock the places of the leads whose runs wait: of a campaign, or of one run."""
    connection = await raw_connection(session)
    await connection.execute(LOCK_PLACES, campaign_id, run_id)


async def stop(session: AsyncSession, statement: str, status: str, reason: str, which: Any) -> list[EndedRun]:
    """End waiting runs, and all that they wait for.

    Args:
        statement: `STOP_ANSWERED`, `STOP_LEADS` (both take leads), `STOP_CAMPAIGN`, `STOP_RUNS` or `STOP_ORPHANS` (takes None).
    """
    connection = await raw_connection(session)
    rows = await connection.fetch(statement, status, reason, which)
    return [EndedRun(row["id"], row["subject_id"], row["campaign_id"], row["lead_id"]) for row in rows]


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()

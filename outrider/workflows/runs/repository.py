"""Queries of paused runs: who takes them, what a segment changes, what wakes and what ends them.

They run on the raw connection, a few statements for any number of runs. Whoever locks leads' places and runs locks the places
first; several runs are locked in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.context import StepRecord, TranscriptEntry
from outrider.workflows.runs.facts import LEAD_COLUMNS, LEAD_TABLES
from outrider.workflows.waiting import PausedWait

TIMERS_CHANNEL = "outrider_timers"

WAKE_TIMERS = f"SELECT pg_notify('{TIMERS_CHANNEL}', '')"

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

ADD_STEPS = """
    INSERT INTO processing_logs (campaign_lead_id, campaign_id, run_id, seq, node_id, node_name, visit, outcome, level, message,
        error, input, output, ms, waited_ms, tokens, cost, log_metadata, created_at)
    SELECT campaign_lead_id, campaign_id, run_id, seq, node_id, node_name, visit, outcome, level, message, error, input::jsonb,
        output::jsonb, ms, waited_ms, tokens, cost, details::jsonb, at
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::smallint[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::float8[], $15::float8[], $16::int[],
            $17::numeric[], $18::text[], $19::timestamptz[])
        AS t (campaign_lead_id, campaign_id, run_id, seq, node_id, node_name, visit, outcome, level, message, error, input,
            output, ms, waited_ms, tokens, cost, details, at)
"""

ADD_TRANSCRIPT = """
    INSERT INTO conversation_messages (campaign_lead_id, role, content, message_metadata)
    SELECT campaign_lead_id, role, content, metadata::jsonb
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t (campaign_lead_id, role, content, metadata)
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


async def add_steps(session: AsyncSession, steps: Sequence[tuple[RunRef, int, StepRecord]]) -> None:
    """Store steps as (run, place among the run's steps, step)."""
    if not steps:
        return
    connection = await raw_connection(session)
    await connection.execute(
        ADD_STEPS,
        [run.campaign_lead_id for run, _, _ in steps],
        [run.campaign_id for run, _, _ in steps],
        [run.run_id for run, _, _ in steps],
        [seq for _, seq, _ in steps],
        [step.node_id for _, _, step in steps],
        [step.node for _, _, step in steps],
        [step.visit for _, _, step in steps],
        [step.outcome for _, _, step in steps],
        [step.level for _, _, step in steps],
        [step.message for _, _, step in steps],
        [step.error["message"] if step.error else None for _, _, step in steps],
        [_json(step.input) if step.input else None for _, _, step in steps],
        [_json(step.output) if step.output else None for _, _, step in steps],
        [step.ms for _, _, step in steps],
        [step.waited_ms for _, _, step in steps],
        [step.tokens for _, _, step in steps],
        [step.cost for _, _, step in steps],
        [_json(step.details) if step.details else "{}" for _, _, step in steps],
        [step.at for _, _, step in steps],
    )


async def add_transcripts(session: AsyncSession, entries: Sequence[tuple[int, TranscriptEntry]]) -> None:
    """Store what was said to and by the model as (campaign lead, entry)."""
    if not entries:
        return
    connection = await raw_connection(session)
    await connection.execute(
        ADD_TRANSCRIPT,
        [campaign_lead_id for campaign_lead_id, _ in entries],
        [entry["role"] for _, entry in entries],
        [entry["content"] for _, entry in entries],
        [_json(entry["metadata"]) for _, entry in entries],
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

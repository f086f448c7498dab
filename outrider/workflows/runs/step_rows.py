"""Queries of what runs did: their steps and transcripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.context import StepRecord, TranscriptEntry
from outrider.workflows.runs.repository import RunRef

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

WARN = """
    WITH told AS (
        SELECT campaign_lead_id, run_id, node_id, visit, string_agg(reason, ' ' ORDER BY place) AS reasons
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::smallint[], $5::text[])
            WITH ORDINALITY AS t (campaign_lead_id, run_id, node_id, visit, reason, place)
        GROUP BY 1, 2, 3, 4
    )
    UPDATE processing_logs AS s SET level = 'WARNING', message = concat_ws('. ', nullif(rtrim(s.message, '.'), ''), told.reasons)
    FROM told CROSS JOIN LATERAL (
        SELECT step.campaign_id, step.id FROM processing_logs AS step
        WHERE step.campaign_lead_id = told.campaign_lead_id AND step.run_id = told.run_id AND step.node_id = told.node_id
            AND step.visit = told.visit
        ORDER BY step.seq DESC LIMIT 1
    ) AS latest
    WHERE s.campaign_id = latest.campaign_id AND s.id = latest.id
"""
"""Steps are found by their lead, who has few of them."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to add to what a step tells; the latest row of the visit takes it."""

    run: RunRef
    node_id: str
    visit: int
    reason: str
    """One sentence or more."""


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


async def warn(session: AsyncSession, warned: Sequence[Warned]) -> None:
    """Let steps tell what did not come of them."""
    if not warned:
        return
    connection = await raw_connection(session)
    await connection.execute(
        WARN,
        [one.run.campaign_lead_id for one in warned],
        [one.run.run_id for one in warned],
        [one.node_id for one in warned],
        [one.visit for one in warned],
        [one.reason for one in warned],
    )


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()

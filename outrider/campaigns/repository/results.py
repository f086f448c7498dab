"""Queries of the work on leads: taking a chunk, storing results, giving unstarted leads back.

They run on the raw connection, a few statements for any number of leads: they are the busiest of the campaigns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.runs.facts import LEAD_COLUMNS, LEAD_TABLES

CLAIM = f"""
    WITH taken AS (
        UPDATE campaign_leads AS cl SET status = 'processing', chunk_token = $3, updated_at = now(),
            claims = CASE WHEN $5 THEN cl.claims + 1 ELSE 0 END
        WHERE cl.campaign_id = $1 AND cl.id = ANY($2::bigint[])
            AND (cl.status = 'pending' OR cl.status = 'processing' AND split_part(cl.chunk_token, '/', 1) = $4)
        RETURNING cl.id, cl.lead_id, cl.attempt, cl.claims
    )
    SELECT taken.*, {LEAD_COLUMNS} FROM taken JOIN ({LEAD_TABLES}) ON l.id = taken.lead_id
"""  # noqa: S608  (built from constants)

LEFT_BEHIND = """
    SELECT id FROM campaign_leads
    WHERE campaign_id = $1 AND id = ANY($2::bigint[]) AND status = 'processing' AND split_part(chunk_token, '/', 1) = $3
    ORDER BY id
"""

RELEASE = """
    UPDATE campaign_leads SET status = 'pending', chunk_token = NULL, updated_at = now()
    WHERE campaign_id = $1 AND id = ANY($2::bigint[]) AND status = 'processing' AND split_part(chunk_token, '/', 1) = $3
    RETURNING id
"""

KEEP = """
    UPDATE campaign_leads SET updated_at = now()
    WHERE id = ANY($1::bigint[]) AND status = 'processing' AND chunk_token = $2
"""

STORE = """
    WITH wanted AS (
        SELECT * FROM unnest(
            $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::bigint[],
            $10::bigint[], $11::numeric[], $12::timestamptz[], $13::timestamptz[], $14::bigint[], $15::text[], $16::text[],
            $17::bigint[], $18::bytea[], $19::boolean[]
        ) AS t (id, token, status, sms_message, error_message, trace_id, workflow_version_id, model, input_tokens,
            output_tokens, cost, started_at, finished_at, campaign_id, run_status, error_node, steps, checkpoint, stops_on_reply)
    ), held AS (
        SELECT wanted.*, cl.lead_id, cl.attempt
        FROM campaign_leads AS cl JOIN wanted ON wanted.id = cl.id AND wanted.token = cl.chunk_token
        WHERE cl.status = 'processing'
        ORDER BY cl.id FOR NO KEY UPDATE OF cl
    ), stored AS (
        INSERT INTO runs (workflow_version_id, subject_kind, subject_id, campaign_id, lead_id, attempt, trace_id, status, error,
            model, input_tokens, output_tokens, cost, started_at, finished_at, error_node, steps, checkpoint, stops_on_reply)
        SELECT workflow_version_id, 'campaign_lead', id, campaign_id, lead_id, attempt, trace_id, run_status, error_message,
            model, input_tokens, output_tokens, cost, started_at, finished_at, error_node, steps, checkpoint, stops_on_reply
        FROM held
        RETURNING id, subject_id
    )
    UPDATE campaign_leads AS cl SET
        status = held.status, sms_message = held.sms_message, error_message = held.error_message,
        trace_id = held.trace_id, run_id = stored.id, chunk_token = NULL, processed_at = now(), updated_at = now()
    FROM held JOIN stored ON stored.subject_id = held.id
    WHERE cl.id = held.id
    RETURNING cl.id, held.token, stored.id AS run_id
"""


@dataclass(frozen=True, slots=True)
class LeadResult:
    """What the run of one campaign lead brought, as its row will say it."""

    campaign_lead_id: int
    campaign_id: int
    token: str
    """The delivery that ran it; the row takes the result only if it still belongs to that."""
    status: str
    sms_message: str | None
    error_message: str | None
    trace_id: str
    workflow_version_id: int | None
    model: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal
    started_at: datetime
    finished_at: datetime | None
    run_status: str
    error_node: str | None
    steps: int
    checkpoint: bytes | None
    stops_on_reply: bool


async def claim(
    session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], token: str, chunk: str, *, alone: bool
) -> list[asyncpg.Record]:
    """Take those of the leads that are pending, or that an earlier delivery of the same chunk left behind, with their data.

    Those that are taken alone are counted.
    """
    connection = await raw_connection(session)
    return await connection.fetch(CLAIM, campaign_id, list(campaign_lead_ids), token, chunk, alone)


async def left_behind(session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], chunk: str) -> list[int]:
    """Leads that an earlier delivery of the same chunk took and that nothing was heard of."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(LEFT_BEHIND, campaign_id, list(campaign_lead_ids), chunk)]


async def release(session: AsyncSession, campaign_id: int, campaign_lead_ids: Sequence[int], chunk: str) -> list[int]:
    """Make those that the chunk still holds pending again; returns them."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(RELEASE, campaign_id, list(campaign_lead_ids), chunk)]


async def keep(session: AsyncSession, campaign_lead_ids: Iterable[int], token: str) -> None:
    """Show that the delivery is still at work on these."""
    connection = await raw_connection(session)
    await connection.execute(KEEP, list(campaign_lead_ids), token)


async def store(session: AsyncSession, results: Sequence[LeadResult]) -> dict[tuple[int, str], int]:
    """Write the results whose leads still belong to their delivery; returns the run's id by (campaign lead, token)."""
    connection = await raw_connection(session)
    rows = await connection.fetch(
        STORE,
        [r.campaign_lead_id for r in results],
        [r.token for r in results],
        [r.status for r in results],
        [r.sms_message for r in results],
        [r.error_message for r in results],
        [r.trace_id for r in results],
        [r.workflow_version_id for r in results],
        [r.model for r in results],
        [r.input_tokens for r in results],
        [r.output_tokens for r in results],
        [r.cost for r in results],
        [r.started_at for r in results],
        [r.finished_at for r in results],
        [r.campaign_id for r in results],
        [r.run_status for r in results],
        [r.error_node for r in results],
        [r.steps for r in results],
        [r.checkpoint for r in results],
        [r.stops_on_reply for r in results],
    )
    return {(row["id"], row["token"]): row["run_id"] for row in rows}

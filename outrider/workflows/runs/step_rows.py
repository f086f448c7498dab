"""Queries of steps that are stored already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection
from outrider.workflows.runs.repository import RunRef

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

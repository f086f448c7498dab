"""Queries of the figures that a campaign shows, for any number of campaigns at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

LEADS = text("""
    SELECT campaign_id, status, skip_reason, count(*) AS leads, count(replied_at) AS replied,
        count(*) FILTER (WHERE processed_at > now() - make_interval(secs => :window)) AS recent
    FROM campaign_leads WHERE campaign_id = ANY(:ids)
    GROUP BY campaign_id, status, skip_reason
""")

WAITS = text("""
    SELECT campaign_id, kind, count(*) AS runs FROM (
        SELECT DISTINCT ON (run_id) campaign_id, kind FROM run_waits WHERE campaign_id = ANY(:ids) ORDER BY run_id, due_at, id
    ) AS first
    GROUP BY campaign_id, kind
""")

TEXTS = text("""
    SELECT campaign_id,
        count(*) FILTER (WHERE state = 'sent' AND purpose = 'campaign') AS sent,
        count(*) FILTER (WHERE delivery_status IN ('delivered', 'read') AND purpose = 'campaign') AS delivered,
        count(*) FILTER (WHERE delivery_status IN ('undelivered', 'failed') AND purpose = 'campaign') AS undelivered,
        count(*) FILTER (WHERE state = 'unknown') AS unknown,
        coalesce(sum(coalesce(price, estimated_cost)) FILTER (WHERE state = 'sent'), 0) AS cost
    FROM messages WHERE campaign_id = ANY(:ids) AND direction = 'out'
    GROUP BY campaign_id
""")

MODELS = text("""
    SELECT campaign_id, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cost) AS cost
    FROM (
        SELECT campaign_id, input_tokens * (NOT from_cache)::int AS input_tokens,
            output_tokens * (NOT from_cache)::int AS output_tokens, cost
        FROM model_calls WHERE campaign_id = ANY(:ids)
        UNION ALL
        SELECT campaign_id, input_tokens, output_tokens, cost
        FROM model_call_totals WHERE campaign_id = ANY(:ids) AND campaign_id > 0
    ) AS calls
    GROUP BY campaign_id
""")
"""From the ledger, as on the page of budgets: it has even the attempts that were paid for and brought nothing."""

OPTED_OUT = text("""
    SELECT c.id AS campaign_id, count(DISTINCT l.id) AS opted_out
    FROM campaigns AS c
    JOIN suppressions AS s ON s.created_at >= c.started_at AND s.reason IN ('stop', 'carrier')
    JOIN leads AS l ON l.phone = s.phone
    JOIN campaign_leads AS cl ON cl.campaign_id = c.id AND cl.lead_id = l.id AND cl.processed_at <= s.created_at
    WHERE c.id = ANY(:ids) AND cl.status IN ('completed', 'waiting')
    GROUP BY c.id
""")

FAILURES = text("""
    SELECT error_message AS reason, count(*) AS leads
    FROM campaign_leads WHERE campaign_id = :campaign_id AND status = :status AND (status = 'failed' OR error_message IS NOT NULL)
    GROUP BY error_message ORDER BY count(*) DESC, error_message LIMIT :most
""")


async def leads_by_status(session: AsyncSession, campaign_ids: Sequence[int], window: float) -> Sequence[Row[Any]]:
    """(campaign_id, status, skip_reason, leads, replied, recent); recent ones changed within `window` seconds."""
    return (await session.execute(LEADS, {"ids": list(campaign_ids), "window": window})).all()


async def waits(session: AsyncSession, campaign_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """(campaign_id, kind, runs): paused runs by what ends their waiting first."""
    return (await session.execute(WAITS, {"ids": list(campaign_ids)})).all()


async def texts(session: AsyncSession, campaign_ids: Sequence[int]) -> dict[int, Row[Any]]:
    return await _by_campaign(session, TEXTS, campaign_ids)


async def models(session: AsyncSession, campaign_ids: Sequence[int]) -> dict[int, Row[Any]]:
    return await _by_campaign(session, MODELS, campaign_ids)


async def opted_out(session: AsyncSession, campaign_ids: Sequence[int]) -> dict[int, int]:
    return {campaign_id: row.opted_out for campaign_id, row in (await _by_campaign(session, OPTED_OUT, campaign_ids)).items()}


async def failures(session: AsyncSession, campaign_id: int, status: str, most: int) -> dict[str, int]:
    """The most frequent reasons of leads in `status`: failed, or completed with a text that did not arrive."""
    result = await session.execute(FAILURES, {"campaign_id": campaign_id, "status": status, "most": most})
    return {row.reason or "unknown": row.leads for row in result}


async def _by_campaign(session: AsyncSession, statement: Any, campaign_ids: Sequence[int]) -> dict[int, Row[Any]]:
    result = await session.execute(statement, {"ids": list(campaign_ids)})
    return {row.campaign_id: row for row in result}

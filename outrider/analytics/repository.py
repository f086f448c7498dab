"""Every query of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

TEXTS = text("""
    SELECT count(*) FILTER (WHERE state = 'sent' AND created_at >= :today) AS sent_today,
           count(*) FILTER (WHERE state = 'sent') AS sent,
           count(*) FILTER (WHERE delivery_status = 'delivered' AND created_at >= :today) AS delivered_today,
           count(*) FILTER (WHERE delivery_status = 'delivered') AS delivered,
           count(*) FILTER (WHERE delivery_status IN ('undelivered', 'failed') AND created_at >= :today) AS undelivered_today,
           count(*) FILTER (WHERE delivery_status IN ('undelivered', 'failed')) AS undelivered,
           count(*) FILTER (WHERE state = 'failed' AND created_at >= :today) AS refused_today,
           count(*) FILTER (WHERE state = 'failed') AS refused,
           count(*) FILTER (WHERE direction = 'in' AND created_at >= :today) AS received_today,
           count(*) FILTER (WHERE direction = 'in') AS received,
           count(DISTINCT lead_id) FILTER (WHERE direction = 'in' AND created_at >= :today) AS replied_today,
           count(DISTINCT lead_id) FILTER (WHERE direction = 'in') AS replied,
           coalesce(sum(dollars) FILTER (WHERE created_at >= :today), 0) AS cost_today,
           coalesce(sum(dollars), 0) AS cost
    FROM (
        SELECT direction, state, delivery_status, lead_id, created_at,
               CASE WHEN state = 'sent' THEN coalesce(price, estimated_cost) END AS dollars
        FROM messages WHERE created_at >= :month
    ) AS recent
""")

OPTED_OUT = text("""
    SELECT count(*) FILTER (WHERE created_at >= :today) AS today, count(*) AS month
    FROM suppressions WHERE created_at >= :month AND reason IN ('stop', 'carrier')
""")

MODEL_WORK = text("""
    SELECT count(*) FILTER (WHERE at >= :today) AS runs_today, count(*) AS runs,
           coalesce(sum(tokens) FILTER (WHERE at >= :today), 0) AS tokens_today, coalesce(sum(tokens), 0) AS tokens,
           coalesce(sum(cost) FILTER (WHERE at >= :today), 0) AS cost_today, coalesce(sum(cost), 0) AS cost
    FROM (
        SELECT finished_at AS at, input_tokens + output_tokens AS tokens, cost FROM runs WHERE finished_at >= :month
        UNION ALL
        SELECT executed_at, input_tokens + output_tokens, cost FROM agent_executions WHERE executed_at >= :month
    ) AS work
""")

STANDING = text("""
    SELECT (SELECT count(*) FROM leads) AS leads,
           (SELECT count(*) FROM messages WHERE state IN ('queued', 'held')) AS waiting_texts,
           (SELECT count(*) FROM messages WHERE state = 'unknown') AS unknown_texts,
           (SELECT count(*) FROM conversations WHERE answered_count < inbound_count) AS unanswered
""")

CAMPAIGNS = text("SELECT status, count(*) AS count FROM campaigns GROUP BY status")

ACTIVE_CAMPAIGNS = text("""
    SELECT campaigns.id, campaigns.name, campaigns.status, campaigns.started_at,
           count(campaign_leads.id) AS total_leads,
           count(campaign_leads.id) FILTER (WHERE campaign_leads.status IN ('completed', 'failed', 'skipped')) AS done
    FROM campaigns LEFT JOIN campaign_leads ON campaign_leads.campaign_id = campaigns.id
    WHERE campaigns.status IN ('pending', 'processing', 'paused')
    GROUP BY campaigns.id ORDER BY campaigns.started_at DESC NULLS LAST, campaigns.id DESC LIMIT 10
""")

TIMELINE = text("""
    WITH entries AS (
        SELECT created_at AS at, 'text_' || direction AS kind, id, jsonb_build_object(
                   'body', body, 'author', author, 'campaign_id', campaign_id, 'state', state,
                   'delivery_status', delivery_status, 'error', error_message, 'reason', hold_reason) AS data
        FROM messages WHERE lead_id = :lead_id
        UNION ALL
        SELECT campaign_leads.created_at, 'campaign', campaign_leads.id, jsonb_build_object(
                   'campaign_id', campaign_id, 'name', campaigns.name, 'status', campaign_leads.status,
                   'skip_reason', skip_reason, 'error', campaign_leads.error_message)
        FROM campaign_leads JOIN campaigns ON campaigns.id = campaign_id WHERE lead_id = :lead_id
        UNION ALL
        SELECT coalesce(obtained_at, created_at), 'consent', id, jsonb_build_object(
                   'channel', channel, 'kind', kind, 'method', method, 'source', source)
        FROM lead_consents WHERE lead_id = :lead_id
        UNION ALL
        SELECT revoked_at, 'consent_revoked', id, jsonb_build_object('channel', channel, 'kind', kind)
        FROM lead_consents WHERE lead_id = :lead_id AND revoked_at IS NOT NULL
        UNION ALL
        SELECT suppressions.created_at, 'suppressed', suppressions.id, jsonb_build_object(
                   'reason', reason, 'source', suppressions.source, 'evidence', evidence)
        FROM suppressions JOIN leads ON leads.phone = suppressions.phone WHERE leads.id = :lead_id
        UNION ALL
        SELECT lifted_at, 'suppression_lifted', suppressions.id, jsonb_build_object('by', lifted_by)
        FROM suppressions JOIN leads ON leads.phone = suppressions.phone WHERE leads.id = :lead_id AND lifted_at IS NOT NULL
        UNION ALL
        SELECT leads.created_at, CASE WHEN import_id IS NULL THEN 'created' ELSE 'imported' END, leads.id,
               jsonb_build_object('source', leads.source, 'file', lead_imports.filename)
        FROM leads LEFT JOIN lead_imports ON lead_imports.id = import_id WHERE leads.id = :lead_id
    )
    SELECT at, kind, id, data FROM entries
    WHERE CAST(:before_at AS timestamptz) IS NULL
       OR (at, kind, id) < (CAST(:before_at AS timestamptz), CAST(:before_kind AS text), CAST(:before_id AS bigint))
    ORDER BY at DESC, kind DESC, id DESC LIMIT :limit
""")


async def figures(session: AsyncSession, today: datetime, month: datetime) -> dict[str, Row[Any]]:
    """One row each for texts, opt-outs, model work and what stands open."""
    period = {"today": today, "month": month}
    return {
        "texts": (await session.execute(TEXTS, period)).one(),
        "opted_out": (await session.execute(OPTED_OUT, period)).one(),
        "models": (await session.execute(MODEL_WORK, period)).one(),
        "standing": (await session.execute(STANDING)).one(),
    }


async def campaigns_by_status(session: AsyncSession) -> dict[str, int]:
    return {row.status: row.count for row in await session.execute(CAMPAIGNS)}  # type: ignore[misc]


async def active_campaigns(session: AsyncSession) -> Sequence[Row[Any]]:
    return (await session.execute(ACTIVE_CAMPAIGNS)).all()


async def timeline(
    session: AsyncSession, lead_id: int, before: tuple[datetime, str, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Entries of one lead, newest first, older than `before` (at, kind, id)."""
    at, kind, number = before or (None, None, None)
    arguments = {"lead_id": lead_id, "before_at": at, "before_kind": kind, "before_id": number, "limit": limit}
    return (await session.execute(TIMELINE, arguments)).all()

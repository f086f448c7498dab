"""Every query of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Row, Text, column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Order, SortKey, read_rows

TEXTS = text("""
    SELECT count(*) FILTER (WHERE state = 'sent' AND at >= :today) AS sent_today,
           count(*) FILTER (WHERE state = 'sent') AS sent,
           count(*) FILTER (WHERE delivery_status = 'delivered' AND at >= :today) AS delivered_today,
           count(*) FILTER (WHERE delivery_status = 'delivered') AS delivered,
           count(*) FILTER (WHERE delivery_status IN ('undelivered', 'failed') AND at >= :today) AS undelivered_today,
           count(*) FILTER (WHERE delivery_status IN ('undelivered', 'failed')) AS undelivered,
           count(*) FILTER (WHERE state = 'failed' AND at >= :today) AS refused_today,
           count(*) FILTER (WHERE state = 'failed') AS refused,
           count(*) FILTER (WHERE direction = 'in' AND at >= :today) AS received_today,
           count(*) FILTER (WHERE direction = 'in') AS received,
           count(DISTINCT lead_id) FILTER (WHERE direction = 'in' AND at >= :today) AS replied_today,
           count(DISTINCT lead_id) FILTER (WHERE direction = 'in') AS replied,
           coalesce(sum(dollars) FILTER (WHERE at >= :today), 0) AS cost_today,
           coalesce(sum(dollars), 0) AS cost
    FROM (
        SELECT direction, state, delivery_status, lead_id, coalesce(sent_at, created_at) AS at,
               CASE WHEN state = 'sent' THEN coalesce(price, estimated_cost) END AS dollars
        FROM messages WHERE coalesce(sent_at, created_at) >= :month
    ) AS recent
""")
"""A text counts when it left: it may have waited for the morning, or for days."""

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
    SELECT at, kind, id, id * 10 + place AS position, data FROM (
        SELECT created_at AS at, 'text_' || direction AS kind, 1 AS place, id, jsonb_build_object(
                   'body', body, 'author', author, 'campaign_id', campaign_id, 'state', state,
                   'delivery_status', delivery_status, 'error', error_message, 'reason', hold_reason) AS data
        FROM messages WHERE lead_id = :lead_id
        UNION ALL
        SELECT campaign_leads.created_at, 'campaign', 2, campaign_leads.id, jsonb_build_object(
                   'campaign_id', campaign_id, 'name', campaigns.name, 'status', campaign_leads.status,
                   'skip_reason', skip_reason, 'error', campaign_leads.error_message)
        FROM campaign_leads JOIN campaigns ON campaigns.id = campaign_id WHERE lead_id = :lead_id
        UNION ALL
        SELECT coalesce(obtained_at, created_at), 'consent', 3, id, jsonb_build_object(
                   'channel', channel, 'kind', kind, 'method', method, 'source', source)
        FROM lead_consents WHERE lead_id = :lead_id
        UNION ALL
        SELECT revoked_at, 'consent_revoked', 4, id, jsonb_build_object('channel', channel, 'kind', kind)
        FROM lead_consents WHERE lead_id = :lead_id AND revoked_at IS NOT NULL
        UNION ALL
        SELECT suppressions.created_at, 'suppressed', 5, suppressions.id, jsonb_build_object(
                   'reason', reason, 'source', suppressions.source, 'evidence', evidence)
        FROM suppressions JOIN leads ON leads.phone = suppressions.phone WHERE leads.id = :lead_id
        UNION ALL
        SELECT lifted_at, 'suppression_lifted', 6, suppressions.id, jsonb_build_object('by', lifted_by)
        FROM suppressions JOIN leads ON leads.phone = suppressions.phone WHERE leads.id = :lead_id AND lifted_at IS NOT NULL
        UNION ALL
        SELECT leads.created_at, CASE WHEN import_id IS NULL THEN 'created' ELSE 'imported' END, 0, leads.id,
               jsonb_build_object('source', leads.source, 'file', lead_imports.filename)
        FROM leads LEFT JOIN lead_imports ON lead_imports.id = import_id WHERE leads.id = :lead_id
    ) AS entries
""")
"""`position` is unique among everything that happened to one lead: rows of different tables may have the same id."""

ENTRIES = TIMELINE.columns(
    column("at", DateTime(timezone=True)), column("kind", Text), column("id", BigInteger), column("position", BigInteger),
    column("data", JSONB),
).subquery("entries")  # fmt: skip
NEWEST_FIRST = Order("-at", SortKey(ENTRIES.c.at, datetime), ENTRIES.c.position)


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


async def timeline(session: AsyncSession, lead_id: int, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """What happened to a lead, newest first: rows with at, kind, id and data, and the cursor of the next page."""
    query = select(ENTRIES.c.at, ENTRIES.c.kind, ENTRIES.c.id, ENTRIES.c.data).params(lead_id=lead_id)
    return await read_rows(session, query, NEWEST_FIRST, cursor, limit)

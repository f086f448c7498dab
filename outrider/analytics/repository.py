"""Every query of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Row, Text, column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.analytics.periods import Periods
from outrider.db.pages import Order, SortKey, read_rows

BUCKET = "width_bucket({at}, CAST(:bounds AS timestamptz[]))"
"""Number of the last bound at or before a moment, counted from 1; see `periods.Periods`."""

NOON = "(day + time '12:00') AT TIME ZONE 'UTC'"
"""Stands for all moments of a day in UTC of which only the sums are kept."""

TEXTS = text(f"""
    SELECT bucket,
           count(*) FILTER (WHERE state = 'sent') AS sent,
           count(*) FILTER (WHERE delivery_status IN ('delivered', 'read')) AS delivered,
           count(*) FILTER (WHERE delivery_status IN ('undelivered', 'failed')) AS undelivered,
           count(*) FILTER (WHERE state = 'failed') AS refused,
           count(*) FILTER (WHERE direction = 'in') AS received,
           coalesce(sum(coalesce(price, estimated_cost)) FILTER (WHERE state = 'sent'), 0) AS cost
    FROM (
        SELECT {BUCKET.format(at="coalesce(sent_at, created_at)")} AS bucket, direction, state, delivery_status, price,
               estimated_cost
        FROM messages WHERE coalesce(sent_at, created_at) >= :since
    ) AS recent
    GROUP BY bucket
""")  # noqa: S608  (our own expression)
"""A text counts when it left: it may have waited for the morning, or for days."""

REPLIED = text("""
    SELECT count(DISTINCT lead_id) FILTER (WHERE created_at >= :today) AS today,
           count(DISTINCT lead_id) FILTER (WHERE created_at >= :period) AS period,
           count(DISTINCT lead_id) FILTER (WHERE created_at < :until) AS previous
    FROM messages WHERE direction = 'in' AND created_at >= :since
""")
OPTED_OUT = text("""
    SELECT count(*) FILTER (WHERE created_at >= :today) AS today,
           count(*) FILTER (WHERE created_at >= :period) AS period,
           count(*) FILTER (WHERE created_at < :until) AS previous
    FROM suppressions WHERE created_at >= :since AND reason IN ('stop', 'carrier')
""")

MODEL_WORK = text(f"""
    SELECT bucket, sum(runs)::bigint AS runs, sum(tokens)::bigint AS tokens, sum(cost) AS cost
    FROM (
        SELECT {BUCKET.format(at="finished_at")} AS bucket, 1 AS runs, 0 AS tokens, 0 AS cost
        FROM runs WHERE finished_at >= :since
        UNION ALL
        SELECT {BUCKET.format(at="executed_at")}, 1, 0, 0 FROM agent_executions WHERE executed_at >= :since AND run_id IS NULL
        UNION ALL
        SELECT {BUCKET.format(at="created_at")}, 0, (input_tokens + output_tokens) * (NOT from_cache)::int, cost
        FROM model_calls WHERE created_at >= :since
        UNION ALL
        SELECT {BUCKET.format(at=NOON)}, 0, input_tokens + output_tokens, cost
        FROM model_call_totals WHERE day >= CAST(:since AS timestamptz)::date - 1 AND {NOON} >= :since
    ) AS work
    GROUP BY bucket
""")  # noqa: S608
"""Tokens and cost are the ledger's, as on the page of budgets: it has even attempts that were paid for and brought nothing."""

FUNNEL = text("""
    SELECT is_now, count(*) AS reached, count(*) FILTER (WHERE delivered) AS delivered, count(replied.lead_id) AS replied,
           count(booked.lead_id) AS booked
    FROM (
        SELECT lead_id, sent_at >= :period AS is_now, min(sent_at) AS first_sent,
               bool_or(coalesce(delivery_status IN ('delivered', 'read'), false)) AS delivered
        FROM messages
        WHERE sent_at >= :since AND (sent_at >= :period OR sent_at < :until) AND state = 'sent' AND purpose = 'campaign'
        GROUP BY lead_id, sent_at >= :period
    ) AS reached
    LEFT JOIN (
        SELECT lead_id, created_at >= :period AS in_period, max(created_at) AS last_received
        FROM messages
        WHERE direction = 'in' AND created_at >= :since AND (created_at >= :period OR created_at < :until)
        GROUP BY lead_id, created_at >= :period
    ) AS replied ON replied.lead_id = reached.lead_id AND in_period = is_now AND last_received >= first_sent
    LEFT JOIN (
        SELECT lead_id, created_at >= :period AS booked_now, max(created_at) AS last_booked
        FROM bookings
        WHERE status = 'booked' AND created_at >= :since AND (created_at >= :period OR created_at < :until)
        GROUP BY lead_id, created_at >= :period
    ) AS booked ON booked.lead_id = reached.lead_id AND booked_now = is_now AND last_booked >= first_sent
    GROUP BY is_now
""")
"""Leads, not texts: whoever got several texts is counted once. `is_now` tells the period from the one before."""

STANDING = text("""
    SELECT (SELECT count(*) FROM leads) AS leads,
           (SELECT count(*) FROM messages WHERE state IN ('queued', 'held')) AS waiting_texts,
           (SELECT count(*) FROM messages WHERE state = 'unknown') AS unknown_texts,
           (SELECT count(*) FROM conversations WHERE answered_count < inbound_count) AS unanswered,
           (SELECT count(*) FROM conversations WHERE needs_person_reason IS NOT NULL) AS for_a_person,
           (SELECT count(*) FROM run_approvals WHERE status = 'waiting') AS decisions,
           (SELECT count(*) FROM run_effects WHERE state = 'unknown') AS unsure_effects,
           (SELECT run_id FROM run_effects WHERE state = 'unknown' ORDER BY id LIMIT 1) AS unsure_run,
           (SELECT count(*) FROM pgqueuer WHERE status = 'failed') AS failed_jobs
""")

WAITING_CONVERSATIONS = text("""
    SELECT conversations.id, coalesce(nullif(leads.name, ''), leads.phone) AS name, needs_person_reason AS reason,
           needs_person_detail AS detail
    FROM conversations JOIN leads ON leads.id = conversations.lead_id
    WHERE needs_person_reason IS NOT NULL ORDER BY last_message_at, conversations.id LIMIT 3
""")

DISABLED_SENDERS = text("""
    SELECT address, disabled_reason FROM senders WHERE NOT enabled AND disabled_reason IS NOT NULL ORDER BY id
""")

PAUSED_CAMPAIGNS = text("""
    SELECT id, name, status_reason FROM campaigns
    WHERE status = 'paused' AND status_reason IS NOT NULL ORDER BY id DESC LIMIT 20
""")
"""Those that the system paused; what a person paused waits for nobody."""

CAMPAIGNS = text("SELECT status, count(*) AS count FROM campaigns GROUP BY status")

ACTIVE_CAMPAIGNS = text("""
    SELECT campaigns.id, campaigns.name, campaigns.status, campaigns.status_reason, campaigns.started_at,
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
        SELECT created_at, CASE WHEN EXISTS (
                   SELECT FROM bookings AS earlier WHERE earlier.uid = bookings.uid AND earlier.id < bookings.id
               ) THEN 'meeting_moved' ELSE 'meeting_booked' END, 7, id, jsonb_build_object(
                   'title', title, 'starts_at', starts_at, 'ends_at', ends_at, 'status', status, 'by', booked_by,
                   'campaign_id', campaign_id)
        FROM bookings WHERE lead_id = :lead_id
        UNION ALL
        SELECT ended_at, 'meeting_cancelled', 8, id, jsonb_build_object(
                   'title', title, 'starts_at', starts_at, 'by', ended_by, 'reason', end_reason, 'campaign_id', campaign_id)
        FROM bookings WHERE lead_id = :lead_id AND status = 'cancelled'
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


ROOM_FOR_LEADS = text("SET LOCAL work_mem = '128MB'")
"""A million leads are told apart in memory instead of on disk."""


async def texts(session: AsyncSession, periods: Periods) -> dict[int, Row[Any]]:
    """Texts by bucket."""
    return {row.bucket: row for row in await session.execute(TEXTS, periods.buckets())}


async def model_work(session: AsyncSession, periods: Periods) -> dict[int, Row[Any]]:
    """Runs and agents' turns by bucket."""
    return {row.bucket: row for row in await session.execute(MODEL_WORK, periods.buckets())}


async def replied(session: AsyncSession, periods: Periods) -> Row[Any]:
    """Leads that wrote: today, in the period and in the one before."""
    return (await session.execute(REPLIED, periods.moments())).one()


async def opted_out(session: AsyncSession, periods: Periods) -> Row[Any]:
    return (await session.execute(OPTED_OUT, periods.moments())).one()


async def funnel(session: AsyncSession, periods: Periods) -> dict[bool, Row[Any]]:
    """Leads reached, delivered and replied: True for the period, False for the one before."""
    await session.execute(ROOM_FOR_LEADS)
    moments = {name: value for name, value in periods.moments().items() if name != "today"}
    return {row.is_now: row for row in await session.execute(FUNNEL, moments)}


async def standing(session: AsyncSession) -> Row[Any]:
    """What is there and what waits, now."""
    return (await session.execute(STANDING)).one()


async def waiting_conversations(session: AsyncSession) -> Sequence[Row[Any]]:
    """Of those that wait for a person, the ones that wait longest."""
    return (await session.execute(WAITING_CONVERSATIONS)).all()


async def disabled_senders(session: AsyncSession) -> Sequence[Row[Any]]:
    return (await session.execute(DISABLED_SENDERS)).all()


async def paused_campaigns(session: AsyncSession) -> Sequence[Row[Any]]:
    return (await session.execute(PAUSED_CAMPAIGNS)).all()


async def campaigns_by_status(session: AsyncSession) -> dict[str, int]:
    return {row.status: row.count for row in await session.execute(CAMPAIGNS)}  # type: ignore[misc]


async def active_campaigns(session: AsyncSession) -> Sequence[Row[Any]]:
    return (await session.execute(ACTIVE_CAMPAIGNS)).all()


async def timeline(session: AsyncSession, lead_id: int, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """What happened to a lead, newest first: rows with at, kind, id and data, and the cursor of the next page."""
    query = select(ENTRIES.c.at, ENTRIES.c.kind, ENTRIES.c.id, ENTRIES.c.data).params(lead_id=lead_id)
    return await read_rows(session, query, NEWEST_FIRST, cursor, limit)

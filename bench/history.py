"""Three months of texts, written by the database itself: what the figures and the inbox are measured over.

Every lead is texted about two and a half times. A fifth of the texts is answered, and an agent answers two thirds of those
answers. The newest campaign is still at work. Rows lie in the order of their time, as in an installation that has run for
that long; they carry what the real parts write, so that no index is emptier than in life.
"""

from __future__ import annotations

import asyncpg

CAMPAIGNS = 40
DAYS = 90
SHARE_OF_CAMPAIGN_TEXTS = 0.75
"""The rest of the texts are answers."""
DRAW = "(hashint8extended({of}, {seed}) & 1073741823)"
"""A number that depends on nothing but the row's and the column's."""
TABLES = (
    "leads", "campaigns", "campaign_leads", "conversations", "messages", "runs", "agent_executions", "processing_logs",
    "suppressions", "senders",
)  # fmt: skip

SENDERS = """
    INSERT INTO senders (kind, address, segments_per_second)
    SELECT 'number', '+1202555' || lpad(i::text, 4, '0'), 10 FROM generate_series(9000, 9003) AS i
"""
PLAN = f"""
    INSERT INTO campaigns (name, status, audience, budget, started_at, launched_at, completed_at, created_at)
    SELECT 'Spring offer ' || i,
           CASE WHEN i = $1 THEN 'processing' WHEN i >= $1 - 2 THEN 'paused' ELSE 'completed' END, '{{"list_ids": [1]}}', 5000,
           began, began, CASE WHEN i < $1 - 2 THEN began + interval '9 days' END, began - interval '1 day'
    FROM (SELECT i, now() - make_interval(secs => ($1 - i + 1) * {DAYS} * 86400.0 / $1) AS began
          FROM generate_series(1::bigint, $1::bigint) AS i) AS c
"""
# Two campaigns overlap at any time: each text belongs to the one that began last or to the one before.
OUTGOING = f"""
    CREATE TEMP TABLE outgoing AS
    SELECT i, 1 + i * 7919 % $2::bigint AS lead_id,
           greatest(1, 1 + (i - 1) * $3::bigint / $1::bigint - {DRAW.format(of="i", seed=21)} % 2) AS campaign_number,
           now() - make_interval(secs => ($1::bigint - i) * {DAYS} * 86400.0 / $1::bigint) AS at,
           {DRAW.format(of="i", seed=22)} % 1000 AS fate
    FROM generate_series(1::bigint, $1::bigint) AS i
"""
PLACES = """
    INSERT INTO campaign_leads (id, run_id, campaign_id, lead_id, status, skip_reason, sms_message, trace_id, processed_at,
                                replied_at, error_message, created_at, updated_at)
    SELECT i, i, c.id, lead_id,
           CASE WHEN o.at > now() - interval '30 minutes' THEN 'waiting' WHEN fate < 10 THEN 'failed'
                WHEN fate < 30 THEN 'skipped' ELSE 'completed' END,
           CASE WHEN fate BETWEEN 10 AND 29 AND o.at <= now() - interval '30 minutes' THEN 'outside_consent' END,
           'Hi there, would you like to win back an hour a day? Reply STOP to opt out.', md5(i::text), o.at,
           CASE WHEN fate >= 800 THEN o.at + interval '1 hour' END,
           CASE WHEN fate < 10 THEN 'The carrier refuses the number' WHEN fate < 60 AND fate >= 30 THEN 'Unreachable handset' END,
           o.at - interval '1 minute', o.at
    FROM outgoing AS o JOIN numbered AS c ON c.number = campaign_number ORDER BY i
"""
RUNS = """
    INSERT INTO runs (id, subject_kind, subject_id, campaign_id, trace_id, status, model, input_tokens, output_tokens, cost,
                      started_at, finished_at)
    SELECT i, 'campaign_lead', i, c.id, md5(i::text), 'completed', 'openai:gpt-4o-mini', 400, 45, 0.000087,
           o.at - interval '1 second', o.at
    FROM outgoing AS o JOIN numbered AS c ON c.number = campaign_number ORDER BY i
"""
NUMBERS = """
    SELECT setval(pg_get_serial_sequence('runs', 'id'), max(i)), setval(pg_get_serial_sequence('campaign_leads', 'id'), max(i))
    FROM outgoing
"""
LOGS = """
    INSERT INTO processing_logs (campaign_lead_id, campaign_id, level, node_name, message, node_id, created_at)
    SELECT id, campaign_id, CASE WHEN status = 'failed' THEN 'ERROR' ELSE 'INFO' END, node, 'Text written', 'sms',
           processed_at
    FROM campaign_leads CROSS JOIN unnest(ARRAY['validate', 'sms_agent']) AS node ORDER BY id
"""
# `answered` is a text of the lead, `answer` the agent's to that; fate 995 and more asks to be left alone.
TEXTS = f"""
    CREATE TEMP TABLE texts AS
    SELECT o.i, o.lead_id, o.campaign_number, 'campaign' AS kind, o.at, fate FROM outgoing AS o WHERE fate >= 30
    UNION ALL
    SELECT o.i, o.lead_id, o.campaign_number, 'answered', later.at, fate
    FROM outgoing AS o
    CROSS JOIN LATERAL (
        SELECT least(now(), o.at + make_interval(secs => {DRAW.format(of="o.i", seed=23)} % 86400)) AS at) AS later
    WHERE fate >= 800
    UNION ALL
    SELECT o.i, o.lead_id, o.campaign_number, 'answer', later.at, fate
    FROM outgoing AS o
    CROSS JOIN LATERAL (
        SELECT least(now(), o.at + make_interval(secs => 20 + {DRAW.format(of="o.i", seed=23)} % 86400)) AS at) AS later
    WHERE fate BETWEEN 860 AND 994
"""
THREADS = f"""
    INSERT INTO conversations (lead_id, sender_id, campaign_id, inbound_count, answered_count, read_count, first_unanswered_at,
                               needs_person_reason, status, assignee, last_message_at, last_inbound_at, created_at, updated_at)
    SELECT lead_id, (SELECT min(id) FROM senders) + lead_id % 4, last_campaign, received, least(received, answered),
           least(received, {DRAW.format(of="lead_id", seed=25)} % 3), CASE WHEN answered < received THEN last_inbound END,
           CASE WHEN answered < received AND {DRAW.format(of="lead_id", seed=24)} % 10 = 0 THEN 'asked_for_person' END,
           CASE WHEN received > 0 AND answered >= received AND lead_id % 3 = 0 THEN 'resolved' ELSE 'open' END,
           CASE WHEN received > 0 AND lead_id % 20 = 0 THEN 'Robin' END, last_at, last_inbound, first_at, last_at
    FROM (
        SELECT lead_id, (SELECT id FROM numbered WHERE number = max(campaign_number)) AS last_campaign,
               count(*) FILTER (WHERE kind = 'answered') AS received, count(*) FILTER (WHERE kind = 'answer') AS answered,
               max(at) FILTER (WHERE kind = 'answered') AS last_inbound, max(at) AS last_at, min(at) AS first_at
        FROM texts GROUP BY lead_id
    ) AS t ORDER BY first_at
"""
MESSAGES = """
    INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone, sender_id, carrier_sid, created_at,
                          campaign_id, campaign_lead_id, run_id, dedupe_key, purpose, state, attempts, attempt_token,
                          attempted_at, due_at, admitted, sent_at, delivery_status, delivered_at, error_code,
                          estimated_cost, price)
    SELECT v.id, t.lead_id, CASE WHEN t.kind = 'answered' THEN 'in' ELSE 'out' END,
           CASE t.kind WHEN 'answered' THEN 'lead' WHEN 'answer' THEN 'agent' ELSE 'workflow' END,
           CASE WHEN t.kind = 'answered' AND t.fate >= 995 THEN 'STOP'
                WHEN t.kind = 'answered' THEN 'Sounds interesting, what does it cost for ' || t.i % 50 || ' people?'
                ELSE 'Hi ' || split_part(l.name, ' ', 1) || ', would ' || l.company || ' like to win back an hour a day?' END,
           l.phone, v.sender_id, CASE WHEN NOT is_waiting THEN 'SM' || md5(t.kind || t.i) END, t.at, cl.campaign_id,
           CASE WHEN t.kind <> 'answered' THEN cl.id END, CASE WHEN t.kind = 'campaign' THEN cl.run_id END,
           CASE t.kind WHEN 'campaign' THEN 'campaign_lead:' || cl.id || ':sms' WHEN 'answer' THEN 'reply:' || t.i END,
           CASE WHEN t.kind = 'campaign' THEN 'campaign' ELSE 'reply' END,
           CASE WHEN t.kind = 'answered' THEN NULL WHEN is_waiting THEN 'queued' ELSE 'sent' END,
           CASE WHEN t.kind = 'answered' OR is_waiting THEN 0 ELSE 1 END,
           CASE WHEN t.kind <> 'answered' AND NOT is_waiting THEN md5(t.i || t.kind) END,
           CASE WHEN t.kind <> 'answered' AND NOT is_waiting THEN t.at END, t.at, t.kind <> 'answered' AND NOT is_waiting,
           CASE WHEN t.kind <> 'answered' AND NOT is_waiting THEN t.at + interval '1 second' END,
           CASE WHEN t.kind = 'answered' OR is_waiting THEN NULL WHEN t.fate < 60 THEN 'undelivered' ELSE 'delivered' END,
           CASE WHEN t.kind <> 'answered' AND NOT is_waiting AND t.fate >= 60 THEN t.at + interval '3 seconds' END,
           CASE WHEN t.kind = 'campaign' AND t.fate < 60 THEN 30003 END,
           CASE WHEN t.kind = 'answered' THEN 0 ELSE 0.0083 END,
           CASE WHEN t.kind <> 'answered' AND NOT is_waiting THEN 0.0079 END
    FROM (SELECT *, kind = 'campaign' AND at > now() - interval '30 minutes' AS is_waiting FROM texts) AS t
    JOIN leads AS l ON l.id = t.lead_id
    JOIN conversations AS v ON v.lead_id = t.lead_id
    JOIN numbered AS c ON c.number = t.campaign_number
    JOIN campaign_leads AS cl ON cl.campaign_id = c.id AND cl.lead_id = t.lead_id
    ORDER BY t.at, t.i
"""
TURNS = """
    INSERT INTO agent_executions (agent_type, lead_id, conversation_id, campaign_id, message_id, trace_id, input_data,
                                  output_data, processing_time_ms, success, model, input_tokens, output_tokens, cost, executed_at)
    SELECT 'conversation', lead_id, conversation_id, campaign_id, id, md5(id::text), '{}', '{"reason": "asks about the price"}',
           700, true, 'openai:gpt-4o-mini', 900, 60, 0.00017, created_at
    FROM messages WHERE author = 'agent' ORDER BY id
"""
OPTED_OUT = """
    INSERT INTO suppressions (phone, reason, source, evidence, message_id, created_at)
    SELECT DISTINCT ON (phone) phone, 'stop', 'inbound text', body, id, created_at FROM messages WHERE body = 'STOP'
"""
SECONDARY_INDEXES = """
    SELECT c.relname AS name, pg_get_indexdef(c.oid) AS definition
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
    LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid
    WHERE t.relname = ANY($1) AND k.oid IS NULL AND c.relname <> ALL($2)
"""
NEEDED = ["ix_campaign_leads_campaign_id_id"]


async def fill_history(sql: asyncpg.Connection, texts: int, leads: int) -> int:
    """Campaigns, places, threads, texts and runs of three months for leads 1 … `leads`; returns the number of texts."""
    outgoing = round(texts * SHARE_OF_CAMPAIGN_TEXTS)
    tables = [name for name in TABLES if name != "leads"]
    # Indexes that are built at the end are built in a quarter of the time.
    indexes = await sql.fetch(SECONDARY_INDEXES, tables, NEEDED)
    for index in indexes:
        await sql.execute(f'DROP INDEX "{index["name"]}"')
    await sql.execute("SET work_mem = '256MB'")
    await sql.execute(SENDERS)
    await sql.execute(PLAN, CAMPAIGNS)
    await sql.execute("CREATE TEMP TABLE numbered AS SELECT id, row_number() OVER (ORDER BY id) AS number FROM campaigns")
    await sql.execute(OUTGOING, outgoing, leads, CAMPAIGNS)
    for statement in (RUNS, PLACES, NUMBERS, LOGS, TEXTS, THREADS, "ANALYZE", MESSAGES, TURNS, OPTED_OUT):
        await sql.execute(statement)
    for index in indexes:
        await sql.execute(index["definition"])
    # As autovacuum would do within minutes: figures for the planner, the map of visible rows.
    for table in TABLES:
        await sql.execute(f"VACUUM (ANALYZE) {table}")
    await sql.execute("DROP TABLE numbered, outgoing, texts")
    return int(await sql.fetchval("SELECT count(*) FROM messages"))

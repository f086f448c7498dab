"""Where a workflow's runs go, over a million steps: its statistics over HTTP, from one API process, and the count that they need.

What people who look again and again wait for is the median of the answers after the first: a count that takes long is shown again
while the next one is made. The runs are made by SQL: leads come through an A/B test to a text, then wait; most go on to the end,
some still wait, some were stopped by an answer, some failed.
"""

from __future__ import annotations

import time
from statistics import median

import aiohttp
import asyncpg

from bench.harness import Context, Measurement, database
from bench.lead_list import DRAW, api_process, fill
from outrider.campaigns.runs import statistics
from outrider.campaigns.runs.figures import Scope
from outrider.db.engine import Database

STEPS, QUICK_STEPS = 1_000_000, 12_000
STEPS_PER_RUN = 5.8
ROUNDS = 7
GOAL_MS = 300
CONFIG = {
    "nodes": [
        {"id": "validate", "type": "validate", "data": {}},
        {"id": "ab", "type": "split", "data": {"variants": [{"name": "a", "label": "Short"}, {"name": "b", "label": "Long"}]}},
        {"id": "sms", "type": "sms", "data": {}},
        {"id": "wait", "type": "wait", "data": {"mode": "for", "amount": 2, "unit": "days"}},
        {"id": "end", "type": "finalize", "data": {}},
    ],
    "edges": [
        {"source": "validate", "target": "ab", "sourceHandle": "passed"},
        {"source": "ab", "target": "sms", "sourceHandle": "a"},
        {"source": "ab", "target": "sms", "sourceHandle": "b"},
        {"source": "sms", "target": "wait", "sourceHandle": "sms"},
        {"source": "wait", "target": "end", "sourceHandle": "next"},
    ],
}
CAMPAIGN = """
    INSERT INTO campaigns (name, status, workflow_id, workflow_version_id, started_at, launched_at)
    SELECT 'Million', 'processing', w.id, w.published_version_id, now(), now() FROM workflows AS w WHERE w.id = $1 RETURNING id
"""
# Of 100 runs 2 fail at the text, 5 still wait, 8 were stopped while they waited.
RUNS = f"""
    INSERT INTO runs (workflow_version_id, subject_kind, subject_id, campaign_id, lead_id, trace_id, status, stop_reason, steps,
        error, error_node, started_at, updated_at, finished_at)
    SELECT c.workflow_version_id, 'campaign_lead', cl.id, c.id, cl.lead_id, md5(cl.id::text),
        CASE WHEN fate < 2 THEN 'failed' WHEN fate < 7 THEN 'waiting' WHEN fate < 15 THEN 'stopped' ELSE 'completed' END,
        CASE WHEN fate BETWEEN 7 AND 14 THEN 'replied' END, CASE WHEN fate < 15 THEN 4 ELSE 6 END,
        CASE WHEN fate < 2 THEN 'Nothing was written' END, CASE WHEN fate < 2 THEN 'sms' END,
        cl.processed_at, cl.processed_at, CASE WHEN fate NOT BETWEEN 2 AND 6 THEN cl.processed_at + interval '2 days' END
    FROM campaigns AS c JOIN campaign_leads AS cl ON cl.campaign_id = c.id
    CROSS JOIN LATERAL (SELECT {DRAW.format(seed=31).replace("(i,", "(cl.lead_id,")} % 100) AS drawn (fate)
    WHERE c.id = $1
    ORDER BY cl.id
"""
PLACES = """
    INSERT INTO campaign_leads (campaign_id, lead_id, status, processed_at, replied_at)
    SELECT $1, id, 'completed', now() - interval '3 days', CASE WHEN id % 11 = 0 THEN now() - interval '1 day' END
    FROM leads ORDER BY id LIMIT $2
"""
STEPS_OF_RUNS = """
    INSERT INTO processing_logs (campaign_lead_id, campaign_id, run_id, seq, node_id, node_name, outcome, level, message, error,
        ms, waited_ms, tokens, cost, created_at)
    SELECT r.subject_id, r.campaign_id, r.id, t.seq, t.node_id, t.node_name, t.outcome, 'INFO', 'So it was', t.error,
        0.1 + abs(hashint8(r.id * 10 + t.seq)) % 1000 / 100.0, t.waited_ms, t.tokens, t.tokens * 0.000001, r.started_at + t.after
    FROM runs AS r
    CROSS JOIN LATERAL (VALUES
        (0, 'validate', 'validate', 'passed', NULL, NULL::float8, 0, interval '0'),
        (1, 'ab', 'split', CASE WHEN r.lead_id % 7 % 2 = 0 THEN 'a' ELSE 'b' END, NULL, NULL, 0, interval '1 ms'),
        (2, 'sms', 'sms_agent', CASE WHEN r.status = 'failed' THEN 'error' ELSE 'sms' END, r.error, NULL, 300, interval '2 ms'),
        (3, CASE WHEN r.status = 'failed' THEN 'end' ELSE 'wait' END,
            CASE WHEN r.status = 'failed' THEN 'finalize' ELSE 'wait' END, '', NULL, NULL, 0, interval '3 ms'),
        (4, 'wait', 'wait', 'next', NULL, 172800000, 0, interval '2 days'),
        (5, 'end', 'finalize', '', NULL, NULL, 0, interval '2 days')
    ) AS t (seq, node_id, node_name, outcome, error, waited_ms, tokens, after)
    WHERE t.seq < r.steps
    ORDER BY r.id, t.seq
"""
WAITS = """
    INSERT INTO run_waits (run_id, campaign_id, campaign_lead_id, lead_id, node_id, interrupt_id, kind, due_at)
    SELECT id, campaign_id, subject_id, lead_id, 'wait', 'wait#1', 'timer', now() + interval '1 day'
    FROM runs WHERE status = 'waiting' ORDER BY id
"""
OPTED_OUT = """
    INSERT INTO suppressions (phone, reason, source, created_at)
    SELECT l.phone, 'stop', 'inbound text', now() FROM leads AS l WHERE l.id % 50 = 0
"""
TABLES = ("campaign_leads", "runs", "processing_logs", "run_waits", "suppressions")


async def run(context: Context) -> dict[str, Measurement]:
    steps = context.scaled(STEPS, QUICK_STEPS)
    async with database(context.folder) as opened:
        began = time.perf_counter()
        runs = round(steps / STEPS_PER_RUN)
        await fill(opened, runs)
        async with api_process(context.folder, opened.dsn) as address, aiohttp.ClientSession(address) as client:
            workflow_id = await _workflow(client)
            campaign_id, filled = await _runs(opened, workflow_id, runs)
            context.say(f"{filled:,} steps of {runs:,} runs in {time.perf_counter() - began:.0f} s")
            paths = {
                "workflow": f"/api/workflows/{workflow_id}/statistics",
                "version": f"/api/workflows/{workflow_id}/statistics?version=1&campaign_id={campaign_id}",
                "campaign": f"/api/campaigns/{campaign_id}/flow",
                "runs_that_failed": f"/api/runs?campaign_id={campaign_id}&passed=sms&status=failed",
                "runs_that_passed": f"/api/runs?workflow_id={workflow_id}&passed=wait",
            }
            counts = [await _count(opened, campaign_id) for _ in range(ROUNDS)]
            times = {name: [await _get(client, path) for _ in range(ROUNDS)] for name, path in paths.items()}
    for name, taken in times.items():
        context.say(f"{name}: first {taken[0]:,.0f} ms, then {median(taken[1:]):,.0f} ms")
    context.say(f"one count {min(counts):,.0f} ms")
    return {
        "workflow_statistics": Measurement(
            samples=times["workflow"][1:],
            unit="ms",
            goal=GOAL_MS,
            higher_is_better=False,
            details={
                "steps": filled,
                "runs": runs,
                "first_ms": times["workflow"][0],
                "count_ms": min(counts),
                **{f"{name}_ms": median(taken[1:]) for name, taken in times.items() if name != "workflow"},
            },
        )
    }


async def _workflow(client: aiohttp.ClientSession) -> int:
    async with client.post("/api/workflows", json={"name": "Million", "config": CONFIG}) as answer:
        created = await answer.json()
        assert answer.status == 201, created
        return int(created["id"])


async def _runs(opened: Database, workflow_id: int, runs: int) -> tuple[int, int]:
    """A campaign with so many runs of the workflow; returns its id and the number of steps."""
    sql: asyncpg.Connection = await opened.connect()
    try:
        campaign_id = int(await sql.fetchval(CAMPAIGN, workflow_id))
        await sql.execute(PLACES, campaign_id, runs)
        await sql.execute(RUNS, campaign_id)
        for statement in (STEPS_OF_RUNS, WAITS, OPTED_OUT):
            await sql.execute(statement)
        for table in TABLES:
            await sql.execute(f"VACUUM (ANALYZE) {table}")
        return campaign_id, int(await sql.fetchval("SELECT count(*) FROM processing_logs"))
    finally:
        await sql.close()


async def _count(opened: Database, campaign_id: int) -> float:
    """Milliseconds that it takes to count."""
    async with opened.transaction() as session:
        began = time.perf_counter()
        await statistics.count(session, Scope((campaign_id,)))
        return (time.perf_counter() - began) * 1000


async def _get(client: aiohttp.ClientSession, path: str) -> float:
    """Milliseconds that an answer takes."""
    began = time.perf_counter()
    async with client.get(path) as answer:
        body = await answer.read()
        assert answer.status == 200, body[:500]
    return (time.perf_counter() - began) * 1000

"""Many paused runs whose timers end: how late they go on, how many per second, and what a paused run takes up in the database.

All are copies of one real run, made by SQL: it has sent its first text and waits to send the second. First some are due at the
same moment, then the others one after the other. What goes on writes its text, and that leaves through the carrier.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import quantiles

from bench.harness import Context, Measurement, Stack, cpu_used, stack
from bench.world import create_campaign, insert_leads, people, raise_sender_rates

RUNS, QUICK_RUNS = 100_000, 600
SPREAD_SECONDS, QUICK_SPREAD_SECONDS = 600, 10
BURST_SHARE = 0.05
HEAD_START = 2.0
WRITTEN_PER_SECOND = 1_000
"""No timer may end while the times are still being written: nobody sees it before."""
GOAL_SECONDS = 60.0
GOAL_BYTES = 5 * 1024
PATIENCE = 120.0
SIMULATOR = {"speed": "20", "rate": "5000", "api-rate": "0", "persona": "silence=1"}
PAUSING = {
    "nodes": [
        {"id": "validate", "type": "validate", "data": {}},
        {"id": "first", "type": "sms", "data": {}},
        {"id": "wait", "type": "wait", "data": {"mode": "for", "amount": 30, "unit": "days"}},
        {"id": "second", "type": "sms", "data": {}},
        {"id": "end", "type": "finalize", "data": {}},
    ],
    "edges": [
        {"source": "validate", "target": "first", "sourceHandle": "passed"},
        {"source": "first", "target": "wait", "sourceHandle": "sms"},
        {"source": "wait", "target": "second", "sourceHandle": "next"},
        {"source": "second", "target": "end", "sourceHandle": "sms"},
    ],
}

PLACES = """
    INSERT INTO campaign_leads (campaign_id, lead_id, status, processed_at)
    SELECT $1, id, 'waiting', now() FROM unnest($2::bigint[]) AS id
"""
COPIES = """
    INSERT INTO runs (workflow_version_id, subject_kind, subject_id, campaign_id, lead_id, attempt, trace_id, status, checkpoint,
        steps, stops_on_reply, input_tokens, output_tokens, cost, model, started_at, finished_at)
    SELECT r.workflow_version_id, r.subject_kind, cl.id, r.campaign_id, cl.lead_id, r.attempt, md5(cl.id::text), r.status,
        r.checkpoint, r.steps, r.stops_on_reply, r.input_tokens, r.output_tokens, r.cost, r.model, r.started_at, NULL
    FROM runs AS r JOIN campaign_leads AS cl ON cl.campaign_id = r.campaign_id AND cl.run_id IS NULL
    WHERE r.id = $1
"""
WAITS = """
    INSERT INTO run_waits (run_id, campaign_id, campaign_lead_id, lead_id, node_id, visit, interrupt_id, kind, due_at, details)
    SELECT r.id, r.campaign_id, r.subject_id, r.lead_id, w.node_id, w.visit, w.interrupt_id, w.kind, w.due_at, w.details
    FROM run_waits AS w JOIN runs AS r ON r.id <> w.run_id AND r.status = 'waiting' WHERE w.run_id = $1
"""
LINKS = "UPDATE campaign_leads AS cl SET run_id = r.id FROM runs AS r WHERE r.subject_id = cl.id AND cl.run_id IS NULL"
SIZES = "SELECT sum(pg_total_relation_size(name)) FROM unnest(ARRAY['runs', 'run_waits']::regclass[]) AS name"
DUE = """
    WITH numbered AS (
        SELECT id, run_id, row_number() OVER (ORDER BY run_id) AS place FROM run_waits
        WHERE run_id NOT IN (SELECT run_id FROM due)
        ORDER BY run_id LIMIT $1
    ), set AS (
        UPDATE run_waits AS w SET due_at = now() + make_interval(secs => $3::float8 + $2::float8 * place / $1)
        FROM numbered WHERE w.id = numbered.id RETURNING w.run_id, w.due_at
    )
    INSERT INTO due SELECT run_id, due_at FROM set
"""
LATENESS = """
    SELECT extract(epoch FROM r.updated_at - due.due_at)::float8 AS seconds FROM due JOIN runs AS r ON r.id = due.run_id
    WHERE r.status <> 'waiting' ORDER BY due.due_at OFFSET $1
"""


async def run(context: Context) -> dict[str, Measurement]:
    count = context.scaled(RUNS, QUICK_RUNS)
    burst, spread = int(count * BURST_SHARE), context.scaled(SPREAD_SECONDS, QUICK_SPREAD_SECONDS)
    async with stack(context.folder, simulator_options=SIMULATOR) as running:
        await raise_sender_rates(running.sql, 5000)
        lead_ids = await insert_leads(running.sql, people(count))
        bytes_per_run = await _pause(running, lead_ids)
        context.say(f"{count:,} paused runs, {bytes_per_run:,.0f} bytes each")
        rate = await _burst(running, burst)
        context.say(f"{burst:,} due at once: {rate:,.0f} resumes/s")
        before = cpu_used(running)
        await running.sql.execute(DUE, count - burst, float(spread), HEAD_START + count / WRITTEN_PER_SECOND, timeout=PATIENCE)
        await _until_none_is_due(running, patience=PATIENCE + spread)
        cpu = cpu_used(running).since(before)
        late = [row["seconds"] for row in await running.sql.fetch(LATENESS, burst)]
        left = await running.sql.fetchval("SELECT coalesce(sum(octet_length(checkpoint)), 0)::bigint FROM runs")
        found = await running.sql.fetch("SELECT status, count(*) AS runs FROM runs GROUP BY status")
        statuses = {str(row["status"]): int(row["runs"]) for row in found}
    percentiles = quantiles(late, n=100)
    context.say(f"late by {percentiles[49]:.2f} s, p99 {percentiles[98]:.2f} s, at most {max(late):.2f} s; as {statuses}")
    return {
        "workflow_timers_lateness": Measurement(
            samples=[max(late)],
            unit="s",
            goal=GOAL_SECONDS,
            higher_is_better=False,
            details={
                "runs": len(late),
                "spread_seconds": spread,
                "median_s": percentiles[49],
                "p99_s": percentiles[98],
                "burst_resumes_per_second": rate,
                "checkpoint_bytes_after_the_end": left,
                **cpu.per_thousand(len(late)),
                **{f"runs_{status}": number for status, number in statuses.items()},
            },
        ),
        "workflow_paused_run_bytes": Measurement(
            samples=[bytes_per_run], unit="bytes", goal=GOAL_BYTES, higher_is_better=False, details={"runs": count}
        ),
    }


async def _pause(running: Stack, lead_ids: Sequence[int]) -> float:
    """Let the first lead's run pause and copy it for the others; returns the bytes that each copy takes with its indexes."""
    sql = running.sql
    campaign_id = await create_campaign(running, lead_ids[:1], workflow_config=PAUSING)
    await running.api.post(f"/api/campaigns/{campaign_id}/start")
    async with asyncio.timeout(PATIENCE):
        while (run_id := await sql.fetchval("SELECT id FROM runs WHERE status = 'waiting'")) is None:
            await asyncio.sleep(0.1)
    await sql.execute(PLACES, campaign_id, lead_ids[1:], timeout=PATIENCE)
    await sql.execute("CREATE TABLE due (run_id bigint PRIMARY KEY, due_at timestamptz)")
    before = await sql.fetchval(SIZES)
    await sql.execute(COPIES, run_id, timeout=PATIENCE)
    await sql.execute(WAITS, run_id, timeout=PATIENCE)
    grown = await sql.fetchval(SIZES) - before
    await sql.execute(LINKS, timeout=PATIENCE)
    await sql.execute("ANALYZE runs; ANALYZE run_waits; ANALYZE campaign_leads")
    return float(grown) / max(1, len(lead_ids) - 1)


async def _burst(running: Stack, count: int) -> float:
    """Runs per second that go on when many are due at the same moment."""
    await running.sql.execute(DUE, count, 0.0, HEAD_START)
    await _until_none_is_due(running, patience=PATIENCE)
    took = "SELECT extract(epoch FROM max(r.updated_at) - min(due.due_at))::float8 FROM due JOIN runs AS r ON r.id = due.run_id"
    return count / float(await running.sql.fetchval(took))


async def _until_none_is_due(running: Stack, *, patience: float) -> None:
    """
    Raises:
        TimeoutError: runs still wait after so many seconds.
    """
    ends = time.monotonic() + patience
    open_runs = "SELECT count(*) FROM due JOIN runs AS r ON r.id = due.run_id WHERE r.status = 'waiting'"
    while number := await running.sql.fetchval(open_runs):
        if time.monotonic() > ends:
            raise TimeoutError(f"{number} runs still wait")
        await asyncio.sleep(0.5)

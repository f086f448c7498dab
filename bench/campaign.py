"""What the two campaign benches share: a campaign from its start to its last receipt, and the plain design's speed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.baselines import sequential
from bench.harness import Context, Cpu, Stack, cpu_used, rss_mb
from bench.processes import process, python, redis_server
from bench.world import PROMPT, TEMPLATE, deliveries_missing, open_zone, people, settled, statuses, until_settled

EARLY = 0.2
"""Share of the leads after which memory is read for the first time."""
RECEIPT_PATIENCE = 60.0
BASELINE_FIRST_PERSON = 50_000_000
"""The plain design texts other people than the product does."""

__all__ = ["CampaignTimes", "open_zone", "plain_design_rate", "run_campaign"]


@dataclass(frozen=True, slots=True)
class CampaignTimes:
    """How a campaign went. Times in seconds from its start."""

    total: int
    settled_after: float
    receipts_after: float
    counts: Mapping[str, int]
    early_rss_mb: float
    """The largest worker after a fifth of the leads …"""
    final_rss_mb: float
    """… and after the last."""
    cpu: Cpu
    """Used until the last lead was settled."""

    @property
    def rate(self) -> float:
        return self.total / self.settled_after

    def details(self) -> dict[str, float]:
        """What explains the rate."""
        return {
            "leads": self.total,
            "until_last_receipt_leads_per_second": self.rate_to_receipts,
            "worker_rss_mb_at_20_percent": self.early_rss_mb,
            "worker_rss_mb_at_the_end": self.final_rss_mb,
            **self.cpu.per_thousand(self.total),
            "share_of_the_machine_had": self.cpu.total / (self.settled_after * (psutil.cpu_count() or 1)),
        }

    @property
    def rate_to_receipts(self) -> float:
        return self.total / self.receipts_after


async def run_campaign(stack: Stack, campaign_id: int, total: int) -> CampaignTimes:
    """Start the campaign and watch it to its last receipt."""
    began, used_before = time.perf_counter(), cpu_used(stack)
    await stack.api.post(f"/api/campaigns/{campaign_id}/start")
    watching = asyncio.create_task(until_settled(stack.sql, campaign_id, total))
    early = await _memory_at(stack, campaign_id, total, watching)
    counts = await watching
    settled_after, final, cpu = time.perf_counter() - began, _largest_worker(stack), cpu_used(stack).since(used_before)
    async with asyncio.timeout(RECEIPT_PATIENCE):
        while await deliveries_missing(stack.sql, campaign_id):
            await asyncio.sleep(0.1)
    return CampaignTimes(total, settled_after, time.perf_counter() - began, counts, early, final, cpu)


async def _memory_at(stack: Stack, campaign_id: int, total: int, watching: asyncio.Task[dict[str, int]]) -> float:
    """Memory once a fifth of the leads is settled; read over a connection of its own, as one serves one query at a time."""
    sql = await stack.database.connect()
    try:
        while not watching.done() and settled(await statuses(sql, campaign_id)) < EARLY * total:
            await asyncio.sleep(0.1)
    finally:
        await sql.close()
    return _largest_worker(stack)


def _largest_worker(stack: Stack) -> float:
    return max(rss_mb(part) for part in stack.workers)


async def plain_design_rate(
    context: Context, stack: Stack, count: int, *, carrier_url: str, model_url: str | None = None
) -> float:
    """Leads per second of the sequential design (`bench.baselines.sequential`), with the same carrier and model server."""
    everybody = people(count, first=BASELINE_FIRST_PERSON)
    sender = await stack.sql.fetchval("SELECT address FROM senders ORDER BY id LIMIT 1")
    dsn = stack.database.dsn.replace("postgresql://", "postgresql+psycopg://", 1)
    campaign_id = await asyncio.to_thread(
        sequential.prepare, dsn, [(one.name, one.phone, one.company) for one in everybody], PROMPT, TEMPLATE
    )
    environment = {
        "BASELINE_DATABASE": dsn,
        "BASELINE_CARRIER": carrier_url,
        "BASELINE_SID": stack.settings.carrier_account_sid,
        "BASELINE_TOKEN": stack.settings.carrier_auth_token,
        "BASELINE_FROM": sender,
        **({"BASELINE_MODEL": model_url} if model_url else {}),
    }
    log: Path = context.folder / "baseline.log"
    async with (
        redis_server(log) as redis,
        process(*python("bench.baselines.sequential", redis), log=log, environment=environment),
    ):
        await asyncio.to_thread(sequential.enqueue, redis, campaign_id)
        return await _plain_rate(stack, campaign_id, count)


async def _plain_rate(stack: Stack, campaign_id: int, count: int, patience: float = 60.0) -> float:
    """From the worker's first lead to its last, by its own clock."""
    query = """
        SELECT count(*) FILTER (WHERE status = 'completed') AS done,
            extract(epoch FROM max(processed_at) - min(processed_at)) AS seconds
        FROM baseline.campaign_leads WHERE campaign_id = $1
    """
    async with asyncio.timeout(patience):
        while True:
            row = await stack.sql.fetchrow(query, campaign_id)
            if row is not None and row["done"] == count:
                return (count - 1) / float(row["seconds"])
            await asyncio.sleep(0.2)

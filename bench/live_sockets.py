"""A thousand open sockets that listen to a running campaign: how late they hear of it, and what it costs the campaign."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.campaign import CampaignTimes, run_campaign
from bench.harness import Context, Measurement, Stack, stack
from bench.processes import GRACE_SECONDS, process, python
from bench.world import create_campaign, insert_leads, people

DELAY_MS = 1_000.0
"""The median delay that a person does not notice in figures that move by themselves."""
SHARE_KEPT = 0.8
"""Of the campaign's rate, while a thousand sockets listen on a machine that also runs their other ends."""
OPTIONS = {"speed": "20", "rate": "5000", "api-rate": "0", "persona": "silence=1"}
CREATED = "SELECT id, extract(epoch FROM created_at)::float8 AS at FROM live_events WHERE id = ANY($1::bigint[])"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the sockets heard of one campaign."""

    frames: int
    resets: int
    closed: int
    delays: list[float]
    """Milliseconds from the writing of an event's row, just before its commit, to each socket; sorted."""


async def run(context: Context) -> dict[str, Measurement]:
    count, sockets = context.scaled(4_000, 300), context.scaled(1_000, 100)
    async with stack(context.folder, simulator_options=OPTIONS) as running:
        await running.sql.execute("UPDATE senders SET segments_per_second = 5000")
        before = await _campaign(running, 0, count)
        heard, during = await _campaign_heard(context, running, count, sockets)
        after = await _campaign(running, 2, count)
    alone = (before.rate + after.rate) / 2
    context.say(f"{during.rate:,.0f} leads/s with {sockets:,} sockets, {alone:,.0f} without; {heard.frames:,} frames")
    p50, p99 = median(heard.delays), quantiles(heard.delays, n=100)[98]
    details = {
        "sockets": sockets,
        "frames": heard.frames,
        "frames_per_second": heard.frames / during.receipts_after,
        "resets": heard.resets,
        "sockets_lost": heard.closed,
        "p50_ms": p50,
        "p99_ms": p99,
        "api_cpu_share_with_sockets": during.cpu.seconds["api"] / during.settled_after,
        "api_cpu_share_without": (before.cpu.seconds["api"] + after.cpu.seconds["api"])
        / (before.settled_after + after.settled_after),
    }
    return {
        "live_sockets_delay": Measurement([p50], "ms", goal=DELAY_MS, higher_is_better=False, details=details),
        "live_sockets_campaign": Measurement(
            [during.rate],
            "leads/s",
            goal=SHARE_KEPT * alone,
            baseline=alone,
            baseline_name="no socket open",
            details={"before": before.rate, "after": after.rate},
        ),
    }


async def _campaign(running: Stack, number: int, count: int) -> CampaignTimes:
    lead_ids = await insert_leads(running.sql, people(count, first=number * 1_000_000))
    return await run_campaign(running, await create_campaign(running, lead_ids), count)


async def _campaign_heard(context: Context, running: Stack, count: int, sockets: int) -> tuple[Hearing, CampaignTimes]:
    lead_ids = await insert_leads(running.sql, people(count, first=1_000_000))
    campaign_id = await create_campaign(running, lead_ids)
    address = ("127.0.0.1", str(running.settings.port), str(sockets), f"campaign:{campaign_id}")
    log: Path = context.folder / "listeners.log"
    async with process(*python("bench.stand_ins.listeners", *address), log=log, takes_input=True) as listeners:
        assert listeners.stdout is not None and listeners.stdin is not None
        if json.loads(await listeners.stdout.readline() or b"{}").get("listening") != sockets:
            raise ConnectionError(f"The sockets could not be opened: {log.read_text()[-500:]}")
        times = await run_campaign(running, campaign_id, count)
        listeners.stdin.close()
        said = await asyncio.wait_for(listeners.stdout.read(), GRACE_SECONDS)
    return await _hearing(running, json.loads(said)), times


async def _hearing(running: Stack, said: Mapping[str, Any]) -> Hearing:
    times: dict[str, list[float]] = said["times"]
    rows = await running.sql.fetch(CREATED, [int(number) for number in times])
    delays = sorted(1000 * (at - row["at"]) for row in rows for at in times[str(row["id"])])
    return Hearing(sum(len(one) for one in times.values()), said["kinds"].get("reset", 0), said["closed"], delays)

"""A campaign whose model takes half a second per text: how much of the waiting is used for other leads.

Compared with what is possible: the smaller of requests in flight / latency, and the same prompts through the same
adapter in a bare asyncio loop that does nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import asyncpg
import httpx

from bench.campaign import plain_design_rate, run_campaign
from bench.harness import Context, Measurement, stack
from bench.processes import announced_port, process, python
from bench.world import create_campaign, insert_leads, people
from outrider.config import Settings
from outrider.llm.base import ChatMessage, ChatRequest
from outrider.llm.build import ModelRegistry

LATENCY = 0.5
IN_FLIGHT = 200
WORKERS = 2
SHARE_OF_POSSIBLE = 0.9
BARE_CALLS = 2_000
SIMULATOR = {"speed": "20", "rate": "5000", "api-rate": "0", "persona": "silence=1"}


async def run(context: Context) -> dict[str, Measurement]:
    count = context.scaled(4_000, 400)
    log = context.folder / "model.log"
    async with process(*python("bench.stand_ins.openai_server", "--latency", str(LATENCY)), log=log) as server:
        model_url = f"http://127.0.0.1:{await announced_port(server)}/v1"
        environment = {
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": model_url,
            "OUTRIDER_MODEL": "openai:gpt-4o-mini",
            "OUTRIDER_RUN_CONCURRENCY": str(IN_FLIGHT // WORKERS),
        }
        async with stack(context.folder, workers=WORKERS, environment=environment, simulator_options=SIMULATOR) as running:
            await running.sql.execute("UPDATE senders SET segments_per_second = 5000")
            lead_ids = await insert_leads(running.sql, people(count))
            campaign_id = await create_campaign(running, lead_ids)
            times = await run_campaign(running, campaign_id, count)
            counters = await _counters(model_url)
            context.say(
                f"{times.rate:,.0f} leads/s with at most {counters['most_in_flight']} calls in flight; {dict(times.counts)}"
            )
            prompts = await _prompts(running.sql, context.scaled(BARE_CALLS, 200))
            bare = await bare_calls_rate(running.settings, prompts)
            carrier_url = f"http://127.0.0.1:{running.settings.simulator_port}"
            plain = await plain_design_rate(context, running, context.scaled(20, 5), carrier_url=carrier_url, model_url=model_url)
    possible = min(IN_FLIGHT / LATENCY, bare)
    return {
        "campaign_llm_500ms": Measurement(
            samples=[times.rate],
            unit="leads/s",
            goal=SHARE_OF_POSSIBLE * possible,
            baseline=plain,
            baseline_name="sequential RQ worker",
            details={
                **times.details(),
                "workers": WORKERS,
                "ideal_leads_per_second": IN_FLIGHT / LATENCY,
                "bare_loop_calls_per_second": bare,
                "share_of_possible": times.rate / possible,
                "most_calls_in_flight": counters["most_in_flight"],
                "model_calls": counters["completions"],
            },
        )
    }


async def bare_calls_rate(settings: Settings, prompts: Sequence[Sequence[ChatMessage]]) -> float:
    """Model calls per second of a loop that only calls the model, as many at once as the campaign may."""
    models = ModelRegistry(settings)
    model, slots = models.get(), asyncio.Semaphore(IN_FLIGHT)

    async def call(messages: Sequence[ChatMessage]) -> None:
        async with slots:
            await model.complete(ChatRequest(messages=messages, temperature=0.7, purpose="bench"))

    try:
        await call(prompts[0])
        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for messages in prompts:
                tasks.create_task(call(messages))
        return len(prompts) / (time.perf_counter() - began)
    finally:
        await models.aclose()


async def _prompts(sql: asyncpg.Connection, count: int) -> list[list[ChatMessage]]:
    """What the campaign asked its model: one system and one user message for each lead."""
    rows = await sql.fetch(
        """
        SELECT max(content) FILTER (WHERE role = 'system') AS system, max(content) FILTER (WHERE role = 'user') AS question
        FROM conversation_messages GROUP BY campaign_lead_id ORDER BY campaign_lead_id LIMIT $1
        """,
        count,
    )
    return [[ChatMessage("system", row["system"]), ChatMessage("user", row["question"])] for row in rows]


async def _counters(model_url: str) -> dict[str, int]:
    async with httpx.AsyncClient() as client:
        counts: dict[str, int] = (await client.get(f"{model_url.removesuffix('/v1')}/counters")).json()
        return counts

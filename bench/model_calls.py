"""What stands around a model costs time on each call: cache, breaker, slots and budgets, each alone and all together; and
what budgets cost a campaign whose model has a price, beside the same campaign with a model that has none.

A call of the bare model takes no time at all here, so all that is measured is ours.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal

import psutil

from bench.campaign import run_campaign
from bench.harness import Context, Measurement, cpu_seconds, database, isolated, stack
from bench.processes import announced_port, process, python
from bench.world import create_campaign, insert_leads, people
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.llm.base import CallScope, ChatMessage, ChatModel, ChatReply, ChatRequest, StreamPart, in_one_piece
from outrider.llm.breaker import Breaker, provider_circuit
from outrider.llm.budgeted import Budgeted, Metered
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.caching import Cached, MemoryStore
from outrider.llm.limited import Limited
from outrider.llm.pricing import FREE, Rate, Tariff

PROMPT = "You write short texts for people who asked for an offer. " * 20
REPLY = ChatReply("Hi there", "m", "openai", 300, 30, cost=Decimal("0.0001"))
PAID = Tariff("openai", "m", Rate(Decimal("0.15"), Decimal("0.60")))
UNPAID = Tariff("openai", "m", FREE)
AT_ONCE = 200
BUDGETED_MICROSECONDS = 1500
CALLS_PER_SECOND = 300
LATENCY = 0.05
SIMULATOR = {"speed": "20", "rate": "5000", "api-rate": "0", "persona": "silence=1"}
FREE_MODEL, PAID_MODEL = "openai:free", "openai:gpt-4o-mini"
ROUNDS = 2


class Instant:
    """Answers at once."""

    name = "openai:m"

    async def complete(self, request: ChatRequest) -> ChatReply:
        return REPLY

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        return in_one_piece(REPLY)

    async def aclose(self) -> None: ...


async def run(context: Context) -> dict[str, Measurement]:
    with isolated(context.folder):
        async with database(context.folder) as opened:
            wrappers = await _wrappers(context, opened)
    return {"model_call_overhead": wrappers, "campaign_budget_cpu": await _campaigns(context)}


async def _wrappers(context: Context, opened: Database) -> Measurement:
    count = context.scaled(20_000, 1_000)
    bare = await _microseconds(Instant(), count)
    circuit = provider_circuit("openai", failures=5, pause_seconds=15)
    hit = Cached(Instant(), MemoryStore(60))
    found = {
        "breaker": await _microseconds(Breaker(Instant(), circuit), count) - bare,
        "slots": await _microseconds(Limited(Instant(), asyncio.Semaphore(AT_ONCE)), count) - bare,
        "cache_miss": await _microseconds(Cached(Instant(), MemoryStore(60)), count, distinct=True) - bare,
        "cache_hit": await _microseconds(hit, count) - bare,
    }
    settings = Settings(_env_file=None, budget_day=Decimal(1_000_000), budget_conversation=None)
    ledger = Ledger(opened, settings)
    paid = Budgeted(Metered(Instant(), PAID), ledger, PAID)
    free = Budgeted(Metered(Instant(), UNPAID), ledger, UNPAID)
    calls = context.scaled(6_000, 600)
    postgres = psutil.Process(int((context.folder / "postgres" / "postmaster.pid").read_text().split()[0]))
    await _together(paid, ledger, postgres, AT_ONCE)
    samples = [await _together(paid, ledger, postgres, calls) for _ in range(3)]
    entered = await _together(free, ledger, postgres, calls)
    paced = await _together(paid, ledger, postgres, calls // 2, pace=CALLS_PER_SECOND)
    context.say(f"budgets: {samples[0]['cpu']:.0f} µs of CPU a call; at {CALLS_PER_SECOND} calls/s {paced['cpu']:.0f} µs")
    return Measurement(
        samples=[sample["cpu"] for sample in samples],
        unit="µs CPU/call",
        goal=BUDGETED_MICROSECONDS,
        higher_is_better=False,
        details={
            "bare_call_us": bare,
            **{f"{name}_us": value for name, value in found.items()},
            "budgeted_postgres_us": samples[-1]["postgres"],
            "budgeted_process_us": samples[-1]["process"],
            "budgeted_calls_per_second": samples[-1]["rate"],
            "free_entered_us": entered["cpu"],
            "paced_calls_per_second": paced["rate"],
            "paced_cpu_us": paced["cpu"],
            "paced_share_of_one_core": paced["cpu"] * CALLS_PER_SECOND / 1e6,
            "paced_p50_ms": paced["p50_ms"],
        },
    )


async def _microseconds(model: ChatModel, count: int, *, distinct: bool = False) -> float:
    """Of CPU for each call, one after the other."""
    requests = [_request(number if distinct else 0) for number in range(count)]
    began = time.process_time()
    for request in requests:
        await model.complete(request)
    return (time.process_time() - began) / count * 1e6


async def _together(
    model: ChatModel, ledger: Ledger, postgres: psutil.Process, count: int, *, pace: float = 0
) -> dict[str, float]:
    """Microseconds of CPU of each call, with what the database used, of many calls at once or at a pace (calls/s)."""
    slots = asyncio.Semaphore(AT_ONCE)
    waits: list[float] = []

    async def call(number: int) -> None:
        if pace:
            await asyncio.sleep(number / pace)
        async with slots:
            began = time.perf_counter()
            await model.complete(_request(number))
            waits.append(time.perf_counter() - began)

    before, began, own = cpu_seconds(postgres), time.perf_counter(), time.process_time()
    await asyncio.gather(*(call(number) for number in range(count)))
    await ledger.flush()
    own, its, took = time.process_time() - own, cpu_seconds(postgres) - before, time.perf_counter() - began
    return {
        "cpu": (own + its) / count * 1e6,
        "process": own / count * 1e6,
        "postgres": its / count * 1e6,
        "rate": count / took,
        "p50_ms": sorted(waits)[count // 2] * 1000,
    }


def _request(number: int) -> ChatRequest:
    messages = [ChatMessage("system", PROMPT), ChatMessage("user", f"Lead {number}")]
    return ChatRequest(messages, purpose="bench", scope=CallScope(lead_id=number))


async def _campaigns(context: Context) -> Measurement:
    count = context.scaled(2_000, 200)
    async with process(
        *python("bench.stand_ins.openai_server", "--latency", str(LATENCY)), log=context.folder / "model.log"
    ) as server:
        environment = {
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{await announced_port(server)}/v1",
            "OUTRIDER_MODEL": PAID_MODEL,
            "OUTRIDER_MODEL_PRICES": f"{FREE_MODEL}=0/0",
        }
        folder = context.folder / "campaigns"
        folder.mkdir(mode=0o755)
        async with stack(folder, environment=environment, simulator_options=SIMULATOR) as running:
            await running.sql.execute("UPDATE senders SET segments_per_second = 5000")
            cpu: dict[str, list[float]] = {FREE_MODEL: [], PAID_MODEL: []}
            parts: dict[str, float] = {}
            for number in range(2 * ROUNDS):
                model, budget = ((FREE_MODEL, None), (PAID_MODEL, "1000"))[number % 2]
                lead_ids = await insert_leads(running.sql, people(count, first=number * count))
                campaign_id = await create_campaign(running, lead_ids, model=model, budget=budget)
                times = await run_campaign(running, campaign_id, count)
                cpu[model].append(times.cpu.total / count * 1e6)
                parts |= {f"{model.split(':')[1]}_{name}": used for name, used in times.cpu.per_thousand(count).items()}
    without, with_budgets = min(cpu[FREE_MODEL]), min(cpu[PAID_MODEL])
    context.say(f"CPU per lead: {without:,.0f} µs without budgets, {with_budgets:,.0f} µs with them")
    return Measurement(
        samples=cpu[PAID_MODEL],
        unit="µs CPU/lead",
        baseline=without,
        baseline_name="a model without a price and no budget",
        higher_is_better=False,
        details={"leads": count, "added_us": with_budgets - without, "share_added": with_budgets / without - 1, **parts},
    )

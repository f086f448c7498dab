"""One chaos run: a campaign on the real installation, blows, rest, verdict."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.harness import free_port, isolated, postgres
from bench.world import PROMPT, TEMPLATE, insert_leads, people
from outrider.cli.client import Api, connect
from outrider.cli.runtime import prepare
from outrider.cli.supervisor import parts_of, until_ready
from outrider.config import Settings, read_settings
from outrider.db.engine import Database
from tests.chaos.audit import Check, audit, read_books
from tests.chaos.blows import Blows
from tests.chaos.plan import Plan
from tests.chaos.processes import Keeper, stop_postgres
from tests.chaos.record import read_record

SPEED = 5
"""How much faster than life network and people are: replies come 1 to 12 seconds after a text."""
POLL_SECONDS = 1.0
QUIET_SECONDS = 5.0
"""So long nothing may change before it counts as rest."""
REPORT_SECONDS = 15.0
PROGRESS = """
    SELECT avg((status IN ('completed', 'failed', 'skipped'))::int)::float8 FROM campaign_leads WHERE campaign_id = $1
"""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    checks: Sequence[Check]
    landed: Mapping[str, int]
    figures: Mapping[str, Any]
    """What went on at the carrier and with us, to tell a hard run from an easy one."""

    @property
    def is_clean(self) -> bool:
        return all(check.is_clean for check in self.checks)


@dataclass(slots=True)
class Installation:
    settings: Settings
    dsn: str
    keepers: dict[str, Keeper]
    carrier: httpx.AsyncClient
    postgres_folder: Path

    @property
    def workers(self) -> list[Keeper]:
        return [keeper for name, keeper in self.keepers.items() if name.startswith("worker")]


async def run(plan: Plan, folder: Path, say: Say) -> Verdict:
    """Run the plan in an empty folder. Logs of the processes stay there."""
    async with installation(plan, folder) as running:
        began = time.monotonic()

        def tell(line: str) -> None:
            say(f"{time.monotonic() - began:5.0f} s  {line}")

        campaign_id = await _start_campaign(running, plan)
        tell(f"campaign {campaign_id} started with {plan.leads} leads")
        blows = Blows(
            plan,
            running.workers,
            running.keepers["api"],
            running.postgres_folder,
            progress=lambda: _progress(running, campaign_id),
            set_faults=lambda faults: _put(running.carrier, "/simulator/faults", faults),
            say=tell,
        )
        reporting = asyncio.create_task(_report(running, campaign_id, tell))
        try:
            async with asyncio.timeout(plan.limit):
                await blows.fall()
                tell(f"all blows have landed: {dict(blows.landed)}; now everything has to come to rest")
                await _until_rest(running, campaign_id, plan, tell)
            rested = True
        except TimeoutError:
            rested = False
        finally:
            reporting.cancel()
        seconds = time.monotonic() - began
        for keeper in running.workers:
            await keeper.end()
        record = await read_record(running.carrier)
        async with _watching(running.dsn) as sql:
            books = await read_books(sql, campaign_id)
        figures = {
            "seconds": round(seconds),
            "creates asked": record.counters["creates_requested"],
            "accepted": record.counters["creates_accepted"],
            "faults": sum(record.counters["faults"].values()),
            "lists": record.counters["lists"],
            "inbound": len(record.received),
            "inbound webhooks failed": record.counters["inbound_webhooks_failed"],
            "callbacks delivered": record.counters["callbacks_sent"],
            "callbacks failed": record.counters["callbacks_failed"],
            "opt-outs": len(record.wishes),
            "worker starts": sum(keeper.starts for keeper in running.workers),
            "texts": dict(Counter(f"{text['purpose']} {text['state']}" for text in books.texts)),
        }
        rest = Check("came to rest in time", int(rested), 1)
        return Verdict([rest, *audit(record, books, plan.leads)], blows.landed, figures)


@asynccontextmanager
async def installation(plan: Plan, folder: Path) -> AsyncIterator[Installation]:
    """Database, API, workers and simulator, each under a keeper."""
    port, simulator_port = free_port(), free_port()
    environment = {
        "OUTRIDER_PORT": str(port),
        "OUTRIDER_SIMULATOR_PORT": str(simulator_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **plan.environment(),
    }
    with isolated(folder, environment):
        settings = read_settings()
        async with contextlib.AsyncExitStack() as opened:
            dsn = await opened.enter_async_context(postgres(folder))
            opened.push_async_callback(stop_postgres, folder / "postgres")
            database = Database(dsn)
            await prepare(database, settings)
            await database.aclose()
            parts = parts_of(settings, dsn, workers=plan.workers, simulator_options={"speed": str(SPEED), "seed": str(plan.seed)})
            keepers = {part.name: Keeper(part, folder / f"{part.name.replace(' ', '-')}.log") for part in parts}
            for keeper in keepers.values():
                keeper.start()
                opened.push_async_callback(keeper.end)
            await until_ready(f"http://127.0.0.1:{simulator_port}/health")
            await until_ready(f"http://127.0.0.1:{port}/health/ready")
            carrier = await opened.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{simulator_port}", timeout=60)
            )
            yield Installation(settings, dsn, keepers, carrier, folder / "postgres")


async def _start_campaign(running: Installation, plan: Plan) -> int:
    await _put(running.carrier, "/simulator/faults", plan.faults)
    await _put(running.carrier, "/simulator/personas", {"reply_probability": plan.talkative})
    everybody = people(plan.leads, seed=plan.seed)
    async with _watching(running.dsn) as sql:
        lead_ids = await insert_leads(sql, everybody)
        senders = await sql.fetchval("SELECT count(*) FROM senders WHERE enabled")
        await sql.execute("UPDATE senders SET segments_per_second = $1", plan.pace / senders)
        await sql.executemany(
            "INSERT INTO suppressions (phone, reason, source) VALUES ($1, 'manual', 'chaos')",
            [(person.phone,) for person in everybody[: plan.suppressed]],
        )
    async with connect(f"http://127.0.0.1:{running.settings.port}") as api:
        return await _create_and_start(api, lead_ids)


async def _create_and_start(api: Api, lead_ids: Sequence[int]) -> int:
    campaign = await api.post(
        "/api/campaigns",
        {
            "name": "Chaos",
            "agent_type": "sms",
            "sms_system_prompt": PROMPT,
            "sms_template": TEMPLATE,
            "sender_name": "Robin from Outrider",
            "audience": {"lead_ids": list(lead_ids)},
        },
    )
    await api.post(f"/api/campaigns/{campaign['id']}/start")
    return int(campaign["id"])


async def _put(carrier: httpx.AsyncClient, path: str, body: dict[str, float]) -> None:
    (await carrier.put(path, json=body)).raise_for_status()


@asynccontextmanager
async def _watching(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def _until_rest(running: Installation, campaign_id: int, plan: Plan, tell: Say) -> None:
    """Wait until nothing moves any more, here or at the carrier, which misbehaves until every lead has its end."""
    last, since, is_calm = None, time.monotonic(), False
    while True:
        await asyncio.sleep(POLL_SECONDS)
        state = await _standing(running, campaign_id)
        if state is not None and state.is_campaign_over and not is_calm:
            tell("every lead has its end; the carrier behaves from now on")
            await _put(running.carrier, "/simulator/faults", plan.calm)
            is_calm = True
        if state != last:
            last, since = state, time.monotonic()
        elif state is not None and state.is_at_rest and time.monotonic() - since >= QUIET_SECONDS:
            return


async def _progress(running: Installation, campaign_id: int) -> float | None:
    """Share of the leads that have their end; None while the database is away."""
    try:
        async with _watching(running.dsn) as sql:
            share: float | None = await sql.fetchval(PROGRESS, campaign_id)
            return share
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where things stand; two equal ones mean that nothing moved."""

    leads: tuple[tuple[str, int], ...]
    texts: tuple[tuple[str, int], ...]
    inbound: int
    jobs: int
    carrier_pending: int
    carrier_messages: int
    behind: int
    """Texts whose delivery has no end here."""

    @property
    def is_campaign_over(self) -> bool:
        leads = dict(self.leads)
        return bool(leads) and not any(leads.get(status) for status in ("pending", "processing", "waiting"))

    @property
    def is_at_rest(self) -> bool:
        texts = dict(self.texts)
        moving = sum(texts.get(state, 0) for state in ("queued", "held", "sending", "unknown"))
        return self.is_campaign_over and not (moving or self.jobs or self.carrier_pending or self.behind)


async def _standing(running: Installation, campaign_id: int) -> Standing | None:
    """None while the database is away."""
    try:
        async with _watching(running.dsn) as sql:
            leads = await sql.fetch(
                "SELECT status, count(*) FROM campaign_leads WHERE campaign_id = $1 GROUP BY 1 ORDER BY 1", campaign_id
            )
            texts = await sql.fetch("SELECT state, count(*) FROM messages WHERE direction = 'out' GROUP BY 1 ORDER BY 1")
            inbound = await sql.fetchval("SELECT count(*) FROM messages WHERE direction = 'in'")
            jobs = await sql.fetchval("SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')")
            behind = await sql.fetchval(
                """SELECT count(*) FROM messages WHERE state = 'sent'
                   AND coalesce(delivery_status, '') NOT IN ('delivered', 'undelivered', 'failed', 'read', 'canceled')"""
            )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    counters = (await running.carrier.get("/simulator/counters")).json()
    return Standing(
        tuple((row[0], row[1]) for row in leads),
        tuple((row[0], row[1]) for row in texts),
        inbound,
        jobs,
        counters["pending"],
        counters["messages"],
        behind,
    )


async def _report(running: Installation, campaign_id: int, tell: Say) -> None:
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        standing = await _standing(running, campaign_id)
        if standing is None:
            tell("the database is away")
        else:
            tell(
                f"leads {dict(standing.leads)} · texts {dict(standing.texts)} · inbound {standing.inbound} · jobs {standing.jobs}"
            )

"""Database, simulator, receiver and worker of these tests, and what happens from outside: time, answers, decisions, deaths."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson

import outrider.wiring  # noqa: F401  (what is done here from outside is heard by everybody)
from bench.harness import free_port, isolated
from bench.world import PROMPT, TEMPLATE, insert_leads, people, raise_sender_rates
from outrider.campaigns import control, service
from outrider.campaigns.schemas import CampaignIn
from outrider.cli.runtime import prepare
from outrider.cli.supervisor import end_with_parent, simulator_part, until_ready
from outrider.config import Settings, read_settings
from outrider.conversations.inbound import receive_text
from outrider.db.engine import Database
from outrider.errors import Conflict
from outrider.llm.offline import OfflineModel
from outrider.workflows.runs.approvals import decide
from tests.chaos.workflows.definitions import RECEIVER_VARIABLE, install
from tests.chaos.workflows.points import DIED
from tests.chaos.workflows.receiver import Receiver, listening
from tests.worlds import OneModel, inbound

LOOK_SECONDS = 0.03
PATIENCE = 60.0
"""Seconds in which a worker must come to a deadly point, or the trial to rest."""
SPEED = 50
ENVIRONMENT = {
    "OUTRIDER_QUIET_HOURS": "off",
    "OUTRIDER_SEND_LEASE_SECONDS": "10",
    "OUTRIDER_CARRIER_TIMEOUT": "2",
    "OUTRIDER_SETTLE_SECONDS": "1",
    "OUTRIDER_REPLY_DELAY_SECONDS": "0",
    # Workers die here at each of its points in turn.
    "OUTRIDER_MOST_LOST_CLAIMS": "1000",
    "OUTRIDER_LOG_LEVEL": "WARNING",
}
LEASES_END = (
    "UPDATE runs SET leased_until = now() WHERE leased_until > now()",
    "UPDATE run_effects SET due_at = now() WHERE state = 'working' AND due_at > now()",
    "UPDATE messages SET lease_until = now() WHERE state = 'sending' AND lease_until > now()",
    "UPDATE messages SET next_check_at = now() WHERE state = 'unknown' AND next_check_at > now()",
    "UPDATE pgqueuer SET heartbeat = now() - interval '1 hour' WHERE status = 'picked'",
    "UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued' AND execute_after > now()",
)
TIME_PASSES = """
    UPDATE run_waits AS w SET due_at = now() WHERE due_at > now() AND (
        kind = 'timer' OR (kind = 'reply' AND NOT w.lead_id = ANY($1::bigint[]))
    )
"""
EFFECTS_ARE_DUE = "UPDATE run_effects SET due_at = now() WHERE state = 'queued' AND due_at > now()"
TO_ANSWER = """
    SELECT w.id, w.lead_id, l.phone FROM run_waits AS w JOIN leads AS l ON l.id = w.lead_id
    WHERE w.kind = 'reply' AND w.answer IS NULL AND w.lead_id = ANY($1::bigint[])
        AND NOT EXISTS (
            SELECT 1 FROM messages AS m WHERE m.lead_id = w.lead_id AND m.state IN ('queued', 'held', 'sending', 'unknown')
        )
"""
OPEN = """
    SELECT
        (SELECT count(*) FROM campaigns WHERE id = $1 AND status <> 'completed')
        + (SELECT count(*) FROM runs WHERE campaign_id = $1 AND status = 'waiting')
        + (SELECT count(*) FROM messages WHERE state IN ('queued', 'held', 'sending', 'unknown'))
        + (SELECT count(*) FROM run_effects WHERE state IN ('queued', 'working'))
        + (SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked') AND entrypoint LIKE 'campaigns.%')
"""
FORM_VALUES = {"text": "Fine", "textarea": "Fine", "number": 5, "boolean": True, "date": "2026-05-31"}


@dataclass(slots=True)
class Trial:
    """One campaign, and at which points its workers died."""

    campaign_id: int
    lead_ids: list[int]
    deadly: set[str]
    """Points at which nobody has died yet."""
    died: list[str] = field(default_factory=list)
    working_at_deaths: Counter[str] = field(default_factory=Counter)
    """How often a worker died while it carried out the effect of a key."""
    passed: list[str] = field(default_factory=list)
    """Points by name, each once, in the order in which they were first passed."""
    rested: bool = False
    seconds: float = 0.0


class Nursery:
    """The process that forks workers; at most one lives at a time."""

    def __init__(self, process: asyncio.subprocess.Process, note: Path):
        self._process, self._note = process, note
        self.worker: int | None = None
        self._read = 0

    async def fork(self, deadly: Collection[str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(sorted(deadly)) + b"\n")
        sign, pid = await self._say()
        assert sign == "+", pid
        self.worker = pid

    async def watch(self, seconds: float) -> bool:
        """Whether the worker died within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._say()
                self.worker = None
                return True
        return False

    async def kill(self) -> None:
        if self.worker is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.worker, signal.SIGKILL)
            await self._say()
            self.worker = None

    def passed(self) -> list[str]:
        """Points that workers came to since this was asked last."""
        with self._note.open("rb") as note:
            note.seek(self._read)
            lines = note.read().decode().splitlines()
            self._read = note.tell()
        return lines

    async def _say(self) -> tuple[str, int]:
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode().strip()
        if not line:
            raise RuntimeError("The nursery ended.")
        return line[0], int(line[1:])


@dataclass(slots=True)
class Laboratory:
    settings: Settings
    database: Database
    sql: asyncpg.Connection
    carrier: httpx.AsyncClient
    """The simulator's control."""
    receiver: Receiver
    nursery: Nursery
    _people: int = 0

    async def trial(self, config: Mapping[str, Any], leads: int, deadly: Collection[str]) -> Trial:
        """Work a campaign of so many leads; a worker dies at each of the deadly points, the first time one comes to it.

        Every other lead answers what its run waits for; of the others the time-outs pass.
        """
        began = time.monotonic()
        trial = await self._start(config, leads, deadly)
        answering, asked = trial.lead_ids[::2], set[int]()
        self.nursery.passed()
        await self.nursery.fork(trial.deadly)
        ends = began + PATIENCE
        while time.monotonic() < ends:
            if await self.nursery.watch(LOOK_SECONDS):
                await self._bury(trial)
                await self.nursery.fork(trial.deadly)
                ends = time.monotonic() + PATIENCE
            await self._live_on(answering, asked)
            if await self.sql.fetchval(OPEN, trial.campaign_id) == 0:
                trial.rested = True
                break
        await self.nursery.kill()
        self._note(trial)
        trial.seconds = time.monotonic() - began
        return trial

    async def _start(self, config: Mapping[str, Any], leads: int, deadly: Collection[str]) -> Trial:
        everybody = people(leads, first=self._people)
        self._people += leads
        lead_ids = await insert_leads(self.sql, everybody)
        wanted: dict[str, Any] = {"name": "Chaos", "sender_name": "Robin", "sms_system_prompt": PROMPT, "sms_template": TEMPLATE}
        async with self.database.transaction() as session:
            campaign = await service.create_campaign(session, CampaignIn(lead_ids=lead_ids, workflow_config=config, **wanted))
        async with self.database.transaction() as session:
            await control.start(session, campaign.id, self.settings, OneModel(OfflineModel()))
        return Trial(campaign.id, lead_ids, set(deadly))

    async def _bury(self, trial: Trial) -> None:
        """What a dead worker held is free once its leases have run out: at once, here."""
        self._note(trial)
        await self.sql.execute(GONE, timeout=PATIENCE)
        for row in await self.sql.fetch("SELECT idempotency_key FROM run_effects WHERE state = 'working'"):
            trial.working_at_deaths[row["idempotency_key"]] += 1
        for statement in LEASES_END:
            await self.sql.execute(statement)

    def _note(self, trial: Trial) -> None:
        for line in self.nursery.passed():
            mark, name = line[0], line[1:]
            if name not in trial.passed:
                trial.passed.append(name)
            if mark == DIED:
                trial.died.append(name)
                trial.deadly.discard(name)

    async def _live_on(self, answering: Sequence[int], asked: set[int]) -> None:
        await self.sql.execute(TIME_PASSES, answering)
        await self.sql.execute(EFFECTS_ARE_DUE)
        for row in await self.sql.fetch("SELECT id, actions, form FROM run_approvals WHERE status = 'waiting'"):
            await self._decide(row)
        for row in await self.sql.fetch(TO_ANSWER, answering):
            if row["id"] not in asked:
                asked.add(row["id"])
                async with self.database.transaction() as session:
                    await receive_text(session, inbound(row["phone"], "Yes, tell me more"))

    async def _decide(self, row: asyncpg.Record) -> None:
        actions, form = orjson.loads(row["actions"]), orjson.loads(row["form"])
        answers = {one["name"]: one["options"][0] if one["type"] == "choice" else FORM_VALUES[one["type"]] for one in form}
        with contextlib.suppress(Conflict):  # it was timed out or cancelled at this moment
            async with self.database.transaction() as session:
                await decide(session, row["id"], actions[0]["name"], answers, "Ann")


GONE = """
    DO $$ BEGIN
        FOR look IN 1..500 LOOP
            EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = 'chaos worker');
            PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
        END LOOP;
    END $$
"""
"""Wait until the server has noticed the death and given up what the dead held."""


@asynccontextmanager
async def laboratory(folder: Path, dsn: str) -> AsyncIterator[Laboratory]:
    """Everything, on an empty database that is migrated here."""
    receiver = Receiver()
    with listening(receiver) as port:
        address, simulator_port = f"http://127.0.0.1:{port}", free_port()
        given = {
            "DATABASE_URL": dsn,
            "PUBLIC_URL": address,
            "OUTRIDER_SIMULATOR_PORT": str(simulator_port),
            RECEIVER_VARIABLE: f"{address}/effects",
            **ENVIRONMENT,
        }
        with isolated(folder, given):
            async with contextlib.AsyncExitStack() as opened:
                settings = read_settings()
                install(f"{address}/effects")
                log = opened.enter_context((folder / "processes.log").open("ab"))
                nursery = await _nursery(folder, log)
                opened.push_async_callback(_end, nursery)
                options = {"speed": str(SPEED), "rate": "1000", "api-rate": "0", "persona": "silence=1"}
                part = simulator_part(settings, options)
                simulator = await asyncio.create_subprocess_exec(
                    *part.command, stdout=log, stderr=log, preexec_fn=end_with_parent()
                )
                opened.push_async_callback(_end, simulator)
                database = Database(dsn, pool_size=5)
                opened.push_async_callback(database.aclose)
                await prepare(database, settings)
                sql = await database.connect()
                opened.push_async_callback(sql.close)
                await raise_sender_rates(sql, 1000)
                await until_ready(f"http://127.0.0.1:{simulator_port}/health")
                carrier = await opened.enter_async_context(
                    httpx.AsyncClient(base_url=f"http://127.0.0.1:{simulator_port}", timeout=30)
                )
                yield Laboratory(settings, database, sql, carrier, receiver, Nursery(nursery, folder / "points"))


async def _nursery(folder: Path, log: Any) -> asyncio.subprocess.Process:
    root = Path(__file__).parents[3]
    note = folder / "points"
    note.touch()
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.chaos.workflows.nursery",
        str(note),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        env={**os.environ, "PYTHONPATH": str(root)},
        preexec_fn=end_with_parent(),
    )


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.wait()

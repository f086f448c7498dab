"""Runs that the installation keeps: what was found is stored as it goes, and somebody may end them early."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.cli.evals import _run
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.evals import service, stored
from outrider.evals.judged import Halt
from outrider.evals.models import EvalRun, RunStatus
from outrider.evals.schemas import EvalWanted
from outrider.evals.stored import play_and_keep
from outrider.jobs import JobContext
from outrider.jobs.definition import registry, schedules
from outrider.llm.base import ChatReply, ChatRequest
from outrider.llm.offline import OfflineModel
from tests.clocks import PATIENCE, until
from tests.worlds import OneModel, World

WANTED = EvalWanted(only="question", repeat=20)


class Interrupting(OfflineModel):
    """Does something during a later call."""

    def __init__(self, database: Database, call: int):
        super().__init__()
        self.database, self.left, self.halt = database, call, Halt()

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.left -= 1
        if self.left == 0:
            await self.interrupt()
        return await super().complete(request)

    async def interrupt(self) -> None:
        """Somebody cancels the run over the API; the process that plays it hears of it a little later."""
        (run,) = await World(self.database).rows(EvalRun)
        async with self.database.transaction() as session:
            await service.cancel(session, run.id, "Ann")
        await until(lambda: self.halt.reason)


class Stopping(Interrupting):
    async def interrupt(self) -> None:
        for task in asyncio.all_tasks():
            if task.get_name() == "playing":
                task.cancel()


async def play(database: Database, settings: Settings, model: Interrupting) -> EvalRun:
    plan = service.plan_of(WANTED)
    playing = play_and_keep(database, WANTED, plan, OneModel(model), settings, requested_by="a test", halt=model.halt)
    with suppress(asyncio.CancelledError):
        await asyncio.create_task(playing, name="playing")
    async with database.transaction() as session:
        (found,) = await service.list_runs(session)
        run = await session.get_one(EvalRun, found.id)
        await session.refresh(run, ["results"])
        return run


@pytest.mark.parametrize(("model", "problem"), [(Interrupting, "Cancelled by Ann."), (Stopping, "It was interrupted.")])
async def test_a_cancelled_run_ends_early_and_keeps_what_it_found(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, model: type[Interrupting], problem: str
) -> None:
    monkeypatch.setattr(stored, "BEAT_SECONDS", 0.05)
    run = await play(database, settings, model(database, 14))
    assert (run.status, run.problem) == (RunStatus.CANCELLED, problem)
    assert run.ended_at is not None and run.planned == service.plan_of(WANTED).size
    assert 0 < run.played < run.planned
    assert run.results is not None and len(run.results["played"]) == run.played


async def test_a_run_waiting_or_played_is_cancelled_once_over_the_api(
    api: AsyncClient, database: Database, settings: Settings
) -> None:
    run_id = (await api.post("/api/evals", json={"model": "offline", "only": "question-en"})).json()["id"]
    cancelled = await api.post(f"/api/evals/{run_id}/cancel")
    assert cancelled.status_code == 200 and cancelled.json()["status"] == "cancelled"
    assert cancelled.json()["problem"].startswith("Cancelled by ")
    again = await api.post(f"/api/evals/{run_id}/cancel")
    assert again.status_code == 409 and "has ended" in again.json()["detail"]
    assert (await api.post("/api/evals/999/cancel")).status_code == 404

    # Its job finds nothing to do, and the next run may begin.
    await registry["evals.run"].run(JobContext(database, {Settings: settings}), f'{{"run_id": {run_id}}}'.encode())
    found = (await api.get(f"/api/evals/{run_id}")).json()
    assert (found["status"], found["played"], found["results"]) == ("cancelled", 0, None)
    assert (await api.post("/api/evals", json={"only": "question-en"})).status_code == 202


async def test_a_run_whose_process_is_gone_is_given_up(database: Database) -> None:
    async with database.transaction() as session:
        lost = await service.note_begun(session, WANTED, "a test", 3)
        lost.seen_at = datetime.now(UTC) - service.SILENT - timedelta(seconds=1)
        alive = await service.note_begun(session, WANTED, "a test", 3)
    await schedules["evals.give_up_silent"].function(JobContext(database))
    found = {run.id: run.status for run in await World(database).rows(EvalRun)}
    assert found == {lost.id: RunStatus.GIVEN_UP, alive.id: RunStatus.RUNNING}


async def test_what_was_found_is_told_to_those_who_watch(database: Database, settings: Settings) -> None:
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM live_events"))
    wanted = EvalWanted(only="question-en")
    plan = service.plan_of(wanted)
    await play_and_keep(database, wanted, plan, OneModel(OfflineModel()), settings, requested_by="a test", halt=Halt())
    async with database.transaction() as session:
        told = await session.scalar(text("SELECT count(*) FROM live_events WHERE topic = 'evals'"))
    assert told == 2 + plan.size


def command(database: Database | None, settings: Settings, *arguments: str) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTRIDER_", "OPENAI_"))}
    given = {"OUTRIDER_HOME": str(settings.home), "OUTRIDER_LOG_LEVEL": "ERROR"}
    if database is not None:
        given["DATABASE_URL"] = database.dsn
    return {"args": [sys.executable, "-m", "outrider", "evals", "run", "--model", "offline", *arguments], "env": kept | given}


async def run_command(told: dict[str, Any], interrupt_after: str | None = None) -> tuple[int, str]:
    """Exit code and all that it printed; interrupted as soon as it has printed this."""
    process = await asyncio.create_subprocess_exec(
        *told["args"], env=told["env"], stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(3 * PATIENCE):  # a process that imports all of the product, and plays
        while line := (await process.stdout.readline()).decode():
            said += line
            if interrupt_after is not None and interrupt_after in line:
                process.send_signal(signal.SIGINT)
                interrupt_after = None
        return await process.wait(), said


async def test_a_run_from_the_command_line_is_in_the_list(api: AsyncClient, database: Database, settings: Settings) -> None:
    # In this process: the two runs below are ones of a process of their own.
    given = settings.model_copy(update={"database_url": database.dsn})
    halt, results = await _run(given, {"model": "offline", "only": "question-en"}, keep=True)
    assert halt.reason is None and results.is_good
    (run,) = (await api.get("/api/evals")).json()
    assert (run["status"], run["requested_by"], run["model"]) == ("passed", "the command line", "offline")
    assert run["played"] == run["planned"] == run["passed"] == 1 and Decimal(run["cost"]) == 0
    detail = (await api.get(f"/api/evals/{run['id']}")).json()
    assert detail["wanted"]["only"] == "question-en" and len(detail["results"]["played"]) == 1
    assert (await api.get(f"/api/evals/{run['id']}/report")).status_code == httpx.codes.OK


async def test_ctrl_c_leaves_a_cancelled_run(api: AsyncClient, database: Database, settings: Settings) -> None:
    code, said = await run_command(command(database, settings, "--repeat", "20"), interrupt_after="passed")
    assert code == 130, said
    (run,) = (await api.get("/api/evals")).json()
    assert (run["status"], run["problem"]) == ("cancelled", "It was interrupted.")
    assert 0 < run["played"] < run["planned"]


async def test_without_an_installation_nothing_is_kept_and_all_is_played(settings: Settings) -> None:
    code, said = await run_command(command(None, settings, "--only", "question-en"))
    assert code == 0, said
    assert not (settings.home / "postgres").exists()

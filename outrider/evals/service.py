"""What is done with runs of evals: ask for one, follow it, read what it found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.evals import repository
from outrider.evals.models import EvalRun, RunStatus
from outrider.evals.personas import PERSONAS, persona_named
from outrider.evals.running import EvalResults, Plan
from outrider.evals.schemas import EvalChoices, EvalIn, EvalRunDetail, EvalRunOut, EvalWanted, PersonaOut
from outrider.evals.scripts import read_scripts, shipped_scenarios
from outrider.events.live import announce
from outrider.events.topics import Topic

MOST_LISTED = 50
UNDER_WAY = (RunStatus.WAITING, RunStatus.RUNNING)
SILENT = timedelta(minutes=5)
"""A run of which nothing was heard for so long is played by nobody: a worker that died has given its jobs to another one."""


class EvalRunNotFound(NotFound):
    """There is no such run."""


class EvalsUnderWay(Conflict):
    """One run at a time."""


class NotEnded(Conflict):
    """The run has found nothing yet."""


class HasEnded(Conflict):
    """There is nothing to cancel."""


@cache
def choices() -> EvalChoices:
    """What the installation has to play; it changes with a new version only."""
    return EvalChoices(
        scripts=list(read_scripts(shipped_scenarios())),
        personas=[PersonaOut(key=one.key, name=one.lead.name, character=one.character) for one in PERSONAS.values()],
    )


def plan_of(wanted: EvalWanted) -> Plan:
    """
    Raises:
        InvalidInput: a persona is unknown, a script can't be read, or none has such a name.
    """
    personas = [persona_named(key) for key in wanted.personas]
    folder = shipped_scenarios() if wanted.scenarios is None else Path(wanted.scenarios)
    known = {} if personas else read_scripts(folder)
    scripts = {name: script for name, script in known.items() if wanted.only in name}
    if not personas and not scripts:
        remedy = f"Use a part of one of these: {', '.join(known)}."
        raise InvalidInput.on("only", f"{wanted.only!r} is in no script's name", remedy)
    return Plan(
        scripts=scripts,
        personas=personas,
        repeat=wanted.repeat,
        most_turns=wanted.most_turns,
        most_cost=wanted.most_cost,
        lead_model=wanted.lead_model,
    )


async def request(session: AsyncSession, asked: EvalIn, requested_by: str) -> EvalRun:
    """
    Raises:
        InvalidInput: as in `plan_of`.
        EvalsUnderWay
    """
    wanted = EvalWanted.model_validate(asked.model_dump())
    plan = plan_of(wanted)
    if (other := await repository.under_way(session)) is not None:
        raise EvalsUnderWay(f"The run {other.id} is under way.", remedy="Wait until it has ended, or cancel it.")
    run = EvalRun(
        requested_by=requested_by, model=wanted.model, wanted=wanted.model_dump(mode="json"), planned=plan.size,
    )  # fmt: skip
    return await _saved(session, run)


async def note_begun(session: AsyncSession, wanted: EvalWanted, requested_by: str, planned: int) -> EvalRun:
    """Keep a run that its caller plays."""
    now = datetime.now(UTC)
    run = EvalRun(
        requested_by=requested_by, model=wanted.model, wanted=wanted.model_dump(mode="json"), planned=planned,
        status=RunStatus.RUNNING, began_at=now, seen_at=now,
    )  # fmt: skip
    return await _saved(session, run)


async def cancel(session: AsyncSession, run_id: int, by: str) -> EvalRun:
    """End a run early. Who plays it finishes the model call that is under way and keeps what was played.

    Raises:
        EvalRunNotFound, HasEnded
    """
    run = await session.get(EvalRun, run_id, with_for_update=True)
    if run is None:
        raise EvalRunNotFound(f"There is no run {run_id} of evals.")
    if run.status not in UNDER_WAY:
        raise HasEnded(f"The run {run_id} has ended: it is {run.status}.")
    run.status, run.problem, run.ended_at = RunStatus.CANCELLED, f"Cancelled by {by}.", datetime.now(UTC)
    return await _saved(session, run)


async def list_runs(session: AsyncSession) -> list[EvalRunOut]:
    return [EvalRunOut.model_validate(run) for run in await repository.latest(session, MOST_LISTED)]


async def get_run(session: AsyncSession, run_id: int) -> EvalRunDetail:
    """
    Raises:
        EvalRunNotFound
    """
    run = await repository.whole(session, run_id)
    if run is None:
        raise EvalRunNotFound(f"There is no run {run_id} of evals.")
    return EvalRunDetail.model_validate(run)


async def results_of(session: AsyncSession, run_id: int) -> EvalResults:
    """
    Raises:
        EvalRunNotFound, NotEnded
    """
    run = await get_run(session, run_id)
    if run.results is None or run.status in UNDER_WAY:
        raise NotEnded(f"The run {run_id} has no results: it is {run.status}.", remedy="Wait until it has ended.")
    return run.results


async def begin(session: AsyncSession, run_id: int) -> EvalWanted | None:
    """Begin a run; None if it has ended or was begun by a process that is gone before."""
    run = await session.get(EvalRun, run_id, with_for_update=True)
    if run is None or run.status not in UNDER_WAY:
        return None
    run.status, run.played, run.passed = RunStatus.RUNNING, 0, 0
    run.began_at = run.seen_at = datetime.now(UTC)
    announce(session, Topic.EVALS, "changed", [run_id])
    return EvalWanted.model_validate(run.wanted)


async def note_results(session: AsyncSession, run_id: int, results: EvalResults) -> None:
    """Keep what a run has found so far."""
    run = await session.get(EvalRun, run_id, with_for_update=True)
    if run is not None:
        _take_over(session, run, results)


async def end(session: AsyncSession, run_id: int, results: EvalResults, *, is_cancelled: bool = False) -> None:
    """What a run found is kept, also of one that was cancelled."""
    run = await session.get_one(EvalRun, run_id, with_for_update=True)
    _take_over(session, run, results)
    if run.status in UNDER_WAY:
        ended = RunStatus.PASSED if results.is_good else RunStatus.FAILED
        run.status = RunStatus.CANCELLED if is_cancelled else ended
        run.problem, run.ended_at = results.stopped, datetime.now(UTC)


async def give_up(session: AsyncSession, run_id: int, problem: str) -> None:
    run = await session.get_one(EvalRun, run_id, with_for_update=True)
    if run.status in UNDER_WAY:
        run.status, run.problem, run.ended_at = RunStatus.GIVEN_UP, problem, datetime.now(UTC)
        announce(session, Topic.EVALS, "changed", [run_id])


async def interrupt(session: AsyncSession, run_id: int) -> None:
    """The process that plays it ends at once; what the run has found so far is stored already."""
    run = await session.get_one(EvalRun, run_id, with_for_update=True)
    if run.status in UNDER_WAY:
        run.status, run.problem, run.ended_at = RunStatus.CANCELLED, "It was interrupted.", datetime.now(UTC)
        announce(session, Topic.EVALS, "changed", [run_id])


async def give_up_silent(session: AsyncSession) -> None:
    """End the runs whose process is gone, so that nobody waits for them."""
    now = datetime.now(UTC)
    ids = await repository.give_up_silent(session, now - SILENT, now, "The process that played it is gone.")
    if ids:
        announce(session, Topic.EVALS, "changed", ids)


def _take_over(session: AsyncSession, run: EvalRun, results: EvalResults) -> None:
    run.model, run.cost, run.results = results.model, results.cost, results.model_dump(mode="json")
    run.played, run.passed = len(results.played), results.passed
    announce(session, Topic.EVALS, "changed", [run.id])


async def _saved(session: AsyncSession, run: EvalRun) -> EvalRun:
    session.add(run)
    await session.flush()
    await session.refresh(run)
    announce(session, Topic.EVALS, "changed", [run.id])
    return run

"""What is done with runs of evals: ask for one, follow it, read what it found."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, NotFound
from outrider.evals import repository
from outrider.evals.models import EvalRun, RunStatus
from outrider.evals.personas import persona_named
from outrider.evals.playing import Played
from outrider.evals.running import EvalResults, Plan
from outrider.evals.schemas import EvalIn, EvalRunDetail, EvalRunOut
from outrider.evals.scripts import read_scripts, shipped_scenarios

MOST_LISTED = 50


class EvalRunNotFound(NotFound):
    """There is no such run."""


class EvalsUnderWay(Conflict):
    """One run at a time."""


class NotEnded(Conflict):
    """The run has found nothing yet."""


def plan_of(wanted: EvalIn) -> Plan:
    """
    Raises:
        InvalidInput: a persona is unknown, or no script has such a name.
    """
    personas = [persona_named(key) for key in wanted.personas]
    scripts = {} if personas else read_scripts(shipped_scenarios())
    return Plan(
        scripts={name: script for name, script in scripts.items() if wanted.only in name},
        personas=personas,
        repeat=wanted.repeat,
        most_turns=wanted.most_turns,
        most_cost=wanted.most_cost,
    )


async def request(session: AsyncSession, wanted: EvalIn, requested_by: str) -> EvalRun:
    """
    Raises:
        InvalidInput: as in `plan_of`.
        EvalsUnderWay
    """
    plan = plan_of(wanted)
    if (other := await repository.under_way(session)) is not None:
        raise EvalsUnderWay(f"The run {other.id} is under way.", remedy="Wait until it has ended.")
    run = EvalRun(
        requested_by=requested_by, model=wanted.model, wanted=wanted.model_dump(mode="json"), planned=plan.size,
    )  # fmt: skip
    session.add(run)
    await session.flush()
    await session.refresh(run)
    return run


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
    if run.results is None:
        raise NotEnded(f"The run {run_id} has no results: it is {run.status}.", remedy="Wait until it has ended.")
    return run.results


async def begin(session: AsyncSession, run_id: int) -> EvalIn | None:
    """Begin a run; None if it has ended or was begun by a process that is gone before."""
    run = await session.get(EvalRun, run_id, with_for_update=True)
    if run is None or run.status not in (RunStatus.WAITING, RunStatus.RUNNING):
        return None
    run.status, run.began_at, run.played, run.passed = RunStatus.RUNNING, datetime.now(UTC), 0, 0
    return EvalIn.model_validate(run.wanted)


async def note_played(session: AsyncSession, run_id: int, played: Played) -> None:
    run = await session.get(EvalRun, run_id, with_for_update=True)
    if run is not None:
        run.played, run.passed = run.played + 1, run.passed + played.passed


async def end(session: AsyncSession, run_id: int, results: EvalResults) -> None:
    run = await session.get_one(EvalRun, run_id)
    run.status = RunStatus.PASSED if results.is_good else RunStatus.FAILED
    run.model, run.cost, run.problem = results.model, results.cost, results.stopped
    run.results, run.ended_at = results.model_dump(mode="json"), datetime.now(UTC)


async def give_up(session: AsyncSession, run_id: int, problem: str) -> None:
    run = await session.get_one(EvalRun, run_id)
    run.status, run.problem, run.ended_at = RunStatus.GIVEN_UP, problem, datetime.now(UTC)

"""Plays a run that the installation keeps: what it found is stored as it goes, and it ends when somebody cancels it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import structlog

from outrider.agents.factory import Models
from outrider.config import Settings
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.errors import OutriderError
from outrider.evals import repository, service
from outrider.evals.judged import Halt
from outrider.evals.running import EvalResults, Plan, Tell, run_evals
from outrider.evals.schemas import EvalWanted

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0
CANCELLED = "The run was cancelled."


async def play_stored(
    database: Database,
    run_id: int,
    plan: Plan,
    models: Models,
    model: str | None,
    settings: Settings,
    *,
    tell: Tell | None = None,
    halt: Halt | None = None,
) -> EvalResults:
    """
    Args:
        database: the installation's, which keeps the run; nothing else in it is touched.
        run_id: a run that has begun.

    Raises:
        ConfigurationError, Unavailable: as in `run_evals`.
    """
    halt = halt or Halt()

    async def keep(results: EvalResults) -> None:
        try:
            async with database.transaction() as session:
                await service.note_results(session, run_id, results)
        except DATABASE_TROUBLE as error:
            # The next ones bring all that was found before.
            log.warning("eval_progress_not_kept", run=run_id, error=repr(error))
        if tell is not None:
            await tell(results)

    async with _beating(database, run_id, halt):
        results = await run_evals(plan, models, model, settings, keep, halt)
    async with database.transaction() as session:
        await service.end(session, run_id, results, is_cancelled=halt.reason is not None)
    return results


async def play_and_keep(
    database: Database,
    wanted: EvalWanted,
    plan: Plan,
    models: Models,
    settings: Settings,
    *,
    requested_by: str,
    tell: Tell | None = None,
    halt: Halt,
) -> EvalResults:
    """Store a run and play it here; one that is interrupted is stored as cancelled.

    Raises:
        ConfigurationError, Unavailable: as in `run_evals`; the run is stored as given up.
    """
    async with database.transaction() as session:
        run_id = (await service.note_begun(session, wanted, requested_by, plan.size)).id
    try:
        return await play_stored(database, run_id, plan, models, wanted.model, settings, tell=tell, halt=halt)
    except asyncio.CancelledError:
        async with database.transaction() as session:
            await service.interrupt(session, run_id)
        raise
    except OutriderError as error:
        async with database.transaction() as session:
            await service.give_up(session, run_id, f"{error.title}: {error.detail}")
        raise


@asynccontextmanager
async def _beating(database: Database, run_id: int, halt: Halt) -> AsyncIterator[None]:
    """Say that the run is being played, and halt it once it is cancelled."""
    task = asyncio.create_task(_beat(database, run_id, halt), name=f"eval run {run_id}")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _beat(database: Database, run_id: int, halt: Halt) -> None:
    while halt.reason is None:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            async with database.transaction() as session:
                is_running = await repository.beat(session, run_id, datetime.now(UTC))
        except DATABASE_TROUBLE as error:
            log.warning("eval_run_not_seen", run=run_id, error=repr(error))
            continue
        if not is_running:
            halt.reason = CANCELLED

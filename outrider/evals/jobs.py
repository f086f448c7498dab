"""Runs of evals that were asked for over the API."""

from __future__ import annotations

from outrider.campaigns.budget import CampaignBudgets
from outrider.config import Settings
from outrider.errors import OutriderError
from outrider.evals import service
from outrider.evals.playing import Played
from outrider.evals.running import judged_models, run_evals
from outrider.jobs import JobContext, job
from outrider.llm.budgets.ledger import Ledger

ATTEMPTS = 2


@job("evals.run", max_attempts=ATTEMPTS, is_bulk=True)
async def run(context: JobContext, run_id: int) -> None:
    """Play what was asked for, in a scratch database; the installation's budgets pay for the model."""
    settings = context.part(Settings)
    async with context.transaction() as session:
        wanted = await service.begin(session, run_id)
    if wanted is None:
        return

    async def tell(played: Played) -> None:
        async with context.transaction() as session:
            await service.note_played(session, run_id, played)

    ledger = Ledger(context.database, settings, [CampaignBudgets()])
    try:
        models = judged_models(settings, ledger)
        try:
            results = await run_evals(service.plan_of(wanted), models, wanted.model, settings, tell)
        finally:
            await models.aclose()
    except OutriderError as error:
        async with context.transaction() as session:
            await service.give_up(session, run_id, f"{error.title}: {error.detail}")
        return
    except Exception as error:
        if context.attempt + 1 >= ATTEMPTS:
            async with context.transaction() as session:
                await service.give_up(session, run_id, f"{type(error).__name__}: see the worker's log")
        raise
    finally:
        await ledger.aclose()
    async with context.transaction() as session:
        await service.end(session, run_id, results)

"""Runs of evals that were asked for over the API."""

from __future__ import annotations

from outrider.campaigns.budget import CampaignBudgets
from outrider.config import Settings
from outrider.errors import OutriderError
from outrider.evals import service
from outrider.evals.running import judged_models
from outrider.evals.stored import play_stored
from outrider.jobs import JobContext, job, schedule
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
    ledger = Ledger(context.database, settings, [CampaignBudgets()])
    try:
        models = judged_models(settings, ledger)
        try:
            await play_stored(context.database, run_id, service.plan_of(wanted), models, wanted.model, settings)
        finally:
            await models.aclose()
    except OutriderError as error:
        async with context.transaction() as session:
            await service.give_up(session, run_id, f"{error.title}: {error.detail}")
    except Exception as error:
        if context.attempt + 1 >= ATTEMPTS:
            async with context.transaction() as session:
                await service.give_up(session, run_id, f"{type(error).__name__}: see the worker's log")
        raise
    finally:
        await ledger.aclose()


@schedule("evals.give_up_silent", "* * * * *")
async def give_up_silent(context: JobContext) -> None:
    """End the runs whose process is gone."""
    async with context.transaction() as session:
        await service.give_up_silent(session)

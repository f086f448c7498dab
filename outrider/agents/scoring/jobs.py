"""Scorers are trained, and leads scored, in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scoring import repository, service
from outrider.agents.scoring.models import ModelStatus, Outcome, ScoreModel
from outrider.agents.scoring.workshop import Workshop, workshop
from outrider.errors import InvalidInput
from outrider.jobs import JobContext, job, schedule

log = structlog.get_logger(__name__)

MOST_LEARNED = 100_000
"""Leads that are learned from: the latest."""
AT_ONCE = 2_000
"""Leads that are in memory at once."""
SEED = 7
ATTEMPTS = 3
OVERLAP = timedelta(minutes=10)
"""A lead may be stored by a transaction that began so long before it ended."""
WEEKLY = "weekly schedule"


@job("scoring.train", max_attempts=ATTEMPTS, is_bulk=True)
async def train_scorer(context: JobContext, model_id: int, activate: bool = False) -> None:
    """Learn from the installation's outcomes. With `activate`, an offered scorer is activated at once."""
    try:
        await _train(context, model_id, activate)
    except InvalidInput as error:
        # There is nothing to learn from; trying again can't help.
        async with context.transaction() as session:
            await service.fail_training(session, model_id, ModelStatus.REFUSED, f"{error.detail} {error.remedy}".strip())
    except Exception as error:
        if context.attempt + 1 >= ATTEMPTS:
            async with context.transaction() as session:
                problem = f"{type(error).__name__}: the training was given up; see the worker's log"
                await service.fail_training(session, model_id, ModelStatus.FAILED, problem)
        raise


async def _train(context: JobContext, model_id: int, activate: bool) -> None:
    async with context.transaction() as session:
        model = await session.get(ScoreModel, model_id)
        if model is None or model.status != ModelStatus.TRAINING:
            return
        waiting = timedelta(days=model.waiting_days)
        known = await repository.known_outcomes(session, Outcome(model.outcome), waiting, datetime.now(UTC), MOST_LEARNED)
    async with workshop() as apprentice:
        for start in range(0, len(known), AT_ONCE):
            some = {one.lead_id: one.did for one in known[start : start + AT_ONCE]}
            async with context.transaction() as session:
                snapshots = await repository.snapshots(session, list(some))
            await apprentice.look_at([(one, some[one.lead_id]) for one in snapshots if one.contacted_at is not None])
        artifact, report = await apprentice.train(SEED)
    async with context.transaction() as session:
        status = await service.end_training(session, model_id, artifact, report)
        if activate and status is ModelStatus.OFFERED:
            await service.activate(session, model_id)
            await score_leads.enqueue(session, model_id=model_id)


@job("scoring.score", is_bulk=True)
async def score_leads(context: JobContext, model_id: int) -> None:
    """Score every lead by the active scorer. Delivered again, it continues with those that are not scored yet."""

    async def some(session: AsyncSession, after: int) -> list[int]:
        return await repository.unscored(session, model_id, after, AT_ONCE)

    began = datetime.now(UTC)
    scored = await _score(context, model_id, some)
    async with context.transaction() as session:
        await repository.note_scored_until(session, began)
    log.info("leads_scored", model_id=model_id, leads=scored, seconds=round((datetime.now(UTC) - began).total_seconds(), 1))


@schedule("scoring.keep_up", "* * * * *")
async def keep_up(context: JobContext) -> None:
    """Score the leads that were imported, added or changed since the last time."""
    began = datetime.now(UTC)
    async with context.transaction() as session:
        active = await repository.with_status(session, ModelStatus.ACTIVE)
        until = (await repository.settings(session)).scored_until if active else None
    if active is None or until is None:
        # Nobody scores, or the job that scores everybody is not through yet.
        return
    model_id, since = active.id, until - OVERLAP

    async def some(session: AsyncSession, after: int) -> list[int]:
        return await repository.stale(session, model_id, since, after, AT_ONCE)

    await _score(context, model_id, some)
    async with context.transaction() as session:
        await repository.note_scored_until(session, began)


@schedule("scoring.train_weekly", "0 * * * *")
async def train_weekly(context: JobContext) -> None:
    """Train anew at the hour of the week that the settings name."""
    now = datetime.now(UTC)
    async with context.transaction() as session:
        settings = await repository.settings(session)
        if not settings.weekly or (settings.weekday, settings.hour) != (now.weekday(), now.hour):
            return
        if await repository.with_status(session, ModelStatus.TRAINING) is not None:
            return
        model = await service.begin_training(session, WEEKLY)
        await train_scorer.enqueue(session, model_id=model.id, activate=settings.activate_by_itself)


Some = Callable[[AsyncSession, int], Awaitable[list[int]]]
"""The next leads to score above an id."""


async def _score(context: JobContext, model_id: int, some: Some) -> int:
    """Score what `some` finds, a bounded number of leads at once, until it finds nothing or the scorer is not active any more."""
    async with context.transaction() as session:
        ids = await some(session, 0)
        artifact = await repository.artifact_of(session, model_id)
    if not ids or artifact is None:
        return 0
    scored = 0
    async with workshop() as apprentice:
        await apprentice.take(artifact)
        while ids and await _score_some(context, apprentice, model_id, ids):
            scored += len(ids)
            async with context.transaction() as session:
                ids = await some(session, ids[-1])
    return scored


async def _score_some(context: JobContext, apprentice: Workshop, model_id: int, ids: list[int]) -> bool:
    """False if the scorer was replaced meanwhile: its successor scores everybody anew."""
    read_at = datetime.now(UTC)
    async with context.transaction() as session:
        snapshots = await repository.snapshots(session, ids)
    scores = await apprentice.score(snapshots)
    async with context.transaction() as session:
        active = await repository.with_status(session, ModelStatus.ACTIVE)
        if active is None or active.id != model_id:
            return False
        if scores:
            await repository.keep_scores(session, model_id, scores, read_at)
    return True

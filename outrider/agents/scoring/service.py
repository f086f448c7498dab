"""What is done with scorers: learn, activate, roll back, score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scoring import repository
from outrider.agents.scoring.features import label_of
from outrider.agents.scoring.minimum import LEAST_EACH, LEAST_ROWS, missing_outcomes
from outrider.agents.scoring.models import ModelStatus, Outcome, ScoreModel, ScoringSettings
from outrider.agents.scoring.schemas import (
    LeadScoreOut,
    LeadScoring,
    OutcomesOut,
    PartOut,
    ReportOut,
    ScoreModelOut,
    ScoringSettingsIn,
    ScoringSettingsOut,
    ScoringState,
)
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.leads.service import get_lead

log = structlog.get_logger(__name__)

COUNTED_FOR = timedelta(minutes=1)
"""Counting outcomes reads every text; a page that is looked at again need not do it again."""
MOST_LISTED = 50
MAY_BE_ACTIVATED = (ModelStatus.OFFERED, ModelStatus.PREVIOUS, ModelStatus.RETIRED)


class ScorerNotFound(NotFound):
    """There is no such scorer."""


class TrainingUnderWay(Conflict):
    """One training at a time."""


class ScorerNotOffered(Conflict):
    """It does not beat the average, or was learned from too little."""


class NoPreviousScorer(Conflict):
    """There is nothing to go back to."""


async def state(session: AsyncSession) -> ScoringState:
    row = await repository.settings(session)
    await _count(session, row)
    active = await repository.with_status(session, ModelStatus.ACTIVE)
    previous = await repository.with_status(session, ModelStatus.PREVIOUS)
    latest = await repository.latest(session, 1)
    return ScoringState(
        settings=ScoringSettingsOut.model_validate(row),
        outcomes=OutcomesOut(
            known=row.known,
            successes=row.successes,
            too_young=row.too_young,
            needed=LEAST_ROWS,
            needed_successes=LEAST_EACH,
            needed_failures=LEAST_EACH,
            missing=missing_outcomes(row.successes, row.known),
        ),
        active=shown(active) if active else None,
        previous=shown(previous) if previous else None,
        latest=shown(latest[0]) if latest else None,
        is_training=bool(latest) and await repository.with_status(session, ModelStatus.TRAINING) is not None,
        scored=await repository.count_scored(session, active.id) if active else 0,
    )


async def change_settings(session: AsyncSession, patch: ScoringSettingsIn) -> ScoringState:
    """
    Raises:
        InvalidInput: a value is null.
    """
    row = await repository.settings(session, for_change=True)
    for name, value in patch.model_dump(exclude_unset=True).items():
        if value is None:
            raise InvalidInput.on(f"body.{name}", "can't be null", "Leave it out to keep it.")
        setattr(row, name, value)
    row.counted_at = None
    await session.flush()
    return await state(session)


async def list_models(session: AsyncSession) -> list[ScoreModelOut]:
    """The latest trainings, newest first."""
    return [shown(model) for model in await repository.latest(session, MOST_LISTED)]


async def get_model(session: AsyncSession, model_id: int) -> ScoreModelOut:
    """
    Raises:
        ScorerNotFound
    """
    return shown(await _require(session, model_id))


async def begin_training(session: AsyncSession, requested_by: str) -> ScoreModel:
    """A new training of what the settings say; the caller enqueues its job.

    Raises:
        TrainingUnderWay
    """
    row = await repository.settings(session, for_change=True)
    if await repository.with_status(session, ModelStatus.TRAINING) is not None:
        raise TrainingUnderWay("A scorer is being trained already.", remedy="Wait until it has ended.")
    model = ScoreModel(status=ModelStatus.TRAINING, outcome=row.outcome, waiting_days=row.waiting_days, requested_by=requested_by)
    session.add(model)
    await session.flush()
    await session.refresh(model)
    return model


async def end_training(
    session: AsyncSession, model_id: int, artifact: Mapping[str, Any], report: Mapping[str, Any]
) -> ModelStatus:
    """Keep what was learned; offered only where the report says so."""
    status = ModelStatus.OFFERED if report["is_offered"] else ModelStatus.REFUSED
    await repository.set_status(
        session, model_id, status, artifact=dict(artifact), report=dict(report), trained_at=datetime.now(UTC)
    )
    log.info("scorer_trained", model_id=model_id, status=status, auc=report["chosen"]["auc"], rows=report["rows"])
    return status


async def fail_training(session: AsyncSession, model_id: int, status: ModelStatus, problem: str) -> None:
    await repository.set_status(session, model_id, status, problem=problem, trained_at=datetime.now(UTC))


async def activate(session: AsyncSession, model_id: int) -> ScoreModelOut:
    """Score leads by this one from now on; the one that did so before can be brought back. The caller enqueues the scoring.

    Raises:
        ScorerNotFound, ScorerNotOffered
    """
    await repository.lock_models(session)
    model = await _require(session, model_id)
    if model.status == ModelStatus.ACTIVE:
        return shown(model)
    if model.status not in MAY_BE_ACTIVATED:
        reasons = " ".join((model.report or {}).get("refusals", [])) or model.problem or "It is still being trained."
        raise ScorerNotOffered(f"This scorer is not offered. {reasons}", remedy="Train again when there are more outcomes.")
    active = await repository.with_status(session, ModelStatus.ACTIVE)
    previous = await repository.with_status(session, ModelStatus.PREVIOUS)
    if previous is not None:
        await repository.set_status(session, previous.id, ModelStatus.RETIRED)
    if active is not None:
        await repository.set_status(session, active.id, ModelStatus.PREVIOUS)
    return await _make_active(session, model)


async def roll_back(session: AsyncSession) -> ScoreModelOut:
    """Bring back the scorer that was active before; the present one is retired. The caller enqueues the scoring.

    Raises:
        NoPreviousScorer
    """
    await repository.lock_models(session)
    previous = await repository.with_status(session, ModelStatus.PREVIOUS)
    if previous is None:
        raise NoPreviousScorer("No scorer was active before this one.", remedy="Stop using the scorer instead.")
    active = await repository.with_status(session, ModelStatus.ACTIVE)
    if active is not None:
        await repository.set_status(session, active.id, ModelStatus.RETIRED)
    return await _make_active(session, previous)


async def deactivate(session: AsyncSession) -> None:
    """Use no scorer. Scores stay stored and are shown to nobody until their scorer is active again."""
    await repository.lock_models(session)
    active = await repository.with_status(session, ModelStatus.ACTIVE)
    if active is None:
        return
    previous = await repository.with_status(session, ModelStatus.PREVIOUS)
    if previous is not None:
        await repository.set_status(session, previous.id, ModelStatus.RETIRED)
    await repository.set_status(session, active.id, ModelStatus.PREVIOUS)


async def lead_scoring(session: AsyncSession, lead_id: int) -> LeadScoring:
    """What the active scorer says of a lead.

    Raises:
        LeadNotFound
    """
    await get_lead(session, lead_id)
    found = await repository.active_score(session, lead_id)
    if found is None:
        return LeadScoring(score=None)
    score, model = found
    return LeadScoring(
        score=LeadScoreOut(
            lead_id=lead_id,
            model_id=model.id,
            outcome=model.outcome,
            waiting_days=model.waiting_days,
            probability=score.probability,
            score=score.score,
            prevalence=(model.report or {}).get("prevalence", 0.0),
            base=score.base,
            parts=[PartOut(label=label_of(part["feature"]), **part) for part in score.parts],
            rest=score.rest,
            scored_at=score.scored_at,
        )
    )


def shown(model: ScoreModel) -> ScoreModelOut:
    """A scorer with its report, features named as people read them."""
    report = ReportOut.model_validate(model.report) if model.report else None
    if report is not None:
        for importance in report.importance:
            importance.label = label_of(importance.feature)
        for leak in report.leaks:
            leak.label = label_of(leak.feature)
        report.left_out = {label_of(name): reason for name, reason in report.left_out.items()}
    return ScoreModelOut(
        id=model.id,
        status=ModelStatus(model.status),
        outcome=Outcome(model.outcome),
        waiting_days=model.waiting_days,
        requested_by=model.requested_by,
        problem=model.problem,
        created_at=model.created_at,
        trained_at=model.trained_at,
        activated_at=model.activated_at,
        report=report,
    )


async def _count(session: AsyncSession, row: ScoringSettings) -> None:
    now = datetime.now(UTC)
    if row.counted_at is not None and now - row.counted_at < COUNTED_FOR:
        return
    counts = await repository.count_outcomes(session, Outcome(row.outcome), timedelta(days=row.waiting_days), now)
    row.known, row.successes, row.too_young, row.counted_at = counts.known, counts.successes, counts.too_young, now
    await session.flush()


async def _make_active(session: AsyncSession, model: ScoreModel) -> ScoreModelOut:
    await repository.set_status(session, model.id, ModelStatus.ACTIVE, activated_at=datetime.now(UTC))
    await session.refresh(model)
    log.info("scorer_activated", model_id=model.id)
    return shown(model)


async def _require(session: AsyncSession, model_id: int) -> ScoreModel:
    model = await session.get(ScoreModel, model_id, populate_existing=True)
    if model is None:
        raise ScorerNotFound(f"There is no scorer {model_id}.")
    return model

"""`/api/scoring`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from outrider.agents.scoring import service
from outrider.agents.scoring.jobs import score_leads, train_scorer
from outrider.agents.scoring.schemas import LeadScoring, ScoreModelOut, ScoringSettingsIn, ScoringState
from outrider.auth.permissions import Actor, Permission, require
from outrider.db.pages import LARGEST_ID
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/scoring", tags=["scoring"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
Operator = Annotated[Actor, Depends(require(Permission.SETTINGS_WRITE))]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("", dependencies=READ)
async def get_scoring(session: Transaction) -> ScoringState:
    """How many outcomes there are and how many are missing, the active scorer with its figures, and the last training."""
    return await service.state(session)


@router.patch("/settings", dependencies=WRITE)
async def change_scoring_settings(session: Transaction, patch: ScoringSettingsIn) -> ScoringState:
    """Choose what is predicted and when it is learned anew. The active scorer stays as it is until the next one."""
    return await service.change_settings(session, patch)


@router.post("/train", status_code=202)
async def train_score_model(session: Transaction, actor: Operator) -> ScoreModelOut:
    """Let a background job learn a scorer from the outcomes that there are. It is offered only if it beats the average."""
    model = await service.begin_training(session, actor.name)
    await train_scorer.enqueue(session, model_id=model.id)
    return service.shown(model)


@router.get("/models", dependencies=READ)
async def list_score_models(session: Transaction) -> list[ScoreModelOut]:
    """The latest trainings with their reports, newest first."""
    return await service.list_models(session)


@router.get("/models/{model_id}", dependencies=READ)
async def get_score_model(session: Transaction, model_id: Id) -> ScoreModelOut:
    return await service.get_model(session, model_id)


@router.post("/models/{model_id}/activate", dependencies=WRITE)
async def activate_score_model(session: Transaction, model_id: Id) -> ScoreModelOut:
    """Use an offered scorer, or a former one; a background job scores all leads by it."""
    model = await service.activate(session, model_id)
    await score_leads.enqueue(session, model_id=model.id)
    return model


@router.post("/rollback", dependencies=WRITE)
async def roll_back_score_model(session: Transaction) -> ScoreModelOut:
    """Bring back the scorer that was active before."""
    model = await service.roll_back(session)
    await score_leads.enqueue(session, model_id=model.id)
    return model


@router.post("/deactivate", dependencies=WRITE)
async def deactivate_score_model(session: Transaction) -> ScoringState:
    """Use no scorer. The last one can be brought back."""
    await service.deactivate(session)
    return await service.state(session)


@router.get("/leads/{lead_id}", dependencies=[Depends(require(Permission.LEADS_READ))])
async def get_lead_score(session: Transaction, lead_id: Id) -> LeadScoring:
    """What the active scorer says of a lead, and why."""
    return await service.lead_scoring(session, lead_id)

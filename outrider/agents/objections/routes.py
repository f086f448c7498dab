"""`/api/objections`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from outrider.agents.objections import service
from outrider.agents.objections.schemas import ObjectionIn, ObjectionOut, ObjectionPatch
from outrider.auth.permissions import Permission, require
from outrider.db.pages import LARGEST_ID
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/objections", tags=["agents"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
OfCampaign = Annotated[
    int | None, Query(ge=1, le=LARGEST_ID, description="Whose library; without it what holds for every campaign.")
]


@router.get("", dependencies=READ)
async def list_objections(session: Transaction, campaign_id: OfCampaign = None) -> list[ObjectionOut]:
    """The library that holds for a campaign: shipped objections, and in their place the installation's and the campaign's own."""
    return await service.list_objections(session, campaign_id)


@router.post("", status_code=201, dependencies=WRITE)
async def create_objection(session: Transaction, objection: ObjectionIn) -> ObjectionOut:
    """Add an objection; with the key of a shipped one, a copy that stands in its place."""
    return await service.create_objection(session, objection)


@router.get("/{objection_id}", dependencies=READ)
async def get_objection(session: Transaction, objection_id: int) -> ObjectionOut:
    return await service.get_objection(session, objection_id)


@router.patch("/{objection_id}", dependencies=WRITE)
async def change_objection(session: Transaction, objection_id: int, patch: ObjectionPatch) -> ObjectionOut:
    return await service.change_objection(session, objection_id, patch)


@router.delete("/{objection_id}", status_code=204, dependencies=WRITE)
async def delete_objection(session: Transaction, objection_id: int) -> None:
    """Delete an objection of the installation's own; a shipped one of its key holds again."""
    await service.delete_objection(session, objection_id)

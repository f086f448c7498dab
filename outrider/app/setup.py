"""The first run: what there is already, and demo data to look around with."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from outrider.app import demo_data
from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.db.web import Transaction
from outrider.llm.build import OFFLINE, default_model_name

router = APIRouter(prefix="/api", tags=["setup"])

STATE = text("""
    SELECT EXISTS (SELECT FROM leads) AS has_leads,
           EXISTS (SELECT FROM campaigns) AS has_campaigns,
           EXISTS (SELECT FROM messages WHERE sent_at IS NOT NULL) AS has_sent
""")


class SetupState(BaseModel):
    """How far the installation is set up."""

    has_leads: bool
    has_campaigns: bool
    has_sent: bool
    """A text was handed to the carrier."""
    carrier: Literal["simulator", "twilio"]
    model: str
    """The model for whoever names none."""
    model_is_offline: bool
    """No language model is configured: texts are written by rules."""
    can_load_demo: bool
    """Nothing is here yet that demo data would mix with."""


class DemoIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    anyway: bool = False
    """Load it beside what is here already."""


class DemoLoaded(BaseModel):
    campaign_id: int
    """The draft; start it to see everything move."""
    list_id: int
    import_id: int
    """The import of the demo's leads; it runs in the background (`GET /api/leads/imports/{id}`)."""
    created: bool
    """False if the demo was loaded before."""


@router.get("/setup", dependencies=[Depends(require(Permission.SETTINGS_READ))])
async def get_setup(session: Transaction, request: Request) -> SetupState:
    """What there is already, for the first steps."""
    settings: Settings = request.app.state.settings
    row = (await session.execute(STATE)).one()
    model = default_model_name(settings)
    return SetupState(
        has_leads=row.has_leads,
        has_campaigns=row.has_campaigns,
        has_sent=row.has_sent,
        carrier="simulator" if settings.uses_simulator else "twilio",
        model=model,
        model_is_offline=model == OFFLINE,
        can_load_demo=not (row.has_leads or row.has_campaigns),
    )


@router.post("/demo", status_code=201, dependencies=[Depends(require(Permission.SETTINGS_WRITE))])
async def load_demo(
    session: Transaction, request: Request, response: Response, wanted: Annotated[DemoIn | None, Body()] = None
) -> DemoLoaded:
    """Load the shipped fictional leads and a draft campaign for them; a repetition finds what is there.

    Raises:
        NotEmpty: there are leads or campaigns; `anyway` loads the demo beside them.
    """
    demo = await demo_data.load(session, request.app.state.settings, anyway=wanted is not None and wanted.anyway)
    if not demo.created:
        response.status_code = 200
    return DemoLoaded(campaign_id=demo.campaign_id, list_id=demo.list_id, import_id=demo.import_id, created=demo.created)

"""`/api/handset`: the far end of a thread, while the shipped simulator is the carrier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.app.handset import service
from outrider.app.handset.client import SimulatorClient
from outrider.app.handset.schemas import Availability, Handset, HandsetPerson, HandsetText, HandsetTextIn, PersonaIn, Reachable
from outrider.app.problems import Problem
from outrider.auth.permissions import Permission, require
from outrider.db.engine import Database

router = APIRouter(
    prefix="/api/handset",
    tags=["handset"],
    responses={503: {"model": Problem, "content": {"application/problem+json": {}}, "description": "The simulator is away."}},
)

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _simulator(request: Request) -> AsyncIterator[SimulatorClient]:
    async with SimulatorClient(service.simulator_address(request.app.state.settings)) as client:
        yield client


Rows = Annotated[Database, Depends(_database)]
Simulator = Annotated[SimulatorClient, Depends(_simulator)]


@router.get("", dependencies=READ)
async def get_handset_availability(request: Request) -> Availability:
    """Whether there are handsets to pick up, and who can play people."""
    return await service.availability(request.app.state.settings)


@router.get("/people", dependencies=READ)
async def list_handset_people(
    database: Rows,
    _: Simulator,
    search: Annotated[
        str | None, Query(min_length=1, max_length=100, pattern=r"^[^\x00]*$", description="As in the list of leads.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> list[HandsetPerson]:
    """Leads with a number, those with a thread first."""
    return await service.people(database, search, limit)


@router.get("/people/{phone}", dependencies=READ)
async def get_handset(database: Rows, simulator: Simulator, phone: str) -> Handset:
    """What is on somebody's handset: the thread as the carrier knows it."""
    return await service.look(database, simulator, phone)


@router.post("/people/{phone}/pick-up", dependencies=WRITE)
async def pick_up_handset(database: Rows, simulator: Simulator, phone: str) -> Handset:
    """Take it in hand: the person's script falls silent, unless a persona was chosen for this number."""
    return await service.pick_up(database, simulator, phone)


@router.post("/people/{phone}/texts", status_code=201, dependencies=WRITE)
async def write_handset_text(database: Rows, simulator: Simulator, phone: str, text: HandsetTextIn) -> HandsetText:
    """The person texts us."""
    return await service.write_text(database, simulator, phone, text.body)


@router.put("/people/{phone}/persona", dependencies=WRITE)
async def choose_handset_persona(database: Rows, simulator: Simulator, phone: str, choice: PersonaIn) -> Handset:
    """Let somebody else play the person: a scripted persona, `manual`, or whom the simulator's mix gives."""
    return await service.choose_persona(database, simulator, phone, choice.persona)


@router.put("/people/{phone}/reachable", dependencies=WRITE)
async def switch_handset(database: Rows, simulator: Simulator, phone: str, reachable: Reachable) -> Handset:
    """Switch the handset on or off; texts to one that is off end as undelivered."""
    return await service.switch(database, simulator, phone, delivers=reachable.delivers)

"""`/api/crm` and the webhook by which other systems post leads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.crm import service
from outrider.crm.models import CrmConnection
from outrider.crm.polling import Poller
from outrider.crm.schemas import (
    CrmAccountsOut,
    CrmBackfillIn,
    CrmConnectionIn,
    CrmConnectionList,
    CrmConnectionOut,
    CrmConnectionPatch,
    CrmDecisionIn,
    CrmFieldsOut,
    CrmLogEntry,
    CrmPreviewIn,
    CrmPreviewOut,
    CrmProblemOut,
    CrmTestOut,
    Taken,
)
from outrider.crm.sheet_routes import router as sheets
from outrider.db.engine import Database
from outrider.db.pages import LARGEST_ID, Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.errors import NotAuthenticated
from outrider.integrations.crm.build import Crms

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
router = APIRouter(prefix="/api/crm", tags=["crm"])
webhooks = APIRouter(prefix="/webhooks/crm", tags=["webhooks"], dependencies=[Depends(require(Permission.WEBHOOK))])

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def _crms(request: Request) -> Crms:
    crms: Crms = request.app.state.crms
    return crms


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _region(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.default_region


@router.get("/accounts", dependencies=READ)
async def list_crm_accounts(request: Request) -> CrmAccountsOut:
    """Accounts that the operator set up; their secrets are never shown."""
    return service.accounts(_crms(request))


@router.get("/connections", dependencies=READ)
async def list_crm_connections(session: Transaction) -> CrmConnectionList:
    """All connections with their state."""
    return await service.list_connections(session)


@router.post("/connections", status_code=201, dependencies=WRITE)
async def create_crm_connection(session: Transaction, request: Request, given: CrmConnectionIn) -> CrmConnectionOut:
    """Connect an account. What changes there from now on comes in; a backfill brings in what is there already."""
    return await service.create(session, given, _crms(request))


@router.get("/connections/{connection_id}", dependencies=READ)
async def get_crm_connection(session: Transaction, connection_id: Id) -> CrmConnectionOut:
    """One connection with its state."""
    return await service.show(session, connection_id)


@router.patch("/connections/{connection_id}", dependencies=WRITE)
async def change_crm_connection(session: Transaction, connection_id: Id, patch: CrmConnectionPatch) -> CrmConnectionOut:
    """Change, pause or resume a connection."""
    return await service.change(session, connection_id, patch)


@router.delete("/connections/{connection_id}", status_code=204, dependencies=WRITE)
async def delete_crm_connection(session: Transaction, connection_id: Id) -> None:
    """Forget a connection; leads and contacts stay as they are."""
    await service.remove(session, connection_id)


@router.post("/connections/{connection_id}/test", dependencies=WRITE)
async def test_crm_connection(request: Request, connection_id: Id) -> CrmTestOut:
    """Try the credentials, and make the fields there that hold our keys."""
    return await service.test(_database(request), _crms(request), connection_id)


@router.get("/connections/{connection_id}/fields", dependencies=READ)
async def list_crm_fields(request: Request, connection_id: Id) -> CrmFieldsOut:
    """Their fields with samples, ours, and a mapping to begin with."""
    return await service.fields(_database(request), _crms(request), connection_id)


@router.post("/connections/{connection_id}/preview", dependencies=READ)
async def preview_crm_mapping(request: Request, connection_id: Id, given: CrmPreviewIn) -> CrmPreviewOut:
    """What would become of some of their contacts by a mapping. Changes nothing."""
    database, crms = _database(request), _crms(request)
    return await service.preview(database, crms, connection_id, given.mapping, _region(request))


@router.post("/connections/{connection_id}/sync", status_code=202, dependencies=WRITE)
async def sync_crm_connection(session: Transaction, connection_id: Id) -> CrmConnectionOut:
    """Poll and deliver now instead of at the next turn."""
    return await service.sync_now(session, connection_id)


@router.post("/connections/{connection_id}/backfill", status_code=202, dependencies=WRITE)
async def backfill_crm_connection(session: Transaction, connection_id: Id, given: CrmBackfillIn) -> CrmConnectionOut:
    """Bring in everything that is there, in the background; pause and resume it."""
    return await service.set_backfill(session, connection_id, given.action)


@router.post("/connections/{connection_id}/retry", status_code=202, dependencies=WRITE)
async def retry_crm_deliveries(session: Transaction, connection_id: Id) -> CrmConnectionOut:
    """Have everything that failed delivered again."""
    return await service.retry_all(session, connection_id)


@router.get("/connections/{connection_id}/log", dependencies=READ)
async def list_crm_log(session: Transaction, connection_id: Id, cursor: Cursor = None, limit: Limit = 50) -> Page[CrmLogEntry]:
    """Exchanges that did something or failed, the latest first."""
    return await service.log(session, connection_id, cursor, limit)


@router.get("/problems", dependencies=READ)
async def list_crm_problems(
    session: Transaction,
    connection_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    resolved: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CrmProblemOut]:
    """What a person should look at: conflicts, contacts that became no lead, refused deliveries. The latest first."""
    return await service.problems(session, connection_id, is_open=not resolved, cursor=cursor, limit=limit)


@router.post("/problems/{problem_id}/decide", dependencies=WRITE)
async def decide_crm_problem(session: Transaction, request: Request, problem_id: Id, given: CrmDecisionIn) -> CrmProblemOut:
    """Decide a conflict, try a delivery again, or close a problem."""
    return await service.decide(session, problem_id, given, _region(request))


@webhooks.post("/{connection_id}")
async def receive_crm_contacts(request: Request, connection_id: Id) -> Taken:
    """Contacts that another system posts, signed by the Standard Webhooks specification."""
    body = await request.body()
    database = _database(request)
    async with database.transaction() as session:
        connection = await session.get(CrmConnection, connection_id)
    message = service.read_incoming(_crms(request), connection.account, request.headers, body) if connection else None
    if message is None:
        # Whether there is such a connection is nobody's business.
        raise NotAuthenticated("The message is not signed by a system that is known here.")
    settings: Settings = request.app.state.settings
    contacts, deleted = message
    return await Poller(database, _crms(request), settings).receive(connection_id, contacts, deleted)


routers = (router, sheets)

"""`/api/budgets`, and of `/api/models` the health of the providers and the ledger of calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.llm.budgets import service
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.budgets.listing_repository import CallFilter
from outrider.llm.budgets.schemas import AlertOut, BudgetReport, CostReport, LimitIn, ModelCallOut, ProviderHealth, Settable

budgets_router = APIRouter(prefix="/api/budgets", tags=["budgets"])
models_router = APIRouter(prefix="/api/models", tags=["models"])
routers = [budgets_router, models_router]

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
Name = Annotated[str | None, Query(max_length=200, pattern="^[^\\x00]*$")]
Number = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@budgets_router.get("", dependencies=READ)
async def list_budgets(request: Request, session: Transaction) -> BudgetReport:
    """What language models may cost and what they did cost: by day, by month, by conversation, by campaign."""
    settings: Settings = request.app.state.settings
    ledger: Ledger = request.app.state.ledger
    return await service.list_budgets(session, settings, ledger.parts)


@budgets_router.get("/alerts", dependencies=READ)
async def list_budget_alerts(session: Transaction, cursor: Cursor = None, limit: Limit = 50) -> Page[AlertOut]:
    """The times when a budget reached 50, 80 or 100 percent, the latest first."""
    return await service.list_alerts(session, cursor, limit)


@budgets_router.get("/costs", dependencies=READ)
async def read_model_costs(session: Transaction, days: Annotated[int, Query(ge=1, le=366)] = 30) -> CostReport:
    """What models cost by day (UTC), model and purpose."""
    return await service.read_costs(session, days)


@budgets_router.put("/{scope}", dependencies=WRITE)
async def change_budget(request: Request, session: Transaction, scope: Settable, wanted: LimitIn) -> BudgetReport:
    """Set or take away a limit; it holds from the next call on."""
    await service.change_limit(session, scope, wanted.limit)
    return await list_budgets(request, session)


@budgets_router.delete("/{scope}", dependencies=WRITE)
async def restore_budget(request: Request, session: Transaction, scope: Settable) -> BudgetReport:
    """Go back to the limit of the settings."""
    await service.restore_limit(session, scope)
    return await list_budgets(request, session)


@models_router.get("/health", dependencies=READ)
async def read_models_health(session: Transaction) -> list[ProviderHealth]:
    """Whether each provider is asked, and what its calls of the last hour, day and week came to."""
    return await service.read_health(session)


@models_router.get("/calls", dependencies=READ)
async def list_model_calls(
    session: Transaction,
    cursor: Cursor = None,
    limit: Limit = 50,
    model: Name = None,
    purpose: Name = None,
    outcome: Annotated[Name, Query(description="`ok`, `cancelled`, `lost`, or an error, as in `model-timeout`.")] = None,
    campaign_id: Number = None,
    conversation_id: Number = None,
) -> Page[ModelCallOut]:
    """Each attempt at a model call, the latest first."""
    wanted = CallFilter(model, purpose, outcome, campaign_id, conversation_id)
    return await service.list_calls(session, wanted, cursor, limit)


@models_router.get("/calls/{call_id}", dependencies=READ)
async def read_model_call(session: Transaction, call_id: Annotated[int, PathParameter(ge=1, le=2**63 - 1)]) -> ModelCallOut:
    """One attempt at a model call."""
    return await service.read_call(session, call_id)

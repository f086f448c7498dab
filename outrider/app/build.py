"""Composition of the web application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute

import outrider.agents.routes
import outrider.agents.sales.routes
import outrider.agents.scheduling.routes
import outrider.analytics.insight_routes
import outrider.analytics.routes
import outrider.app.handset.routes
import outrider.campaigns.routes
import outrider.conversations.routes
import outrider.conversations.webhook_routes
import outrider.credentials.routes
import outrider.crm.routes
import outrider.evals.routes
import outrider.leads.companies.routes
import outrider.leads.enriching.routes
import outrider.leads.routes
import outrider.llm.budgets.routes
import outrider.notifications.routes
import outrider.wiring
import outrider.workflows.routes
import outrider.workflows.runs.approval_routes
from outrider import __version__
from outrider.agents.factory import AgentParts
from outrider.agents.invoking.service import Invocations
from outrider.agents.sales.team import SalesTeam
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.app import configuration, health, identity, live, models, pages, queue, setup
from outrider.app.bundle import shipped_bundle
from outrider.app.middleware import BodyLimit, Figures, KeptAnswers
from outrider.app.problems import Problem, install_problem_handlers
from outrider.campaigns.briefings import CampaignBriefings
from outrider.campaigns.budget import CampaignBudgets
from outrider.channels.build import build_carrier
from outrider.config import Settings, secrets_of
from outrider.conversations.inbox import WebhookInbox
from outrider.conversations.staff_texts import StaffTexts
from outrider.crm.runs import ConnectedCrms
from outrider.db.engine import Database
from outrider.db.kept_counts import KeptCounts
from outrider.events.hub import Hub
from outrider.events.waking import wakeups
from outrider.integrations.calendar.build import build_calendars
from outrider.integrations.crm.build import build_crms
from outrider.integrations.enrichment.build import build_enrichers
from outrider.integrations.notifications.build import build_notifiers, build_webhook_sender
from outrider.integrations.sheets.build import build_spreadsheets
from outrider.leads.companies.service import CompanyTable
from outrider.leads.downloads import Downloads
from outrider.llm.budgets.health import HealthBoard
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.build import ModelRegistry
from outrider.notifications.channels import NoticeTests
from outrider.telemetry import watch_event_loop
from outrider.wiring import count_model_call

log = structlog.get_logger(__name__)

RESTART_SECONDS = 1.0
MOST_DOWNLOADS = 4
"""Exports that one process reads at once; each holds a connection and a snapshot for as long as its client takes."""
DESCRIPTION = """AI agents that work a company's leads by text and phone.

Errors are `application/problem+json` (RFC 9457). Lists are paged by `cursor` and `limit`.
Creating calls honour `Idempotency-Key`.
"""

# Routes are tried in this order; a campaign in full swing calls the first of them hundreds of times a second.
ROUTERS = (
    outrider.conversations.webhook_routes.router,
    outrider.crm.routes.webhooks,
    health.router,
    outrider.leads.enriching.routes.router,
    *outrider.leads.routes.routers,
    outrider.leads.companies.routes.router,
    *outrider.analytics.routes.routers,
    *outrider.conversations.routes.routers,
    *outrider.campaigns.routes.routers,
    outrider.analytics.insight_routes.router,
    *outrider.workflows.routes.routers,
    outrider.workflows.runs.approval_routes.router,
    *outrider.agents.sales.routes.routers,
    *outrider.agents.routes.routers,
    *outrider.crm.routes.routers,
    outrider.evals.routes.router,
    *outrider.notifications.routes.routers,
    outrider.credentials.routes.router,
    *outrider.agents.scheduling.routes.routers,
    outrider.app.handset.routes.router,
    queue.router,
    live.router,
    configuration.router,
    identity.router,
    models.router,
    *outrider.llm.budgets.routes.routers,
    setup.router,
    pages.router,
)


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The application over an open, migrated database; the caller closes the database."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.settings = settings
            app.state.database = database
            app.state.carrier = build_carrier(settings)
            stack.push_async_callback(app.state.carrier.aclose)
            health = HealthBoard(database)
            stack.push_async_callback(health.aclose)
            app.state.ledger = Ledger(database, settings, [CampaignBudgets()])
            stack.push_async_callback(app.state.ledger.aclose)
            app.state.models = ModelRegistry(settings, count_model_call, books=app.state.ledger, on_circuit=health.note)
            stack.push_async_callback(app.state.models.aclose)
            app.state.model_tests = models.Allowance()
            app.state.briefings = CampaignBriefings()
            app.state.outside_calendars = build_calendars(settings)
            app.state.crms = build_crms(settings, database)
            stack.push_async_callback(app.state.crms.aclose)
            app.state.connected_crms = ConnectedCrms(database)
            app.state.spreadsheets = build_spreadsheets(settings)
            stack.push_async_callback(app.state.spreadsheets.aclose)
            app.state.enrichers = build_enrichers(settings, database, CompanyTable(database))
            stack.push_async_callback(app.state.enrichers.aclose)
            app.state.agent_parts = AgentParts(
                models=app.state.models,
                slots=SlotFinder(database, settings),
                enrichment=app.state.enrichers,
                enricher=app.state.enrichers,
                database=database,
                secrets=secrets_of(settings),
            )
            app.state.conversation_team = ConversationTeam(app.state.agent_parts)
            app.state.sales_team = SalesTeam(database, app.state.agent_parts, app.state.briefings, settings)
            app.state.invocations = Invocations(database, app.state.agent_parts, app.state.briefings, settings)
            stack.push_async_callback(app.state.invocations.aclose)
            app.state.inbox = WebhookInbox(database)
            app.state.kept_counts = KeptCounts(database)
            stack.push_async_callback(app.state.kept_counts.aclose)
            app.state.bundle = shipped_bundle()
            app.state.downloads = Downloads(MOST_DOWNLOADS)
            app.state.notifiers = build_notifiers(settings, StaffTexts(database))
            stack.push_async_callback(app.state.notifiers.aclose)
            app.state.notice_tests = NoticeTests()
            app.state.webhook_sender = build_webhook_sender(settings)
            stack.push_async_callback(app.state.webhook_sender.aclose)
            app.state.hub = Hub(database, wakeups(settings, database))
            telling = asyncio.create_task(keep_telling(app.state.hub))
            stack.callback(telling.cancel)
            stop = asyncio.Event()
            watching = asyncio.create_task(watch_event_loop(stop))
            stack.callback(watching.cancel)
            yield

    app = FastAPI(
        title="Outrider",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        responses={"4XX": {"model": Problem, "content": {"application/problem+json": {}}}},
    )
    install_problem_handlers(app)
    for layer in (KeptAnswers, BodyLimit, Figures):
        app.add_middleware(layer)
    for router in ROUTERS:
        app.include_router(router)
    return app


async def keep_telling(hub: Hub, rest: float = RESTART_SECONDS) -> None:
    """Run the hub until cancelled; after an error that it does not know, start it again. Its sockets stay connected."""
    while True:
        try:
            await hub.run()
        except Exception as error:
            log.exception("live_updates_interrupted", error=repr(error))
        await asyncio.sleep(rest)


def _operation_id(route: APIRoute) -> str:
    """The function's name: the generated client calls `listLeads`, not a path."""
    return route.name

"""The worker process: jobs, the deliverer of texts, the reconciler, the puller of missed inbound texts, the runs that go on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any

import structlog

from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.agents.sales.team import SalesTeam
from outrider.agents.scheduling.mailer import Mailer, NoMailer
from outrider.agents.scheduling.mailing import NotifierMailer
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.campaigns.briefings import CampaignBriefings
from outrider.campaigns.budget import CampaignBudgets
from outrider.campaigns.effects import EffectLoop
from outrider.campaigns.gate import CampaignGate
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.channels.base import CarrierError
from outrider.channels.build import build_carrier
from outrider.config import Settings, secrets_of
from outrider.conversations.deliverer import Deliverer
from outrider.conversations.puller import InboundPuller
from outrider.conversations.reconciler import Reconciler
from outrider.conversations.staff_texts import StaffTexts
from outrider.crm.runs import ConnectedCrms
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.events.facts import notify
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.calendar.build import OutsideCalendars, build_calendars
from outrider.integrations.crm.build import Crms, build_crms
from outrider.integrations.enrichment.build import Enrichers, build_enrichers
from outrider.integrations.notifications.build import Notifiers, build_notifiers, build_webhook_sender
from outrider.integrations.notifications.webhook import WebhookSender
from outrider.integrations.sheets.build import Spreadsheets, build_spreadsheets
from outrider.jobs.worker import Worker
from outrider.leads.companies.service import CompanyTable
from outrider.llm.budgets.health import HealthBoard
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.build import ModelRegistry
from outrider.notifications.facts import JobFailed
from outrider.telemetry import watch_event_loop
from outrider.wiring import count_model_call
from outrider.workflows.context import Services

log = structlog.get_logger(__name__)

RESTART_SECONDS = 1.0
OUTAGES = (*DATABASE_TROUBLE, CarrierError)
"""Failures of a neighbour; the loop starts again when the neighbour is back."""


async def run_worker(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    """Work until `stop` is set, then end what is in hand."""
    async with AsyncExitStack() as stack:
        carrier = build_carrier(settings)
        stack.push_async_callback(carrier.aclose)
        crms = build_crms(settings, database)
        stack.push_async_callback(crms.aclose)
        spreadsheets = build_spreadsheets(settings)
        stack.push_async_callback(spreadsheets.aclose)
        ledger, health = Ledger(database, settings, [CampaignBudgets()]), HealthBoard(database)
        stack.push_async_callback(health.aclose)
        stack.push_async_callback(ledger.aclose)
        models = ModelRegistry(settings, count_model_call, books=ledger, on_circuit=health.note)
        stack.push_async_callback(models.aclose)
        enrichers = build_enrichers(settings, database, CompanyTable(database))
        stack.push_async_callback(enrichers.aclose)
        parts = AgentParts(
            models=models,
            slots=SlotFinder(database, settings),
            enrichment=enrichers,
            enricher=enrichers,
            database=database,
            secrets=secrets_of(settings),
        )
        services = Services(
            models,
            agents=AgentFactory(parts),
            enricher=enrichers,
            slots=parts.slots,
            briefings=CampaignBriefings(),
            database=database,
            crms=ConnectedCrms(database),
        )
        runner = CampaignRunner(database, models, settings, services)
        notifiers = build_notifiers(settings, StaffTexts(database))
        stack.push_async_callback(notifiers.aclose)
        webhooks = build_webhook_sender(settings)
        stack.push_async_callback(webhooks.aclose)
        held: dict[type, Any] = {
            Settings: settings,
            Database: database,
            Notifiers: notifiers,
            WebhookSender: webhooks,
            CampaignRunner: runner,
            ConversationTeam: ConversationTeam(parts),
            Briefings: CampaignBriefings(),
            OutsideCalendars: build_calendars(settings),
            Crms: crms,
            Spreadsheets: spreadsheets,
            Mailer: mailer_of(settings, notifiers),
            Enrichers: enrichers,
            SalesTeam: SalesTeam(database, parts, CampaignBriefings(), settings),
        }
        queue = Worker(
            database,
            parts=held,
            concurrency=settings.worker_jobs,
            bulk_concurrency=settings.worker_bulk_jobs,
            heartbeat=timedelta(seconds=settings.worker_heartbeat_seconds),
            on_given_up=partial(_tell_failed_job, database),
        )
        deliverer = Deliverer(database, carrier, settings, gates=[CampaignGate()], status_callback_base=settings.public_url)
        loops: dict[str, Callable[[asyncio.Event], Awaitable[None]]] = {
            "jobs": queue.run,
            "deliverer": deliverer.run,
            "timers of runs": RunTimers(database, runner).run,
            "effects of runs": EffectLoop(database, held).run,
            "reconciler": Reconciler(database, carrier, settings).run,
            "puller": InboundPuller(database, carrier, settings).run,
            "event loop watch": watch_event_loop,
        }
        log.info("worker_started", loops=list(loops))
        async with asyncio.TaskGroup() as tasks:
            for name, loop in loops.items():
                tasks.create_task(_keep_running(name, loop, stop), name=name)
        log.info("worker_stopped")


def mailer_of(settings: Settings, notifiers: Notifiers) -> Mailer:
    """What sends invitations. Without a mail server nobody would get them, so that it must not look as if they were sent."""
    return NoMailer() if settings.smtp_host is None else NotifierMailer(notifiers, parseaddr(settings.smtp_from or "")[1])


async def _tell_failed_job(database: Database, name: str) -> None:
    async with database.transaction() as session:
        announce(session, Topic.JOBS, "failed", more=True)
        await notify(session, JobFailed.now(name))


async def _keep_running(name: str, loop: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run `loop` until `stop`; when the database or the carrier fails it, start it again."""
    while not stop.is_set():
        try:
            await loop(stop)
        except* OUTAGES as errors:
            log.warning("loop_interrupted", loop=name, errors=[repr(error) for error in errors.exceptions])
            await asyncio.sleep(RESTART_SECONDS)

"""What every command needs: settings, the database (embedded or given), an event loop that ends on a signal."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog
import typer
import uvloop
from rich.console import Console
from rich.markup import escape

from outrider.config import Settings, read_settings
from outrider.conversations.senders import ensure_default_senders
from outrider.credentials import service as credentials
from outrider.db.embedded import EmbeddedPostgres
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.migrate import migrate
from outrider.errors import ConfigurationError, OutriderError, Unavailable
from outrider.events.waking import waking
from outrider.notifications import endpoints
from outrider.telemetry import configure_logging
from outrider.workflows.shipped import ensure_shipped_workflows

Result = TypeVar("Result")
log = structlog.get_logger(__name__)

OBJECTS_BETWEEN_COLLECTIONS = 20_000
SECRETS_REMEDY = "see OUTRIDER_SECRET_KEY in docs/operating.md"

console = Console()
errors = Console(stderr=True)


def start() -> Settings:
    """Read the settings and begin to log; a wrong setting ends the command with one clear line."""
    try:
        settings = read_settings()
    except ConfigurationError as error:
        print_error(error)
        raise typer.Exit(1) from None
    configure_logging(settings.log_level, settings.log_format)
    return settings


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a command to its end; our own errors become one clear line and exit code 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main)
    except OutriderError as error:
        print_error(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        errors.print("Stopped.")
        raise typer.Exit(130) from None


def print_error(error: OutriderError) -> None:
    title, remedies = escape(error.title), {field.remedy for field in error.fields}
    # A detail that only names its one field would be read twice.
    detail = "" if [f"{field.field}: {field.problem}" for field in error.fields] == [error.detail] else f" {escape(error.detail)}"
    errors.print(f"[bold red]{title}:[/]{detail}", highlight=False)
    for field in error.fields:
        problem = field.problem if field.problem.endswith((".", "?")) else f"{field.problem}."
        errors.print(f"  [bold]{escape(field.field)}:[/] {escape(problem)} {escape(field.remedy)}".rstrip(), highlight=False)
    if error.remedy and error.remedy not in remedies:
        errors.print(escape(error.remedy), highlight=False)


@asynccontextmanager
async def database_address(settings: Settings) -> AsyncIterator[str]:
    """`DATABASE_URL`, or the embedded server started for as long as somebody uses it."""
    if settings.database_url:
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.home / "postgres")
    try:
        yield await asyncio.to_thread(server.start)
    finally:
        await asyncio.to_thread(server.release)


@asynccontextmanager
async def open_database(settings: Settings, *, pool_size: int = 20, name: str = "outrider") -> AsyncIterator[Database]:
    """The migrated database with its shipped rows."""
    async with database_address(settings) as address:
        database = Database(address, pool_size=pool_size, application_name=name)
        try:
            await _reach(database)
            await prepare(database, settings)
            async with waking(settings, database):
                yield database
        finally:
            await database.aclose()


async def _reach(database: Database) -> None:
    """
    Raises:
        Unavailable: the database can't be connected to.
    """
    try:
        await (await database.connect()).close()
    except DATABASE_TROUBLE as error:
        raise Unavailable(
            f"The database does not answer: {error}", remedy="Start it, or correct DATABASE_URL; `outrider doctor` says more."
        ) from error


async def prepare(database: Database, settings: Settings) -> None:
    """Bring the schema and the shipped rows up to date; safe in several processes at once."""
    await migrate(database.dsn)
    async with database.transaction() as session:
        await ensure_default_senders(session, settings)
        await ensure_shipped_workflows(session)
        if unreadable := await endpoints.seal_anew(session, settings):
            log.error("webhook_secrets_unreadable", endpoints=unreadable, remedy=SECRETS_REMEDY)
        if unreadable := await credentials.seal_anew(session, settings):
            log.error("credentials_unreadable", credentials=unreadable, remedy=SECRETS_REMEDY)


def stop_on_signal() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def ease_collector() -> None:
    """Spare the collector what lives as long as the process; a serving process calls it once it is set up.

    Modules, routes and models are some hundred thousand objects that every full collection would walk, and a process that
    makes thousands of objects for each lead would start one several times a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)

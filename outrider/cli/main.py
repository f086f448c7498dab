"""The commands."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from outrider import __version__
from outrider.cli import campaign_run, demo, doctor, evals, leads_import, score
from outrider.cli.runtime import console, database_address, ease_collector, open_database, prepare, run, start, stop_on_signal
from outrider.cli.supervisor import Supervisor, check_port, parts_of, until_ready
from outrider.config import Settings
from outrider.db.engine import Database

LARGEST_SOCKET_MESSAGE = 1024 * 1024

app = typer.Typer(
    help="AI agents that work a company's leads by text and phone.", no_args_is_help=True, pretty_exceptions_enable=False
)
leads_app = typer.Typer(help="Leads in and out.", no_args_is_help=True)
campaign_app = typer.Typer(help="Campaigns from a file.", no_args_is_help=True)
app.add_typer(leads_app, name="leads")
app.add_typer(campaign_app, name="campaign")
app.add_typer(score.score_app, name="score")
app.add_typer(evals.evals_app, name="evals")
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)
leads_app.command("import")(leads_import.leads_import)
campaign_app.command("run")(campaign_run.campaign_run)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if show:
        console.print(f"outrider {__version__}")
        raise typer.Exit


@app.command()
def up(workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1) -> None:
    """Run everything: database, API, workers and, without a Twilio account, the simulator. Ctrl-C ends it."""
    settings = start()
    run(_up(settings, workers))


async def _up(settings: Settings, workers: int) -> None:
    check_port(settings.port, "OUTRIDER_PORT")
    stop = stop_on_signal()
    async with database_address(settings) as address:
        database = Database(address)
        await prepare(database, settings)
        await database.aclose()
        parts = parts_of(settings, address, workers=workers)
        supervising = asyncio.create_task(Supervisor(parts, stop).run())
        announcing = asyncio.create_task(_announce(settings, [part.name for part in parts]))
        await supervising
        announcing.cancel()


async def _announce(settings: Settings, parts: list[str]) -> None:
    await until_ready(f"http://{_reachable(settings)}/health/ready")
    carrier = "the shipped simulator" if settings.uses_simulator else f"Twilio account {settings.carrier_account_sid[:6]}…"
    console.print(f"\n[bold]Outrider {__version__}[/] runs: {', '.join(parts)}. Carrier: {carrier}.")
    console.print(f"  Open   [bold]http://localhost:{settings.port}[/]")
    console.print(f"  API    http://localhost:{settings.port}/docs")
    console.print("  End    Ctrl-C\n")


def _reachable(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  (compares, binds nothing)
    return f"{host}:{settings.port}"


@app.command()
def api() -> None:
    """Run the web application alone."""
    settings = start()
    run(_api(settings))


async def _api(settings: Settings) -> None:
    from outrider.app.build import create_app

    check_port(settings.port, "OUTRIDER_PORT")
    async with open_database(settings, name="outrider api") as database:
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(settings, database),
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                # The carrier's signature covers the configured address; headers of a proxy are never believed.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=10,
                # Updates are short; compressing them would cost each socket memory and the process time.
                ws_per_message_deflate=False,
                ws_max_size=LARGEST_SOCKET_MESSAGE,
            )
        )
        ease_collector()
        await server.serve()


@app.command()
def worker() -> None:
    """Run one worker alone: jobs, delivery of texts, reconciling."""
    settings = start()
    run(_worker(settings))


async def _worker(settings: Settings) -> None:
    from outrider.worker import run_worker

    async with open_database(settings, name="outrider worker") as database:
        ease_collector()
        await run_worker(settings, database, stop_on_signal())


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date and exit."""
    settings = start()

    async def main() -> None:
        async with open_database(settings):
            console.print("The database is up to date.")

    run(main())


@app.command()
def openapi(output: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None) -> None:
    """Print the API's description (OpenAPI)."""
    from outrider.app.build import create_app

    document = create_app(Settings(_env_file=None), Database("postgresql://unused")).openapi()
    _write(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n", output)


@app.command()
def nodes(
    output: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None,
    installed: Annotated[bool, typer.Option("--installed", help="Those that installed packages add instead.")] = False,
) -> None:
    """Print the reference of the workflows' nodes (Markdown)."""
    from outrider.workflows.reference import installed_reference, node_reference

    _write(installed_reference() if installed else node_reference(), output)


def _write(text: str, output: Path | None) -> None:
    if output:
        output.write_text(text)
    else:
        sys.stdout.write(text)


def main() -> None:
    # The scope of Python's own tracebacks ends at our errors: `run` prints those.
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    if os.environ.get("LANGSMITH_API_KEY"):
        # LangSmith's client traces only when told to; whoever gives it a key wants traces.
        os.environ.setdefault("LANGSMITH_TRACING", "true")
    app()

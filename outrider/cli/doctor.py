"""`outrider doctor`: every setting and dependency, and how to mend what is wrong."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import asyncpg
import typer
from rich.table import Table

from outrider.channels.build import build_carrier
from outrider.cli.neighbours import Finding, neighbours
from outrider.cli.runtime import console, database_address
from outrider.config import Settings, read_settings
from outrider.db.sealing import KEY_FILE, sealer_of
from outrider.errors import ConfigurationError, OutriderError
from outrider.llm.build import ModelRegistry
from outrider.telemetry import configure_logging

OLDEST_POSTGRES = 150000
STORED_SECRETS = """
    SELECT entry->>'secret' AS secret FROM webhook_endpoints, jsonb_array_elements(secrets) AS entry
    UNION ALL SELECT sealed FROM credentials
"""
LEAST_FREE_BYTES = 1_000_000_000


Check = Callable[[Settings], Awaitable[list[Finding]]]


def doctor() -> None:
    """Check every setting and dependency; say how to mend what is wrong. Exit code 1 when something is."""
    try:
        settings = read_settings()
    except ConfigurationError as error:
        _print([Finding("settings", "wrong", error.detail, error.remedy)])
        raise typer.Exit(1) from None
    configure_logging(settings.log_level, settings.log_format)
    findings = asyncio.run(examine(settings))
    _print(findings)
    raise typer.Exit(any(finding.state == "wrong" for finding in findings))


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which a start would meet them."""
    checks: list[Check] = [_python, _home, _database, _ports, _public_url, _carrier, _sending, _model, neighbours]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += await check(settings)
        except OutriderError as error:
            findings.append(Finding(check.__name__.strip("_"), "wrong", error.detail, error.remedy))
    return findings


async def _python(_: Settings) -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    return [Finding("python", "ok", version)]


async def _home(settings: Settings) -> list[Finding]:
    home = settings.home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return [
            Finding(
                "OUTRIDER_HOME", "wrong", f"{home} can't be written: {error.strerror}.", "Set OUTRIDER_HOME to a folder of yours."
            )
        ]
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        return [
            Finding(
                "OUTRIDER_HOME", "wrong", f"{home}: only {free // 1_000_000} MB are free.", "Make room; the database needs 1 GB."
            )
        ]
    return [Finding("OUTRIDER_HOME", "ok", f"{home}, {free // 1_000_000_000} GB free")]


async def _database(settings: Settings) -> list[Finding]:
    try:
        async with database_address(settings) as address:
            connection = await asyncpg.connect(address, timeout=10)
            number = int(await connection.fetchval("SHOW server_version_num"))
            shown = await connection.fetchval("SHOW server_version")
            durable = await connection.fetchval("SHOW fsync")
            is_migrated = await connection.fetchval("SELECT to_regclass('credentials') IS NOT NULL")
            sealed = [str(row["secret"]) for row in await connection.fetch(STORED_SECRETS)] if is_migrated else []
            await connection.close()
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        return [
            Finding(
                "DATABASE_URL",
                "wrong",
                f"The database does not answer: {error}",
                "Check address, user and password, or unset it.",
            )
        ]
    kind = "DATABASE_URL" if settings.database_url else "embedded database"
    if number < OLDEST_POSTGRES:
        return [Finding(kind, "wrong", f"PostgreSQL {shown} is too old.", "Use PostgreSQL 15 or newer.")]
    if durable != "on":
        return [Finding(kind, "wrong", "fsync is off: a power cut would lose texts that were sent.", "Set fsync = on.")]
    found = Finding(kind, "ok", f"PostgreSQL {shown}")
    try:
        return [found, _secrets(settings, sealed)]
    except ConfigurationError as error:
        return [found, Finding("OUTRIDER_SECRET_KEY", "wrong", error.detail, error.remedy)]


def _secrets(settings: Settings, sealed: Sequence[str]) -> Finding:
    """Whether what lies sealed in the database can be opened.

    Raises:
        ConfigurationError: it can't, or there is no key.
    """
    sealer = sealer_of(settings)
    for one in sealed:
        sealer.open(one)
    if settings.secret_key is None and settings.database_url:
        message = f"The key of stored secrets lies in {settings.home / KEY_FILE}."
        remedy = "Set OUTRIDER_SECRET_KEY where several machines share the database."
        return Finding("OUTRIDER_SECRET_KEY", "note", message, remedy)
    said = f"opens all {len(sealed)} stored secrets" if sealed else "no secret is stored"
    return Finding("OUTRIDER_SECRET_KEY", "ok", said)


async def _ports(settings: Settings) -> list[Finding]:
    ports = {"OUTRIDER_PORT": settings.port}
    if settings.uses_simulator:
        ports["OUTRIDER_SIMULATOR_PORT"] = settings.simulator_port
    return [_port(name, port) for name, port in ports.items()]


def _port(name: str, port: int) -> Finding:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    return Finding(name, "note" if taken else "ok", f"{port} is in use (by a running Outrider?)" if taken else f"{port} is free")


async def _public_url(settings: Settings) -> list[Finding]:
    address = urlsplit(settings.public_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        return [
            Finding(
                "PUBLIC_URL",
                "wrong",
                f"{settings.public_url} is no address.",
                "Set it to https://your.host as the carrier sees it.",
            )
        ]
    if settings.uses_simulator:
        return [Finding("PUBLIC_URL", "ok", settings.public_url)]
    if address.scheme != "https" or address.hostname in ("localhost", "127.0.0.1"):
        return [
            Finding(
                "PUBLIC_URL",
                "wrong",
                f"Twilio can't reach {settings.public_url}.",
                "Set it to the https:// address that leads here.",
            )
        ]
    if "_" in address.hostname:
        return [Finding("PUBLIC_URL", "wrong", "Twilio refuses host names with an underscore.", "Use another host name.")]
    return [Finding("PUBLIC_URL", "ok", settings.public_url)]


async def _carrier(settings: Settings) -> list[Finding]:
    if settings.uses_simulator and settings.twilio_api_base_url is None:
        return [
            Finding(
                "carrier",
                "note",
                "No Twilio account: the shipped simulator plays the carrier.",
                "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to send for real.",
            )
        ]
    carrier = build_carrier(settings)
    try:
        account = await carrier.check()
    finally:
        await carrier.aclose()
    findings = [Finding("carrier", "ok", f"Twilio account {account.status}")]
    if not settings.twilio_from_number and not settings.twilio_messaging_service_sid:
        findings.append(
            Finding(
                "TWILIO_FROM_NUMBER",
                "note",
                "No sender is set.",
                "Set it or TWILIO_MESSAGING_SERVICE_SID, or add a sender in the settings.",
            )
        )
    return findings


async def _sending(settings: Settings) -> list[Finding]:
    needed = settings.send_lease_seconds + settings.carrier_timeout
    if settings.settle_seconds < needed:
        return [
            Finding(
                "OUTRIDER_SETTLE_SECONDS",
                "wrong",
                f"{settings.settle_seconds:g} s is shorter than lease + time-out ({needed:g} s): a text could leave twice.",
                f"Set it to at least {needed:g}.",
            )
        ]
    return [Finding("sending protocol", "ok", f"lease {settings.send_lease_seconds:g} s, settle {settings.settle_seconds:g} s")]


async def _model(settings: Settings) -> list[Finding]:
    registry = ModelRegistry(settings)
    try:
        model = registry.get(None)
    finally:
        await registry.aclose()
    if model.name.startswith("offline"):
        return [
            Finding(
                "model",
                "note",
                "Offline model: texts come from templates and rules.",
                "Set OPENAI_API_KEY, ANTHROPIC_API_KEY, CEREBRAS_API_KEY or OLLAMA_BASE_URL for a language model.",
            )
        ]
    return [Finding("model", "ok", model.name)]


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    marks = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "wrong": "[bold red]wrong[/]"}
    for finding in findings:
        table.add_row(
            marks[finding.state],
            f"[bold]{finding.subject}[/]",
            finding.message + (f"\n[dim]→ {finding.remedy}[/]" if finding.remedy else ""),
        )
    console.print(table)

"""Runs API, worker and simulator as separate processes and starts one again that dies."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import structlog

from outrider.config import Settings, variable_of
from outrider.errors import ConfigurationError, Unavailable

log = structlog.get_logger(__name__)

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 20.0
FIRST_RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A process that lived this long had a good start; its next restart is quick again."""
READY_SECONDS = 180.0


@dataclass
class Part:
    """One process of the installation."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None


class Supervisor:
    """Keeps parts running until `stop` is set."""

    def __init__(self, parts: list[Part], stop: asyncio.Event, log_file: Path | None = None):
        self._parts = parts
        self._stop = stop
        self._log_file = log_file

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for part in self._parts:
                tasks.create_task(self._keep(part), name=part.name)

    async def _keep(self, part: Part) -> None:
        wait = FIRST_RESTART_SECONDS
        while not self._stop.is_set():
            began = time.monotonic()
            await self._run_once(part)
            if self._stop.is_set():
                return
            wait = FIRST_RESTART_SECONDS if time.monotonic() - began > STEADY_SECONDS else min(2 * wait, LONGEST_RESTART_SECONDS)
            log.warning("part_ended", part=part.name, code=part.process.returncode if part.process else None, restart_in=wait)
            await _sleep_unless(self._stop, wait)

    async def _run_once(self, part: Part) -> None:
        output = self._log_file.open("ab") if self._log_file else None
        try:
            part.process = await asyncio.create_subprocess_exec(
                *part.command,
                env={**os.environ, **part.environment},
                stdout=output,
                stderr=output,
                preexec_fn=end_with_parent(),
            )
        finally:
            if output:
                output.close()
        ended = asyncio.create_task(part.process.wait())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ended.done():
            await _end(part, ended)


async def _end(part: Part, ended: asyncio.Task[int]) -> None:
    """Ask the process to end; force it when it does not."""
    assert part.process is not None
    part.process.terminate()
    done, _ = await asyncio.wait({ended}, timeout=GRACE_SECONDS)
    if not done:
        log.warning("part_killed", part=part.name)
        part.process.kill()
        await ended


def end_with_parent() -> Callable[[], None] | None:
    """On Linux a child is told when its supervisor dies, so that no process is left behind."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def set_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return set_signal


async def _sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def parts_of(settings: Settings, dsn: str, *, workers: int, simulator_options: Mapping[str, str] | None = None) -> list[Part]:
    """The processes of an installation with these settings."""
    environment = {
        "DATABASE_URL": dsn,
        "PUBLIC_URL": settings.public_url,
        "OUTRIDER_PORT": str(settings.port),
        "OUTRIDER_HOME": str(settings.home),
        "OUTRIDER_SIMULATOR_PORT": str(settings.simulator_port),
        "PROMETHEUS_MULTIPROC_DIR": str(_metrics_folder(settings)),
    }
    supplied = [field for field in type(settings).model_fields if field not in settings.model_fields_set]
    environment[variable_of("supplied")] = ",".join(sorted(environment.keys() & map(variable_of, supplied)))
    command = [sys.executable, "-m", "outrider"]
    parts = [Part("api", [*command, "api"], environment)]
    parts += [Part(f"worker {number}", [*command, "worker"], environment) for number in range(1, workers + 1)]
    if settings.uses_simulator and settings.twilio_api_base_url is None:
        parts.append(simulator_part(settings, simulator_options or {}))
    return parts


def simulator_part(settings: Settings, options: Mapping[str, str]) -> Part:
    given = {
        "port": str(settings.simulator_port),
        "webhook-url": f"{settings.public_url}/webhooks/twilio/messages",
        **options,
    }
    arguments = [text for name, value in given.items() for text in (f"--{name}", value)]
    return Part("simulator", [sys.executable, "-m", "simulator", *arguments])


def _metrics_folder(settings: Settings) -> Path:
    """An empty folder in which the processes share their figures."""
    folder = settings.home.resolve() / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    return folder


def check_port(port: int, variable: str) -> None:
    """
    Raises:
        ConfigurationError: another program listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigurationError(f"Port {port} is taken.", remedy=f"Set {variable} to a free port.") from error


async def until_ready(url: str) -> None:
    """Wait for an address to answer 200.

    Raises:
        Unavailable: it does not within three minutes.
    """
    deadline = time.monotonic() + READY_SECONDS
    async with httpx.AsyncClient(timeout=2) as client:
        while time.monotonic() < deadline:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.TransportError:
                pass  # not listening yet: that is what we wait for
            await asyncio.sleep(0.1)
    raise Unavailable(f"{url} does not answer.", remedy="Read the log above it.")


@asynccontextmanager
async def running(parts: list[Part], settings: Settings, log_file: Path | None = None) -> AsyncIterator[None]:
    """The parts, started and ready; they end with the block."""
    stop = asyncio.Event()
    supervising = asyncio.create_task(Supervisor(parts, stop, log_file).run())
    try:
        if any(part.name == "simulator" for part in parts):
            await until_ready(f"http://127.0.0.1:{settings.simulator_port}/health")
        await until_ready(f"http://127.0.0.1:{settings.port}/health/ready")
        yield
    finally:
        stop.set()
        await supervising

"""What every bench stands on: its folder, a database of its own, and the product running as real processes.

    async def run(context: Context) -> dict[str, Measurement]: ...

is the whole contract of a bench module. Everything that `Context` and `stack` start ends with their block.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import psutil

from bench.measurement import Measurement
from outrider.cli.client import Api, connect
from outrider.cli.runtime import prepare
from outrider.cli.supervisor import Part, parts_of, running
from outrider.config import Settings, get_settings, read_settings
from outrider.db.embedded import EmbeddedPostgres
from outrider.db.engine import Database

__all__ = [
    "Context",
    "Cpu",
    "Measurement",
    "Stack",
    "cpu_used",
    "database",
    "free_port",
    "isolated",
    "postgres",
    "rss_mb",
    "stack",
]

SETTING_PREFIXES = ("OUTRIDER_", "TWILIO_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "CEREBRAS_", "ELEVENLABS_", "LANGSMITH_")
SETTING_NAMES = frozenset({"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PROMETHEUS_MULTIPROC_DIR"})
LOG_NAME = "processes.log"


@dataclass(frozen=True, slots=True)
class Context:
    """One bench's surroundings."""

    folder: Path
    """Empty, its own, removed afterwards."""
    quick: bool
    """Smaller amounts: shows that the bench works, not how fast the product is."""
    say: Callable[[str], None]
    """Shows a line of progress."""

    def scaled(self, full: int, quick: int) -> int:
        return quick if self.quick else full


@contextmanager
def isolated(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Take away the settings of whoever runs this (variables and `.env`), so that nothing real is reached, and set `environment`.

    A carrier account or a model key on this machine must neither pay for a benchmark nor text people because of one.
    """
    before = dict(os.environ)
    for name in before:
        if name in SETTING_NAMES or name.startswith(SETTING_PREFIXES):
            del os.environ[name]
    os.environ.update({"OUTRIDER_HOME": str(folder), **(environment or {})})
    get_settings.cache_clear()
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()


@contextmanager
def working_folder() -> Iterator[Path]:
    """An empty folder that the database's own system user can enter too."""
    with tempfile.TemporaryDirectory(prefix="outrider-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[str]:
    """Address of an embedded server of its own, with the settings that the product gives it."""
    server = EmbeddedPostgres(folder / "postgres")
    dsn = await asyncio.to_thread(server.start)
    try:
        yield dsn
    finally:
        await asyncio.to_thread(server.release)


@asynccontextmanager
async def database(folder: Path, *, pool_size: int = 10) -> AsyncIterator[Database]:
    """A migrated database on a server of its own, without any other process."""
    async with postgres(folder) as dsn:
        opened = Database(dsn, pool_size=pool_size)
        try:
            await prepare(opened, read_settings())
            yield opened
        finally:
            await opened.aclose()


@dataclass(slots=True)
class Stack:
    """A running installation."""

    settings: Settings
    database: Database
    api: Api
    carrier: httpx.AsyncClient
    """The simulator's control, `/simulator/…`."""
    parts: Mapping[str, Part]
    """By name: `api`, `worker 1`, `simulator`."""
    sql: asyncpg.Connection
    """For watching, outside the product's pools."""
    postgres_pid: int

    @property
    def workers(self) -> list[Part]:
        return [part for name, part in self.parts.items() if name.startswith("worker")]


@asynccontextmanager
async def stack(
    folder: Path,
    *,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    simulator_options: Mapping[str, str] | None = None,
) -> AsyncIterator[Stack]:
    """Database, API, workers and simulator as the supervisor runs them, on free ports.

    Args:
        environment: settings besides, as in `{"OUTRIDER_CHUNK_SIZE": "50"}`.
        simulator_options: command line of the simulator, as in `{"speed": "10"}`.
    """
    port, simulator_port = free_port(), free_port()
    given = {
        "OUTRIDER_PORT": str(port),
        "OUTRIDER_SIMULATOR_PORT": str(simulator_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OUTRIDER_LOG_LEVEL": "WARNING",
        **(environment or {}),
    }
    with isolated(folder, given):
        settings = read_settings()
        async with contextlib.AsyncExitStack() as opened:
            dsn = await opened.enter_async_context(postgres(folder))
            database = Database(dsn, pool_size=5, application_name="outrider bench")
            opened.push_async_callback(database.aclose)
            await prepare(database, settings)
            parts = parts_of(settings, dsn, workers=workers, simulator_options=simulator_options)
            await opened.enter_async_context(running(parts, settings, folder / LOG_NAME))
            api = await opened.enter_async_context(connect(f"http://127.0.0.1:{port}"))
            carrier = await opened.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{simulator_port}", timeout=30)
            )
            sql = await database.connect()
            opened.push_async_callback(sql.close)
            postgres_pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
            yield Stack(settings, database, api, carrier, {part.name: part for part in parts}, sql, postgres_pid)


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Cpu:
    """Processor seconds that an installation has used, by who used them."""

    seconds: Mapping[str, float]

    def since(self, earlier: Cpu) -> Cpu:
        return Cpu({name: used - earlier.seconds[name] for name, used in self.seconds.items()})

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    def per_thousand(self, count: int) -> dict[str, float]:
        """For a measurement's details: on a machine that others use too, the only figure that can be compared."""
        return {f"{name}_cpu_seconds_per_1000": 1000 * used / count for name, used in self.seconds.items()}


def cpu_used(stack: Stack) -> Cpu:
    """What API, workers, simulator and database have used until now."""
    seconds: dict[str, float] = {}
    for name, part in stack.parts.items():
        assert part.process is not None
        kind = name.split()[0]
        seconds[kind] = seconds.get(kind, 0.0) + cpu_seconds(psutil.Process(part.process.pid))
    seconds["postgres"] = cpu_seconds(psutil.Process(stack.postgres_pid))
    return Cpu(seconds)


def cpu_seconds(process: psutil.Process) -> float:
    """Of a process and its children, those that have ended included."""
    used = 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
    return used


def rss_mb(part: Part) -> float:
    """Resident memory of a running part in megabytes."""
    assert part.process is not None
    return float(psutil.Process(part.process.pid).memory_info().rss) / 1e6

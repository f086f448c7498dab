"""Installations that browser tests use: whole ones as people start them, and quick ones, which share what is the same in all."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import psycopg

from tests.clocks import PATIENCE
from tests.e2e.finding import until
from tests.e2e.forks import Wanted

ROOT = Path(__file__).parents[2]
FOREIGN = ("OUTRIDER_", "TWILIO_", "OPENAI_")
"""Beginnings of variables that the tests set themselves."""
LOG = "serve.log"
PATIENCE_AT_START = 3 * PATIENCE
"""Seconds: processes are started side by side by all who test at once."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A running Outrider."""

    url: str
    carrier_url: str
    api: httpx.Client
    carrier: httpx.Client
    home: Path
    """Its data folder, with the log of its processes."""
    database: str
    """Address of its database."""
    processes: Mapping[str, psutil.Process] = field(default_factory=dict)
    """By name (api, worker 1, simulator); none of a whole installation, which looks after its own."""

    def log_tail(self, lines: int = 40) -> str:
        """The end of what its processes printed."""
        log = self.home / LOG
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


running: list[Installation] = []
"""All of this process, for whoever tells why a test failed."""


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Installation]:
    """A whole installation in the folder `home`, as `outrider up` runs it; `more` settings are variables of the environment."""
    home.chmod(0o755)
    settings = _settings(home, more)
    command = [sys.executable, "-m", "tests.e2e.serve"]
    environment = _without_foreign() | settings
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line == "ready\n", f"the installation did not start: {line}{process.stdout.read()}"
            with _clients_of(home, settings, f"postgresql://postgres@/postgres?host={home / 'postgres'}", {}) as installation:
                yield installation
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)


class QuickInstallations:
    """Installations whose processes are forked from one that has imported everything, on one database server.

    Each has a database, a folder and processes of its own. Nothing of them outlives the tests.
    """

    def __init__(self, server: str, template: str, folder: Path):
        self._server = server
        self._template = template
        self._folder = folder
        self._forks = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.forks"],
            cwd=ROOT,
            env=_without_foreign() | {"OUTRIDER_HOME": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._forks.communicate(timeout=PATIENCE)

    @contextmanager
    def serving(self, name: str, **more: str) -> Iterator[Installation]:
        """An installation of its own; `more` settings are variables of the environment."""
        number = len(list(self._folder.iterdir()))
        home = self._folder / f"{number}-{name}"
        home.mkdir()
        database = self._make_database(f"installation_{number}")
        settings = _settings(home, more)
        processes = self._start(Wanted(environment=_without_foreign() | settings, database=database, log=str(home / LOG)))
        try:
            until(lambda: _is_ready(home, settings, processes), seconds=PATIENCE_AT_START)
            with _clients_of(home, settings, database, processes) as installation:
                yield installation
        finally:
            for process in processes.values():
                process.kill()
            psutil.wait_procs(processes.values(), timeout=PATIENCE)

    def _make_database(self, name: str) -> str:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}".encode())
        return self._server.replace("/postgres?", f"/{name}?")

    def _start(self, wanted: Wanted) -> dict[str, psutil.Process]:
        assert self._forks.poll() is None, "what starts the processes has ended; its last words came with the first test"
        assert self._forks.stdin is not None and self._forks.stdout is not None
        self._forks.stdin.write(json.dumps(wanted) + "\n")
        self._forks.stdin.flush()
        answer = self._forks.stdout.readline()
        assert answer, "what starts the processes has ended; its last words are beside this"
        return {name: psutil.Process(number) for name, number in json.loads(answer).items()}


def _settings(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    return {
        "OUTRIDER_HOME": str(home),
        "OUTRIDER_PORT": str(free_port()),
        "OUTRIDER_SIMULATOR_PORT": str(free_port()),
        "OUTRIDER_QUIET_HOURS": "off",
        "OUTRIDER_REPLY_DELAY_SECONDS": "0.2",
        "OUTRIDER_LOG_LEVEL": "WARNING",
        **more,
    }


def _without_foreign() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def _is_ready(home: Path, settings: Mapping[str, str], processes: Mapping[str, psutil.Process]) -> bool:
    for name, process in processes.items():
        assert process.is_running(), f"{name} ended:\n{(home / LOG).read_text()}"
    addresses = [f"{settings['OUTRIDER_PORT']}/health/ready"]
    if "simulator" in processes:
        addresses.append(f"{settings['OUTRIDER_SIMULATOR_PORT']}/health")
    return all(_answers(f"http://127.0.0.1:{address}") for address in addresses)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=PATIENCE).is_success
    except httpx.TransportError:
        return False


@contextmanager
def _clients_of(
    home: Path, settings: Mapping[str, str], database: str, processes: Mapping[str, psutil.Process]
) -> Iterator[Installation]:
    url = f"http://127.0.0.1:{settings['OUTRIDER_PORT']}"
    carrier_url = f"http://127.0.0.1:{settings['OUTRIDER_SIMULATOR_PORT']}"
    with httpx.Client(base_url=url, timeout=PATIENCE) as api, httpx.Client(base_url=carrier_url, timeout=PATIENCE) as carrier:
        installation = Installation(url, carrier_url, api, carrier, home, database, processes)
        running.append(installation)
        try:
            yield installation
        finally:
            running.remove(installation)


@contextmanager
def halted(process: psutil.Process) -> Iterator[None]:
    """A process that stands still for the length of the block: it does nothing and answers nobody."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

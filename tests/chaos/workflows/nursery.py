"""A process that has everything imported and forks workers, each in tenths of a second.

    python -m tests.chaos.workflows.nursery FILE

It reads one JSON list per line, the deadly points of the worker to fork, and answers `+PID`, and `-PID` when that worker has
died. Points that workers pass are appended to FILE. It ends, with its worker, when its input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import select
import signal
import sys
from collections.abc import Collection

import twilio.rest.api.v2010  # noqa: F401  (the carrier imports it with its first client)
import uvloop

import outrider.wiring  # noqa: F401  (a worker has everything)
from outrider.cli.supervisor import end_with_parent
from outrider.config import Settings, read_settings
from outrider.db.engine import Database
from outrider.telemetry import configure_logging
from outrider.worker import run_worker
from tests.chaos.workflows.definitions import RECEIVER_VARIABLE, install
from tests.chaos.workflows.points import Points

LOOK_SECONDS = 0.01


def main() -> None:
    settings = read_settings()
    configure_logging(settings.log_level, settings.log_format)
    install(os.environ[RECEIVER_VARIABLE])
    note = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    gc.freeze()
    children: set[int] = set()
    waiting = b""
    while True:
        readable, _, _ = select.select([0], [], [], LOOK_SECONDS)
        if readable:
            if not (given := os.read(0, 1 << 20)):
                break
            *lines, waiting = (waiting + given).split(b"\n")
            for line in lines:
                pid = _fork(settings, note, json.loads(line))
                children.add(pid)
                _say(f"+{pid}")
        for pid in list(children):
            if os.waitpid(pid, os.WNOHANG)[0]:
                children.remove(pid)
                _say(f"-{pid}")
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def _fork(settings: Settings, note: int, deadly: Collection[str]) -> int:
    if pid := os.fork():
        return pid
    try:
        if set_signal := end_with_parent():
            set_signal()
        os.dup2(2, 1)
        Points(note, deadly).install()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_work(settings))
    finally:
        os._exit(1)


async def _work(settings: Settings) -> None:
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=8, application_name="chaos worker")
    await run_worker(settings, database, asyncio.Event())


if __name__ == "__main__":
    main()

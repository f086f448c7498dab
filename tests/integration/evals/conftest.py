"""A scratch server for the runs of this folder: what they play on is as fresh as ever, the server under it is the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from outrider.evals import running
from outrider.evals.scratch import ScratchServer


@pytest.fixture(scope="session")
def prepared(postgres: str) -> ScratchServer:
    server = ScratchServer(postgres)
    asyncio.run(server.prepare())
    return server


@pytest.fixture(autouse=True)
def shared_server(prepared: ScratchServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of this process need no server of their own; those of the command line start one."""

    @asynccontextmanager
    async def scratch_server() -> AsyncIterator[tuple[ScratchServer, Path]]:
        yield prepared, tmp_path

    monkeypatch.setattr(running, "scratch_server", scratch_server)

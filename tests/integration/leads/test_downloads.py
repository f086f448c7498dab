"""Downloads share the pool with everybody else: few at once, none that hangs, none that leaves a transaction behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import pytest
from httpx import AsyncClient

from outrider.db.engine import Database
from outrider.leads.downloads import CsvDownload, Downloads, TooManyDownloads
from tests.clocks import PATIENCE


class Client:
    """Takes the answer's pieces, or stops taking after some."""

    def __init__(self, takes: int = 1000):
        self.takes = takes
        self.got: list[Any] = []
        self.gone = asyncio.Event()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if len(self.got) >= self.takes:
            await asyncio.Event().wait()
        self.got.append(message)


class File:
    closed = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            for number in range(100):
                yield b"%d\n" % number
        finally:
            self.closed = True


def scope(downloads: Downloads) -> dict[str, Any]:
    return {"type": "http", "path": "/x", "asgi": {"spec_version": "2.3"}, "app": SimpleNamespace(
        state=SimpleNamespace(downloads=downloads))}  # fmt: skip


async def test_there_are_only_so_many_at_once() -> None:
    downloads, slow, file = Downloads(1), Client(takes=3), File()
    first = asyncio.create_task(CsvDownload(file.chunks(), "a.csv")(scope(downloads), slow.receive, slow.send))
    await asyncio.sleep(0.01)
    refused = File()
    with pytest.raises(TooManyDownloads) as caught:
        await CsvDownload(refused.chunks(), "b.csv")(scope(downloads), Client().receive, Client().send)
    assert caught.value.extra["retry_after"] > 0
    slow.gone.set()
    await first
    assert file.closed, "a client that leaves ends the file's transaction"
    taker = Client()
    await CsvDownload(File().chunks(), "c.csv")(scope(downloads), taker.receive, taker.send)
    assert len(taker.got) > 100, "its place is free again"


async def test_a_client_that_takes_nothing_is_cut_off() -> None:
    downloads, stalled, file = Downloads(1), Client(takes=3), File()
    async with asyncio.timeout(PATIENCE):
        await CsvDownload(file.chunks(), "a.csv", stalled_after=0.05)(scope(downloads), stalled.receive, stalled.send)
    assert file.closed
    assert len(stalled.got) == 3


async def test_refused_in_words_that_say_when_to_come_again(api: AsyncClient, database: Database) -> None:
    app = api._transport.app  # type: ignore[attr-defined]
    app.state.downloads = Downloads(0)
    for path in ("/api/leads/export.csv", "/api/suppressions/export"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["type"]) == (429, "urn:outrider:problem:too-many-downloads")
        assert int(answer.headers["retry-after"]) > 0
    app.state.downloads = Downloads(1)
    for _ in range(2):
        assert (await api.get("/api/leads/export.csv")).status_code == 200

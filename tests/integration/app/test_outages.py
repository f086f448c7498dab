"""What the application does when a part of it is in need."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from outrider.app.build import keep_telling
from outrider.config import Settings
from outrider.db.engine import Database
from tests.clocks import PATIENCE, until
from tests.worlds import client_of


async def test_a_pool_in_full_use_is_told_as_a_passing_state(database: Database, settings: Settings) -> None:
    small = Database(database.dsn, pool_size=1)
    small._engine.sync_engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(small.aclose)
        client = await stack.enter_async_context(client_of(settings, small))
        async with small.transaction() as session:
            await session.connection()
            answer = await client.get("/api/leads")
        small._engine.sync_engine.pool._timeout = PATIENCE  # type: ignore[attr-defined]
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["type"] == "urn:outrider:problem:unavailable"
        assert (await client.get("/api/leads")).status_code == 200


class FragileHub:
    runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs < 3:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._breaks())
        await asyncio.Event().wait()

    async def _breaks(self) -> None:
        raise RuntimeError("nobody thought of this")


async def test_live_updates_begin_again_after_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    hub = FragileHub()
    telling = asyncio.create_task(keep_telling(hub, rest=0.0))  # type: ignore[arg-type]
    await until(lambda: hub.runs == 3)
    assert not telling.done()
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    assert "live_updates_interrupted" in capsys.readouterr().out

"""A whole installation for browser tests: `python -m tests.e2e.serve`, settings from the environment; ends on SIGTERM.

Prints `ready` once it can be used.
"""

from __future__ import annotations

import asyncio

from outrider.cli.runtime import database_address, prepare, start, stop_on_signal
from outrider.cli.supervisor import parts_of, running
from outrider.config import Settings
from outrider.db.engine import Database
from tests.e2e.forks import SIMULATOR


async def serve(settings: Settings) -> None:
    async with database_address(settings) as address:
        database = Database(address)
        await prepare(database, settings)
        await database.aclose()
        parts = parts_of(settings, address, workers=1, simulator_options=SIMULATOR)
        async with running(parts, settings, settings.home / "serve.log"):
            print("ready", flush=True)
            await stop_on_signal().wait()


if __name__ == "__main__":
    asyncio.run(serve(start()))

"""A database server that lives as long as a run of evals: whatever happens in it, the installation is not touched."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from outrider.config import Settings
from outrider.db.embedded import EmbeddedPostgres
from outrider.db.engine import Database
from outrider.db.migrate import migrate
from outrider.workflows.shipped import ensure_shipped_workflows

TEMPLATE = "evals_template"
POOL_SIZE = 8
ZONE = "America/Chicago"
"""Where the calendar of a scratch installation keeps its working hours."""
OUR_OWN = (
    "database_url", "redis_url", "twilio_account_sid", "twilio_auth_token", "twilio_from_number", "twilio_messaging_service_sid",
    "twilio_api_base_url", "apollo_api_key", "calendar_accounts", "crm_accounts", "sheets_accounts", "smtp_host", "smtp_from",
    "slack_webhook_url", "slack_bot_token", "langsmith_api_key",
)  # fmt: skip
"""Settings by which an installation reaches the outside; a scratch one has none of them."""


def scratch_settings(settings: Settings, folder: Path) -> Settings:
    """The installation's settings without anything that reaches out of it except the language models.

    The model that is judged answers itself or not at all: there is no cache and no other model to turn to.
    """
    return settings.model_copy(
        update={
            **dict.fromkeys(OUR_OWN),
            "home": folder,
            "time_zone": ZONE,
            "default_region": "US",
            "model_cache_seconds": 0.0,
            "fallback_models": [],
            "offline_fallback": False,
        }
    )


class ScratchServer:
    """Gives a fresh, migrated database as often as one is asked for."""

    def __init__(self, dsn: str):
        self._dsn = dsn
        self._numbers = itertools.count(1)

    async def prepare(self) -> None:
        """Make what every database is copied from. Nothing here has to outlive a power cut."""
        server = await asyncpg.connect(self._dsn)
        try:
            await server.execute("ALTER SYSTEM SET fsync = off")
            await server.execute("SELECT pg_reload_conf()")
            await server.execute(f"CREATE DATABASE {TEMPLATE}")
        finally:
            await server.close()
        await migrate(self._address(TEMPLATE))
        database = Database(self._address(TEMPLATE), pool_size=1)
        try:
            async with database.transaction() as session:
                await ensure_shipped_workflows(session)
        finally:
            await database.aclose()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """A database of its own; gone after the block."""
        name = f"eval_{next(self._numbers)}"
        server = await asyncpg.connect(self._dsn)
        try:
            await server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
            database = Database(self._address(name), pool_size=POOL_SIZE, application_name="outrider evals")
            try:
                yield database
            finally:
                await database.aclose()
                await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await server.close()

    def _address(self, database: str) -> str:
        return self._dsn.replace("/postgres?", f"/{database}?")


@asynccontextmanager
async def scratch_server() -> AsyncIterator[tuple[ScratchServer, Path]]:
    """A server in a folder of its own; both are gone after the block.

    Raises:
        Unavailable: the embedded server does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="outrider-evals-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs under a system user of its own where we are root
        embedded = EmbeddedPostgres(folder / "postgres")
        try:
            server = ScratchServer(await asyncio.to_thread(embedded.start))
            await server.prepare()
            yield server, folder
        finally:
            await asyncio.to_thread(embedded.release)

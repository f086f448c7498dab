"""Write a migration from the difference between the tables in the code and a freshly migrated database.

python -m outrider.cli.revision "what changes"
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import outrider.wiring  # noqa: F401  (every table must be known)
from outrider.db.embedded import EmbeddedPostgres
from outrider.db.engine import sqlalchemy_url
from outrider.db.migrate import alembic_config, migrate

VERSIONS = Path(__file__).parents[1] / "db" / "migrations" / "versions"


async def write_revision(dsn: str, message: str) -> None:
    await migrate(dsn)
    number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04}"
    engine = create_async_engine(sqlalchemy_url(dsn))
    async with engine.connect() as connection:
        await connection.run_sync(_autogenerate, number, message)
    await engine.dispose()


def _autogenerate(connection: Connection, number: str, message: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    command.revision(config, message=message, autogenerate=True, rev_id=number)


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            asyncio.run(write_revision(server.start(), sys.argv[1]))
        finally:
            server.release()


if __name__ == "__main__":
    main()

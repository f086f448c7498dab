"""Bring the schema up to date: Alembic under an advisory lock, so that processes that start together do it once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from outrider.db.engine import sqlalchemy_url
from outrider.errors import ConfigurationError

ADVISORY_LOCK = 0x0_07_21_DE_12
"""Any constant that nothing else in the database uses."""


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


async def migrate(dsn: str, revision: str = "head") -> None:
    """Upgrade the database at `dsn` to `revision`.

    Raises:
        ConfigurationError: the database is at a revision that this program doesn't know.
    """
    engine = create_async_engine(sqlalchemy_url(dsn))
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise ConfigurationError(
            f"The database can't be brought up to date: {error}",
            remedy="If a newer version of Outrider has used it, start that one, or restore a backup from before the upgrade.",
        ) from error

"""Fixtures for all tests: a real PostgreSQL, a fresh database per test, the web application, no way out to the network."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import certifi
import hypothesis
import pytest
from httpx import AsyncClient
from pytest_socket import socket_allow_hosts
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings
from outrider.db.embedded import EmbeddedPostgres
from outrider.db.engine import Database
from outrider.db.migrate import migrate
from outrider.llm.budgets import alerts
from tests import engines
from tests.databases import Databases

engines.share()
# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("any-machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("any-machine")

TEMPLATE = "outrider_template"
END_OF_CERTIFICATE = "-----END CERTIFICATE-----\n"


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> None:
    """To read all the certificate authorities of the world takes each client 40 ms; no test speaks to anybody they vouch for."""
    first = Path(certifi.where()).read_text().partition(END_OF_CERTIFICATE)[0] + END_OF_CERTIFICATE
    path = tmp_path_factory.mktemp("authorities") / "one.pem"
    path.write_text(first)
    os.environ["SSL_CERT_FILE"] = str(path)


@pytest.fixture(autouse=True)
def loopback_only() -> None:
    """A test that reaches for another machine fails."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server for this test run. Without fsync: nothing here must outlive a power cut."""
    with tempfile.TemporaryDirectory(prefix="outrider-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        dsn = server.start()
        # Browser tests have a loop running in this thread.
        with ThreadPoolExecutor(1) as threads:
            threads.submit(asyncio.run, _prepare(dsn)).result()
        yield dsn
        server.release()


async def _prepare(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("ALTER SYSTEM SET fsync = off")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    finally:
        await connection.close()
    await migrate(_address(dsn, TEMPLATE))


def _address(dsn: str, database: str) -> str:
    return dsn.replace("/postgres?", f"/{database}?")


@pytest.fixture(scope="session")
def databases(postgres: str) -> Databases:
    return Databases(postgres, TEMPLATE)


@pytest.fixture
async def database(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database of the test's own, migrated and empty."""
    async with databases.lend(never_used=request.node.get_closest_marker("reads_plans") is not None) as address:
        database = Database(address, pool_size=10)
        alerts.forget_told()
        try:
            yield database
        finally:
            await database.aclose()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One open transaction; committed at the end of the test."""
    async with database.transaction() as session:
        yield session


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Settings(home=tmp_path, _env_file=None)


@pytest.fixture
async def api(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """A client that speaks to the application as the local operator."""
    from tests.worlds import client_of

    async with client_of(settings, database) as client:
        yield client

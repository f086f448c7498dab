"""Alembic's entry: runs on the connection that `outrider.db.migrate` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context

from outrider.db.base import Base


def is_ours(name: str | None, kind: str, _: Any) -> bool:
    """The queue's tables belong to PgQueuer, not to our models."""
    return not (kind == "table" and name is not None and name.startswith("pgqueuer"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()

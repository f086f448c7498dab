"""Alembic's entry: runs on the connection that `outrider.db.migrate` hands over."""

from __future__ import annotations

from alembic import context

from outrider.db.base import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()

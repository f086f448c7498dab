"""The queue's own tables, as PgQueuer installs them."""

from __future__ import annotations

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # asyncpg prepares single statements only; the driver connection takes the whole script.
    script = QueryBuilderEnvironment().build_install_query()
    connection = op.get_bind().connection
    connection.run_async(lambda driver: driver.execute(script))


def downgrade() -> None:
    script = QueryBuilderEnvironment().build_uninstall_query()
    op.get_bind().connection.run_async(lambda driver: driver.execute(script))

"""Keeps a lead's fields as they were before the first change after the conversation with them began."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIELDS = (
    "company", "title", "industry", "company_size", "email", "language", "region", "country", "source", "time_zone",
    "time_zones", "attributes",
)  # fmt: skip


def upgrade() -> None:
    pairs = ", ".join(f"'{name}', OLD.{name}" for name in FIELDS)
    op.execute(f"""
        CREATE FUNCTION keep_earlier_lead_values() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM conversations WHERE lead_id = OLD.id) THEN
                INSERT INTO earlier_lead_values (lead_id, fields) VALUES (OLD.id, jsonb_build_object({pairs}))
                ON CONFLICT (lead_id) DO NOTHING;
            END IF;
            RETURN NULL;
        END $$
    """)
    old, new = (", ".join(f"{row}.{name}" for name in FIELDS) for row in ("OLD", "NEW"))
    op.execute(f"""
        CREATE TRIGGER keep_earlier_lead_values AFTER UPDATE ON leads FOR EACH ROW
        WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION keep_earlier_lead_values()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_earlier_lead_values ON leads")
    op.execute("DROP FUNCTION keep_earlier_lead_values")

"""Tables of the local CRM: contacts and activities of an installation without another one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId


class LocalContact(HasId, Base):
    __tablename__ = "crm_local_contacts"

    key: Mapped[str | None] = mapped_column(Text, unique=True)
    """What whoever wrote it knows it by."""
    contact: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    deleted_at: Mapped[datetime | None]
    merged_into: Mapped[int | None]

    __table_args__ = (
        Index("ix_crm_local_contacts_changed", "changed_at", "id"),
        Index("ix_crm_local_contacts_email", text("(contact->>'email')")),
        Index("ix_crm_local_contacts_phone", text("(contact->>'phone')")),
    )


class LocalActivity(HasId, Base):
    __tablename__ = "crm_local_activities"

    key: Mapped[str] = mapped_column(Text, unique=True)
    contact_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    is_inbound: Mapped[bool]
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)

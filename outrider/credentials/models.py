"""Table of credentials."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class CredentialKind(StrEnum):
    """In which form the secret is sent."""

    HEADER = "header"
    """As the value of a header of its own: `X-Api-Key: …`."""
    BEARER = "bearer"
    """`Authorization: Bearer …` (RFC 6750)."""
    BASIC = "basic"
    """`Authorization: Basic …`, of a user's name and a password (RFC 7617)."""


class Credential(HasId, HasTimes, Base):
    """A named secret, and where it may be sent."""

    __tablename__ = "credentials"

    name: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str] = mapped_column(Text, server_default="")
    kind: Mapped[CredentialKind] = mapped_column(Text)
    header_name: Mapped[str] = mapped_column(Text, server_default="")
    """Of the kind `header`; empty for the others."""
    sealed: Mapped[str] = mapped_column(Text)
    """The secret, sealed (`db.sealing`); of the kind `basic` the user's name, a colon and the password."""
    allowed_hosts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """`hosts.read_host`: the secret is sent to no other."""
    created_by: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    last_used_at: Mapped[datetime | None]
    """To the minute."""

    __table_args__ = (
        CheckConstraint("kind IN ('header','bearer','basic')", name="kind_is_known"),
        CheckConstraint("(kind = 'header') = (header_name <> '')", name="header_has_name"),
        CheckConstraint("cardinality(allowed_hosts) > 0", name="has_a_host"),
    )

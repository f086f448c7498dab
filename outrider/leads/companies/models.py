"""Table of companies."""

from __future__ import annotations

from sqlalchemy import ARRAY, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class Company(HasId, HasTimes, Base):
    """A company that somebody told us about."""

    __tablename__ = "companies"

    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    """The name in the form that its spellings share (`company_key`). Unique among companies without a domain."""
    domain: Mapped[str | None] = mapped_column(Text)
    """Without `www.`; unique."""
    industry: Mapped[str | None] = mapped_column(Text)
    employees: Mapped[int | None] = mapped_column(Integer)
    founded_year: Mapped[int | None] = mapped_column(Integer)
    revenue: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    technologies: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    competitors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    notes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What moves the company: funding, new places, hiring."""
    source: Mapped[str | None] = mapped_column(Text)
    """The file that told us last."""

    __table_args__ = (
        Index("uq_companies_domain", "domain", unique=True, postgresql_where=text("domain IS NOT NULL")),
        Index("uq_companies_name_without_domain", "name_key", unique=True, postgresql_where=text("domain IS NULL")),
        Index("ix_companies_name_key_id", "name_key", "id"),
    )

"""What providers answered, kept for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base


class EnrichmentCache(Base):
    """What is known about a company. Each part is `{"at": …, "facts": […]}`; null means that its provider was not asked."""

    __tablename__ = "enrichment_cache"

    company_name: Mapped[str] = mapped_column(Text, primary_key=True)
    """The company's name in the form that spellings share, or its domain (`EnrichmentQuery.company_key`)."""
    domain: Mapped[str | None] = mapped_column(Text)
    """Companies of one name are told apart by it."""
    apollo_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    linkedin_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What Apollo tells of LinkedIn: addresses of profiles."""
    market_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What the company's website says, and what moves the company."""
    cached_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    ttl_hours: Mapped[int] = mapped_column(Integer, server_default=text("24"))


class EnrichmentPersonCache(Base):
    """What is known about a person, under a key that does not tell who it is."""

    __tablename__ = "enrichment_person_cache"

    person_key: Mapped[str] = mapped_column(Text, primary_key=True)
    """SHA-256 (`EnrichmentQuery.person_key`)."""
    apollo_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    cached_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    ttl_hours: Mapped[int] = mapped_column(Integer, server_default=text("24"))

"""Tables of what is known about leads, and from whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId


class LeadFact(HasId, Base):
    """One thing that a provider says about a lead or their company."""

    __tablename__ = "lead_facts"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float] = mapped_column(Float)
    provider: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, server_default="")
    observed_at: Mapped[datetime]


class LeadEnrichment(Base):
    """When a lead was enriched last, and what could not be asked."""

    __tablename__ = "lead_enrichments"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    enriched_at: Mapped[datetime] = mapped_column(server_default=func.now())
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))


class LeadFieldSource(Base):
    """A field of a lead that enrichment filled, and from whom its value is."""

    __tablename__ = "lead_field_sources"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, server_default="")
    confidence: Mapped[float] = mapped_column(Float)
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now())

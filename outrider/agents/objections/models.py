"""Table of objections."""

from __future__ import annotations

from sqlalchemy import ARRAY, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class ObjectionRecord(HasId, HasTimes, Base):
    """An objection of the installation's own, or its copy of a shipped one."""

    __tablename__ = "objections"

    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    """None holds for all campaigns."""
    key: Mapped[str] = mapped_column(Text)
    """Its stable name; one that is shipped, or that holds for all, is replaced by that of the same key."""
    name: Mapped[str] = mapped_column(Text)
    examples: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    guidance: Mapped[str] = mapped_column(Text)
    sample_answer: Mapped[str] = mapped_column(Text, server_default="")
    proof_points: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    """False: leads' doubts are not read as this one."""

    __table_args__ = (
        Index("uq_objections_key", "key", "campaign_id", unique=True, postgresql_nulls_not_distinct=True),
        Index("ix_objections_campaign_id", "campaign_id"),
    )

"""The table of live updates: short-lived hints that something changed, never the truth itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId


class LiveEvent(HasId, Base):
    """One change of one kind of thing, written by the transaction that made it.

    Ids are given when a row is written and show when it commits, so they don't come in order: whoever has read row 10 may
    yet find row 9. The two numbers of the transaction make reading exact all the same (see `outrider.events.repository`).
    """

    __tablename__ = "live_events"

    topic: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    transaction_id: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text)::bigint"), index=True)
    horizon: Mapped[int] = mapped_column(server_default=text("(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"))
    """The oldest transaction that was open when the row was written: all that commits later has at least this number."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

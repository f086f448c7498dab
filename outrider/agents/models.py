"""Table of configured agents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes


class Agent(HasId, HasTimes, Base):
    """A persona with its prompt, model and tools."""

    __tablename__ = "agents"

    name: Mapped[str] = mapped_column(Text, unique=True)
    system_prompt: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    """`provider:model`; None is the installation's default."""
    tools: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))

"""Facts that somebody outside may want to hear of: a meeting was booked, a campaign failed, a budget is used up.

A folder declares each of its facts as a `Fact` and calls `notify(session, fact)` in the transaction in which it becomes true.
Who hears of it, and how, is decided by the notifications' rules: nobody who declares a fact knows them. The fact and what
is to be told of it are committed together or not at all; telling happens afterwards.

    class MeetingBooked(Fact):
        \"\"\"A lead chose a time for a meeting.\"\"\"

        name = "meeting.booked"
        label = "Meeting booked"

        booking_id: int
        lead_name: str

        def title(self) -> str:
            return f"{self.lead_name} booked a meeting"

The fields are what receivers get as JSON: a published interface. A field may be added; one that changes its meaning or goes
needs a higher `version`.
"""

from __future__ import annotations

import inspect
import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.bus import publish

NAME = re.compile(r"[a-z_]+\.[a-z_]+")


class Severity(StrEnum):
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    """Somebody should look at it."""
    CRITICAL = "critical"
    """Work stands still until somebody acts."""


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is told of one fact, whatever the rules say."""

    channel: str
    """`email`, `slack` or `sms`."""
    address: str


class Fact(BaseModel):
    """Something that happened, with what receivers are told of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    """`thing.happened`: receivers choose by it."""
    label: ClassVar[str]
    """What people call it."""
    severity: ClassVar[Severity] = Severity.INFO
    version: ClassVar[int] = 1
    is_shown: ClassVar[bool] = True
    """It appears in the list of the application unless a rule says otherwise; False for what happens by the hundred."""

    @abstractmethod
    def title(self) -> str:
        """What happened, in one line of plain words."""

    def detail(self) -> str:
        """What else a reader needs to know; may be empty."""
        return ""

    def link(self) -> str | None:
        """Path of the page about it."""
        return None

    def key(self) -> str | None:
        """Its name among all facts, where it must be told once however often it is noticed; None where each is new."""
        return None

    def targets(self) -> Sequence[Target]:
        """Who is told besides those who asked for it by a rule: people whom somebody named for this very fact."""
        return ()

    def level(self) -> Severity:
        """How much it matters; some facts of one kind matter more than others."""
        return self.severity

    @classmethod
    def meaning(cls) -> str:
        """When it happens: the first paragraph of the class's documentation."""
        return inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if cls.__name__.startswith("_"):
            return  # what several facts have in common is none itself
        if not NAME.fullmatch(cls.name):
            raise RuntimeError(f"{cls.__name__} needs a name such as thing.happened.")
        if declared.setdefault(cls.name, cls).__qualname__ != cls.__qualname__:
            raise RuntimeError(f"Two facts are named {cls.name!r}.")


declared: dict[str, type[Fact]] = {}
"""Every fact that an imported module declares, by name."""


@dataclass(frozen=True, slots=True)
class FactsNoted:
    """Published on the bus for those who tell people of facts."""

    facts: Sequence[Fact]


async def notify(session: AsyncSession, *facts: Fact) -> None:
    """Let all who want to know hear of these facts once the transaction commits."""
    if facts:
        await publish(session, FactsNoted(facts))

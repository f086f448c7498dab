"""What a paused run waits for, and what happened then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

AnswerEvent = Literal["time", "timeout", "reply", "decided", "done", "failed"]


class WaitKind(StrEnum):
    TIMER = "timer"
    REPLY = "reply"
    APPROVAL = "approval"
    EFFECT = "effect"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a node pauses its run."""

    kind: WaitKind
    due_at: datetime | None = None
    """When it ends by itself: the time that is waited for, or the time-out. None waits for as long as it takes."""
    details: dict[str, Any] = field(default_factory=dict)
    """What the page of the run and the form of the approval show."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a wait ended."""

    event: AnswerEvent
    """`time`: a timer was due · `timeout`: nothing came in time · `reply`: the lead wrote · `decided`: a person decided ·
    `done`, `failed`: the effect or call is over."""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PausedWait:
    """One place at which a run stands still."""

    interrupt_id: str
    """Its stable name within the run: `{node path}#{visit}`."""
    node_id: str
    """Path of the node."""
    visit: int
    wait: Wait
    at: datetime
    """When it paused."""
    is_new: bool = True
    """False when an earlier segment paused here already; then `wait` has no details, for they were stored at that time."""


def interrupt_id(node_id: str, visit: int) -> str:
    return f"{node_id}#{visit}"

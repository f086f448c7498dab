"""What a run asks for. Nodes return intents; whoever commits the run turns them into rows.

Most intents are applied in the commit's own transaction, by the handler that is registered for their class. `RunEffect` is for
what can't be undone by a rollback: it becomes a row, and a job carries it out after the commit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Intent:
    """Base of all intents."""

    node_id: str
    """Path of the node that asked; part of the intent's unique name."""


@dataclass(frozen=True, slots=True)
class SendText(Intent):
    """One text to the run's lead. The recipient is always the lead of the run, never something a model says."""

    body: str = field(repr=False)
    after_reply: bool = False
    """It answers the lead: a reply that came meanwhile doesn't hold it back."""


@dataclass(frozen=True, slots=True)
class ChangeLead(Intent):
    """Set fields of the run's lead."""

    changes: dict[str, Any]
    """By name of the field; `attributes.<name>` sets one attribute."""


@dataclass(frozen=True, slots=True)
class TagLead(Intent):
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListLead(Intent):
    """Put the lead on lists, or take it off, by the lists' names."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notify(Intent):
    """Tell the staff."""

    title: str
    body: str = ""
    to: tuple[tuple[str, str], ...] = ()
    """Channel (`email`, `slack`, `sms`) and address of whom to tell, besides those whom the notifications' rules name."""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class SyncCrm(Intent):
    """Bring the lead to the connected CRMs, with a note of what happened. Texts and meetings are told to them anyway."""

    connections: tuple[str, ...] = ()
    """Names of the connections; none means all."""
    subject: str = ""
    """Of the note; empty leaves none."""
    body: str = field(default="", repr=False)
    push_fields: bool = True
    """Write the lead's fields there, as the connection maps them."""


@dataclass(frozen=True, slots=True)
class RunEffect(Intent):
    """Something that others carry out after the commit, at most once."""

    kind: str
    """`webhook`, `book_meeting` …"""
    payload: dict[str, Any] = field(repr=False)
    answer_wanted: bool = False
    """The node waits for the result (`WaitKind.EFFECT`)."""


@dataclass(frozen=True, slots=True)
class AskedIntent:
    """An intent with its place in the run."""

    node_id: str
    visit: int
    number: int
    """Its place among the intents of that visit, from 0."""
    intent: Intent

    def dedupe_key(self, run_key: str) -> str:
        """Its unique name for ever: a replay of the same run asks for the same thing by the same name."""
        place = self.node_id if self.visit == 1 else f"{self.node_id}#{self.visit}"
        return f"{run_key}:{place}" if self.number == 0 else f"{run_key}:{place}:{self.number}"

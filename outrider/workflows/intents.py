"""What a run asks for. Nodes return intents; whoever commits the run turns them into outbox rows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SendText:
    """One text to the run's lead. The recipient is always the lead of the run, never something a model says."""

    node_id: str
    """Node that asked; part of the intent's unique name."""
    body: str = field(repr=False)


Intent = SendText

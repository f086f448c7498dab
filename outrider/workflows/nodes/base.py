"""What a kind of node is. One specification serves the compiler, the API, the editor and the documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from outrider.llm.base import ChatModel
from outrider.workflows.intents import Intent
from outrider.workflows.state import CampaignLeadState, TranscriptEntry


class NodeParams(BaseModel):
    """Parameters of a node, as stored in its `data`. An unknown name is an error, so that a slip doesn't pass unseen."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field("", max_length=120, description="Name of this step on the canvas.")


class Models(Protocol):
    """Where nodes get their models from."""

    def get(self, name: str | None = None) -> ChatModel:
        """The model of this name (`provider:model`); None is the installation's own.

        Raises:
            ModelError: there is no such model here.
        """


@dataclass(frozen=True, slots=True)
class Handle:
    """One way to leave a node."""

    name: str
    label: str
    description: str
    otherwise: Literal["finalize", "ordinary"] | None = None
    """Where it leads when nothing is connected to it; None means that it must be connected."""


@dataclass(frozen=True, slots=True)
class NodeCall:
    """One visit to a node."""

    node_id: str
    params: NodeParams
    state: CampaignLeadState
    models: Models


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What a visit brought: changes of the state, the way to leave, and what to tell in the log."""

    handle: str
    message: str
    level: str = "INFO"
    update: dict[str, Any] = field(default_factory=dict)
    """Keys of the state to replace."""
    transcript: list[TranscriptEntry] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    tokens: int = 0
    cost: Decimal = Decimal(0)
    details: dict[str, Any] = field(default_factory=dict)


NodeFunction = Callable[[NodeCall], Awaitable[NodeResult]]


class NodeFailed(Exception):
    """A node can't do its work for this lead; the message is the reason that the user reads.

    What the attempt changed and cost all the same is kept in the other fields, as in `NodeResult`.
    """

    def __init__(
        self,
        reason: str,
        *,
        update: dict[str, Any] | None = None,
        transcript: list[TranscriptEntry] | None = None,
        tokens: int = 0,
        cost: Decimal = Decimal(0),
    ):
        super().__init__(reason)
        self.reason = reason
        self.update = update or {}
        self.transcript = transcript or []
        self.tokens = tokens
        self.cost = cost


@dataclass(frozen=True, slots=True)
class NodeSpecification:
    kind: str
    """Its `type` in definitions: `sms`."""
    name: str
    """Its name in logs: `sms_agent`."""
    label: str
    icon: str
    """Name of the icon in the editor's icon set (lucide)."""
    description: str
    docs: str
    """A paragraph for the editor's help and the documentation, in Markdown."""
    handles: tuple[Handle, ...]
    """Ways to leave, the ordinary one first; none for the last node."""
    run: NodeFunction
    params: type[NodeParams] = NodeParams
    ends_run: bool = False
    unavailable: str = ""
    """Why no workflow may use it yet; empty for a usable one."""

    @property
    def ordinary_handle(self) -> str:
        """The handle that an edge without `sourceHandle` leaves by."""
        return self.handles[0].name if self.handles else ""

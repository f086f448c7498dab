"""What a kind of node is. One specification serves the compiler, the API, the editor and the documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from outrider.workflows.context import RunContext, TranscriptEntry
from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.intents import Intent
from outrider.workflows.state import RunState
from outrider.workflows.waiting import Answer, Wait

ERROR = "error"
"""The outcome that every node but the last has: it could not do its work."""
MOST_RETRIES = 5
LONGEST_TIMEOUT_SECONDS = 600.0

Category = Literal["start & end", "message", "agents", "logic", "timing", "people", "data", "integrations"]


class NodeParams(BaseModel):
    """Parameters of a node, as stored in its `data`. An unknown name is an error, so that a slip doesn't pass unseen."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field("", max_length=120, description="Name of this step on the canvas.", json_schema_extra=NO_EXPRESSIONS)
    notes: str = Field("", max_length=2000, description="Why this step is here; for people.", json_schema_extra=NO_EXPRESSIONS)
    disabled: bool = Field(
        False,
        strict=True,
        description="Pass this step by: runs leave it at once by its ordinary outcome.",
        json_schema_extra=NO_EXPRESSIONS,
    )
    timeout_seconds: float | None = Field(
        None,
        gt=0,
        le=LONGEST_TIMEOUT_SECONDS,
        description="The step fails when its work takes longer; waiting is not work.",
        json_schema_extra=NO_EXPRESSIONS,
    )
    retries: int = Field(
        0,
        ge=0,
        le=MOST_RETRIES,
        description="How often to try again when it fails; only for steps without effects.",
        json_schema_extra=NO_EXPRESSIONS,
    )


POLICY = frozenset(NodeParams.model_fields)
"""Names of the parameters that every node has."""


@dataclass(frozen=True, slots=True)
class Handle:
    """One way to leave a node."""

    name: str
    label: str
    description: str
    otherwise: Literal["finalize", "ordinary"] | None = None
    """Where it leads when nothing is connected to it; None means that it must be connected."""


ERROR_HANDLE = Handle(ERROR, "Error", "The step could not do its work.", otherwise="finalize")


@dataclass(frozen=True, slots=True)
class HandleList:
    """Further outcomes, one per entry of a list parameter."""

    param: str
    """The parameter: `cases`."""
    name: str = "name"
    """Field of an entry that names its outcome."""
    label: str = "label"
    """Field of an entry that people read; the name, if it is empty."""
    otherwise: Literal["finalize", "ordinary"] | None = None

    def of(self, data: Mapping[str, Any]) -> tuple[Handle, ...]:
        """The outcomes that these parameters make. Entries that are none are left to the check of the parameters."""
        entries = data.get(self.param)
        return tuple(
            Handle(entry[self.name], str(entry.get(self.label) or entry[self.name]), "", self.otherwise)
            for entry in (entries if isinstance(entries, list) else [])
            if isinstance(entry, dict) and isinstance(entry.get(self.name), str) and entry[self.name]
        )


Pause = Callable[[Wait, Sequence[Intent]], Answer]


def _cannot_pause(wait: Wait, intents: Sequence[Intent]) -> Answer:
    raise RuntimeError("Only nodes whose specification says that they pause may wait.")


@dataclass(slots=True)
class NodeCall:
    """One visit to a node."""

    node_id: str
    """Its path: its id, after the ids of the sub-workflows that it is in (`outer/inner`)."""
    visit: int
    """Which visit of the run to this node it is, from 1."""
    params: NodeParams
    state: RunState
    context: RunContext
    pause: Pause = _cannot_pause
    paused: Wait | None = None
    """The wait that the run goes on from, as it was when this visit paused, but without its details; None on the first run of the
    node. What the node works out from the clock may differ by now; this doesn't."""

    @property
    def names(self) -> dict[str, Any]:
        """What expressions may refer to."""
        return self.context.names(self.state, self.node_id[: self.node_id.rfind("/") + 1])

    async def wait(self, wait: Wait, intents: Sequence[Intent] = ()) -> Answer:
        """Pause the run here until something happens. A visit pauses once at most.

        The node is run again from its start when the run goes on, so that it must do nothing worth keeping before this call.

        Args:
            intents: what to ask for as the run pauses. It is asked for once, however often the node is run again.
        """
        return self.pause(wait, intents)


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What a visit brought: changes of the state, the way to leave, and what to tell in the log."""

    handle: str
    message: str
    level: str = "INFO"
    output: dict[str, Any] = field(default_factory=dict)
    """What later nodes may read as `steps.<id>`; plain data."""
    update: dict[str, Any] = field(default_factory=dict)
    """Facts of the state: those of `state.SUMMED` by how much they grow, others with their new value."""
    transcript: list[TranscriptEntry] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    tokens: int = 0
    cost: Decimal = Decimal(0)
    """US dollars of its model calls."""
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
        kind: str = "failed",
        update: dict[str, Any] | None = None,
        transcript: list[TranscriptEntry] | None = None,
        tokens: int = 0,
        cost: Decimal = Decimal(0),
    ):
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        """For expressions (`steps.<id>.error.type`): `failed`, `timeout`, `crashed` …, or the node's own word."""
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
    category: Category
    handles: tuple[Handle, ...]
    """Fixed ways to leave, the ordinary one first; none for the last node. `error`, which all have, is not listed."""
    run: NodeFunction
    params: type[NodeParams] = NodeParams
    handles_from: HandleList | None = None
    """Further ways to leave, which the parameters make; they come after the fixed ones."""
    ends_run: bool = False
    pauses: bool = False
    """It may wait; only then may it call `NodeCall.wait`."""
    is_pure: bool = False
    """It asks for nothing and never waits: it may be retried."""
    asks_model: bool = False
    has_effects: bool = False
    """It asks for something that leaves the run."""
    unavailable: str = ""
    """Why no workflow may use it yet; empty for a usable one."""
    output: type[BaseModel] | None = None
    """What it writes to `steps.<id>`; None if nothing."""
    example: dict[str, Any] = field(default_factory=dict)
    """Parameters for the documentation, the editor and the tests."""

    @property
    def ordinary_handle(self) -> str:
        """The fixed handle that an edge without `sourceHandle` leaves by; empty if the parameters make all of them."""
        return self.handles[0].name if self.handles else ""

    def handles_of(self, data: Mapping[str, Any]) -> tuple[Handle, ...]:
        """All ways to leave a node with these parameters, the ordinary one first, `error` last; none if nothing follows it."""
        if not self.handles and self.handles_from is None:
            return ()
        made = self.handles_from.of(data) if self.handles_from else ()
        return (*self.handles, *made, ERROR_HANDLE)

"""A workflow as data, in the shape the web editor uses:

{"nodes": [{"id": "1", "type": "validate", "data": {"label": "Validate"}}, …],
 "edges": [{"source": "1", "target": "2", "sourceHandle": "passed"}, …]}
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_validator

MOST_NODES = 500
MOST_EDGES = 1000
NOTE = "note"
"""Type of the sticky notes on the canvas; they take no part in runs."""

NodeId = Annotated[str, Field(min_length=1, max_length=64)]


def unwritable(data: dict[str, Any]) -> str | None:
    """Why parameters can't be kept as JSON; None if they can."""
    try:
        orjson.dumps(data, default=str)
    except TypeError as error:
        return f"can't be kept as JSON: {error}"
    return None


class Position(BaseModel):
    """Where the editor draws the node, in pixels."""

    x: float
    y: float


class WorkflowNode(BaseModel):
    id: NodeId
    type: str = Field(min_length=1, max_length=64)
    """Name of a node specification: `validate`, `sms`, `finalize` …"""
    data: dict[str, Any] = Field(default_factory=dict)
    """The node's parameters, by the schema of its specification."""
    position: Position | None = None

    @field_validator("data")
    @classmethod
    def _can_be_written(cls, data: dict[str, Any]) -> dict[str, Any]:
        if (problem := unwritable(data)) is not None:
            raise ValueError(problem)
        return data


class WorkflowEdge(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    source: NodeId
    target: NodeId
    source_handle: str | None = Field(None, alias="sourceHandle", max_length=64)
    """The outcome of `source` that takes this edge; None means its ordinary outcome."""
    id: str | None = Field(None, max_length=200)


class WorkflowSettings(BaseModel):
    """What holds for the whole workflow."""

    model_config = ConfigDict(extra="forbid")

    stop_on_reply: bool = True
    """A reply of the lead ends the run, unless the run waits for one."""
    on_error: NodeId | None = None
    """Node that takes over when another one fails whose outcome `error` leads nowhere. The run is failed nevertheless."""


class WorkflowDefinition(BaseModel):
    nodes: list[WorkflowNode] = Field(min_length=1, max_length=MOST_NODES)
    edges: list[WorkflowEdge] = Field(max_length=MOST_EDGES)
    settings: WorkflowSettings = Field(default_factory=WorkflowSettings)

    def without_notes(self) -> WorkflowDefinition:
        """What takes part in runs: everything but the sticky notes."""
        if all(node.type != NOTE for node in self.nodes):
            return self
        return self.model_copy(update={"nodes": [node for node in self.nodes if node.type != NOTE]})

    def as_json(self) -> dict[str, Any]:
        """The stored form: the editor's shape without empty fields."""
        return self._dumped()

    def _dumped(self, **options: Any) -> dict[str, Any]:
        dumped = self.model_dump(mode="json", by_alias=True, exclude_none=True, **options)
        if self.settings == WorkflowSettings():
            del dumped["settings"]
        return dumped

    def fingerprint(self) -> str:
        """SHA-256 of what the definition does; moving a node on the canvas, or a sticky note, doesn't change it."""
        looks = {"nodes": {"__all__": {"position"}}, "edges": {"__all__": {"id"}}}
        meaning = self.without_notes()._dumped(exclude=looks)
        return hashlib.sha256(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)).hexdigest()

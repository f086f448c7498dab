"""A workflow as data, in the shape the web editor uses:

{"nodes": [{"id": "1", "type": "validate", "data": {"label": "Validate"}}, …],
 "edges": [{"source": "1", "target": "2", "sourceHandle": "passed"}, …]}
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

MOST_NODES = 200
MOST_EDGES = 400

NodeId = Annotated[str, Field(min_length=1, max_length=64)]


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


class WorkflowEdge(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    source: NodeId
    target: NodeId
    source_handle: str | None = Field(None, alias="sourceHandle", max_length=64)
    """The outcome of `source` that takes this edge; None means its ordinary outcome."""
    id: str | None = Field(None, max_length=200)


class WorkflowDefinition(BaseModel):
    nodes: list[WorkflowNode] = Field(min_length=1, max_length=MOST_NODES)
    edges: list[WorkflowEdge] = Field(max_length=MOST_EDGES)

    def as_json(self) -> dict[str, Any]:
        """The stored form: the editor's shape without empty fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def fingerprint(self) -> str:
        """SHA-256 of what the definition does; moving a node on the canvas doesn't change it."""
        looks = {"nodes": {"__all__": {"position"}}, "edges": {"__all__": {"id"}}}
        meaning = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=looks)
        return hashlib.sha256(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)).hexdigest()

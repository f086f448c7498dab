"""What the workflow API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes.base import Category
from outrider.workflows.validation import WorkflowProblem

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class WorkflowIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    description: str = Field("", max_length=2000)
    config: WorkflowDefinition


class WorkflowOut(BaseModel):
    id: int
    name: str
    description: str
    config: dict[str, Any]
    is_shipped: bool
    """Part of the product; copy it to change it."""
    version: int
    """Number of the latest version; each change of what the workflow does makes a new one."""
    created_at: datetime
    updated_at: datetime


class WorkflowVersionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    version: int
    definition: dict[str, Any]
    created_at: datetime


class DefinitionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    config: WorkflowDefinition


class DefinitionReport(BaseModel):
    is_valid: bool
    problems: list[WorkflowProblem]


class HandleOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    label: str
    description: str
    required: bool
    """It must be connected."""


class HandleListOut(BaseModel):
    """Outcomes that a list parameter makes, one per entry."""

    model_config = ConfigDict(from_attributes=True)

    param: str
    """The list parameter."""
    name: str
    """Field of an entry that names the outcome."""
    label: str
    """Field of an entry that people read."""
    otherwise: str | None
    """Where an outcome leads that is not connected; None means that it must be connected."""


class NodeSpecificationOut(BaseModel):
    type: str
    name: str
    label: str
    icon: str
    description: str
    docs: str
    category: Category
    handles: list[HandleOut]
    """Fixed outcomes, `error` last."""
    handles_from: HandleListOut | None
    """Further outcomes that the parameters make; they come before `error`."""
    ordinary_handle: str
    """Outcome taken by an edge without `sourceHandle`; empty for the last node, and if the parameters make all outcomes."""
    ends_run: bool
    unavailable: str
    """Why it can't be used yet; empty if it can."""
    pauses: bool
    """Runs may wait here."""
    is_pure: bool
    """It may be retried and run alone."""
    asks_model: bool
    has_effects: bool
    """It asks for something that leaves the run."""
    params: dict[str, Any]
    """JSON Schema of the node's `data`."""
    output: dict[str, Any] | None
    """JSON Schema of what later steps can read as `steps.<id>`; None if nothing."""
    example: dict[str, Any]
    """Parameters to start from."""

"""What the workflow API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from outrider.workflows.definition import WorkflowDefinition
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


class NodeSpecificationOut(BaseModel):
    type: str
    name: str
    label: str
    icon: str
    description: str
    docs: str
    handles: list[HandleOut]
    ordinary_handle: str
    """Outcome taken by an edge without `sourceHandle`; empty for the last node."""
    ends_run: bool
    unavailable: str
    """Why it can't be used yet; empty if it can."""
    params: dict[str, Any]
    """JSON Schema of the node's `data`."""

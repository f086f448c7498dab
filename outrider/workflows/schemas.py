"""What the workflow API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes.base import Category
from outrider.workflows.validation import WorkflowProblem

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Revision = Annotated[int | None, Field(ge=0, le=2**31)]


class WorkflowIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    description: str = Field("", max_length=2000)
    config: WorkflowDefinition
    publish: bool = True
    """Its definition becomes a version that campaigns can use; otherwise a draft, which may have problems."""


class WorkflowChange(BaseModel):
    """What a workflow shall be."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: str = Field("", max_length=2000)
    config: WorkflowDefinition | None = None
    """None leaves the definition as it is."""
    publish: bool = True
    """A changed definition becomes a new version; otherwise the draft."""


class CopyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    """None calls it after the workflow that is copied."""


class DraftIn(BaseModel):
    """What the editor saves. Only its shape is checked."""

    model_config = ConfigDict(extra="forbid")

    config: WorkflowDefinition
    revision: Revision
    """Of the draft that the edit began with; None saves whatever is there."""


class DraftSaved(BaseModel):
    revision: int
    updated_at: datetime


class WorkflowPublishIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=2000)
    """What is new, for those who read the list of versions."""
    revision: Revision = None
    """Of the draft that was looked at; None publishes whatever is there."""


class WorkflowOut(BaseModel):
    id: int
    name: str
    description: str
    config: dict[str, Any]
    """What is published and campaigns use; of a workflow that never was, what it was created with."""
    is_shipped: bool
    """Part of the product; copy it to change it."""
    version: int
    """Number of the latest version; each change of what the workflow does makes a new one."""
    draft: dict[str, Any] | None
    """What the editor saved and nobody published yet; None if that is the same as `config`."""
    draft_revision: int
    """Hand it back with the next draft."""
    draft_by: str | None
    """Who saved, published or restored last."""
    draft_at: datetime | None
    published_version: int | None
    """Number of the version that campaigns use; None if it was never published."""
    created_at: datetime
    updated_at: datetime


class WorkflowVersionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    version: int
    definition: dict[str, Any]
    note: str
    created_by: str | None
    created_at: datetime


class DefinitionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    config: WorkflowDefinition


class DefinitionReport(BaseModel):
    is_valid: bool
    problems: list[WorkflowProblem]


class DescribeIn(BaseModel):
    """Outreach in a person's own words."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class DescribedWorkflow(BaseModel):
    """A draft that nobody stored yet."""

    name: str
    description: str
    explanation: str
    """What was drawn, assumed and not understood."""
    config: WorkflowDefinition
    problems: list[WorkflowProblem]
    """What stands in the way of publishing it."""


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
    """It may be retried."""
    asks_model: bool
    has_effects: bool
    """It asks for something that leaves the run."""
    params: dict[str, Any]
    """JSON Schema of the node's `data`."""
    output: dict[str, Any] | None
    """JSON Schema of what later steps can read as `steps.<id>`; None if nothing."""
    example: dict[str, Any]
    """Parameters to start from."""

"""Sub-workflow: runs another workflow as one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from outrider.errors import InvalidInput
from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification

KIND = "sub_workflow"


class SubWorkflowParams(NodeParams):
    workflow_id: int | None = Field(None, ge=1, description="The workflow to run.", json_schema_extra={"x-options": "workflows"})
    version: int | None = Field(None, ge=1, description="Which of its versions; empty takes the one that is published.")
    definition: dict[str, Any] | None = Field(
        None,
        description="The definition as it was when this workflow was published; set by the product.",
        json_schema_extra={**NO_EXPRESSIONS, "x-hidden": True},
    )


class SubWorkflowOutput(BaseModel):
    status: Literal["completed"]


class NotPinned(InvalidInput):
    """The definition of a sub-workflow is not at hand."""


def pinned_definition(node: WorkflowNode) -> WorkflowDefinition:
    """The definition that is embedded in a sub-workflow node.

    Raises:
        NotPinned: there is none.
    """
    if not (embedded := node.data.get("definition")):
        raise NotPinned.on(f"nodes.{node.id}", "the definition of the sub-workflow is missing", "Publish the workflow.")
    return WorkflowDefinition.model_validate(embedded)


def referred_workflows(definition: WorkflowDefinition) -> set[tuple[int, int | None]]:
    """The workflows that the definition runs, as (id, version); no version means the one that is published."""
    return {found for node in definition.nodes if (found := _referred(node)) is not None}


def pinned(definition: WorkflowDefinition, published: Mapping[tuple[int, int | None], Mapping[str, Any]]) -> WorkflowDefinition:
    """The definition with those of its sub-workflows embedded, so that it depends on nothing else.

    Args:
        published: definitions of `referred_workflows`; published ones hold their own sub-workflows already. What is missing here
            stays as it is, so that an imported file keeps what it brought along.
    """
    nodes = []
    for node in definition.nodes:
        found = published.get(referred) if (referred := _referred(node)) is not None else None
        nodes.append(node if found is None else node.model_copy(update={"data": {**node.data, "definition": dict(found)}}))
    return definition.model_copy(update={"nodes": nodes})


def _referred(node: WorkflowNode) -> tuple[int, int | None] | None:
    """The workflow that the node runs; None if it runs none, or names none as its parameters must."""
    workflow_id, version = node.data.get("workflow_id"), node.data.get("version")
    if node.type != KIND or type(workflow_id) is not int or not (version is None or type(version) is int):
        return None
    return workflow_id, version


async def run(call: NodeCall) -> NodeResult:
    raise NodeFailed("A sub-workflow is run by the workflow that it is in.", kind="crashed")


SPECIFICATION = NodeSpecification(
    kind=KIND,
    name=KIND,
    label="Sub-workflow",
    icon="workflow",
    description="Runs another workflow as one step.",
    docs=(
        "Runs all steps of another workflow, with the same lead and campaign. When this workflow is published it takes along the "
        "other one as it is at that time; later changes there change nothing here. If the other workflow fails, this step fails "
        "with its reason and leaves by **error**. Expressions inside see the steps of the sub-workflow only."
    ),
    category="logic",
    handles=(Handle("completed", "Completed", "The other workflow came to a good end."),),
    run=run,
    params=SubWorkflowParams,
    pauses=False,
    has_effects=True,
    output=SubWorkflowOutput,
    example={"workflow_id": 1},
)

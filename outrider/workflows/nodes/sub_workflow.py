"""Sub-workflow: runs another workflow as one step."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from outrider.errors import InvalidInput
from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification

KIND = "sub_workflow"


class SubWorkflowParams(NodeParams):
    workflow_id: int | None = Field(None, ge=1, description="The workflow to run.")
    version: int | None = Field(None, ge=1, description="Which of its versions; empty takes the one that is published.")
    definition: dict[str, Any] | None = Field(
        None,
        description="The definition as it was when this workflow was published; set by the product.",
        json_schema_extra=NO_EXPRESSIONS,
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

"""Parallel: opens branches that go on side by side until they meet in a join."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, field_validator

from outrider.workflows.nodes.base import HandleList, NodeCall, NodeParams, NodeResult, NodeSpecification

MOST_BRANCHES = 10


class BranchName(BaseModel):
    name: str = Field(min_length=1, max_length=64, description="Name of the outcome that opens the branch.")
    label: str = Field("", max_length=120)


class ParallelParams(NodeParams):
    branches: list[BranchName] = Field(min_length=2, max_length=MOST_BRANCHES, description="Ways that are gone side by side.")

    @field_validator("branches")
    @classmethod
    def _names_differ(cls, branches: list[BranchName]) -> list[BranchName]:
        if len({branch.name for branch in branches}) < len(branches):
            raise ValueError("each branch needs a name of its own")
        return branches


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, ParallelParams)
    names = [branch.label or branch.name for branch in call.params.branches]
    return NodeResult(call.params.branches[0].name, f"Goes on side by side: {', '.join(names)}.")


EXAMPLE: dict[str, Any] = {"branches": [{"name": "text", "label": "Text"}, {"name": "research", "label": "Research"}]}

SPECIFICATION = NodeSpecification(
    kind="parallel",
    name="parallel",
    label="Parallel",
    icon="git-fork",
    description="Goes several ways side by side.",
    docs=(
        "Every outcome opens a branch, and all branches are gone at the same time. A branch that waits doesn't hold up the "
        "others. All branches end in one **Join**; no edge may leave them elsewhere, nor lead into them from outside. An outcome "
        "inside a branch that is not connected ends the branch."
    ),
    category="logic",
    handles=(),
    handles_from=HandleList("branches"),
    run=run,
    params=ParallelParams,
    is_pure=True,
    example=EXAMPLE,
)

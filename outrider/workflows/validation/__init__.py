"""Is a definition a workflow? Every problem is found at once, each with the field and the node it is about and what to do."""

from __future__ import annotations

from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.validation.nodes import node_problems
from outrider.workflows.validation.paths import edge_problems, shape_problems
from outrider.workflows.validation.problems import InvalidWorkflow, WorkflowProblem

__all__ = ["InvalidWorkflow", "WorkflowProblem", "check", "ensure_runnable", "ensure_valid", "refuse"]


MOST_ALL_NODES = 2_000
"""Of a workflow with its sub-workflows: definitions embedded in definitions grow to the power of their depth."""
NOT_STORED = 0
"""Stands for the id of a workflow that has none yet."""


def check(definition: WorkflowDefinition, *, workflow_id: int | None = None, is_pinned: bool = False) -> list[WorkflowProblem]:
    """All problems of `definition`; field names are relative to it (`nodes.2.data.prompt`).

    Args:
        workflow_id: of the workflow that it belongs to, if it has one; it must not run itself.
        is_pinned: sub-workflows must have their definitions embedded, as those of published versions have.
    """
    if (size := _size(definition)) > MOST_ALL_NODES:
        return [
            WorkflowProblem(
                field="nodes",
                problem=f"With those of its sub-workflows it has {size} nodes; at most {MOST_ALL_NODES} are allowed.",
                remedy="Use fewer sub-workflows, or smaller ones.",
            )
        ]
    return _check(definition, (workflow_id or NOT_STORED,), is_pinned)


def _size(definition: WorkflowDefinition) -> int:
    """Nodes in all, those of embedded definitions as often as they are embedded; counted no further than needed."""
    size, data = 0, [node.data for node in definition.nodes]
    while data and size <= MOST_ALL_NODES:
        size += 1
        embedded = data.pop().get("definition")
        nodes = embedded.get("nodes") if isinstance(embedded, dict) else None
        inner = (node.get("data") if isinstance(node, dict) else None for node in (nodes if isinstance(nodes, list) else []))
        data += [found if isinstance(found, dict) else {} for found in inner]
    return size + len(data)


def _check(definition: WorkflowDefinition, around: tuple[int, ...], is_pinned: bool) -> list[WorkflowProblem]:
    problems = [*node_problems(definition, around, is_pinned, _check), *edge_problems(definition)]
    # The shape is only worth judging once its parts are known.
    return problems or [*shape_problems(definition)]


def ensure_valid(definition: WorkflowDefinition, field: str = "config", *, workflow_id: int | None = None) -> None:
    """Check `definition`, which the request holds in `field`.

    Raises:
        InvalidWorkflow: names every problem.
    """
    refuse(check(definition, workflow_id=workflow_id), field)


def ensure_runnable(definition: WorkflowDefinition, field: str = "config") -> None:
    """Check `definition`, which must hold the definitions of its sub-workflows, too.

    Raises:
        InvalidWorkflow: names every problem.
    """
    refuse(check(definition, is_pinned=True), field)


def refuse(problems: list[WorkflowProblem], field: str) -> None:
    """
    Raises:
        InvalidWorkflow: there are problems; names each.
    """
    if problems:
        located = [problem.within(field) for problem in problems]
        raise InvalidWorkflow(
            f"The workflow has {len(located)} problem{'s' if len(located) > 1 else ''}: {located[0].problem}", fields=[*located]
        )

"""Problems of single nodes: type, parameters, policy, sub-workflows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from pydantic import ValidationError

from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.expressions.resolving import problems as parameter_problems
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import ERROR, NodeSpecification
from outrider.workflows.nodes.sub_workflow import KIND as SUB_WORKFLOW
from outrider.workflows.shape import JOIN, PARALLEL
from outrider.workflows.validation.problems import WorkflowProblem

MOST_DEPTH = 3
"""Sub-workflows within sub-workflows."""

CheckInner = Callable[[WorkflowDefinition, tuple[int, ...], bool], list[WorkflowProblem]]


def node_problems(
    definition: WorkflowDefinition, around: tuple[int, ...], is_pinned: bool, check_inner: CheckInner
) -> Iterator[WorkflowProblem]:
    """
    Args:
        around: ids of this workflow and of those that it is a part of, outermost first; 0 for one that has none.
        check_inner: finds the problems of a sub-workflow's definition.
    """
    counts = Counter(node.id for node in definition.nodes)
    for index, node in enumerate(definition.nodes):
        place = f"nodes.{index}"
        if counts[node.id] > 1:
            yield WorkflowProblem(
                field=f"{place}.id",
                problem=f"The id {node.id!r} is used twice.",
                remedy="Give each node its own id.",
                node=node.id,
            )
        if "/" in node.id:
            yield WorkflowProblem(
                field=f"{place}.id",
                problem=f"The id {node.id!r} holds a slash, which separates a sub-workflow's steps from it.",
                remedy="Use another character.",
                node=node.id,
            )
        specification = SPECIFICATIONS.get(node.type)
        if specification is None:
            known = ", ".join(sorted(SPECIFICATIONS))
            yield WorkflowProblem(
                field=f"{place}.type",
                problem=f"There is no node type {node.type!r}.",
                remedy=f"Use one of: {known}.",
                node=node.id,
            )
            continue
        yield from chain(_own_problems(place, node, specification), _policy_problems(place, node, specification))
        if node.type == SUB_WORKFLOW:
            yield from _sub_workflow_problems(place, node, around, is_pinned, check_inner)


def _own_problems(place: str, node: WorkflowNode, specification: NodeSpecification) -> Iterator[WorkflowProblem]:
    if specification.unavailable:
        yield WorkflowProblem(
            field=f"{place}.type",
            problem=f"{specification.label} can't be used: {specification.unavailable}",
            remedy="Remove the node and connect its neighbours.",
            node=node.id,
        )
    for problem in parameter_problems(specification.params, node.data):
        name = problem.field.partition(".")[0]
        what = f"{name!r} of node {node.id!r}" if name else f"node {node.id!r}"
        yield WorkflowProblem(
            field=f"{place}.data.{problem.field}".removesuffix("."),
            problem=problem.problem,
            remedy=problem.remedy or f"Correct {what}.",
            node=node.id,
        )
    made = Counter(handle.name for handle in specification.handles_of(node.data)[:-1])
    for name in (name for name, count in made.items() if count > 1 or name == ERROR):
        field = specification.handles_from.param if specification.handles_from else ""
        yield WorkflowProblem(
            field=f"{place}.data.{field}",
            problem=f"Node {node.id!r} has the outcome {name!r} already.",
            remedy="Give each outcome a name of its own.",
            node=node.id,
        )


def _policy_problems(place: str, node: WorkflowNode, specification: NodeSpecification) -> Iterator[WorkflowProblem]:
    if node.data.get("retries") and not specification.is_pure:
        yield WorkflowProblem(
            field=f"{place}.data.retries",
            problem=f"{specification.label} (node {node.id!r}) asks for things to be done; trying again could do them twice.",
            remedy="Set retries to 0 and connect the outcome 'error' instead.",
            node=node.id,
        )
    if node.data.get("timeout_seconds") and node.type == SUB_WORKFLOW:
        yield WorkflowProblem(
            field=f"{place}.data.timeout_seconds",
            problem=f"{specification.label} (node {node.id!r}) can't be broken off: its steps may have asked for things by then.",
            remedy="Leave the time-out empty and give one to the steps inside that may take long.",
            node=node.id,
        )
    if node.data.get("disabled") is True and (specification.ends_run or node.type in (PARALLEL, JOIN)):
        yield WorkflowProblem(
            field=f"{place}.data.disabled",
            problem=f"{specification.label} (node {node.id!r}) can't be switched off: others depend on it.",
            remedy="Switch it on, or remove it.",
            node=node.id,
        )


def _sub_workflow_problems(
    place: str, node: WorkflowNode, around: tuple[int, ...], is_pinned: bool, check_inner: CheckInner
) -> Iterator[WorkflowProblem]:
    workflow_id, embedded = node.data.get("workflow_id"), node.data.get("definition")
    if workflow_id and workflow_id in around:
        yield WorkflowProblem(
            field=f"{place}.data.workflow_id",
            problem=f"Node {node.id!r} runs workflow {workflow_id}, which it is itself a part of.",
            remedy="Choose another workflow.",
            node=node.id,
        )
    elif len(around) > MOST_DEPTH:
        yield WorkflowProblem(
            field=f"{place}.data.workflow_id",
            problem=f"Node {node.id!r} is a sub-workflow more than {MOST_DEPTH} levels deep.",
            remedy="Put its steps into the workflow around it.",
            node=node.id,
        )
    elif embedded is None and (is_pinned or workflow_id is None):
        remedy = "Choose the workflow to run." if workflow_id is None else "Publish the workflow; that embeds it."
        yield WorkflowProblem(
            field=f"{place}.data.workflow_id",
            problem=f"It is not known what sub-workflow {node.id!r} runs.",
            remedy=remedy,
            node=node.id,
        )
    elif isinstance(embedded, dict):
        yield from _embedded_problems(f"{place}.data.definition", node, embedded, around, is_pinned, check_inner)


def _embedded_problems(
    place: str, node: WorkflowNode, embedded: object, around: tuple[int, ...], is_pinned: bool, check_inner: CheckInner
) -> Iterator[WorkflowProblem]:
    remedy = f"Correct the workflow that node {node.id!r} runs."
    try:
        definition = WorkflowDefinition.model_validate(embedded)
    except ValidationError as error:
        for item in error.errors():
            field = ".".join(str(part) for part in (place, *item["loc"]))
            yield WorkflowProblem(field=field, problem=item["msg"], remedy=remedy, node=node.id)
        return
    workflow_id = node.data.get("workflow_id")
    inside = (*around, workflow_id if isinstance(workflow_id, int) else 0)
    for problem in check_inner(definition, inside, is_pinned):
        yield problem.within(place, node.id)

"""Is a definition a workflow? Every problem is found at once, each with the field it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from outrider.errors import FieldProblem, InvalidInput
from outrider.workflows.definition import WorkflowDefinition, WorkflowEdge, WorkflowNode
from outrider.workflows.nodes import SPECIFICATIONS


class InvalidWorkflow(InvalidInput):
    title = "The workflow can't be used as it is"


def check(definition: WorkflowDefinition) -> list[FieldProblem]:
    """All problems of `definition`; field names are relative to it (`nodes.2.data.prompt`)."""
    problems = [*_node_problems(definition), *_edge_problems(definition)]
    # The shape is only worth judging once its parts are known.
    return problems or [*_shape_problems(definition)]


def ensure_valid(definition: WorkflowDefinition, field: str = "config") -> None:
    """Check `definition`, which the request holds in `field`.

    Raises:
        InvalidWorkflow: names every problem.
    """
    if problems := check(definition):
        located = [problem.model_copy(update={"field": f"{field}.{problem.field}"}) for problem in problems]
        raise InvalidWorkflow(
            f"The workflow has {len(located)} problem{'s' if len(located) > 1 else ''}: {located[0].problem}", fields=located
        )


def routes(definition: WorkflowDefinition) -> dict[str, dict[str, str]]:
    """Where each outcome leads: `{node id: {handle: target id}}`, for a definition without problems."""
    connected = _connected(definition)
    last = next(node.id for node in definition.nodes if SPECIFICATIONS[node.type].ends_run)
    table: dict[str, dict[str, str]] = {}
    for node in definition.nodes:
        specification = SPECIFICATIONS[node.type]
        targets = connected.get(node.id, {})
        fallback = {"finalize": last, "ordinary": targets.get(specification.ordinary_handle, last)}
        table[node.id] = {
            handle.name: targets.get(handle.name) or fallback[handle.otherwise or "finalize"] for handle in specification.handles
        }
    return table


def start_node(definition: WorkflowDefinition) -> str:
    """The node that nothing leads to, of a definition without problems."""
    targets = {edge.target for edge in definition.edges}
    return next(node.id for node in definition.nodes if node.id not in targets)


def _connected(definition: WorkflowDefinition) -> dict[str, dict[str, str]]:
    types = {node.id: node.type for node in definition.nodes}
    table: dict[str, dict[str, str]] = {}
    for edge in definition.edges:
        table.setdefault(edge.source, {})[_handle(edge, types[edge.source])] = edge.target
    return table


def _handle(edge: WorkflowEdge, source_type: str) -> str:
    return edge.source_handle or SPECIFICATIONS[source_type].ordinary_handle


def _node_problems(definition: WorkflowDefinition) -> Iterator[FieldProblem]:
    counts = Counter(node.id for node in definition.nodes)
    for index, node in enumerate(definition.nodes):
        if counts[node.id] > 1:
            yield FieldProblem(
                field=f"nodes.{index}.id", problem=f"The id {node.id!r} is used twice.", remedy="Give each node its own id."
            )
        yield from _one_node_problems(index, node)


def _one_node_problems(index: int, node: WorkflowNode) -> Iterator[FieldProblem]:
    specification = SPECIFICATIONS.get(node.type)
    if specification is None:
        known = ", ".join(sorted(SPECIFICATIONS))
        yield FieldProblem(
            field=f"nodes.{index}.type", problem=f"There is no node type {node.type!r}.", remedy=f"Use one of: {known}."
        )
        return
    if specification.unavailable:
        yield FieldProblem(
            field=f"nodes.{index}.type",
            problem=f"{specification.label} can't be used: {specification.unavailable}",
            remedy="Remove the node and connect its neighbours.",
        )
    try:
        specification.params.model_validate(node.data)
    except ValidationError as error:
        for item in error.errors():
            path = ".".join(str(part) for part in item["loc"])
            yield FieldProblem(field=f"nodes.{index}.data.{path}", problem=item["msg"])


def _edge_problems(definition: WorkflowDefinition) -> Iterator[FieldProblem]:
    types = {node.id: node.type for node in definition.nodes}
    seen: set[tuple[str, str]] = set()
    for index, edge in enumerate(definition.edges):
        missing = [end for end, node_id in (("source", edge.source), ("target", edge.target)) if node_id not in types]
        for end in missing:
            yield FieldProblem(field=f"edges.{index}.{end}", problem=f"There is no node {getattr(edge, end)!r}.")
        specification = SPECIFICATIONS.get(types.get(edge.source, ""))
        if missing or specification is None:
            continue
        if specification.ends_run:
            yield FieldProblem(
                field=f"edges.{index}.source",
                problem=f"{specification.label} is the end; nothing follows it.",
                remedy="Remove the edge.",
            )
            continue
        handle = _handle(edge, specification.kind)
        if handle not in {known.name for known in specification.handles}:
            names = ", ".join(known.name for known in specification.handles)
            yield FieldProblem(
                field=f"edges.{index}.sourceHandle",
                problem=f"{specification.label} has no outcome {handle!r}.",
                remedy=f"Use one of: {names}.",
            )
        elif (edge.source, handle) in seen:
            yield FieldProblem(
                field=f"edges.{index}.sourceHandle",
                problem=f"The outcome {handle!r} of node {edge.source!r} leads to two places.",
                remedy="Keep one of the edges.",
            )
        seen.add((edge.source, handle))


def _shape_problems(definition: WorkflowDefinition) -> Iterator[FieldProblem]:
    """One start, one end, no loose ends, no circle: together they mean that every node is reached and every way ends."""
    targets = {edge.target for edge in definition.edges}
    starts = [node.id for node in definition.nodes if node.id not in targets]
    ends = [node.id for node in definition.nodes if SPECIFICATIONS[node.type].ends_run]
    if len(ends) != 1:
        yield FieldProblem(
            field="nodes",
            problem=f"A workflow has exactly one Finalize node; this one has {len(ends)}.",
            remedy="Add or remove one.",
        )
    if len(starts) > 1:
        names = ", ".join(repr(start) for start in starts)
        yield FieldProblem(
            field="nodes",
            problem=f"A workflow has one start; nothing leads to {names}.",
            remedy="Connect all of them but the first.",
        )
    yield from _loose_ends(definition)
    if cycle := _nodes_in_cycles(definition):
        names = ", ".join(repr(node_id) for node_id in cycle)
        yield FieldProblem(
            field="edges", problem=f"The nodes {names} lead round in a circle.", remedy="Remove the edge that leads back."
        )


def _loose_ends(definition: WorkflowDefinition) -> Iterator[FieldProblem]:
    connected = _connected(definition)
    for index, node in enumerate(definition.nodes):
        specification = SPECIFICATIONS[node.type]
        for handle in specification.handles:
            if handle.otherwise is None and handle.name not in connected.get(node.id, {}):
                yield FieldProblem(
                    field=f"nodes.{index}",
                    problem=f"The outcome {handle.name!r} of node {node.id!r} leads nowhere.",
                    remedy="Connect it to the next node, or to Finalize.",
                )


def _nodes_in_cycles(definition: WorkflowDefinition) -> list[str]:
    """What remains when nodes without a way in, then nodes without a way out, are taken away again and again."""
    ways = {(edge.source, edge.target) for edge in definition.edges}
    ways = _without_ends(ways, into=True)
    ways = _without_ends(ways, into=False)
    return sorted({source for source, _ in ways})


def _without_ends(ways: set[tuple[str, str]], *, into: bool) -> set[tuple[str, str]]:
    while True:
        sources, targets = {source for source, _ in ways}, {target for _, target in ways}
        kept = {(source, target) for source, target in ways if (source in targets if into else target in sources)}
        if kept == ways:
            return ways
        ways = kept

"""Problems of edges, and of the shape they make."""

from __future__ import annotations

from collections.abc import Iterator

from outrider.workflows.definition import NOTE, WorkflowDefinition, WorkflowEdge, WorkflowNode
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.sub_workflow import KIND as SUB_WORKFLOW
from outrider.workflows.shape import (
    JOIN,
    PARALLEL,
    Regions,
    connected,
    find_regions,
    handle_of,
    nodes_in_cycles,
    reachable,
    routes,
    starts,
)
from outrider.workflows.validation.problems import WorkflowProblem


def edge_problems(definition: WorkflowDefinition) -> Iterator[WorkflowProblem]:
    nodes = {node.id: node for node in definition.nodes}
    seen: set[tuple[str, str]] = set()
    for index, edge in enumerate(definition.edges):
        missing = [end for end, node_id in (("source", edge.source), ("target", edge.target)) if node_id not in nodes]
        for end in missing:
            yield WorkflowProblem(
                field=f"edges.{index}.{end}", problem=f"There is no node {getattr(edge, end)!r}.", remedy="Remove the edge."
            )
        if missing or nodes[edge.source].type not in SPECIFICATIONS:
            continue
        problem = _edge_problem(index, edge, nodes, seen)
        if problem is not None:
            yield problem
    on_error = definition.settings.on_error
    if on_error is not None and (on_error not in nodes or nodes[on_error].type == NOTE):
        yield WorkflowProblem(
            field="settings.on_error",
            problem=f"There is no node {on_error!r} that could take over on errors.",
            remedy="Choose one of the nodes, or none.",
        )


def _edge_problem(
    index: int, edge: WorkflowEdge, nodes: dict[str, WorkflowNode], seen: set[tuple[str, str]]
) -> WorkflowProblem | None:
    source, specification = nodes[edge.source], SPECIFICATIONS[nodes[edge.source].type]
    if NOTE in (source.type, nodes[edge.target].type):
        note = edge.source if source.type == NOTE else edge.target
        return WorkflowProblem(
            field=f"edges.{index}", problem=f"The note {note!r} is connected.", remedy="Remove the edge.", node=note
        )
    if specification.ends_run:
        return WorkflowProblem(
            field=f"edges.{index}.source",
            problem=f"{specification.label} (node {source.id!r}) is the end; nothing follows it.",
            remedy="Remove the edge.",
            node=source.id,
        )
    handle, names = handle_of(edge, source), [known.name for known in specification.handles_of(source.data)]
    if handle not in names:
        return WorkflowProblem(
            field=f"edges.{index}.sourceHandle",
            problem=f"{specification.label} (node {source.id!r}) has no outcome {handle!r}.",
            remedy=f"Use one of: {', '.join(names)}.",
            node=source.id,
        )
    if (edge.source, handle) in seen:
        return WorkflowProblem(
            field=f"edges.{index}.sourceHandle",
            problem=f"The outcome {handle!r} of node {source.id!r} leads to two places.",
            remedy="Keep one of the edges; use a Parallel node to go two ways.",
            node=source.id,
        )
    seen.add((edge.source, handle))
    return None


def shape_problems(definition: WorkflowDefinition) -> Iterator[WorkflowProblem]:
    """One start, one end, no loose ends, branches that are closed, circles only through a wait: together they mean that every
    node is reached and every way ends or waits."""
    definition = definition.without_notes()
    found = [*_end_problems(definition), *_loose_ends(definition)]
    yield from found
    if found:
        return
    regions = find_regions(definition)
    yield from _region_problems(definition, regions)
    yield from _unreached(definition, regions)
    yield from _endless(definition)


def _end_problems(definition: WorkflowDefinition) -> Iterator[WorkflowProblem]:
    ends = [node.id for node in definition.nodes if SPECIFICATIONS[node.type].ends_run]
    if len(ends) != 1:
        yield WorkflowProblem(
            field="nodes",
            problem=f"A workflow has exactly one Finalize node; this one has {len(ends)}.",
            remedy="Add or remove one.",
            node=ends[1] if len(ends) > 1 else None,
        )
    begin = starts(definition)
    if not begin:
        yield WorkflowProblem(
            field="nodes",
            problem="A workflow has one start; here something leads to every node.",
            remedy="Remove the edge that leads to the first node.",
        )
    if len(begin) > 1:
        names = ", ".join(repr(start) for start in begin)
        yield WorkflowProblem(
            field="nodes",
            problem=f"A workflow has one start; nothing leads to {names}.",
            remedy="Connect all of them but the first.",
            node=begin[1],
        )


def _loose_ends(definition: WorkflowDefinition) -> Iterator[WorkflowProblem]:
    edges = connected(definition)
    for index, node in enumerate(definition.nodes):
        for handle in SPECIFICATIONS[node.type].handles_of(node.data):
            if handle.otherwise is None and handle.name not in edges[node.id]:
                yield WorkflowProblem(
                    field=f"nodes.{index}",
                    problem=f"The outcome {handle.name!r} of node {node.id!r} leads nowhere.",
                    remedy="Connect it to the next node, or to Finalize.",
                    node=node.id,
                )


def _region_problems(definition: WorkflowDefinition, regions: Regions) -> Iterator[WorkflowProblem]:
    index = {node.id: place for place, node in enumerate(definition.nodes)}
    for node_id, reason in dict(reversed(regions.conflicts)).items():
        yield WorkflowProblem(
            field=f"nodes.{index[node_id]}",
            problem=f"The branches around node {node_id!r} are not closed: {reason}.",
            remedy="Let every way out of a Parallel node's branches lead to the same Join, and no other way lead into them.",
            node=node_id,
        )
    for node in definition.nodes:
        if node.type == PARALLEL and node.id in regions.scopes and node.id not in regions.joins:
            yield WorkflowProblem(
                field=f"nodes.{index[node.id]}",
                problem=f"The branches of node {node.id!r} never meet.",
                remedy="Let all of them end in one Join.",
                node=node.id,
            )
        if node.id == definition.settings.on_error and regions.scopes.get(node.id):
            yield WorkflowProblem(
                field="settings.on_error",
                problem=f"Node {node.id!r} lies in a branch and can't take over for the whole workflow.",
                remedy="Choose a node outside of all branches.",
                node=node.id,
            )


def _unreached(definition: WorkflowDefinition, regions: Regions) -> Iterator[WorkflowProblem]:
    begin = [*starts(definition), definition.settings.on_error]
    seen = reachable(routes(definition, regions), begin)
    for index, node in enumerate(definition.nodes):
        if node.id not in seen:
            yield WorkflowProblem(
                field=f"nodes.{index}",
                problem=f"No way from the start leads to node {node.id!r}.",
                remedy="Connect it, or remove it.",
                node=node.id,
            )


def _endless(definition: WorkflowDefinition) -> Iterator[WorkflowProblem]:
    waiting = {node.id for node in definition.nodes if _waits(node)}
    ways = ((edge.source, edge.target) for edge in definition.edges)
    if circle := nodes_in_cycles(ways, waiting.__contains__):
        names = ", ".join(repr(node_id) for node_id in circle)
        yield WorkflowProblem(
            field="edges",
            problem=f"The nodes {names} lead round in a circle without a wait.",
            remedy="Remove the edge that leads back, or put a wait into the circle.",
            node=circle[0],
        )


def _waits(node: WorkflowNode) -> bool:
    """Runs come to rest here, so that a circle through it does no harm."""
    return SPECIFICATIONS[node.type].pauses and node.data.get("disabled") is not True and node.type not in (JOIN, SUB_WORKFLOW)

"""What a definition's nodes and edges mean: who leads where, and which nodes belong to which parallel branch.

Scopes: the node `parallel` opens one branch per outcome, and `join` closes them. The scope of a node names the branches that it
is in, outermost first; two ways to one node must agree on it. That makes branches disjoint, with one way in and one way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from outrider.workflows.definition import WorkflowDefinition, WorkflowEdge, WorkflowNode
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import ERROR

PARALLEL = "parallel"
JOIN = "join"

TWO_SCOPES = "it is reached from inside and from outside of a branch, or from two branches"

Branch = tuple[str, str]
"""A parallel node and the outcome that opens the branch."""
Scope = tuple[Branch, ...]
Routes = dict[str, dict[str, str | None]]


@dataclass(slots=True)
class Regions:
    """Which node is in which branches."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    """By node, of those that are reached."""
    joins: dict[str, str] = field(default_factory=dict)
    """The join that closes each parallel node."""
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    """Nodes at which the branches are drawn wrongly, each with the reason."""

    def within(self, parallel: str) -> set[str]:
        """The nodes in the branches of a parallel node, also in branches of branches."""
        return {node_id for node_id, scope in self.scopes.items() if any(opener == parallel for opener, _ in scope)}


@dataclass(frozen=True, slots=True)
class PlacedNode:
    node: WorkflowNode
    field: str
    """Where it stands in the whole definition: `nodes.2.data.definition.nodes.0`."""
    path: str
    """Its id, after those of the sub-workflows that it is in: `outer/inner`."""


def nodes_within(definition: WorkflowDefinition, field: str = "", path: str = "") -> Iterator[PlacedNode]:
    """Every node that is not switched off, those of embedded sub-workflows among them.

    Args:
        field, path: what stands before those of its nodes.
    """
    for place, node in enumerate(definition.nodes):
        if node.data.get("disabled") is True:
            continue
        here = PlacedNode(node, f"{field}nodes.{place}", f"{path}{node.id}")
        if isinstance(inner := node.data.get("definition"), dict):
            embedded = WorkflowDefinition.model_validate(inner)
            yield from nodes_within(embedded, f"{here.field}.data.definition.", f"{here.path}/")
        yield here


def handle_of(edge: WorkflowEdge, source: WorkflowNode) -> str:
    """The outcome that takes the edge."""
    if edge.source_handle:
        return edge.source_handle
    handles = SPECIFICATIONS[source.type].handles_of(source.data)
    return handles[0].name if handles else ""


def connected(definition: WorkflowDefinition) -> dict[str, dict[str, str]]:
    """What the edges say: `{node id: {handle: target id}}`."""
    nodes = {node.id: node for node in definition.nodes}
    table: dict[str, dict[str, str]] = {node_id: {} for node_id in nodes}
    for edge in definition.edges:
        table[edge.source][handle_of(edge, nodes[edge.source])] = edge.target
    return table


def starts(definition: WorkflowDefinition) -> list[str]:
    """The nodes that nothing leads to."""
    targets = {edge.target for edge in definition.edges} | {definition.settings.on_error}
    return [node.id for node in definition.nodes if node.id not in targets]


def start_node(definition: WorkflowDefinition) -> str:
    """The node at which runs begin, of a definition without problems."""
    return starts(definition)[0]


def last_node(definition: WorkflowDefinition) -> str:
    """The node at which runs end, of a definition without problems."""
    return next(node.id for node in definition.nodes if SPECIFICATIONS[node.type].ends_run)


def routes(definition: WorkflowDefinition, regions: Regions | None = None) -> Routes:
    """Where each outcome leads, for a definition without problems: `{node id: {handle: target id}}`.

    None is the end of the branch that the node is in. The outcome `error` is there only if it is connected.
    """
    regions = regions or find_regions(definition)
    edges, last = connected(definition), last_node(definition)
    table: Routes = {}
    for node in definition.nodes:
        targets = edges[node.id]
        handles = SPECIFICATIONS[node.type].handles_of(node.data)
        over = None if regions.scopes.get(node.id) else last
        ordinary = targets.get(handles[0].name, over) if handles else over
        table[node.id] = {
            handle.name: targets.get(handle.name, ordinary if handle.otherwise == "ordinary" else over)
            for handle in handles
            if handle.name != ERROR or ERROR in targets
        }
    return table


def find_regions(definition: WorkflowDefinition) -> Regions:
    """Walk the edges from the start, and from the node that takes over on errors, and note the branches on the way."""
    types = {node.id: node.type for node in definition.nodes}
    edges = connected(definition)
    regions = Regions()
    begin = [*starts(definition), definition.settings.on_error]
    waiting: list[tuple[str, Scope]] = [(node_id, ()) for node_id in begin if node_id in types]
    while waiting:
        node_id, scope = waiting.pop()
        if node_id in regions.scopes:
            if regions.scopes[node_id] != scope:
                regions.conflicts.append((node_id, TWO_SCOPES))
            continue
        regions.scopes[node_id] = scope
        for handle, target in edges[node_id].items():
            inside = (*scope, (node_id, handle)) if types[node_id] == PARALLEL and handle != ERROR else scope
            if types[target] == JOIN:
                inside = _closed(regions, target, inside)
            if inside and SPECIFICATIONS[types[target]].ends_run:
                regions.conflicts.append((target, "a branch leads to it, which ends the whole run"))
                continue
            waiting.append((target, inside))
    return regions


def _closed(regions: Regions, join: str, scope: Scope) -> Scope:
    """The scope behind the join of branches that are in `scope`."""
    if not scope:
        regions.conflicts.append((join, "it joins branches, but is reached from outside of any"))
        return scope
    opener = scope[-1][0]
    if regions.joins.setdefault(opener, join) != join:
        regions.conflicts.append((opener, f"its branches end in two joins, {regions.joins[opener]!r} and {join!r}"))
    return scope[:-1]


def nodes_in_cycles(ways: Iterable[tuple[str, str]], is_left_out: Callable[[str], bool] = lambda node_id: False) -> list[str]:
    """What remains when nodes without a way in, then nodes without a way out, are taken away again and again.

    Args:
        is_left_out: nodes that a circle may go through.
    """
    kept = {(source, target) for source, target in ways if not is_left_out(source) and not is_left_out(target)}
    kept = _without_ends(kept, into=True)
    kept = _without_ends(kept, into=False)
    return sorted({source for source, _ in kept})


def _without_ends(ways: set[tuple[str, str]], *, into: bool) -> set[tuple[str, str]]:
    while True:
        sources, targets = {source for source, _ in ways}, {target for _, target in ways}
        kept = {(source, target) for source, target in ways if (source in targets if into else target in sources)}
        if kept == ways:
            return ways
        ways = kept


def reachable(edges: Mapping[str, Mapping[str, str | None]], begin: Iterable[str | None]) -> set[str]:
    """Every node that can be come to from `begin`."""
    seen: set[str] = set()
    waiting = [node_id for node_id in begin if node_id is not None]
    while waiting:
        node_id = waiting.pop()
        if node_id not in seen:
            seen.add(node_id)
            waiting.extend(target for target in edges.get(node_id, {}).values() if target is not None)
    return seen

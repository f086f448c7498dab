"""Definition → LangGraph.

A graph carries one value, the state of the run; nodes return what they change of it and where to go. Each branch of a parallel
node, and each sub-workflow, is a graph of its own that one node of the outer graph calls, so that each can pause by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime, get_runtime
from langgraph.types import Command

from outrider.workflows.compiler.results import NestedFailed, NestedResult
from outrider.workflows.compiler.visiting import Exits, Running, Station
from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.expressions.resolving import is_static
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import POLICY, NodeCall, NodeFunction, NodeParams, NodeResult
from outrider.workflows.nodes.sub_workflow import KIND as SUB_WORKFLOW
from outrider.workflows.nodes.sub_workflow import pinned_definition
from outrider.workflows.shape import JOIN, PARALLEL, Regions, Routes, Scope, find_regions, last_node, routes, start_node
from outrider.workflows.state import Change, RunState, difference, merge

Graph = CompiledStateGraph[Any, Any, Any, Any]

ENTRY = "/entry"
"""Name of the node at which a run enters that begins inside a branch or a sub-workflow. No id of a node holds a slash."""

HOW_IT_ENDED = ("outcome", "status", "error_message", "error_node")
"""Facts of a sub-workflow's run that are not those of the run around it."""


class Carried(TypedDict):
    """What LangGraph carries: the whole state as one value, for it looks at every value it carries several times per step."""

    state: Annotated[RunState, merge]


NodeRunner = Callable[[Carried, Runtime[Running]], Awaitable[Any]]


def build(definition: WorkflowDefinition, *, entry: str = "", checkpoints: BaseCheckpointSaver[Any] | None = None) -> Graph:
    """The graph of a valid definition.

    Args:
        entry: path of the node at which runs enter it; empty for the start. Branches beside the way to it are left out.
        checkpoints: what keeps the runs that pause; None if none can.

    Raises:
        KeyError: there is no node of the path `entry`.
    """
    return _Builder(definition.without_notes(), "").graph(entry, checkpoints)


class _Builder:
    """Builds the graphs of one definition: the outer one, and one for each branch."""

    def __init__(self, definition: WorkflowDefinition, prefix: str):
        self._prefix = prefix
        """Path of the definition: `outer/`."""
        self._nodes = {node.id: node for node in definition.nodes}
        self._regions: Regions = find_regions(definition)
        self._routes: Routes = routes(definition, self._regions)
        self._start, self._last = start_node(definition), last_node(definition)
        self._on_error = definition.settings.on_error

    def graph(self, entry: str, checkpoints: BaseCheckpointSaver[Any] | None) -> Graph:
        """
        Raises:
            KeyError: there is no node of the path `entry`.
        """
        head, _, rest = entry.partition("/")
        if head and (head not in self._nodes or (rest and self._nodes[head].type != SUB_WORKFLOW)):
            raise KeyError(entry)
        return cast(Graph, self._level((), self._start, head, rest).compile(checkpointer=checkpoints))

    def _level(self, scope: Scope, start: str, entry: str = "", rest: str = "") -> Any:
        """The graph of all nodes that are in exactly this scope."""
        graph: Any = StateGraph(Carried, context_schema=Running)
        members = [node for node in self._nodes.values() if self._regions.scopes.get(node.id) == scope]
        for node in members:
            graph.add_node(_name(node.id), self._runner(node, scope))
        for node in members:
            if node.type == PARALLEL:
                self._add_branches(graph, node, scope)
        graph.add_edge(START, self._entered(graph, scope, entry, rest) if entry else _name(start))
        return graph

    def _add_branches(self, graph: Any, node: WorkflowNode, scope: Scope) -> None:
        names = []
        for handle in self._opening_handles(node):
            inside, start = (*scope, (node.id, handle)), cast(str, self._routes[node.id][handle])
            is_empty = self._regions.scopes[start] != inside
            names.append(_branch_name(node.id, handle))
            graph.add_node(names[-1], _pass_by if is_empty else _branch_runner(self._level(inside, start).compile()))
        graph.add_edge(names, _name(self._regions.joins[node.id]))

    def _entered(self, graph: Any, scope: Scope, entry: str, rest: str) -> str:
        """Where runs begin that enter at a node: at itself, or at a copy of what it lies in that begins there."""
        inside = self._regions.scopes[entry][len(scope) :]
        if inside:
            branch = inside[0]
            graph.add_node(ENTRY, _branch_runner(self._level((*scope, branch), entry, entry, rest).compile()))
            graph.add_edge(ENTRY, _name(self._regions.joins[branch[0]]))
        elif rest:
            graph.add_node(ENTRY, self._runner(self._nodes[entry], scope, rest))
        return ENTRY if inside or rest else _name(entry)

    def _runner(self, node: WorkflowNode, scope: Scope, inner_entry: str = "") -> NodeRunner:
        station = self._station(node, scope, inner_entry)

        async def run(carried: Carried, runtime: Runtime[Running]) -> Command[str]:
            return await station.visit(carried["state"], runtime.context)

        return run

    def _station(self, node: WorkflowNode, scope: Scope, inner_entry: str) -> Station:
        specification = SPECIFICATIONS[node.type]
        left_alone = {
            name for name, field in specification.params.model_fields.items() if _is_left_alone(field.json_schema_extra)
        }
        params = None
        if is_static({name: value for name, value in node.data.items() if name not in left_alone}):
            params = specification.params.model_validate(node.data)
        handles = specification.handles_of(node.data)
        return Station(
            path=self._prefix + node.id,
            specification=specification,
            run=self._sub_workflow(node, inner_entry) if node.type == SUB_WORKFLOW else specification.run,
            data=node.data,
            params=params,
            input=params.model_dump(mode="json", exclude=set(POLICY), exclude_unset=True) if params else {},
            policy=NodeParams.model_validate({name: value for name, value in node.data.items() if name in POLICY}),
            ordinary=handles[0].name if handles else "",
            exits=self._exits(node, scope),
            fails_after=self._fails_after(node),
        )

    def _exits(self, node: WorkflowNode, scope: Scope) -> Exits:
        over = END if scope else _name(self._last)
        if node.id == self._last:
            return Exits({"": (END,)}, END)
        leads: dict[str, str | tuple[str, ...]] = {}
        for handle, target in self._routes[node.id].items():
            leads[handle] = over if target is None else self._way_to(target, scope)
        if node.type == PARALLEL:
            opening = self._opening_handles(node)
            leads |= dict.fromkeys(opening, tuple(_branch_name(node.id, handle) for handle in opening))
        return Exits(leads, over, _name(self._on_error) if self._on_error and not scope else None)

    def _way_to(self, target: str, scope: Scope) -> str:
        """The join that closes a branch is outside of it: the branch ends there."""
        return _name(target) if self._regions.scopes[target] == scope else END

    def _opening_handles(self, node: WorkflowNode) -> list[str]:
        """The outcomes that open branches."""
        specification = SPECIFICATIONS[node.type]
        return [handle.name for handle in specification.handles_of(node.data)[:-1]]

    def _fails_after(self, node: WorkflowNode) -> frozenset[str]:
        if node.type != JOIN:
            return frozenset()
        openers = [opener for opener, join in self._regions.joins.items() if join == node.id]
        return frozenset(self._prefix + inside for opener in openers for inside in self._regions.within(opener))

    def _sub_workflow(self, node: WorkflowNode, entry: str) -> NodeFunction:
        definition = pinned_definition(node).without_notes()
        inner = _Builder(definition, f"{self._prefix}{node.id}/").graph(entry, None)

        async def run(call: NodeCall) -> NodeResult:
            return await _run_inside(inner, call)

        return run


def _name(node_id: str) -> str:
    """The node's name in its graph. LangGraph reserves two characters, and names that begin with underscores."""
    name = node_id.replace("%", "%25").replace(":", "%3A").replace("|", "%7C")
    return f"%5F{name[1:]}" if name.startswith("_") else name


def _branch_name(parallel: str, handle: str) -> str:
    return f"{_name(parallel)}/{_name(handle)}"


def _is_left_alone(extra: Any) -> bool:
    return isinstance(extra, dict) and extra.get("x-expressions") is False


async def _pass_by(carried: Carried) -> dict[str, Any]:
    """A branch without a node: it leads straight to the join."""
    return {"state": Change(kind="change")}


def _branch_runner(inner: Graph) -> NodeRunner:
    async def run(carried: Carried, runtime: Runtime[Running]) -> dict[str, Any]:
        before = carried["state"]
        after = (await inner.ainvoke({"state": before}, context=runtime.context))["state"]
        return {"state": difference(before, after)}

    return run


async def _run_inside(inner: Graph, call: NodeCall) -> NodeResult:
    """Run a sub-workflow. What it did is kept, how it ended becomes the result of the node.

    Raises:
        NestedFailed: the run of the sub-workflow failed.
    """
    running = get_runtime(Running).context
    before: RunState = {**call.state, "outcome": "", "status": "", "error_message": "", "error_node": ""}
    after = (await inner.ainvoke({"state": before}, context=running))["state"]
    change = difference(before, after)
    change["facts"] = {key: value for key, value in change.get("facts", {}).items() if key not in HOW_IT_ENDED}
    if after["status"] == "failed":
        raise NestedFailed(after["error_message"], change)
    return NestedResult("completed", "The sub-workflow is complete.", output={"status": after["status"]}, inner=change)

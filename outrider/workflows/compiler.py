"""Definition → LangGraph. The only module of the workflows that knows LangGraph.

A graph is compiled without a checkpointer: a run is short, holds no wait, and is committed as a whole afterwards.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypedDict, cast

import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langsmith.utils import tracing_is_enabled

from outrider.llm.base import BooksUnavailable, BudgetExhausted
from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import Models, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.state import CampaignLeadState, LogEntry
from outrider.workflows.validation import ensure_valid, routes, start_node

log = structlog.get_logger(__name__)

MOST_CACHED = 200
FAILED = "failed to run"
"""Outcome of a node that could not do its work; leads to the last node whatever the definition connects."""


class Carried(TypedDict):
    """What LangGraph carries: the whole state as one value. It looks at every value it carries several times per step, and one
    node follows the other, so that nothing has to be merged."""

    state: CampaignLeadState


NodeRunner = Callable[[Carried], Awaitable[Carried]]


class CompiledWorkflow:
    """A definition ready to run any number of times, also side by side."""

    def __init__(self, graph: CompiledStateGraph[Any, Any, Any, Any], steps: int):
        self._graph = graph
        self._limit = steps + 1

    async def run(self, state: CampaignLeadState, *, name: str = "campaign_lead") -> CampaignLeadState:
        """Run once from `state` to the end; a node's failure ends in the state's `error_message`, not in an exception."""
        config: RunnableConfig = {"recursion_limit": self._limit}
        if tracing_is_enabled():
            # Without a tracer nobody reads these, and LangGraph copies them at every step.
            metadata = {"trace_id": state["trace_id"], "campaign_id": state["campaign_id"]}
            config |= {"run_name": name, "metadata": metadata}
        carried: Carried = {"state": state}
        return cast(Carried, await self._graph.ainvoke(carried, config))["state"]


class Compiler:
    """Compiles definitions and keeps the latest ones by what they do."""

    def __init__(self, models: Models):
        self._models = models
        self._cache: OrderedDict[str, CompiledWorkflow] = OrderedDict()

    def compile(self, definition: WorkflowDefinition) -> CompiledWorkflow:
        """The runnable workflow.

        Raises:
            InvalidWorkflow: the definition has problems.
        """
        key = definition.fingerprint()
        if (known := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return known
        ensure_valid(definition)
        compiled = self._cache[key] = CompiledWorkflow(_build(definition, self._models), len(definition.nodes))
        if len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)
        return compiled


def _build(definition: WorkflowDefinition, models: Models) -> CompiledStateGraph[Any, Any, Any, Any]:
    graph: Any = StateGraph(Carried)
    table = routes(definition)
    last = next(node.id for node in definition.nodes if SPECIFICATIONS[node.type].ends_run)
    for node in definition.nodes:
        graph.add_node(node.id, _runner(node, models))
    graph.add_edge(START, start_node(definition))
    for node_id, targets in table.items():
        if node_id == last:
            graph.add_edge(node_id, END)
        elif {*targets.values(), last} == {last}:
            graph.add_edge(node_id, last)
        else:
            graph.add_conditional_edges(node_id, _outcome, {**targets, FAILED: last})
    return cast("CompiledStateGraph[Any, Any, Any, Any]", graph.compile())


async def _outcome(carried: Carried) -> str:
    # Async, for LangGraph calls plain functions in a thread: twice per run the way there and back.
    return carried["state"]["outcome"]


def _runner(node: WorkflowNode, models: Models) -> NodeRunner:
    """The function that LangGraph calls: runs the node and writes its result and its log entry into the state."""
    specification = SPECIFICATIONS[node.type]
    params = specification.params.model_validate(node.data)

    async def run(carried: Carried) -> Carried:
        state = carried["state"]
        began = time.perf_counter()
        result = await _visit(specification, node.id, params, state, models)
        entry: LogEntry = {
            "node": specification.name,
            "node_id": node.id,
            "level": result.level,
            "message": result.message,
            "ms": round((time.perf_counter() - began) * 1000, 2),
            "tokens": result.tokens,
            "cost": result.cost,
            "details": result.details,
        }
        return {"state": _changed(state, result, entry)}

    return run


async def _visit(
    specification: NodeSpecification, node_id: str, params: NodeParams, state: CampaignLeadState, models: Models
) -> NodeResult:
    """Run the node; whatever goes wrong in it becomes the lead's reason of failure.

    Raises:
        BudgetExhausted, BooksUnavailable: nothing is wrong with the lead; it can be worked later.
    """
    try:
        return await specification.run(NodeCall(node_id, params, state, models))
    except NodeFailed as failure:
        return _failure(failure.reason, failure)
    except (BudgetExhausted, BooksUnavailable):
        raise
    except Exception as error:
        log.exception("node_crashed", node=specification.name, trace_id=state["trace_id"])
        return _failure(f"{specification.label} broke down: {type(error).__name__}.", None)


def _failure(reason: str, failure: NodeFailed | None) -> NodeResult:
    return NodeResult(
        FAILED,
        reason,
        level="ERROR",
        update={**(failure.update if failure else {}), "error_message": reason},
        transcript=failure.transcript if failure else [],
        tokens=failure.tokens if failure else 0,
        cost=failure.cost if failure else Decimal(0),
    )


def _changed(state: CampaignLeadState, result: NodeResult, entry: LogEntry) -> CampaignLeadState:
    changes = {**result.update, "outcome": result.handle, "processing_logs": [*state["processing_logs"], entry]}
    if result.transcript:
        changes["conversation_history"] = [*state["conversation_history"], *result.transcript]
    if result.intents:
        changes["intents"] = [*state["intents"], *result.intents]
    return cast(CampaignLeadState, {**state, **changes})

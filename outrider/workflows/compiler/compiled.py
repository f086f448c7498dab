"""Compiled workflows: start a run, let a paused one go on."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal
from uuid import uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command
from langsmith.utils import tracing_is_enabled

from outrider.errors import Conflict, NotFound
from outrider.workflows.compiler.checkpoints import CheckpointUnusable, RunCheckpoints, RunMemory, dump, load
from outrider.workflows.compiler.graph import Graph, build
from outrider.workflows.compiler.visiting import MOST_VISITS, Running
from outrider.workflows.context import Recorder, RunContext
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.sub_workflow import KIND as SUB_WORKFLOW
from outrider.workflows.nodes.sub_workflow import pinned_definition
from outrider.workflows.shape import PARALLEL
from outrider.workflows.state import CampaignLeadState, RunState, final_state, initialize_lead_state
from outrider.workflows.validation import ensure_runnable
from outrider.workflows.waiting import Answer, PausedWait

MOST_CACHED = 200
SegmentStatus = Literal["waiting", "completed", "failed"]


class NoSuchStep(NotFound):
    """The workflow has no node of this path."""


class NotWaiting(Conflict):
    """The run doesn't wait for what was answered."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a run: from its start or a resume to its next pause or its end."""

    status: SegmentStatus
    state: RunState
    recorder: Recorder
    waits: list[PausedWait]
    """Everything that the run waits for now, also what it waited for before."""
    checkpoint: bytes | None
    """What is needed to go on; None when the run is over."""

    def view(self, context: RunContext) -> CampaignLeadState:
        """The segment as one dictionary, see `state.final_state`."""
        return final_state(context, self.state, self.recorder)


class CompiledWorkflow:
    """A definition ready to run any number of times, also side by side."""

    def __init__(self, definition: WorkflowDefinition):
        self._definition = definition
        self._checkpoints = RunCheckpoints() if _may_pause(definition) else None
        self._limit = _most_steps(definition) * (MOST_VISITS + 2)
        self._graphs: dict[str, Graph] = {"": build(definition, checkpoints=self._checkpoints)}

    @property
    def may_pause(self) -> bool:
        return self._checkpoints is not None

    async def start(
        self, context: RunContext, at: str | None = None, state: RunState | None = None, *, name: str = "campaign_lead"
    ) -> Segment:
        """Run from the start, or from any node, to the first pause or the end. A node's failure ends in the state's
        `error_message`, not in an exception.

        Args:
            at: path of the node to begin with. Inside a parallel branch the other branches are not run.
            state: what earlier steps left behind; empty by default.
            name: of the trace.

        Raises:
            NoSuchStep: the workflow has no node `at`.
            BudgetExhausted, BooksUnavailable: nothing is wrong with the lead; start again later.
        """
        graph = self._graph(at or "")
        given = {"state": state or initialize_lead_state()}
        if self._checkpoints is None:
            found = await graph.ainvoke(given, self._config(context, name), context=Running(context))
            return _over(found["state"], context.recorder)
        return await self._work(graph, given, context, RunMemory(entry=at or ""), {}, name)

    async def resume(
        self, context: RunContext, checkpoint: bytes, answers: Mapping[str, Answer], *, name: str = "campaign_lead"
    ) -> Segment:
        """Let a paused run go on with what happened meanwhile; waits without an answer go on waiting.

        Args:
            answers: by interrupt id, at least one.

        Raises:
            CheckpointUnusable: the checkpoint is damaged, or belongs to another definition or version of Outrider.
            NotWaiting: the run doesn't wait for one of these.
            BudgetExhausted, BooksUnavailable: nothing is wrong with the lead; resume again later.
        """
        memory = load(checkpoint)
        if self._checkpoints is None:
            raise CheckpointUnusable("the workflow has no step that waits")
        if unknown := sorted(set(answers) - set(memory.waits)):
            raise NotWaiting(f"The run doesn't wait for {', '.join(unknown)}.")
        if not answers:
            raise NotWaiting("Nothing was answered.")
        try:
            graph = self._graph(memory.entry)
        except NoSuchStep as error:
            raise CheckpointUnusable("it belongs to another workflow") from error
        resume = {memory.native[key]: {"event": answer.event, "data": answer.data} for key, answer in answers.items()}
        return await self._work(graph, Command(resume=resume), context, memory, answers, name)

    def _graph(self, entry: str) -> Graph:
        if (known := self._graphs.get(entry)) is not None:
            return known
        try:
            self._graphs[entry] = build(self._definition, entry=entry, checkpoints=self._checkpoints)
        except KeyError as error:
            raise NoSuchStep(f"The workflow has no step {entry!r}.", remedy="Choose one of its steps.") from error
        return self._graphs[entry]

    async def _work(
        self, graph: Graph, given: Any, context: RunContext, memory: RunMemory, answers: Mapping[str, Answer], name: str
    ) -> Segment:
        checkpoints, thread = self._checkpoints, uuid4().hex
        assert checkpoints is not None
        running = Running(context, known=memory.waits, answered=frozenset(answers))
        config = self._config(context, name) | {"configurable": {"thread_id": thread}}
        checkpoints.runs[thread] = memory
        try:
            found = await graph.ainvoke(given, config, context=running, durability="exit")
        finally:
            del checkpoints.runs[thread]
        interrupts = found.get("__interrupt__", ())
        if not interrupts:
            if not found["state"]["status"]:
                raise CheckpointUnusable("it belongs to another workflow")
            return _over(found["state"], context.recorder)
        new = {paused.interrupt_id: paused for paused in context.recorder.waits}
        memory.native = {paused.value: paused.id for paused in interrupts}
        memory.waits = {key: new.get(key) or memory.waits[key] for key in memory.native}
        return Segment(
            "waiting", found["state"], context.recorder, list(memory.waits.values()), dump(memory, running.places.values())
        )

    def _config(self, context: RunContext, name: str) -> RunnableConfig:
        config: RunnableConfig = {"recursion_limit": self._limit}
        if tracing_is_enabled():
            # Without a tracer nobody reads these, and LangGraph copies them at every step.
            config |= {"run_name": name, "metadata": {"trace_id": context.trace_id, "campaign_id": context.campaign_id}}
        return config


class Compiler:
    """Compiles definitions and keeps the latest ones by what they do."""

    def __init__(self) -> None:
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
        ensure_runnable(definition)
        compiled = self._cache[key] = CompiledWorkflow(definition)
        if len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)
        return compiled


def _over(state: RunState, recorder: Recorder) -> Segment:
    return Segment("failed" if state["status"] == "failed" else "completed", state, recorder, [], None)


def _definitions(definition: WorkflowDefinition) -> list[WorkflowDefinition]:
    """The definition and those of its sub-workflows."""
    inner = [_definitions(pinned_definition(node)) for node in definition.nodes if node.type == SUB_WORKFLOW]
    return reduce(operator.iadd, inner, [definition])


def _may_pause(definition: WorkflowDefinition) -> bool:
    return any(SPECIFICATIONS[node.type].pauses for part in _definitions(definition) for node in part.without_notes().nodes)


def _most_steps(definition: WorkflowDefinition) -> int:
    """LangGraph's steps for one visit to each node of the largest of the graphs; branches side by side are one more."""
    return max(len(part.nodes) + sum(node.type == PARALLEL for node in part.nodes) for part in _definitions(definition))

"""What the workflow engine adds to LangGraph per node, and what a paused run weighs.

Both graphs are chains of async nodes that return a small change of one dictionary. Ours also counts visits, keeps outputs,
records every step and finds the way out by the node's outcome.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from statistics import median
from typing import Annotated, Any, TypedDict, cast

from langgraph.graph import END, START, StateGraph

from bench.harness import Context, Measurement
from outrider.llm.base import ChatModel
from outrider.llm.offline import OfflineModel
from outrider.workflows.compiler import Compiler
from outrider.workflows.context import CampaignFacts, LeadData, RunContext, Services, Subject
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.state import initialize_lead_state
from outrider.workflows.waiting import Answer

NODES = 20
GOAL_RATIO = 1.3
GOAL_BYTES = 5 * 1024
STEP = "bench_step"
TOUCHES = ("sms", "wait", "sms", "wait", "sms", "wait", "sms", "wait", "sms")
DAY = {"mode": "for", "amount": 1, "unit": "days"}
LEAD: LeadData = {
    "id": 1,
    "name": "Ann Lee",
    "phone": "+12025550143",
    "email": "ann@example.com",
    "company": "Lee Roofs",
    "title": None,
    "industry": None,
    "city": "Springfield",
    "language": None,
    "attributes": {},
}

Run = Callable[[], Awaitable[object]]


class OneModel:
    def __init__(self) -> None:
        self._model = OfflineModel()

    def get(self, name: str | None = None) -> ChatModel:
        return self._model


def new_context() -> RunContext:
    return RunContext(
        subject=Subject("campaign_lead", 1),
        campaign_id=1,
        lead_id=1,
        run_key="campaign_lead:1/1",
        trace_id="0" * 32,
        lead=LEAD,
        services=Services(OneModel()),
        campaign=CampaignFacts(id=1, name="Roofs", description="A free roof check for homeowners.", sender_name="Maya"),
    )


async def run(context: Context) -> dict[str, Measurement]:
    rounds, runs = context.scaled(40, 6), context.scaled(60, 20)
    ours, bare = await compare(_ours(), _bare(), rounds, runs)
    ratio = median(a / b for a, b in zip(ours, bare, strict=True))
    context.say(f"{median(ours) * 1e6:,.0f} µs per node, LangGraph alone {median(bare) * 1e6:,.0f} µs: {ratio:.2f} times")
    sizes = await checkpoint_bytes()
    context.say(f"a paused run of five touches keeps {', '.join(str(size) for size in sizes)} bytes at its waits")
    return {
        "workflow_engine_per_node": Measurement(
            samples=[a / b for a, b in zip(ours, bare, strict=True)],
            unit="times LangGraph",
            goal=GOAL_RATIO,
            higher_is_better=False,
            details={
                "nodes": NODES,
                "ours_microseconds": round(median(ours) * 1e6, 1),
                "bare_microseconds": round(median(bare) * 1e6, 1),
            },
        ),
        "workflow_paused_run": Measurement(
            samples=[float(size) for size in sizes], unit="bytes", goal=GOAL_BYTES, higher_is_better=False
        ),
    }


async def compare(ours: Run, bare: Run, rounds: int, runs: int) -> tuple[list[float], list[float]]:
    """Seconds per node of either, in rounds that take turns."""
    times: dict[Run, list[float]] = {ours: [], bare: []}
    for run in (ours, bare):
        await _timed(run, runs)  # caches that a worker has filled
    gc.collect()
    for place in range(rounds):
        for run in (ours, bare) if place % 2 else (bare, ours):
            times[run].append(await _timed(run, runs) / NODES)
    return times[ours], times[bare]


async def _timed(run: Run, count: int) -> float:
    """CPU seconds of one run: other processes on the machine don't count."""
    began = time.process_time()
    for _ in range(count):
        await run()
    return (time.process_time() - began) / count


async def checkpoint_bytes() -> list[int]:
    """Size of the checkpoint at each wait of a cadence of five texts."""
    touches: list[dict[str, Any]] = [
        {"id": f"{kind}_{place}", "type": kind, "data": DAY if kind == "wait" else {}} for place, kind in enumerate(TOUCHES)
    ]
    workflow = Compiler().compile(
        chain([{"id": "validate", "type": "validate"}, *touches, {"id": "finalize", "type": "finalize"}])
    )
    segment, sizes = await workflow.start(new_context()), []
    while segment.checkpoint is not None:
        sizes.append(len(segment.checkpoint))
        answers = {paused.interrupt_id: Answer("time") for paused in segment.waits}
        segment = await workflow.resume(new_context(), segment.checkpoint, answers)
    if segment.status != "completed":
        raise RuntimeError(f"The cadence failed: {segment.state['error_message']}")
    return sizes


def chain(nodes: list[dict[str, Any]]) -> WorkflowDefinition:
    ways = [{"source": one["id"], "target": other["id"]} for one, other in pairwise(nodes)]
    return WorkflowDefinition.model_validate({"nodes": nodes, "edges": ways})


def _ours() -> Run:
    async def step(call: NodeCall) -> NodeResult:
        return NodeResult("next", "Done", output={"value": call.visit}, update={"sms_message": call.node_id})

    specification = NodeSpecification(
        kind=STEP,
        name=STEP,
        label="Step",
        icon="dot",
        description="Does nothing.",
        docs="",
        category="logic",
        handles=(Handle("next", "Next", ""),),
        run=step,
    )
    cast(dict[str, NodeSpecification], SPECIFICATIONS)[STEP] = specification
    nodes = [{"id": f"step_{place}", "type": STEP} for place in range(NODES - 1)]
    workflow = Compiler().compile(chain([*nodes, {"id": "finalize", "type": "finalize"}]))

    async def run() -> object:
        return await workflow.start(new_context())

    return run


def _merge(held: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return {**held, **change}


class _Carried(TypedDict):
    state: Annotated[dict[str, Any], _merge]


def _bare() -> Run:
    def node(name: str) -> Any:
        async def step(carried: _Carried) -> dict[str, Any]:
            return {"state": {"sms_message": name, "steps": {**carried["state"]["steps"], name: {"value": 1}}}}

        return step

    graph: Any = StateGraph(_Carried)
    names = [f"step_{place}" for place in range(NODES)]
    for name in names:
        graph.add_node(name, node(name))
    for one, other in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(one, other)
    compiled = graph.compile()

    async def run() -> object:
        return await compiled.ainvoke({"state": initialize_lead_state()}, {"recursion_limit": NODES + 1})

    return run

"""What the tests of the engine share: definitions in short, contexts, and kinds of nodes that do as the test wants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from outrider.llm.offline import OfflineModel
from outrider.workflows.compiler import CompiledWorkflow, Compiler, Segment
from outrider.workflows.context import LeadData, RunContext, Services, Subject
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.intents import Intent, Notify
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.waiting import Answer, Wait, WaitKind
from tests.worlds import OneModel

TWO = {"branches": [{"name": "left"}, {"name": "right"}]}
LEAD: LeadData = {
    "id": 7,
    "name": "Ann Lee",
    "phone": "+13125550100",
    "email": "ann@leeworks.example",
    "company": "Leeworks",
    "title": None,
    "industry": None,
    "city": None,
    "language": None,
    "attributes": {},
}


class StepParams(NodeParams):
    say: str = ""
    number: int = 0


@dataclass
class Kinds:
    """Test kinds: `step` does what `work` says, `pause` waits and notes what came, `pure` is a step that may be retried."""

    ran: list[str] = field(default_factory=list)
    work: dict[str, Callable[[NodeCall], Awaitable[NodeResult]]] = field(default_factory=dict)
    """By node id; any other step says what it was told to."""

    async def step(self, call: NodeCall) -> NodeResult:
        self.ran.append(call.node_id)
        special = self.work.get(call.node_id.rpartition("/")[2])
        if special is not None:
            return await special(call)
        assert isinstance(call.params, StepParams)
        return NodeResult("next", "Done", output={"said": call.params.say, "number": call.params.number})

    async def pause(self, call: NodeCall) -> NodeResult:
        self.ran.append(call.node_id)
        answer = await call.wait(Wait(WaitKind.APPROVAL, None, {"shown": "details"}), [Notify(call.node_id, "Please decide")])
        output = {"event": answer.event, **answer.data}
        intents: list[Intent] = [Notify(call.node_id, "Decided")] if answer.event == "done" else []
        return NodeResult("again" if answer.event == "failed" else "next", "Went on", output=output, intents=intents)


NEXT = Handle("next", "Next", "")


@contextmanager
def kinds() -> Iterator[Kinds]:
    """Adds the test kinds to the library for a while."""
    made, library = Kinds(), cast(dict[str, NodeSpecification], SPECIFICATIONS)
    common: dict[str, Any] = {"icon": "dot", "description": "", "docs": "", "category": "logic", "params": StepParams}
    library |= {
        "step": NodeSpecification("step", "step", "Step", handles=(NEXT,), run=made.step, **common),
        "pure": NodeSpecification("pure", "pure", "Pure step", handles=(NEXT,), run=made.step, is_pure=True, **common),
        "pause": NodeSpecification(
            "pause",
            "pause",
            "Pause",
            handles=(NEXT, Handle("again", "Again", "", "ordinary")),
            run=made.pause,
            pauses=True,
            **common,
        ),
    }
    try:
        yield made
    finally:
        for kind in ("step", "pure", "pause"):
            del library[kind]


def definition(nodes: str, edges: str, settings: dict[str, Any] | None = None, **data: dict[str, Any]) -> WorkflowDefinition:
    """A definition in short: nodes as `id:type`, edges as `a>b` or, by an outcome, `a.outcome>b`; separated by blanks."""
    config: dict[str, Any] = {
        "nodes": [
            {"id": node_id, "type": kind, "data": data.get(node_id, {})}
            for node_id, kind in (n.split(":") for n in nodes.split())
        ],
        "edges": [],
        **({"settings": settings} if settings else {}),
    }
    for edge in edges.split():
        source, target = edge.split(">")
        node_id, _, handle = source.partition(".")
        config["edges"].append({"source": node_id, "target": target, **({"sourceHandle": handle} if handle else {})})
    return WorkflowDefinition.model_validate(config)


def compiled(*given: Any, **data: Any) -> CompiledWorkflow:
    return Compiler().compile(definition(*given, **data))


def new_context(**values: Any) -> RunContext:
    usual: dict[str, Any] = {
        "subject": Subject("campaign_lead", 1),
        "campaign_id": 2,
        "lead_id": 7,
        "run_key": "campaign_lead:1/1",
        "trace_id": "t",
        "lead": LEAD,
        "services": Services(OneModel(OfflineModel())),
    }
    return RunContext(**{**usual, **values})


async def go_on(workflow: CompiledWorkflow, segment: Segment, interrupt_id: str, answer: Answer | None = None) -> Segment:
    """Answer one of the waits."""
    assert segment.checkpoint is not None
    return await workflow.resume(new_context(), segment.checkpoint, {interrupt_id: answer or Answer("decided")})


def visited(segment: Segment) -> list[str]:
    """The steps of the segment; `~` marks those that paused."""
    return [("~" if step.is_pause else "") + step.node_id for step in segment.recorder.steps]

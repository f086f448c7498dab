"""The engine: the way through a graph, failures, policies, pauses and what a segment records."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from langgraph.config import get_config

import outrider.workflows.compiler.compiled as compiled_module
from outrider.llm.base import BudgetExhausted
from outrider.workflows.compiler import NoSuchStep, NotWaiting, visiting
from outrider.workflows.compiler.visiting import MOST_VISITS
from outrider.workflows.context import Pin, TranscriptEntry
from outrider.workflows.intents import Notify
from outrider.workflows.nodes.base import NodeCall, NodeFailed, NodeResult
from outrider.workflows.state import initialize_lead_state
from outrider.workflows.waiting import Answer, Wait
from tests.unit.workflows.engine import TWO, Kinds, compiled, go_on, kinds, new_context, visited

LINE = ("a:step b:step f:finalize", "a>b b>f")


@pytest.fixture(autouse=True)
def library() -> Iterator[Kinds]:
    with kinds() as made:
        yield made


async def fail(call: NodeCall) -> NodeResult:
    raise NodeFailed("It is out of order.", kind="broken", tokens=3, cost=Decimal("0.01"))


async def crash(call: NodeCall) -> NodeResult:
    raise KeyError("surprise")


async def test_a_workflow_that_never_waits_has_no_checkpointer() -> None:
    plain, waiting = compiled(*LINE), compiled("a:pause f:finalize", "a>f")

    assert (plain.may_pause, waiting.may_pause) == (False, True)
    segment = await plain.start(new_context())
    assert (segment.status, segment.waits, segment.checkpoint) == ("completed", [], None)


async def test_steps_outputs_and_visits_are_kept() -> None:
    segment = await compiled(*LINE, a={"say": "hello"}).start(new_context())

    assert segment.state["steps"] == {"a": {"said": "hello", "number": 0}, "b": {"said": "", "number": 0}}
    assert segment.state["visits"] == {"a": 1, "b": 1, "f": 1}
    first = segment.recorder.steps[0]
    assert (first.seq, first.node_id, first.outcome, first.input, first.output) == (
        0,
        "a",
        "next",
        {"say": "hello"},
        {"said": "hello", "number": 0},
    )


async def test_expressions_are_worked_out_at_each_visit() -> None:
    data = {"say": "Hi {{ lead.name }} of {{ campaign.name }}", "number": "{{ size(steps.a.said) + 1 }}"}
    segment = await compiled("a:step b:step f:finalize", "a>b b>f", a={"say": "four"}, b=data).start(new_context())

    assert segment.state["steps"]["b"] == {"said": "Hi Ann Lee of ", "number": 5}
    assert segment.recorder.steps[1].input["number"] == 5


async def test_values_that_are_missing_are_told_in_the_step() -> None:
    segment = await compiled("a:step f:finalize", "a>f", a={"say": "Hi {{ lead.attributes.nick }}"}).start(new_context())

    assert (segment.status, segment.state["steps"]["a"]["said"]) == ("completed", "Hi ")
    assert any("nick" in warning for warning in segment.recorder.steps[0].details["warnings"])


async def test_a_traced_run_has_its_name_and_ids(library: Kinds, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    async def look(call: NodeCall) -> NodeResult:
        seen.append(get_config()["metadata"])
        return NodeResult("next", "")

    library.work["a"] = look
    monkeypatch.setattr(compiled_module, "tracing_is_enabled", lambda: True)
    await compiled(*LINE).start(new_context())

    assert (seen[0]["trace_id"], seen[0]["campaign_id"]) == ("t", 2)


async def test_an_expression_that_comes_to_something_else_fails_the_step() -> None:
    segment = await compiled("a:step f:finalize", "a>f", a={"number": "{{ lead.name }}"}).start(new_context())

    assert segment.status == "failed"
    assert segment.state["steps"]["a"]["error"]["type"] == "parameters" and "number" in segment.state["error_message"]


async def test_a_failure_without_a_way_out_fails_the_run(library: Kinds) -> None:
    library.work["a"] = fail
    segment = await compiled(*LINE).start(new_context())

    assert (segment.status, segment.state["error_message"], segment.state["error_node"]) == ("failed", "It is out of order.", "a")
    assert visited(segment) == ["a", "f"] and segment.recorder.cost == Decimal("0.01")
    assert segment.recorder.steps[0].error == {"type": "broken", "message": "It is out of order."}


async def test_a_failure_that_is_dealt_with_does_not_fail_the_run(library: Kinds) -> None:
    library.work["a"] = crash
    workflow = compiled("a:step b:step c:step f:finalize", "a>b b>f a.error>c c>f", c={"say": "{{ steps.a.error.type }}"})
    segment = await workflow.start(new_context())

    assert (segment.status, segment.state["error_message"], visited(segment)) == ("completed", "", ["a", "c", "f"])
    assert segment.state["steps"]["c"]["said"] == "crashed"


async def test_one_node_may_take_over_whatever_fails(library: Kinds) -> None:
    library.work["a"] = fail
    workflow = compiled("a:step b:step tidy:step f:finalize", "a>b b>f tidy>f", {"on_error": "tidy"})
    segment = await workflow.start(new_context())

    assert visited(segment) == ["a", "tidy", "f"]
    assert (segment.status, segment.state["error_message"]) == ("failed", "It is out of order.")

    library.work["tidy"] = crash
    assert visited(await workflow.start(new_context())) == ["a", "tidy", "f"]


async def test_a_step_that_takes_too_long_fails(library: Kinds) -> None:
    async def sleep(call: NodeCall) -> NodeResult:
        await asyncio.sleep(5)
        return NodeResult("next", "")

    library.work["a"] = sleep
    segment = await compiled(*LINE, a={"timeout_seconds": 0.01}).start(new_context())

    assert segment.state["steps"]["a"]["error"]["type"] == "timeout"
    assert "took longer than 0.01 s" in segment.state["error_message"]


async def test_pure_steps_are_tried_again_and_every_attempt_is_paid_for(library: Kinds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "RETRY_SECONDS", 0.001)

    async def third_time(call: NodeCall) -> NodeResult:
        if library.ran.count("a") < 3:
            raise NodeFailed("Not yet.", update={"sms_cost": Decimal("0.01")}, tokens=10, cost=Decimal("0.01"))
        return NodeResult("next", "", update={"sms_cost": Decimal("0.02")}, tokens=5, cost=Decimal("0.02"))

    library.work["a"] = third_time
    workflow = compiled("a:pure f:finalize", "a>f", a={"retries": 2})
    segment = await workflow.start(new_context())

    assert (segment.status, library.ran) == ("completed", ["a", "a", "a"])
    step = segment.recorder.steps[0]
    assert (step.tokens, step.cost, segment.state["sms_cost"]) == (25, Decimal("0.04"), Decimal("0.04"))

    library.work["a"] = fail
    segment = await workflow.start(new_context())
    assert (segment.status, segment.recorder.steps[0].tokens) == ("failed", 9)


async def test_between_attempts_the_pauses_grow(library: Kinds, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    library.work["a"] = fail
    monkeypatch.setattr(visiting.asyncio, "sleep", sleep)
    await compiled("a:pure f:finalize", "a>f", a={"retries": 5}).start(new_context())

    assert slept == [0.5, 1, 2, 4, 8]


async def test_a_step_that_is_switched_off_is_passed_by(library: Kinds) -> None:
    segment = await compiled("a:pause b:step f:finalize", "a>b b>f", a={"disabled": True}).start(new_context())

    assert (segment.status, library.ran, visited(segment)) == ("completed", ["b"], ["a", "b", "f"])


async def test_a_pinned_result_stands_in_for_the_step(library: Kinds) -> None:
    context = new_context(pins={"a": Pin({"said": "pinned"}), "p": Pin({}, "again")})
    workflow = compiled("a:step p:pause b:step f:finalize", "a>p p.next>f p.again>b b>f", b={"say": "{{ steps.a.said }}"})
    segment = await workflow.start(context)

    assert (library.ran, segment.state["steps"]["b"]["said"]) == (["b"], "pinned")


async def test_a_step_that_leaves_by_an_unknown_way_fails(library: Kinds) -> None:
    async def astray(call: NodeCall) -> NodeResult:
        return NodeResult("elsewhere", "")

    library.work["a"] = astray
    assert "none of its outcomes" in (await compiled(*LINE).start(new_context())).state["error_message"]


@pytest.mark.parametrize(("output", "kind"), [({"far": 2**70}, "crashed"), ({"text": "ä" * 300_000}, "too_large")])
async def test_results_that_can_not_be_kept_fail_the_step(library: Kinds, output: dict[str, Any], kind: str) -> None:
    async def work(call: NodeCall) -> NodeResult:
        return NodeResult("next", "", output=output)

    library.work["a"] = work
    assert (await compiled(*LINE).start(new_context())).state["steps"]["a"]["error"]["type"] == kind


@pytest.mark.parametrize(("handle", "output"), [("elsewhere", {}), ("next", {"text": "ä" * 300_000})])
async def test_a_result_that_can_not_be_used_was_paid_for(library: Kinds, handle: str, output: dict[str, Any]) -> None:
    async def work(call: NodeCall) -> NodeResult:
        update = {"sms_cost": Decimal("0.5"), "input_tokens": 9, "model_used": "m", "sms_sent": True}
        said: TranscriptEntry = {"role": "assistant", "content": "Hi", "metadata": {}}
        return NodeResult(handle, "", output=output, update=update, transcript=[said], tokens=9, cost=Decimal("0.5"))

    library.work["a"] = work
    segment = await compiled(*LINE).start(new_context())

    assert (segment.status, segment.recorder.cost, segment.recorder.steps[0].tokens) == ("failed", Decimal("0.5"), 9)
    assert (segment.state["sms_cost"], segment.state["input_tokens"], segment.state["model_used"]) == (Decimal("0.5"), 9, "m")
    assert (segment.state["sms_sent"], [entry["content"] for entry in segment.recorder.transcript]) == (False, ["Hi"])


async def test_the_last_step_can_not_be_pinned() -> None:
    workflow = compiled("p:pause f:finalize", "p>f")
    segment = await workflow.start(new_context(pins={"f": Pin({"said": "over"})}, answer_wait=lambda *wait: Answer("decided")))

    assert (segment.status, segment.state["status"]) == ("completed", "completed")


async def test_a_step_that_is_taken_again_is_the_latest() -> None:
    workflow = compiled("s:step a:step b:step p:pause f:finalize", "s>a a>b b>p p.next>f p.again>a")
    segment = await go_on(workflow, await workflow.start(new_context()), "p#1", Answer("failed"))

    assert list(segment.state["steps"]) == ["s", "p", "a", "b"]


async def test_forks_in_a_circle_may_go_round_fifty_times() -> None:
    forks = [f"p{number}" for number in range(12)]
    nodes = " ".join(["s:step w:pause", *(f"{fork}:parallel {fork}j:join" for fork in forks), "f:finalize"])
    ways = " ".join(f"{fork}.left>{fork}j {fork}.right>{fork}j" for fork in forks)
    chain = " ".join(f"{fork}j>{after}" for fork, after in zip(forks, [*forks[1:], "w"], strict=True))
    workflow = compiled(nodes, f"s>w w.again>p0 w.next>f {ways} {chain}", **dict.fromkeys(forks, TWO))
    rounds = iter(range(MOST_VISITS - 1))
    turn = lambda *wait: Answer("failed" if next(rounds, None) is not None else "done")  # noqa: E731
    segment = await workflow.start(new_context(answer_wait=turn))

    assert (segment.status, segment.state["visits"]["w"]) == ("completed", MOST_VISITS)


async def test_an_exhausted_budget_is_nobodys_failure(library: Kinds) -> None:
    async def poor(call: NodeCall) -> NodeResult:
        raise BudgetExhausted("No money left.")

    library.work["a"] = poor
    with pytest.raises(BudgetExhausted):
        await compiled(*LINE).start(new_context())


async def test_a_run_pauses_and_goes_on_where_it_was(library: Kinds) -> None:
    workflow = compiled("a:step p:pause b:step f:finalize", "a>p p>b b>f", b={"say": "{{ steps.p.event }} by {{ steps.p.who }}"})
    first = await workflow.start(new_context())

    assert (first.status, visited(first)) == ("waiting", ["a", "~p"])
    (wait,) = first.waits
    assert (wait.interrupt_id, wait.node_id, wait.visit, wait.is_new, wait.wait.details) == (
        "p#1",
        "p",
        1,
        True,
        {"shown": "details"},
    )
    assert [(asked.intent, asked.number) for asked in first.recorder.intents] == [(Notify("p", "Please decide"), 0)]

    last = await go_on(workflow, first, "p#1", Answer("decided", {"who": "Maya"}))
    assert (last.status, visited(last), last.waits, last.checkpoint) == ("completed", ["p", "b", "f"], [], None)
    assert last.state["steps"]["b"]["said"] == "decided by Maya"
    assert last.recorder.intents == []
    assert library.ran == ["a", "p", "p", "b"]


async def test_a_step_tells_how_long_it_waited() -> None:
    workflow, paused_at = compiled("p:pause f:finalize", "p>f"), datetime(2026, 3, 27, 9, 15, tzinfo=UTC)
    context = new_context()
    context.now = lambda: paused_at
    first = await workflow.start(context)
    assert first.checkpoint is not None
    assert [(step.at, step.waited_ms) for step in first.recorder.steps] == [(paused_at, None)]

    context = new_context()
    context.now = lambda: paused_at + timedelta(days=3)
    last = await workflow.resume(context, first.checkpoint, {"p#1": Answer("decided")})
    assert [step.waited_ms for step in last.recorder.steps] == [timedelta(days=3) / timedelta(milliseconds=1), None]


async def test_a_resume_reads_the_lead_anew(library: Kinds) -> None:
    workflow = compiled("p:pause b:step f:finalize", "p>b b>f", b={"say": "{{ lead.name }}"})
    first = await workflow.start(new_context())
    assert first.checkpoint is not None
    married = new_context()
    married.lead = {**married.lead, "name": "Ann Young"}
    last = await workflow.resume(married, first.checkpoint, {"p#1": Answer("decided")})

    assert last.state["steps"]["b"]["said"] == "Ann Young"


async def test_a_circle_through_a_wait_ends_after_fifty_visits(library: Kinds) -> None:
    workflow = compiled("s:step a:step p:pause f:finalize", "s>a a>p p.again>a p.next>f")
    segment = await workflow.start(new_context())
    names = []
    while segment.status == "waiting":
        names.append(segment.waits[0].interrupt_id)
        segment = await go_on(workflow, segment, names[-1], Answer("failed"))

    assert names == [f"p#{visit}" for visit in range(1, 51)]
    assert (segment.status, segment.state["error_message"]) == ("failed", "The run came to this step more than 50 times.")


async def test_a_run_that_goes_round_for_ever_is_not_dealt_with(library: Kinds) -> None:
    workflow = compiled("s:step p:pause c:step f:finalize", "s>p p.again>p p.next>f p.error>c c>f")
    segment = await workflow.start(new_context(answer_wait=lambda *wait: Answer("failed")))

    assert (segment.status, segment.state["error_node"]) == ("failed", "p")
    assert "more than 50 times" in segment.state["error_message"] and "c" not in library.ran


async def test_what_a_circle_asks_for_has_names_of_its_own() -> None:
    workflow = compiled("p:pause f:finalize s:step", "s>p p.again>p p.next>f")
    first = await workflow.start(new_context())
    second = await go_on(workflow, first, "p#1", Answer("failed"))
    keys = [asked.dedupe_key("run") for segment in (first, second) for asked in segment.recorder.intents]

    assert keys == ["run:p", "run:p#2"]


async def test_what_is_asked_for_after_a_pause_is_told_apart_wherever_the_segment_ends() -> None:
    workflow = compiled("p:pause f:finalize", "p>f")
    first = await workflow.start(new_context())
    second = await go_on(workflow, first, "p#1", Answer("done"))
    paused = [asked.dedupe_key("run") for segment in (first, second) for asked in segment.recorder.intents]
    dry = await workflow.start(new_context(answer_wait=lambda node_id, visit, wait: Answer("done")))

    assert paused == [asked.dedupe_key("run") for asked in dry.recorder.intents] and len(set(paused)) == 2


async def test_a_dry_run_answers_its_waits_itself() -> None:
    def answer(node_id: str, visit: int, wait: Wait) -> Answer | None:
        return Answer("decided", {"who": node_id}) if node_id == "p" else None

    workflow = compiled("p:pause q:pause f:finalize", "p>q q>f")
    segment = await workflow.start(new_context(answer_wait=answer, is_dry=True))

    assert visited(segment) == ["~p", "p", "~q"]
    assert (segment.status, segment.state["steps"]["p"]["who"]) == ("waiting", "p")
    assert [wait.interrupt_id for wait in segment.waits] == ["q#1"]


async def test_a_visit_waits_once_and_only_if_its_kind_may(library: Kinds) -> None:
    async def waits(call: NodeCall) -> NodeResult:
        await call.wait(Wait(kind="timer"))  # type: ignore[arg-type]
        return NodeResult("next", "")

    library.work["a"] = waits
    segment = await compiled(*LINE).start(new_context())
    assert segment.state["steps"]["a"]["error"]["type"] == "crashed"


async def test_an_answer_to_something_else_is_refused() -> None:
    workflow = compiled("p:pause f:finalize", "p>f")
    segment = await workflow.start(new_context())

    with pytest.raises(NotWaiting, match="p#2"):
        await go_on(workflow, segment, "p#2")
    with pytest.raises(NotWaiting):
        await workflow.resume(new_context(), segment.checkpoint or b"", {})


async def test_a_replay_enters_at_any_step_with_what_was_known(library: Kinds) -> None:
    workflow = compiled("a:step p:pause b:step f:finalize", "a>p p>b b>f", b={"say": "{{ steps.a.said }}"})
    known = replace(new_context())
    state = initialize_lead_state()
    state["steps"], state["visits"] = {"a": {"said": "before"}}, {"a": 1}
    first = await workflow.start(known, at="p", state=state)
    last = await go_on(workflow, first, "p#1")

    assert (visited(first), visited(last)) == (["~p"], ["p", "b", "f"])
    assert last.state["steps"]["b"]["said"] == "before" and "a" not in library.ran

    with pytest.raises(NoSuchStep):
        await workflow.start(new_context(), at="nowhere")
    with pytest.raises(NoSuchStep):
        await workflow.start(new_context(), at="a/inside")


async def test_notes_take_no_part() -> None:
    segment = await compiled("a:step n:note f:finalize", "a>f", n={"text": "Why {{ this }}"}).start(new_context())

    assert visited(segment) == ["a", "f"]


async def test_ids_that_langgraph_reserves_are_fine() -> None:
    workflow = compiled("a:step __start__:step x|y:step 100%:step f:finalize", "a>__start__ __start__>x|y x|y>100% 100%>f")

    assert visited(await workflow.start(new_context())) == ["a", "__start__", "x|y", "100%", "f"]


async def test_runs_side_by_side_do_not_mix() -> None:
    workflow = compiled(
        "a:step p:pause b:step f:finalize", "a>p p>b b>f", a={"say": "{{ run.key }}"}, b={"say": "{{ steps.a.said }}"}
    )
    started = await asyncio.gather(*(workflow.start(new_context(run_key=str(number))) for number in range(20)))
    ended = await asyncio.gather(*(go_on(workflow, segment, "p#1") for segment in started))

    assert [segment.state["steps"]["b"]["said"] for segment in ended] == [str(number) for number in range(20)]

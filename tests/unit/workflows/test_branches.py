"""Parallel branches and sub-workflows: graphs within graphs, that pause and fail each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from outrider.workflows.compiler import Compiler
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes.base import NodeCall, NodeFailed, NodeResult
from outrider.workflows.nodes.sub_workflow import pinned, referred_workflows
from outrider.workflows.state import initialize_lead_state
from outrider.workflows.validation import InvalidWorkflow
from outrider.workflows.waiting import Answer
from tests.unit.workflows.engine import TWO, Kinds, compiled, definition, go_on, kinds, new_context, visited

FORK = (
    "s:step k:parallel l1:step l2:pause l3:step r1:pause j:join e:step f:finalize",
    "s>k k.left>l1 l1>l2 l2>l3 l3>j k.right>r1 r1>j j>e e>f",
)
INNER = definition("a:step p:pause b:step f:finalize", "a>p p>b b>f", b={"say": "{{ steps.a.said }}!"}, a={"say": "inner"})


@pytest.fixture(autouse=True)
def library() -> Iterator[Kinds]:
    with kinds() as made:
        yield made


async def fail(call: NodeCall) -> NodeResult:
    raise NodeFailed("It is out of order.", kind="broken")


async def test_branches_go_on_while_others_wait(library: Kinds) -> None:
    workflow = compiled(*FORK, k=TWO, e={"say": "{{ steps.l2.who }} and {{ steps.r1.who }}"})
    first = await workflow.start(new_context())
    assert sorted(wait.interrupt_id for wait in first.waits) == ["l2#1", "r1#1"]
    assert sorted(visited(first)) == sorted(["s", "k", "l1", "~l2", "~r1"])

    second = await go_on(workflow, first, "l2#1", Answer("decided", {"who": "Ann"}))
    assert (visited(second), [(wait.interrupt_id, wait.is_new) for wait in second.waits]) == (["l2", "l3"], [("r1#1", False)])
    assert library.ran.count("r1") == 1, "a branch that still waits is not run again"
    assert second.recorder.intents == []

    last = await go_on(workflow, second, "r1#1", Answer("decided", {"who": "Bob"}))
    assert (last.status, visited(last)) == ("completed", ["r1", "j", "e", "f"])
    assert last.state["steps"]["e"]["said"] == "Ann and Bob"
    assert last.state["visits"] == dict.fromkeys(["s", "k", "l1", "l2", "l3", "r1", "j", "e", "f"], 1)


async def test_both_branches_may_go_on_at_once() -> None:
    workflow = compiled(*FORK, k=TWO)
    first = await workflow.start(new_context())
    assert first.checkpoint is not None
    answers = {name: Answer("decided") for name in ("l2#1", "r1#1")}
    last = await workflow.resume(new_context(), first.checkpoint, answers)

    assert (last.status, sorted(visited(last))) == ("completed", sorted(["l2", "l3", "r1", "j", "e", "f"]))


async def test_the_order_of_the_answers_makes_no_difference() -> None:
    workflow, states = compiled(*FORK, k=TWO), []
    for order in (("l2#1", "r1#1"), ("r1#1", "l2#1")):
        segment = await workflow.start(new_context())
        for name in order:
            segment = await go_on(workflow, segment, name, Answer("decided", {"of": name}))
        states.append(segment.state)

    assert states[0] == states[1]


async def test_what_branches_spend_is_added_up(library: Kinds) -> None:
    async def spend(call: NodeCall) -> NodeResult:
        return NodeResult("next", "", update={"sms_cost": Decimal("0.02"), "input_tokens": 10, "model_used": "m"})

    library.work |= dict.fromkeys(["s", "l1", "r1"], spend)
    workflow = compiled("s:step k:parallel l1:step r1:step j:join f:finalize", "s>k k.left>l1 l1>j k.right>r1 r1>j j>f", k=TWO)
    state = (await workflow.start(new_context())).state

    assert (state["sms_cost"], state["input_tokens"], state["model_used"]) == (Decimal("0.06"), 30, "m")


async def test_a_branch_that_fails_fails_the_run_after_the_others_came_to_rest(library: Kinds) -> None:
    library.work["l1"] = fail
    workflow = compiled(*FORK, k=TWO)
    first = await workflow.start(new_context())
    assert (first.status, sorted(visited(first))) == ("waiting", ["k", "l1", "s", "~r1"])

    last = await go_on(workflow, first, "r1#1")
    assert (last.status, visited(last)) == ("failed", ["r1", "j", "f"])
    assert (last.state["error_message"], last.state["error_node"]) == ("It is out of order.", "l1")


async def test_whoever_takes_over_on_errors_does_so_after_the_join(library: Kinds) -> None:
    library.work["l"] = fail
    nodes = "k:parallel l:step r:step j:join m:step f:finalize"
    ways = "k.left>l l>j k.right>r r>j j>f m>f"
    segment = await compiled(nodes, ways, {"on_error": "m"}, k=TWO).start(new_context())

    assert (segment.status, segment.state["error_node"], visited(segment)[-3:]) == ("failed", "l", ["j", "m", "f"])
    assert set(library.ran) == {"l", "r", "m"}


async def test_a_join_may_deal_with_a_branch_that_failed(library: Kinds) -> None:
    library.work["l1"] = fail
    nodes, edges = FORK
    workflow = compiled(nodes + " x:step", edges + " j.error>x x>f", k=TWO, x={"say": "{{ steps.j.error.message }}"})
    last = await go_on(workflow, await workflow.start(new_context()), "r1#1")

    assert (last.status, last.state["error_message"]) == ("completed", "")
    assert last.state["steps"]["x"]["said"] == "It is out of order."


async def test_branches_within_branches_and_circles_in_them() -> None:
    workflow = compiled(
        "k:parallel a:parallel x:pause y:step m:join b:step n:join f:finalize s:step",
        "s>k k.left>a a.left>x x.again>x x.next>m a.right>y y>m m>n k.right>b b>n n>f",
        k=TWO,
        a=TWO,
    )
    segment = await workflow.start(new_context())
    assert sorted(visited(segment)) == sorted(["s", "k", "a", "b", "y", "~x"])
    segment = await go_on(workflow, segment, "x#1", Answer("failed"))
    assert [wait.interrupt_id for wait in segment.waits] == ["x#2"]
    segment = await go_on(workflow, segment, "x#2")
    assert (segment.status, visited(segment)) == ("completed", ["x", "m", "n", "f"])


async def test_a_parallel_node_in_a_circle_opens_its_branches_each_time() -> None:
    workflow = compiled(
        "s:step k:parallel l:step r:step j:join p:pause f:finalize",
        "s>k k.left>l l>j k.right>r r>j j>p p.again>k p.next>f",
        k=TWO,
    )
    segment = await go_on(workflow, await workflow.start(new_context()), "p#1", Answer("failed"))
    assert sorted(visited(segment)) == sorted(["p", "k", "l", "r", "j", "~p"])
    assert (await go_on(workflow, segment, "p#2")).state["visits"]["j"] == 2


async def test_a_branch_may_be_empty_and_two_forks_may_share_a_join() -> None:
    workflow = compiled(
        "v:validate k:parallel m:parallel l:step r:step j:join f:finalize",
        "v>k v.failed>m k.left>l l>j k.right>j m.left>j m.right>r r>j j>f",
        k=TWO,
        m=TWO,
    )
    assert visited(await workflow.start(new_context())) == ["v", "k", "l", "j", "f"]

    nobody = new_context()
    nobody.lead = {**nobody.lead, "phone": None}
    assert visited(await workflow.start(nobody)) == ["v", "m", "r", "j", "f"]


async def test_an_unconnected_outcome_ends_the_branch() -> None:
    workflow = compiled(
        "k:parallel v:validate l:step r:step j:join f:finalize",
        "k.left>v v>l l>j k.right>r r>j j>f",
        k=TWO,
        v={"require_email": True},
    )
    context = new_context()
    context.lead = {**context.lead, "email": None}
    segment = await workflow.start(context)

    assert (segment.status, segment.state["error_node"]) == ("failed", "v")
    assert sorted(visited(segment)) == ["f", "j", "k", "r", "v"]


async def test_a_sub_workflow_runs_pauses_and_ends_as_one_step() -> None:
    workflow = compiled(
        "s:step w:sub_workflow e:step f:finalize",
        "s>w w>e e>f",
        w={"workflow_id": 9, "definition": INNER.as_json()},
        e={"say": "{{ steps.w.status }}"},
    )
    first = await workflow.start(new_context())
    assert (visited(first), [wait.interrupt_id for wait in first.waits]) == (["s", "w/a", "~w/p"], ["w/p#1"])

    last = await go_on(workflow, first, "w/p#1")
    assert (last.status, visited(last)) == ("completed", ["w/p", "w/b", "w/f", "w", "e", "f"])
    assert last.state["steps"]["w/b"]["said"] == "inner!" and last.state["steps"]["e"]["said"] == "completed"


async def test_a_sub_workflow_that_fails_fails_its_step(library: Kinds) -> None:
    library.work["a"] = fail
    given = {"w": {"workflow_id": 9, "definition": INNER.as_json()}}
    alone = await compiled("w:sub_workflow f:finalize", "w>f", **given).start(new_context())
    assert (alone.status, alone.state["error_message"], alone.state["error_node"]) == ("failed", "It is out of order.", "w")
    assert visited(alone) == ["w/a", "w/f", "w", "f"] and alone.state["visits"]["w/a"] == 1

    caught = await compiled("w:sub_workflow x:step f:finalize", "w>f w.error>x x>f", **given).start(new_context())
    assert (caught.status, visited(caught)[-2:]) == ("completed", ["x", "f"])


async def test_a_replay_enters_inside_branches_and_sub_workflows() -> None:
    nodes, edges = FORK
    workflow = compiled(
        nodes + " w:sub_workflow", edges.replace("e>f", "e>w w>f"), k=TWO, w={"definition": INNER.as_json(), "workflow_id": 1}
    )
    inside = await workflow.start(new_context(), at="l3", state=initialize_lead_state())
    assert visited(inside) == ["l3", "j", "e", "w/a", "~w/p"]

    first = await workflow.start(new_context(), at="l2")
    assert visited(first) == ["~l2"]
    second = await go_on(workflow, first, "l2#1")
    assert visited(second) == ["l2", "l3", "j", "e", "w/a", "~w/p"]

    inner = await workflow.start(new_context(), at="w/b")
    assert (inner.status, visited(inner)) == ("completed", ["w/b", "w/f", "w", "f"])


def test_sub_workflows_are_embedded_when_a_workflow_is_published() -> None:
    draft = definition(
        "w:sub_workflow v:sub_workflow f:finalize", "w>v v>f", w={"workflow_id": 3}, v={"workflow_id": 4, "version": 2}
    )
    assert referred_workflows(draft) == {(3, None), (4, 2)}
    with pytest.raises(InvalidWorkflow, match="not known what"):
        Compiler().compile(draft)

    whole = pinned(draft, {(3, None): INNER.as_json(), (4, 2): INNER.as_json()})
    assert WorkflowDefinition.model_validate(whole.nodes[0].data["definition"]) == INNER
    assert draft.nodes[0].data == {"workflow_id": 3}

"""What is refused: every problem names its node and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.validation import WorkflowProblem, check
from tests.unit.workflows.engine import TWO, Kinds, definition, kinds

INNER = definition("v:validate f:finalize", "v>f").as_json()


@pytest.fixture(autouse=True)
def library() -> Iterator[Kinds]:
    with kinds() as made:
        yield made


def nested(depth: int) -> dict[str, Any]:
    inner = INNER
    for level in range(depth):
        inner = definition("w:sub_workflow f:finalize", "w>f", w={"workflow_id": 100 + level, "definition": inner}).as_json()
    return inner


def a_branch(edges: str, nodes: str = "", **data: dict[str, Any]) -> WorkflowDefinition:
    return definition(f"k:parallel l:step r:step j:join f:finalize {nodes}", f"k.left>l k.right>r {edges}", k=TWO, **data)


VALID = {
    "branches": a_branch("l>j r>j j>f"),
    "circle through a wait": definition("a:step p:pause f:finalize", "a>p p.again>p p.next>f"),
    "circle in a branch": a_branch("l>p p.again>l p.next>j r>j j>f", "p:pause"),
    "error handled": definition("a:step b:step f:finalize", "a>f a.error>b b>f"),
    "on error": definition("a:step b:step f:finalize", "a>f b>f", {"on_error": "b"}),
    "on error a node of the way": definition("a:step b:step f:finalize", "a>b b>f", {"on_error": "b"}),
    "note": definition("a:step n:note f:finalize", "a>f", n={"text": "Hi"}),
    "sub-workflow without its definition": definition("w:sub_workflow f:finalize", "w>f", w={"workflow_id": 3}),
    "sub-workflows": definition("w:sub_workflow f:finalize", "w>f", w={"workflow_id": 3, "definition": nested(2)}),
    "expressions": definition("a:step f:finalize", "a>f", a={"say": "{{ lead.name }}", "number": "{{ lead.score }}"}),
    "retries of a pure step": definition("a:pure f:finalize", "a>f", a={"retries": 3, "timeout_seconds": 5}),
}


@pytest.mark.parametrize("name", VALID)
def test_valid_ones_are_left_alone(name: str) -> None:
    assert check(VALID[name]) == []


INVALID: dict[str, tuple[WorkflowDefinition, str, str | None, str]] = {
    "branch that ends the run": (a_branch("l>f r>j j>f"), "nodes.4", "f", "ends the whole run"),
    "branch that leaves": (a_branch("l>x r>j j>x x>f", "x:step"), "nodes.5", "x", "not closed"),
    "way into a branch": (a_branch("l>j r>l j>f"), "nodes.1", "l", "not closed"),
    "two joins": (a_branch("l>j r>m j>f m>f", "m:join"), "nodes.0", "k", "two joins"),
    "join of nothing": (definition("a:step j:join f:finalize", "a>j j>f"), "nodes.1", "j", "outside of any"),
    "branches that never meet": (
        definition("v:validate k:parallel l:pause r:pause f:finalize", "v>k v.failed>f k.left>l l>l k.right>r r>r", k=TWO),
        "nodes.1",
        "k",
        "never meet",
    ),
    "branch not connected": (
        definition("k:parallel l:step j:join f:finalize", "k.left>l l>j j>f", k=TWO),
        "nodes.0",
        "k",
        "'right'",
    ),
    "circle without a wait": (definition("s:step a:step b:step f:finalize", "s>a a>b a.error>f b>a"), "edges", "a", "circle"),
    "circle through a wait that is switched off": (
        definition("s:step p:pause f:finalize", "s>p p.again>p p.next>f", p={"disabled": True}),
        "edges",
        "p",
        "circle",
    ),
    "island": (definition("a:step f:finalize p:pause q:pause", "a>f p>q q>p"), "nodes.2", "p", "No way from the start"),
    "no start": (definition("a:step p:pause f:finalize", "a>p p.again>a p.next>f"), "nodes", None, "one start"),
    "retries with effects": (definition("s:sms f:finalize", "s>f", s={"retries": 1}), "nodes.0.data.retries", "s", "twice"),
    "end switched off": (
        definition("a:step f:finalize", "a>f", f={"disabled": True}),
        "nodes.1.data.disabled",
        "f",
        "switched off",
    ),
    "too many retries": (
        definition("a:pure f:finalize", "a>f", a={"retries": 9}),
        "nodes.0.data.retries",
        "a",
        "less than or equal",
    ),
    "note with an edge": (definition("a:step n:note f:finalize", "a>f n.error>f"), "edges.1", "n", "is connected"),
    "on error nowhere": (definition("a:step f:finalize", "a>f", {"on_error": "x"}), "settings.on_error", None, "no node 'x'"),
    "on error a note": (
        definition("a:step n:note f:finalize", "a>f", {"on_error": "n"}),
        "settings.on_error",
        None,
        "no node 'n'",
    ),
    "on error in a branch": (
        a_branch("l>j r>j j>f").model_copy(update={"settings": definition("a:step", "", {"on_error": "l"}).settings}),
        "nodes.1",
        "l",
        "not closed",
    ),
    "slash in an id": (definition("a/b:step f:finalize", "a/b>f"), "nodes.0.id", "a/b", "slash"),
    "bad expression": (definition("a:step f:finalize", "a>f", a={"say": "{{ 1 + }}"}), "nodes.0.data.say", "a", ""),
    "two branches of one name": (
        definition("k:parallel l:step j:join f:finalize", "k.x>l l>j j>f", k={"branches": [{"name": "x"}, {"name": "x"}]}),
        "nodes.0.data.branches",
        "k",
        "name of its own",
    ),
    "branch named error": (
        definition("k:parallel l:step j:join f:finalize", "", k={"branches": [{"name": "error"}, {"name": "x"}]}),
        "nodes.0.data.branches",
        "k",
        "already",
    ),
    "sub-workflow of nothing": (definition("w:sub_workflow f:finalize", "w>f"), "nodes.0.data.workflow_id", "w", "not known"),
    "sub-workflow too deep": (
        definition("w:sub_workflow f:finalize", "w>f", w={"workflow_id": 3, "definition": nested(4)}),
        "nodes.0.data.definition.nodes.0.data.definition.nodes.0.data.definition.nodes.0.data.workflow_id",
        "w/w/w/w",
        "levels deep",
    ),
    "problem inside a sub-workflow": (
        definition(
            "w:sub_workflow f:finalize",
            "w>f",
            w={"workflow_id": 3, "definition": {"nodes": [{"id": "a", "type": "step"}], "edges": []}},
        ),
        "nodes.0.data.definition.nodes",
        "w",
        "exactly one Finalize",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_ones_are_refused_with_field_node_and_remedy(name: str) -> None:
    wrong, field, node, says = INVALID[name]
    problems = check(wrong)

    assert any((problem.field, problem.node) == (field, node) and says in problem.problem for problem in problems), problems
    assert all(problem.remedy for problem in problems)


def test_a_workflow_must_not_run_itself() -> None:
    def problems_of(wrong: WorkflowDefinition) -> list[WorkflowProblem]:
        return check(wrong, workflow_id=3)

    itself = definition("w:sub_workflow f:finalize", "w>f", w={"workflow_id": 3})
    (problem,) = problems_of(itself)
    assert (problem.field, problem.node) == ("nodes.0.data.workflow_id", "w")
    (problem,) = problems_of(definition("w:sub_workflow f:finalize", "w>f", w={"workflow_id": 4, "definition": itself.as_json()}))
    assert problem.node == "w/w" and "itself a part of" in problem.problem


def test_notes_make_no_new_version() -> None:
    plain = definition("a:step f:finalize", "a>f")
    with_note = definition("a:step f:finalize n:note", "a>f", n={"text": "x"})

    assert plain.fingerprint() == with_note.fingerprint()
    assert plain.fingerprint() != definition("a:step f:finalize", "a>f", {"stop_on_reply": False}).fingerprint()
    assert "settings" not in plain.as_json()


def test_the_examples_of_all_kinds_fit_their_parameters() -> None:
    for specification in SPECIFICATIONS.values():
        specification.params.model_validate(specification.example)

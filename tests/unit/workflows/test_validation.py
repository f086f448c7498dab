from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import outrider.workflows.shipped
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes.sub_workflow import pinned, referred_workflows
from outrider.workflows.shape import routes, start_node
from outrider.workflows.validation import InvalidWorkflow, check, ensure_valid

SHIPPED = sorted(Path(outrider.workflows.shipped.__file__).parent.glob("*.json"))


def definition(nodes: list[tuple[str, str]], edges: list[tuple[str, ...]], **data: dict[str, Any]) -> WorkflowDefinition:
    return WorkflowDefinition.model_validate(
        {
            "nodes": [{"id": node_id, "type": kind, "data": data.get(node_id, {})} for node_id, kind in nodes],
            "edges": [dict(zip(("source", "target", "sourceHandle"), edge, strict=False)) for edge in edges],
        }
    )


USUAL = [("1", "validate"), ("2", "sms"), ("3", "finalize")]


def test_the_plain_form_of_the_editor_is_valid() -> None:
    plain = definition(USUAL, [("1", "2"), ("2", "3")], **{"1": {"label": "Validate"}})

    assert check(plain) == []
    assert start_node(plain) == "1"
    assert routes(plain) == {"1": {"passed": "2", "failed": "3"}, "2": {"sms": "3", "both": "3"}, "3": {}}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_workflows_are_valid(path: Path) -> None:
    ensure_valid(WorkflowDefinition.model_validate(json.loads(path.read_text())["config"]))


@pytest.mark.parametrize(
    ("nodes", "edges", "field", "says"),
    [
        pytest.param([("1", "validate"), ("1", "sms"), ("3", "finalize")], [], "nodes.0.id", "used twice", id="id twice"),
        pytest.param([("1", "teleport"), ("3", "finalize")], [("1", "3")], "nodes.0.type", "no node type", id="unknown type"),
        pytest.param(USUAL, [("1", "9"), ("2", "3")], "edges.0.target", "no node '9'", id="edge to nowhere"),
        pytest.param(USUAL, [("1", "2", "maybe"), ("2", "3")], "edges.0.sourceHandle", "no outcome 'maybe'", id="unknown handle"),
        pytest.param(USUAL, [("1", "2"), ("1", "3"), ("2", "3")], "edges.1.sourceHandle", "two places", id="handle twice"),
        pytest.param(USUAL, [("1", "2"), ("2", "3"), ("3", "1")], "edges.2.source", "nothing follows", id="after the end"),
        pytest.param([("1", "validate"), ("2", "sms")], [("1", "2")], "nodes", "exactly one Finalize", id="no end"),
        pytest.param([*USUAL, ("4", "sms")], [("1", "2"), ("2", "3"), ("4", "3")], "nodes", "nothing leads to", id="two starts"),
        pytest.param(USUAL, [("1", "2")], "nodes", "nothing leads to", id="unreachable end"),
        pytest.param(USUAL, [("1", "2"), ("1", "3", "failed")], "nodes.1", "leads nowhere", id="loose end"),
    ],
)
def test_problems_name_their_field(nodes: list[tuple[str, str]], edges: list[tuple[str, ...]], field: str, says: str) -> None:
    problems = check(definition(nodes, edges))

    assert any(problem.field == field and says in problem.problem for problem in problems), problems


def test_a_circle_is_named_without_what_merely_touches_it() -> None:
    nodes = [("1", "validate"), ("2", "sms"), ("4", "sms"), ("5", "sms"), ("3", "finalize")]
    circle = definition(nodes, [("1", "2"), ("2", "4"), ("4", "2"), ("4", "5", "both"), ("5", "3")])

    (problem,) = [problem for problem in check(circle) if "circle" in problem.problem]
    assert problem.problem.startswith("The nodes '2', '4' lead")


def test_parameters_are_checked_against_the_specification() -> None:
    wrong = definition(USUAL, [("1", "2"), ("2", "3")], **{"2": {"max_segments": 0, "colour": "red"}})

    assert {problem.field for problem in check(wrong)} == {"nodes.1.data.max_segments", "nodes.1.data.colour"}


def test_calls_by_an_agent_are_refused_and_calls_by_a_person_are_not() -> None:
    nodes, edges = [("1", "voice"), ("3", "finalize")], [("1", "3")]

    (problem,) = check(definition(nodes, edges, **{"1": {"by": "agent"}}))
    assert (problem.field, "can't be placed yet" in problem.problem) == ("nodes.0.data.by", True)
    assert check(definition(nodes, edges)) == []


def test_the_error_holds_every_problem_under_the_field_of_the_request() -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        ensure_valid(definition([("1", "teleport"), ("2", "fax")], []), "body.config")

    assert [field.field for field in caught.value.fields] == ["body.config.nodes.0.type", "body.config.nodes.1.type"]


def test_the_fingerprint_ignores_where_nodes_are_drawn() -> None:
    plain = definition(USUAL, [("1", "2"), ("2", "3")])
    moved = WorkflowDefinition.model_validate(
        {
            "nodes": [{**node, "position": {"x": 5, "y": 7}} for node in plain.as_json()["nodes"]],
            "edges": [{**edge, "id": f"e{n}"} for n, edge in enumerate(plain.as_json()["edges"])],
        }
    )
    changed = definition(USUAL, [("1", "2"), ("2", "3")], **{"2": {"prompt": "Be brief."}})

    assert moved.fingerprint() == plain.fingerprint() != changed.fingerprint()
    assert moved.as_json()["nodes"][0]["position"] == {"x": 5.0, "y": 7.0}


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"disabled": "{{ lead.score > 5 }}"}, "disabled"),
        ({"disabled": "true"}, "disabled"),
        ({"timeout_seconds": "{{ 5 }}"}, "timeout_seconds"),
        ({"retries": "{{ 1 }}"}, "retries"),
    ],
)
def test_how_a_step_is_run_is_the_same_for_every_lead(policy: dict[str, Any], field: str) -> None:
    (problem,) = check(definition(USUAL, [("1", "2"), ("2", "3")], **{"1": policy}))
    assert (problem.field, problem.node) == (f"nodes.0.data.{field}", "1")


def test_an_expression_in_a_union_or_a_list_is_worked_out_later() -> None:
    wait = {"mode": "until", "until": "{{ timestamp(lead.attributes.start) }}", "days": ["{{ lead.attributes.day }}"]}
    found = check(definition([("1", "wait"), ("3", "finalize")], [("1", "3")], **{"1": wait}))
    assert found == []


def sub_workflow(inner: dict[str, Any] | None = None, **data: Any) -> WorkflowDefinition:
    data |= {"definition": inner} if inner else {}
    return definition([("1", "sub_workflow"), ("3", "finalize")], [("1", "3")], **{"1": data})


def test_a_sub_workflow_has_no_time_out_of_its_own() -> None:
    inner = definition(USUAL, [("1", "2"), ("2", "3")]).as_json()
    (problem,) = check(sub_workflow(inner, workflow_id=1, timeout_seconds=5))
    assert (problem.field, "steps inside" in problem.remedy) == ("nodes.0.data.timeout_seconds", True)


@pytest.mark.parametrize("data", [{"workflow_id": [1]}, {"workflow_id": {"a": 1}}, {"workflow_id": 1, "version": [2]}])
def test_a_sub_workflow_named_by_no_number_is_refused(data: dict[str, Any]) -> None:
    wrong = sub_workflow(**data)
    assert referred_workflows(wrong) == set() and pinned(wrong, {(1, None): {}}) == wrong
    assert check(wrong)


def test_sub_workflows_may_not_grow_without_bound() -> None:
    small = definition([*USUAL], [("1", "2"), ("2", "3")]).as_json()
    for _ in range(3):
        chain = [*(str(number) for number in range(30)), "end"]
        inner = {"workflow_id": 9, "definition": small}
        nodes = [{"id": name, "type": "finalize" if name == "end" else "sub_workflow", "data": inner} for name in chain]
        nodes[-1]["data"] = {}
        small = {"nodes": nodes, "edges": [{"source": a, "target": b} for a, b in pairwise(chain)]}
    (problem,) = check(WorkflowDefinition.model_validate(small))
    assert (problem.field, "at most 2000" in problem.problem) == ("nodes", True)


def test_sub_workflows_lie_in_each_other_three_deep_at_most() -> None:
    inner = definition(USUAL, [("1", "2"), ("2", "3")])
    for number in range(1, 4):
        inner = sub_workflow(inner.as_json(), workflow_id=number)
    assert check(inner) == []
    (problem,) = check(sub_workflow(inner.as_json(), workflow_id=9))
    assert "3 levels deep" in problem.problem

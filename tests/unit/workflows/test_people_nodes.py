"""Nodes that ask or tell people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from outrider.errors import InvalidInput
from outrider.workflows.expressions.resolving import problems
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.approval import ApprovalParams
from outrider.workflows.runs.answers import checked
from outrider.workflows.waiting import Answer, WaitKind
from tests.unit.workflows.visits import NOW, Pauses, visit

ACTIONS = [{"name": "approved", "label": "Approve"}, {"name": "rejected", "label": "Reject"}]
FORM: list[dict[str, Any]] = [
    {"name": "words", "type": "text"},
    {"name": "discount", "type": "number", "required": True},
    {"name": "vip", "type": "boolean"},
    {"name": "plan", "type": "choice", "options": ["basic", "pro"]},
    {"name": "day", "type": "date"},
]


async def test_an_approval_shows_what_is_to_be_decided_and_leaves_by_the_decision() -> None:
    decided = {"action": "rejected", "answers": {"discount": 5}, "by": "Ann", "at": "2026-03-27T10:00:00+00:00"}
    pauses = Pauses(Answer("decided", decided))
    data = {
        "actions": ACTIONS,
        "title": "Offer\n {{ lead.name }} a discount?",
        "body": "Score {{ lead.score }}",
        "assignee": " sales@acme.example ",
        "form": [
            {"name": "discount", "type": "number", "value": "{{ lead.score / 10 }}"},
            {"name": "note", "value": "{{ lead.company }}, {{ lead.title }}"},
            {"name": "plan", "type": "choice", "options": ["basic", "pro"], "value": "{{ lead.attributes.plan }}"},
            {"name": "other", "type": "choice", "options": ["basic"], "value": "{{ lead.attributes.plan }}"},
            {"name": "day", "type": "date", "value": "{{ timestamp(lead.attributes.meeting) }}"},
        ],
        "amount": 2,
        "unit": "hours",
    }
    result = await visit("approval", data, pauses=pauses)

    (wait,) = pauses.waits
    assert (wait.kind, wait.due_at) == (WaitKind.APPROVAL, NOW + timedelta(hours=2))
    assert (wait.details["title"], wait.details["body"]) == ("Offer Ann Lee a discount?", "Score 70")
    assert wait.details["assignee"] == "sales@acme.example"
    assert [action["name"] for action in wait.details["actions"]] == ["approved", "rejected"]
    assert {field["name"]: field["value"] for field in wait.details["form"]} == {
        "discount": 7, "note": "Leeworks, Owner", "plan": "pro", "other": None, "day": "2026-03-30",
    }  # fmt: skip
    assert (result.handle, result.output) == ("rejected", decided)
    assert result.message == "Ann decided “Reject”"


async def test_an_approval_that_nobody_decides_leaves_by_the_time_out() -> None:
    result = await visit("approval", {"actions": ACTIONS}, pauses=Pauses(Answer("timeout")))
    assert (result.handle, result.output["action"], result.level) == ("timed_out", "", "WARNING")


async def test_an_approval_may_wait_for_as_long_as_it_takes() -> None:
    pauses = Pauses(Answer("decided", {"action": "approved"}))
    assert (await visit("approval", {"actions": ACTIONS, "amount": None}, pauses=pauses)).handle == "approved"
    assert pauses.waits[0].due_at is None


def test_the_decisions_are_the_ways_to_leave() -> None:
    handles = SPECIFICATIONS["approval"].handles_of({"actions": [{"name": "yes"}, {"name": "no"}]})
    assert [handle.name for handle in handles] == ["timed_out", "yes", "no", "error"]


@pytest.mark.parametrize(
    "data",
    [
        {"actions": [{"name": "timed_out"}]},
        {"actions": [{"name": "yes"}, {"name": "yes"}]},
        {"actions": []},
        {"actions": ACTIONS, "form": [{"name": "a"}, {"name": "a"}]},
        {"actions": ACTIONS, "form": [{"name": "plan", "type": "choice"}]},
        {"actions": ACTIONS, "amount": 0},
    ],
)
def test_unusable_approvals_are_refused(data: dict[str, Any]) -> None:
    assert problems(ApprovalParams, data)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "discount"),
        ({"discount": ""}, "discount"),
        ({"discount": "5"}, "discount"),
        ({"discount": True}, "discount"),
        ({"discount": 5, "colour": "red"}, "colour"),
        ({"discount": 5, "words": 7}, "words"),
        ({"discount": 5, "words": "x" * 8_001}, "words"),
        ({"discount": 5, "vip": "yes"}, "vip"),
        ({"discount": 5, "plan": "gold"}, "plan"),
        ({"discount": 5, "day": "tomorrow"}, "day"),
    ],
)
def test_answers_that_do_not_fit_are_refused_by_name(answers: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(FORM, answers)
    assert refused.value.fields[0].field == f"body.answers.{field}"


def test_answers_that_fit_are_kept_without_the_empty_ones() -> None:
    answers = {"discount": 0, "vip": False, "plan": "pro", "day": "2026-05-31", "words": ""}
    assert checked(FORM, answers) == {"discount": 0, "vip": False, "plan": "pro", "day": "2026-05-31"}


@pytest.mark.parametrize("kind", [kind for kind, known in SPECIFICATIONS.items() if known.example])
def test_every_example_can_be_used(kind: str) -> None:
    assert problems(SPECIFICATIONS[kind].params, SPECIFICATIONS[kind].example) == []

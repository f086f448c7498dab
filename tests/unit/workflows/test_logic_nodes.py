"""Branch, split, transform, wait and wait for reply, each visited alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from outrider.workflows.context import CampaignFacts
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import NodeFailed
from outrider.workflows.waiting import Answer, WaitKind
from tests.unit.workflows.visits import Pauses, visit

DAY_BEFORE = "{{ timestamp(lead.attributes.meeting) - duration('24h') }}"
CASES = [
    {"name": "pro", "condition": "lead.attributes.plan == 'pro' && lead.score >= 60"},
    {"name": "any", "condition": "lead.score > 0"},
]


@pytest.mark.parametrize(
    ("lead", "way"), [({}, "pro"), ({"score": 10}, "any"), ({"score": 0}, "otherwise"), ({"score": None}, "otherwise")]
)
async def test_the_first_condition_that_holds_decides(lead: dict[str, Any], way: str) -> None:
    result = await visit("branch", {"cases": CASES}, lead=lead)
    assert (result.handle, result.output) == (way, {"case": way})


async def test_a_condition_on_what_is_missing_is_not_true_and_warns() -> None:
    result = await visit("branch", {"cases": [{"name": "a", "condition": "lead.attributes.none == 'x'"}]})
    assert result.handle == "otherwise" and result.level == "WARNING" and "none" in result.details["warnings"][0]


@pytest.mark.parametrize(
    "cases",
    [
        [],
        [{"name": "otherwise", "condition": "true"}],
        [{"name": "error", "condition": "true"}],
        [{"name": "a b", "condition": "true"}],
        [{"name": "a", "condition": "lead.score >"}],
        [{"name": "a", "condition": "true"}, {"name": "a", "condition": "false"}],
    ],
)
def test_cases_that_can_not_work_are_refused(cases: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError):
        SPECIFICATIONS["branch"].params.model_validate({"cases": cases})


async def test_a_split_is_sticky_and_keeps_the_weights() -> None:
    data = {"variants": [{"name": "a", "weight": 3}, {"name": "b", "weight": 1}]}
    ways = [(await visit("split", data, lead={"id": number})).handle for number in range(2_000)]
    again = [(await visit("split", data, lead={"id": number})).handle for number in range(2_000)]
    elsewhere = [(await visit("split", data, lead={"id": number}, node_id="other")).handle for number in range(2_000)]
    next_time = [(await visit("split", data, lead={"id": n}, campaign=CampaignFacts(id=2))).handle for n in range(2_000)]
    assert ways == again and elsewhere != ways and next_time != ways
    assert 1_420 <= Counter(ways)["a"] <= 1_580


async def test_a_transform_works_out_values() -> None:
    fields = [{"name": "greeting", "value": "Hi {{ lead.name }}"}, {"name": "double", "value": "{{ steps.sms.n * 2 }}"}]
    result = await visit("transform", {"fields": [*fields, {"name": "plain", "value": [1, 2]}]}, steps={"sms": {"n": 4}})
    assert result.output == {"greeting": "Hi Ann Lee", "double": 8, "plain": [1, 2]}


@pytest.mark.parametrize(
    ("data", "until"),
    [
        ({"mode": "for", "amount": 3, "unit": "days"}, datetime(2026, 3, 30, 8, 30, tzinfo=UTC)),  # the clocks change
        ({"mode": "until", "until": DAY_BEFORE}, datetime(2026, 3, 29, 15, tzinfo=UTC)),
        ({"mode": "until", "until": "2026-03-29T10:00"}, datetime(2026, 3, 29, 8, tzinfo=UTC)),
        ({"mode": "time_of_day", "time_of_day": "10:00"}, datetime(2026, 3, 30, 8, tzinfo=UTC)),
        ({"mode": "for", "amount": 8, "unit": "hours", "within": {}}, datetime(2026, 3, 30, 7, tzinfo=UTC)),
    ],
)  # fmt: skip
async def test_a_wait_is_over(data: dict[str, Any], until: datetime) -> None:
    pauses = Pauses(Answer("time"))
    result = await visit("wait", data, pauses=pauses)
    assert [(wait.kind, wait.due_at) for wait in pauses.waits] == [(WaitKind.TIMER, until)]
    assert result.handle == "next" and datetime.fromisoformat(result.output["until"]) == until


@pytest.mark.parametrize("data", [{"mode": "until", "until": "2026-03-01T00:00"}, {"mode": "business_hours"}])
async def test_a_wait_for_what_is_over_or_open_does_not_pause(data: dict[str, Any]) -> None:
    pauses = Pauses(Answer("time"))
    assert (await visit("wait", data, pauses=pauses)).handle == "next" and pauses.waits == []


async def test_a_wait_of_years_fails_with_a_reason() -> None:
    with pytest.raises(NodeFailed, match="at most 400 days"):
        await visit("wait", {"mode": "for", "amount": 9_000, "unit": "days"})


async def test_a_wait_for_no_moment_fails_with_a_reason() -> None:
    with pytest.raises(NodeFailed, match="came to nothing"):
        await visit("wait", {"mode": "until", "until": "{{ lead.attributes.none }}"})
    with pytest.raises(ValueError, match="names the moment"):
        SPECIFICATIONS["wait"].params.model_validate({"mode": "until"})


async def test_a_reply_and_none() -> None:
    answer = Answer("reply", {"text": "Sure", "at": "2026-03-28T10:00:00+00:00"})
    replied = await visit("wait_for_reply", {"amount": 2}, pauses=Pauses(answer))
    assert (replied.handle, replied.output["text"]) == ("replied", "Sure")
    pauses = Pauses(Answer("timeout"))
    silent = await visit("wait_for_reply", {"amount": 2, "within": {}}, pauses=pauses)
    assert (silent.handle, silent.output["replied"]) == ("timeout", False)
    assert pauses.waits[0].due_at == datetime(2026, 3, 30, 7, tzinfo=UTC)

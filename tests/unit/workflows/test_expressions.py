"""Expressions: what they may say, what they come to, and what they may never cost."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from outrider.workflows.expressions.language import BadExpression, parse
from outrider.workflows.expressions.resolving import (
    NO_EXPRESSIONS,
    UnusableParameters,
    is_static,
    problems,
    resolve,
    templates,
)
from outrider.workflows.expressions.texts import read

NAMES: dict[str, Any] = {
    "lead": {
        "name": "Ann Lee",
        "first_name": "Ann",
        "score": 70,
        "company": None,
        "tags": ["vip"],
        "attributes": {"plan": "pro"},
    },
    "campaign": {"name": "Spring", "budget": Decimal("12.5")},
    "conversation": {"replied": False, "last_text_at": datetime(2026, 3, 1, tzinfo=UTC)},
    "steps": {"sms": {"body": "Hi"}},
    "run": {"now": datetime(2026, 3, 2, 9, tzinfo=UTC)},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("lead.score >= 60 && !conversation.replied", True),
        ("lead.attributes.plan == 'pro' ? 'yes' : 'no'", "yes"),
        ("lead.tags.exists(tag, tag == 'vip')", True),
        ("upper(lead.first_name) + '!'", "ANN!"),
        ("run.now > conversation.last_text_at", True),
        ("campaign.budget + 0.5", 13.0),
        ("default(lead.company, 'your company')", "your company"),
        ("format_date(run.now, '%H:%M', 'Europe/Berlin')", "10:00"),
        ("size(split('a, b', ','))", 2),
        ("steps['sms'].body", "Hi"),
        ("max([1, 5, 3])", 5),
    ],
)
def test_an_expression_comes_to(source: str, value: object) -> None:
    found = parse(source).evaluate(NAMES)
    assert (found.value, found.warning) == (value, "")


@pytest.mark.parametrize(
    "source", ["lead.attributes.missing", "steps.later.body", "lead.company + 'x'", "1 / 0", "lead.name > 5"]
)
def test_what_is_missing_or_does_not_fit_is_null_with_a_warning(source: str) -> None:
    found = parse(source).evaluate(NAMES)
    assert found.value is None and source in found.warning


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "empty"),
        ("1 +", "the end"),
        ("laed.name", "laed"),
        ("uper(lead.name)", "uper"),
        ("x" * 1001, "1001 characters"),
        ("[1].map(a, [1].map(b, a))", "one list"),
        ("__import__('os')", "__import__"),
        (r"size(r'\') + size(lead.tags.map(run, size(lead.tags.map(steps, 1)))) + size(' ')", "one list"),
        ("lead.tags.exists( // '\n run, lead.tags.exists( // '\n steps, true))", "one list"),
        ("size('''a'''') + lead.tags.map(run, lead.tags.map(run, 1))", "one list"),
    ],
)
def test_a_bad_expression_says_what_is_wrong(source: str, says: str) -> None:
    with pytest.raises(BadExpression) as refused:
        parse(source)
    assert says in refused.value.detail


def test_a_slip_is_told_what_may_be_meant() -> None:
    with pytest.raises(BadExpression) as refused:
        parse("laed.name")
    assert refused.value.remedy == "Write lead."


@pytest.mark.parametrize(
    "source", [r"lead.tags.map(t, t + '\n')", "lead.tags.map(t, 'https://x.example/' + t)", "'.map(a, b)' == '.map(c, d)'"]
)
def test_one_list_and_words_in_strings_are_allowed(source: str) -> None:
    assert parse(source).evaluate(NAMES).warning == ""


def test_days_are_counted_from_the_time_of_the_run() -> None:
    names = {**NAMES, "run": {"now": datetime(2030, 1, 1, tzinfo=UTC)}}
    assert parse("days_until('2030-01-04')").evaluate(names).value == 3


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("lead.score >= 70", "lead.score is empty."),
        ("lead.score + steps.a.x", "lead.score, steps.a.x are empty."),
        ("size(lead.score) > 1", "lead.score is empty."),
        (
            "lead.attributes.bill > 5",
            "the values don't fit together (lead.attributes.bill is a text). number(…) makes a number of a text.",
        ),
        ("lead.attributes['bill'] > 5", "the values don't fit together."),
        ("lead.tags + 1", "the values don't fit together (lead.tags is a list)."),
        ("'lead.score' * 2", "the values don't fit together."),
    ],
)
def test_values_that_do_not_fit_are_named(source: str, reason: str) -> None:
    lead = {"score": None, "tags": ["vip"], "attributes": {"bill": "$7"}}
    warning = parse(source).evaluate({"lead": lead, "steps": {"a": {"x": None}}}).warning
    assert warning == f"“{source}” can't be worked out: {reason}"


def test_a_bare_name_may_be_the_leads() -> None:
    with pytest.raises(BadExpression) as refused:
        parse("first_name")
    assert "lead.first_name" in refused.value.remedy


def test_what_cannot_be_handed_over_is_a_warning() -> None:
    found = parse("lead.name").evaluate({"lead": {"name": "\ud800"}})
    assert found.value is None and "lead.name" in found.warning


def test_what_an_expression_sees_is_cut() -> None:
    seen = parse("lead.tags.map(t, size(t))").evaluate({"lead": {"tags": ["x" * 20_000] * 100_000}})
    assert seen.value == [10_000] * 1_000


@given(st.text(max_size=80))
def test_any_text_is_an_expression_or_refused(source: str) -> None:
    with contextlib.suppress(BadExpression):
        parse(source).evaluate(NAMES)


@given(st.text(max_size=80))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    try:
        filled, _ = read(text).fill(NAMES)
    except BadExpression:
        return
    assert "{{" in text or filled == text


def test_what_no_text_can_hold_is_left_out_of_values() -> None:
    names = {**NAMES, "lead": {"name": "An\x00n\x1b\nLee"}}
    assert read("Hi {{ lead.name }}").fill(names) == ("Hi Ann\nLee", [])


def test_a_text_is_filled_and_values_stay_data() -> None:
    names = {**NAMES, "lead": {"first_name": "{{ campaign.name }}", "company": ""}}
    text = "Hi {{ lead.first_name | there }}, is {{lead.company|your company}} up? {{ '}}' }} {{ true || false }}"
    assert read(text).fill(names) == ("Hi {{ campaign.name }}, is your company up? }} yes", [])


class Inner(BaseModel):
    when: datetime | None = None
    words: list[str] = []


class Params(BaseModel):
    title: str = ""
    seconds: float = Field(60, ge=1)
    mode: Literal["a", "b"] = "a"
    tags: list[str] = []
    inner: list[Inner] = []
    sets: dict[str, Any] = {}
    prompt: str = Field("", json_schema_extra=NO_EXPRESSIONS)


def test_parameters_take_expressions_of_their_kind() -> None:
    data = {
        "title": "{{ lead.score }}",
        "seconds": "{{ lead.score * 2 }}",
        "mode": "{{ lead.score > 60 ? 'b' : 'a' }}",
        "tags": "{{ lead.tags }}",
        "inner": [{"when": "{{ run.now }}", "words": ["{{ lead.name }}"]}],
        "sets": {"plan": "{{ lead.attributes.plan }}", "none": "{{ lead.attributes.x }}"},
        "prompt": "Write to {{first_name}}.",
    }
    resolved = resolve(Params, data, NAMES)
    assert resolved.params == Params(
        title="70",
        seconds=140,
        mode="b",
        tags=["vip"],
        inner=[Inner(when=NAMES["run"]["now"], words=["Ann Lee"])],
        sets={"plan": "pro", "none": None},
        prompt="Write to {{first_name}}.",
    )
    assert len(resolved.warnings) == 1 and problems(Params, data) == []
    assert not is_static(data) and is_static({"inner": [{"words": ["x"]}]})
    assert next(name for name, _ in templates(Params, data)) == "title"


def test_a_value_that_does_not_fit_names_its_field() -> None:
    with pytest.raises(UnusableParameters, match=r"seconds: Input should be greater than or equal to 1 \(it came to '0'\)"):
        resolve(Params, {"seconds": "{{ lead.score - 70 }}"}, NAMES)


def test_problems_are_named_with_their_place() -> None:
    data = {"title": "{{ laed }}", "seconds": "soon", "inner": [{"words": ["{{ 1 + }}"]}], "mode": "{{ lead.mode }}"}
    assert sorted(problem.field for problem in problems(Params, data)) == ["inner.0.words.0", "seconds", "title"]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.campaigns.rehearsal import PLACEHOLDER as PLAIN_PLACEHOLDER
from outrider.campaigns.trials.placeholders import PLACEHOLDER
from outrider.llm.offline import render
from outrider.llm.offline.templates import LONGEST_VALUE, one_line
from tests.clocks import takes_less

VALUES = {"first_name": "Maria", "company": "Acme", "sender_name": "Ada", "favourite_colour": "green"}
FALLBACKS = {"first_name": "there", "company": "your company"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{first_name}}, {{sender_name}} here.", "Hi Maria, Ada here."),
        ("Hi {{ First Name }} of {{companyName}}", "Hi Maria of Acme"),
        ("{{lead.first_name}} {{lead.company}} {{campaign.sender_name}}", "Maria Acme Ada"),
        ("{{firstName}} likes {{favourite-colour}}", "Maria likes green"),
        ("{{agent_name}} and {{company_name}}", "Ada and Acme"),
        ("no placeholders,  two  gaps", "no placeholders,  two  gaps"),
        ("{{}} {{ }} {first_name}", "{{}} {{ }} {first_name}"),
    ],
)
def test_values(template: str, text: str) -> None:
    assert render(template, VALUES, FALLBACKS) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{first_name}}!", "Hi there!"),
        ("Hi {{first_name|friend}}!", "Hi friend!"),
        ("Hi {{first_name | dear reader }}!", "Hi dear reader!"),
        ("Is {{company}} hiring?", "Is your company hiring?"),
        ("Hi {{nickname}}, hello", "Hi, hello"),
        ("Hi{{nickname}}, {{title}}, hello {{title}}.", "Hi, hello."),
        ("One {{nickname}}\nTwo {{nickname}} three", "One\nTwo three"),
        ("Hi {{first_name|}}, hello", "Hi, hello"),
    ],
)
def test_missing_values_leave_no_gap(template: str, text: str) -> None:
    assert render(template, {}, FALLBACKS) == text


def test_a_value_is_data() -> None:
    hostile = {"first_name": "{{sender_name}} \n\x00 {{secret}}", "sender_name": "Ada", "secret": "leaked"}
    assert render("Hi {{first_name}}", hostile, {}) == "Hi {{sender_name}} {{secret}}"


def test_a_value_stays_short() -> None:
    assert len(render("{{company}}", {"company": "x" * 10_000}, {})) == LONGEST_VALUE


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_template_renders(template: str, values: dict[str, str]) -> None:
    assert isinstance(render(template, values, {}), str)


@given(st.text())
def test_one_line_is_one_short_line(value: str) -> None:
    line = one_line(value)
    assert len(line) <= LONGEST_VALUE and line == line.strip() and all(c.isprintable() for c in line)


@pytest.mark.parametrize("opening", ["{{", "{{name", "{{name|", "{{name | friend"])
def test_a_placeholder_that_is_never_closed_takes_no_time(opening: str) -> None:
    template = opening + " " * 20_000
    assert "{{" in render(template, VALUES, FALLBACKS)
    assert PLACEHOLDER.findall(template) == PLAIN_PLACEHOLDER.findall(template) == []
    assert takes_less(1.0, lambda: render(template, VALUES, FALLBACKS))

"""Variables in prompts, such as `{{lead.first_name}}` or `{{campaign.name}}`.

Their values come from leads, campaigns and the clock. They are data within instructions: each is put in once, on one line
and cut to a sensible length, and a variable inside a value stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.agents.base import WorkflowContext
from outrider.errors import FieldProblem, InvalidInput

LONGEST_VALUE = 120
LONGEST_ATTRIBUTE_NAME = 60
ATTRIBUTE = "lead.attributes."
_VARIABLE = re.compile(r"\{\{([^{}|]*+)(?:\|([^{}]*+))?\}\}")
_PLAIN = re.compile(r"[a-z_]+(?:\.[a-z_]+)?|lead\.attributes\.[\w .-]+")


@dataclass(frozen=True, slots=True)
class Variable:
    """What may stand between `{{` and `}}`."""

    name: str
    meaning: str
    example: str
    read: Callable[[WorkflowContext], object]


def _first_name(context: WorkflowContext) -> str:
    return (str(context.lead.get("name") or "").split() or [""])[0]


def _here(context: WorkflowContext) -> datetime:
    try:
        return context.now.astimezone(ZoneInfo(context.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return context.now


def _of_lead(field: str) -> Callable[[WorkflowContext], object]:
    return lambda context: context.lead.get(field)


VARIABLES: Mapping[str, Variable] = {
    variable.name: variable
    for variable in (
        Variable("lead.first_name", "The lead's first name", "Ann", _first_name),
        Variable("lead.name", "The lead's whole name", "Ann Lee", _of_lead("name")),
        Variable("lead.company", "The company the lead works for", "Leeworks", _of_lead("company")),
        Variable("lead.title", "Their position there", "Owner", _of_lead("title")),
        Variable("lead.industry", "What the company does", "Roofing", _of_lead("industry")),
        Variable("lead.company_size", "How large the company is", "11–50", _of_lead("company_size")),
        Variable("lead.city", "The lead's city", "Austin", _of_lead("city")),
        Variable("lead.region", "State or province", "TX", _of_lead("region")),
        Variable("lead.country", "Country, as two letters", "US", _of_lead("country")),
        Variable("lead.language", "The lead's language", "en", lambda context: context.lead.get("language") or context.language),
        Variable("lead.local_time", "Day and time where the lead is", "Tuesday 14:05", lambda c: f"{_here(c):%A %H:%M}"),
        Variable("campaign.name", "Name of the campaign", "Spring roofs", lambda context: context.briefing.name),
        Variable("campaign.description", "What the campaign says of itself", "Free checks", lambda c: c.briefing.description),
        Variable("sender", "The person or brand that we speak for", "Maya of Acme", lambda context: context.briefing.sender_name),
        Variable("today", "Today's date where the lead is", "Tuesday, 3 March 2026", lambda c: f"{_here(c):%A, %-d %B %Y}"),
    )
}


def fill(prompt: str, context: WorkflowContext) -> str:
    """The prompt with its variables filled in: by the value, else by the variable's own `|fallback`, else by nothing.

    One that nobody knows stays as it was written; stored prompts have none (`check_prompt`).
    """

    def value(match: re.Match[str]) -> str:
        known = _read(match[1].strip(), context)
        return match[0] if known is None else (known or (match[2] or "").strip())

    return _VARIABLE.sub(value, prompt)


def values_of(prompt: str, context: WorkflowContext) -> dict[str, str]:
    """Each variable that the prompt uses and its value; "" where there is none."""
    return {name: _read(name, context) or "" for name in used(prompt)}


def used(prompt: str) -> list[str]:
    """Names of the variables in the prompt, each once."""
    return list(dict.fromkeys(match[1].strip() for match in _VARIABLE.finditer(prompt)))


def problems_of(prompt: str, field: str) -> list[FieldProblem]:
    """Each variable of the prompt that nobody would ever fill in."""
    return [
        FieldProblem(field=field, problem=f"{{{{{name}}}}} is no variable.", remedy=_remedy(name))
        for name in used(prompt)
        if not _is_known(name)
    ]


def check_prompt(prompt: str, field: str) -> None:
    """
    Raises:
        InvalidInput: the prompt has a variable that nobody knows; each is named with what may be meant.
    """
    if problems := problems_of(prompt, field):
        raise InvalidInput(f"{field}: {problems[0].problem}", remedy=problems[0].remedy, fields=problems)


def _is_known(name: str) -> bool:
    return name in VARIABLES or (name.startswith(ATTRIBUTE) and len(ATTRIBUTE) < len(name) and _PLAIN.fullmatch(name) is not None)


def _read(name: str, context: WorkflowContext) -> str | None:
    """The variable's value on one line, "" if there is none; None if nobody knows the variable."""
    if not _is_known(name):
        return None
    if name in VARIABLES:
        return _one_line(VARIABLES[name].read(context))
    attributes = context.lead.get("attributes")
    return _one_line(attributes.get(name.removeprefix(ATTRIBUTE))) if isinstance(attributes, Mapping) else ""


def _one_line(value: object) -> str:
    text = "" if value is None else str(value)
    plain = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_VALUE]).split())
    return plain[:LONGEST_VALUE].rstrip()


def _remedy(name: str) -> str:
    if meant := _meant(name, VARIABLES):
        return f"Write {{{{{meant}}}}}."
    return f"Use one of {', '.join(VARIABLES)}, or lead.attributes.<name>."


def _meant(name: str, known: Iterable[str]) -> str | None:
    plain = re.sub(r"[^a-z.]+", "_", name.lower())
    by_end = {variable.rpartition(".")[2]: variable for variable in known}
    return by_end.get(plain) or next(iter(get_close_matches(plain, list(known), 1, 0.75)), None)

"""Renders a template such as `Hi {{first_name}}, is {{company|your company}} hiring?`.

Values come from leads, so they are data: they are put in once, on one line and cut to a sensible length, and a
placeholder inside a value stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST_VALUE = 80

_PLACEHOLDER = re.compile(r"\{\{\s*+(\w[\w .-]*+)\s*+(?:\|([^{}]*+))?\}\}")
"""What is matched is never given back: long gaps in a template that is not closed must not be tried in every division."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATOR = re.compile(r"[\s.-]+")
_GAP_BEFORE_MARK = re.compile(r"[ \t]+([,.;:!?])")
_DOUBLED_COMMA = re.compile(r",(?=[,.!?])")
_GAPS = re.compile(r"[ \t]{2,}")

_ALIASES = {
    "full_name": "name",
    "lead_name": "name",
    "company_name": "company",
    "job_title": "title",
    "role": "title",
    "position": "title",
    "agent_name": "sender_name",
    "sender": "sender_name",
    "our_company": "sender_company",
    "my_company": "sender_company",
    "campaign": "campaign_name",
}


def render(template: str, values: Mapping[str, str], fallbacks: Mapping[str, str]) -> str:
    """The template with its placeholders filled in.

    A name may be written `first_name`, `First Name`, `firstName` or `lead.first_name`. For a value that is missing
    stands the placeholder's own `|fallback`, or that of `fallbacks`, or nothing; then the gap is closed as well.
    """
    has_gap = False

    def fill(match: re.Match[str]) -> str:
        nonlocal has_gap
        name = _plain_name(match[1].rstrip())
        text = values.get(name) or (match[2].strip() if match[2] is not None else fallbacks.get(name, ""))
        has_gap = has_gap or not text
        return one_line(text)

    text = _PLACEHOLDER.sub(fill, template)
    return _close_gaps(text) if has_gap else text


def one_line(value: str) -> str:
    """The value without line breaks and control characters, and not longer than a text message can bear."""
    return " ".join("".join(c if c.isprintable() else " " for c in value[: 4 * LONGEST_VALUE]).split())[:LONGEST_VALUE].rstrip()


def _plain_name(written: str) -> str:
    name = _SEPARATOR.sub("_", _CAMEL.sub("_", written)).lower().removeprefix("lead_")
    if name.startswith("campaign_") and name != "campaign_name":
        name = name.removeprefix("campaign_")
    return _ALIASES.get(name, name)


def _close_gaps(text: str) -> str:
    text = _GAPS.sub(" ", _GAP_BEFORE_MARK.sub(r"\1", text))
    return "\n".join(line.strip() for line in _DOUBLED_COMMA.sub("", text).split("\n")).strip()

"""What people fill in when they decide: which values fit the fields of an approval's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from outrider.errors import InvalidInput
from outrider.workflows.expressions.texts import said

LONGEST_TEXT = 8_000
MOST_BYTES = 64 * 1024


def checked(form: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, without those that were left empty.

    Args:
        form: `{name, label, type, required, options}` of each field.

    Raises:
        InvalidInput: names the field that is unknown, missing or of another kind.
    """
    fields = {field["name"]: field for field in form}
    if unknown := sorted(set(answers) - set(fields)):
        raise InvalidInput.on(f"body.answers.{unknown[0]}", "the form has no such field", "Leave it out.")
    given = filled(answers)
    for name, field in fields.items():
        if name not in given:
            if field.get("required"):
                raise InvalidInput.on(f"body.answers.{name}", "it is required", "Fill it in.")
        elif problem := unusable(field, given[name]) or unstorable(given[name]):
            raise InvalidInput.on(f"body.answers.{name}", problem, "Correct it.")
    return given


def filled(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without the empty ones."""
    return {name: value for name, value in answers.items() if value not in (None, "", [])}


def prefilled(form: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is handed in by whoever leaves the form as it is: a tick that isn't set is a no."""
    return filled({field["name"]: _at_first(field) for field in form})


def _at_first(field: Mapping[str, Any]) -> Any:
    value = field.get("value")
    return value is True if field.get("type") == "boolean" else value


def fitted(field: Mapping[str, Any], value: Any) -> Any:
    """What an expression came to, as its field keeps it; None if it doesn't fit, so that the person fills it in."""
    kind = field.get("type", "text")
    if value is not None and kind == "text":
        value = said(value)[:LONGEST_TEXT]
    elif isinstance(value, datetime) and kind == "date":
        value = value.date().isoformat()
    elif isinstance(value, str) and kind == "date":
        value = value[:10]
    return None if value in (None, "") or unusable(field, value) else value


def unstorable(value: Any) -> str | None:
    """Why plain data can't be kept; None if it can."""
    try:
        packed = orjson.dumps(value)
    except TypeError as error:
        return f"it can't be kept: {error}"
    if len(packed) > MOST_BYTES:
        return f"it is longer than {MOST_BYTES // 1024} KiB"
    # A backslash that stands for itself is written as two.
    return "it holds a NUL character" if rb"\u0000" in packed.replace(rb"\\", b"") else None


def unusable(field: Mapping[str, Any], value: Any) -> str:
    """Why the value doesn't fit the field; empty if it does."""
    match field.get("type", "text"):
        case "number":
            return "" if isinstance(value, int | float) and not isinstance(value, bool) else "is no number"
        case "boolean":
            return "" if isinstance(value, bool) else "is neither true nor false"
        case "choice":
            choices = field.get("options", [])
            return "" if value in choices else f"is none of {', '.join(map(str, choices))}"
        case "date":
            return "" if isinstance(value, str) and _is_date(value) else "is no date such as 2026-05-31"
    if not isinstance(value, str):
        return "is no text"
    return "" if len(value) <= LONGEST_TEXT else f"is longer than {LONGEST_TEXT} characters"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

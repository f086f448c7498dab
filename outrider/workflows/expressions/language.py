"""Compiles and evaluates single expressions, within bounds.

What an expression may cost is bounded before it runs: its length, one comprehension at most (nested ones take time to the
power of their depth), and the size of the values that it sees.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from typing import Any

import cel

from outrider.errors import InvalidInput
from outrider.workflows.expressions.functions import BUILT_IN, LONGEST_TEXT, NAMES, callables

LONGEST_EXPRESSION = 1_000
LONGEST_LIST = 1_000
DEEPEST = 12
_COMPREHENSION = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_COMPREHENSION_WORD = re.compile(r"\b(?:all|exists|exists_one|map|filter)\b")
_OBSCURE = re.compile(r"\\|//|'''|\"\"\"")
"""Escapes, comments and long strings: where a string ends is then not told by its quotes alone, so that every word counts."""
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_STEP = re.compile(r"\bsteps\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\])")
_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_MISFITS = ("No such overload", "Unsupported operation", "Undefined variable or function")
"""What the library says of values of kinds that an operation or a function does not take; unknown names are refused before."""
ROOTS: Mapping[str, str] = {
    "lead": "The person: name, company, score, tags …",
    "campaign": "What the campaign says about itself",
    "conversation": "What was written with the lead",
    "steps": "What earlier steps brought, by the id of their node",
    "run": "This run: when it started, the time now",
}
"""Names that every expression knows."""


SPLIT = "Work out one part in a step of its own (Transform) and use its result."


class BadExpression(InvalidInput):
    """The text is no expression, or one that is not allowed."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression came to for one lead."""

    value: Any
    warning: str = ""
    """Why it is null, if something was missing or did not fit."""


@dataclass(frozen=True, slots=True)
class Expression:
    source: str
    program: cel.Program
    roots: tuple[str, ...]
    functions: tuple[str, ...]

    @property
    def steps(self) -> set[str]:
        """Ids of the nodes whose results it reads."""
        return {next(filter(None, found), "") for found in _STEP.findall(self.source)}

    def evaluate(self, names: Mapping[str, Any]) -> Value:
        """Its value. What is missing makes it null: a lead without a score is not an error."""
        values = {root: plain(names.get(root)) for root in self.roots}
        try:
            context = cel.Context(values, callables(self.functions, _now(names)))
            return Value(self.program.execute(context))
        except KeyError as error:
            return Value(None, f"{error.args[0]!r} is not known here, in “{self.source}”.")
        except (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError, RuntimeError) as error:
            return Value(None, f"“{self.source}” can't be worked out: {_reason(self.source, values, error)}")


@lru_cache(maxsize=2_000)
def parse(source: str) -> Expression:
    """
    Raises:
        BadExpression: says what is wrong with it, and what may be meant.
    """
    source = source.strip()
    if not source:
        raise BadExpression("The expression is empty.", remedy="Write one between {{ and }}, as in {{ lead.first_name }}.")
    if len(source) > LONGEST_EXPRESSION:
        too_long = f"The expression has {len(source)} characters; at most {LONGEST_EXPRESSION} are allowed."
        raise BadExpression(too_long, remedy=SPLIT)
    comprehensions = _comprehensions(source)
    try:
        program = cel.compile(source)
    except ValueError as error:
        remedy = "Correct it; texts stand in quotes, as in lead.tier == 'A'."
        raise BadExpression(f"“{source}” can't be read: {_syntax(error)}", remedy=remedy) from error
    roots = tuple(name for name in program.variables() if name not in comprehensions)
    _ensure_known(roots, ROOTS, "name")
    named = [name for name in program.functions() if name.isidentifier()]
    _ensure_known(named, [*NAMES, *BUILT_IN], "function")
    return Expression(source, program, roots, tuple(name for name in named if name in NAMES))


def plain(value: Any, depth: int = 0) -> Any:
    """A value as CEL takes it: JSON's kinds and times, cut to what an expression may see."""
    if value is None or isinstance(value, bool | int | datetime | timedelta):
        return value
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth >= DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in list(value.items())[:LONGEST_LIST]}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner, depth + 1) for inner in list(value)[:LONGEST_LIST]]
    if isinstance(value, Enum):
        return plain(value.value, depth)
    if isinstance(value, date):
        return value.isoformat()
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)[:LONGEST_TEXT]


def _now(names: Mapping[str, Any]) -> datetime:
    """What time it is for the run; for texts that are filled outside of one, the present."""
    return (names.get("run") or {}).get("now") or datetime.now(UTC)


def _comprehensions(source: str) -> list[str]:
    """The names that go through a list, one per comprehension.

    Raises:
        BadExpression: there are several, or may be.
    """
    found = _COMPREHENSION.findall(_STRING.sub("''", source))
    if len(found) > 1 or (_OBSCURE.search(source) and len(_COMPREHENSION_WORD.findall(source)) > 1):
        raise BadExpression("An expression goes through one list at most.", remedy=SPLIT)
    return found


def _ensure_known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    known = list(known)
    for name in names:
        if name in known:
            continue
        close = get_close_matches(name, known, 1)
        remedy = f"Write {close[0]}." if close else f"Use one of: {', '.join(sorted(known))}."
        if what == "name" and not close:
            remedy = f"If it is the lead's, write lead.{name}; names begin with one of: {', '.join(sorted(known))}."
        raise BadExpression(f"There is no {what} “{name}”.", remedy=remedy)


def _reason(source: str, values: Mapping[str, Any], error: Exception) -> str:
    """Why values don't fit together, by their names: the library speaks of overloads."""
    if not str(error).startswith(_MISFITS):
        return _first_line(error)
    found = dict(filter(None, (_found(path, values) for path in _PATH.findall(_STRING.sub("''", source)))))
    if empty := [path for path, value in found.items() if value is None]:
        return f"{', '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty."
    known = {path: value for path, value in found.items() if not isinstance(value, Mapping)}
    kinds = ", ".join(f"{path} is {_kind(value)}" for path, value in known.items())
    hint = " number(…) makes a number of a text." if any(isinstance(value, str) for value in known.values()) else ""
    return f"the values don't fit together{f' ({kinds})' if kinds else ''}.{hint}"


def _found(path: str, values: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The longest beginning of the path that names a value, and the value: `lead.name` of `lead.name.contains`."""
    walked: list[str] = []
    value: Any = values
    for name in path.split("."):
        if not isinstance(value, Mapping):
            break
        if name not in value:
            return None
        value = value[name]
        walked.append(name)
    return (".".join(walked), value) if walked else None


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "a yes or no"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a time"


def _syntax(error: ValueError) -> str:
    """The parser's words without its drawing of the place."""
    found = re.search(r"ERROR: <input>:\d+:(\d+): (?:Syntax error: )?([^\n]+)", str(error))
    if found is None:
        return _first_line(error)
    reason = re.sub(r" expecting \{.*", "", found[2]).replace("'<EOF>'", "the end")
    return f"at character {found[1]}, {reason}."


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return re.split(r"(?<=[.!]) ", lines[0])[0][:200] if lines else type(error).__name__

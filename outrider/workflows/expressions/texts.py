"""Texts with expressions in them: `Hi {{ lead.first_name | there }}, about {{ lead.company }} …`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from outrider.workflows.expressions.language import BadExpression, Expression, Value, parse

OPENING, CLOSING = "{{", "}}"
LONGEST_VALUE = 2_000
"""Characters that one value may bring into a text."""
_PART = re.compile(r"\{\{((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^{}'\"]|\{(?!\{)|\}(?!\}))*)\}\}")
_FALLBACK = re.compile(r"((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\|\||[^|'\"])*)\|(?!\|)(.*)", re.DOTALL)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Part:
    """One `{{ … }}`."""

    expression: Expression
    fallback: str | None
    """What stands there when the value is null or empty."""

    def value(self, names: Mapping[str, Any]) -> Value:
        found = self.expression.evaluate(names)
        if self.fallback is not None and (found.value is None or found.value == ""):
            return Value(self.fallback)
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """A text in pieces: what stands as it is, and what is worked out."""

    pieces: tuple[str | Part, ...]

    @property
    def parts(self) -> list[Part]:
        return [piece for piece in self.pieces if isinstance(piece, Part)]

    @property
    def is_one_value(self) -> bool:
        """Nothing but one expression: its value keeps its kind."""
        return len(self.pieces) == 1 and isinstance(self.pieces[0], Part)

    def fill(self, names: Mapping[str, Any]) -> tuple[str, list[str]]:
        """The text for one lead, and what was missing. A value is data: what looks like an expression in it stays as it is."""
        written, warnings = [], []
        for piece in self.pieces:
            if isinstance(piece, str):
                written.append(piece)
                continue
            found = piece.value(names)
            written.append(said(found.value))
            if found.warning:
                warnings.append(found.warning)
        return "".join(written), warnings


def has_expressions(text: str) -> bool:
    return OPENING in text


@lru_cache(maxsize=2_000)
def read(text: str) -> Template:
    """
    Raises:
        BadExpression: one of its expressions can't be used, or `{{` has no `}}`.
    """
    pieces: list[str | Part] = []
    place = 0
    for match in _PART.finditer(text):
        if before := text[place : match.start()]:
            pieces.append(before)
        pieces.append(_part(match[1]))
        place = match.end()
    if rest := text[place:]:
        pieces.append(rest)
    if any(isinstance(piece, str) and OPENING in piece for piece in pieces):
        raise BadExpression("An expression that begins with {{ does not end.", remedy="Close it with }}.")
    return Template(tuple(pieces))


def said(value: Any) -> str:
    """A value as it stands in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, list):
        return ", ".join(said(inner) for inner in value)[:LONGEST_VALUE]
    return _UNPRINTABLE.sub("", str(value))[:LONGEST_VALUE]


def _part(inner: str) -> Part:
    if (match := _FALLBACK.fullmatch(inner)) is not None:
        return Part(parse(match[1].strip()), match[2].strip())
    return Part(parse(inner.strip()), None)

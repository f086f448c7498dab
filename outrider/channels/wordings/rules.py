"""Shape of the data.

Everything is written for normalised text (`keywords.normalise`): lower case, no accents, no punctuation, "don't" as
"dont", any other apostrophe as a space ("I'll" is "i ll").
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

NEVER = r"(?!)"


class Wish(StrEnum):
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"


class Phrases(NamedTuple):
    """Whole texts that state a wish."""

    wish: Wish
    language: str
    phrases: frozenset[str]
    courtesy: bool = True
    """Also between words of courtesy: "ok, stop please"."""


class Wording(NamedTuple):
    """A way to state a wish within one clause of a text."""

    wish: Wish
    language: str
    example: str
    pattern: str
    unless: str = NEVER
    """Takes it back when found in the same clause."""
    unless_anywhere: str = NEVER
    """Takes it back when found anywhere in the text, whose clauses are joined by ` | `."""


def listed(phrases: str) -> frozenset[str]:
    """Phrases separated by commas or line breaks."""
    return frozenset(phrase.strip() for line in phrases.splitlines() for phrase in line.split(",") if phrase.strip())

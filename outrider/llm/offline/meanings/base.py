"""What a language's words are looked through for."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meanings:
    """The patterns of one language."""

    meeting: re.Pattern[str]
    """A call or a meeting, with or without a time."""
    moves: re.Pattern[str]
    cancels: re.Pattern[str]
    who_decides: re.Pattern[str]
    """They have to ask somebody else."""
    objections: tuple[tuple[str, re.Pattern[str]], ...]
    """Keys of the shipped objections, the more telling first."""
    facts: tuple[tuple[str, float, str, re.Pattern[str]], ...]
    """Factor, strength, what it means, and the words. What speaks against a purchase is looked for first: “not sure we need
    this” holds the words of a need."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", tuple(sorted(self.facts, key=lambda fact: fact[1] > 0)))

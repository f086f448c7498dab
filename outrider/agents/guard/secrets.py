"""What looks like a key, or like our own instructions, never leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

KEYS = re.compile(
    r"\bsk-[\w-]{16,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\beyJ[\w-]{10,}\.[\w-]{10,}|-----BEGIN [A-Z ]{1,30}KEY|\bgh[pousr]_\w{20,}"
    r"|\bxox[abpr]-[\w-]{10,}|\b(?:AC|SK|MG)[0-9a-f]{32}\b|(?<![\w/+])(?=[\w/+]{0,40}\d)(?=[\w/+]{0,40}[a-zA-Z])[\w/+]{40,}"
)
WORD = re.compile(r"[^\W_]+")
RUN = 7
"""So many words in a row that stand in our instructions too are no accident."""


def secret_in(text: str, secrets: Iterable[str] = ()) -> bool:
    """Whether the text holds a secret that we know, or something of the shape of one."""
    return KEYS.search(text) is not None or any(len(secret) >= 8 and secret in text for secret in secrets)


def quotes_instructions(text: str, instructions: str) -> bool:
    """Whether the text repeats a piece of what the model was told to do."""
    return not _runs(text).isdisjoint(_runs_of_instructions(instructions))


@lru_cache(maxsize=256)
def _runs_of_instructions(text: str) -> frozenset[tuple[str, ...]]:
    return _runs(text)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return frozenset(tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))

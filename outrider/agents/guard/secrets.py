"""What looks like a key, or like our own instructions, never leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from outrider.agents.guard.disguise import letters, readings

KEYS = re.compile(
    r"\bsk-[\w-]{16,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\beyJ[\w-]{10,}\.[\w-]{10,}|-----BEGIN [A-Z ]{1,30}KEY|\bgh[pousr]_\w{20,}"
    r"|\bxox[abpr]-[\w-]{10,}|\b(?:AC|SK|MG)[0-9a-f]{32}\b|(?<![\w/+])(?=[\w/+]{0,40}\d)(?=[\w/+]{0,40}[a-zA-Z])[\w/+]{40,}"
)
WORD = re.compile(r"[^\W\d_]+")
RUN = 7
"""So many words in a row that stand in our instructions too are no accident."""
LONG_RUN = 14
"""The same of a prompt that an operator wrote: it may hold facts, and a fact may be said in the words in which it was told."""
SHORTEST_SECRET = 8
SHORTEST_RUN = 20
"""Letters."""


def secret_in(text: str, secrets: Iterable[str] = ()) -> bool:
    """Whether the text holds a secret that we know, in whatever way it is written, or something of the shape of one."""
    if KEYS.search(text) is not None:
        return True
    known = [bare for secret in secrets if len(bare := letters(secret)) >= SHORTEST_SECRET]
    said = [letters(reading) for reading in readings(text)] if known else []
    return any(secret in one for secret in known for one in said)


def quotes_instructions(text: str, instructions: str, prompt: str = "") -> bool:
    """Whether the text repeats a piece of what the model was told to do, in whatever way it is written.

    Args:
        prompt: an operator's own words, of which only longer pieces count.
    """
    runs = _runs(instructions, RUN) | _runs(prompt, LONG_RUN)
    return any(run in said for said in map(_bare, readings(text)) for run in runs)


@lru_cache(maxsize=256)
def _runs(text: str, length: int) -> frozenset[str]:
    words = WORD.findall(text.lower())
    found = ("".join(words[start : start + length]) for start in range(len(words) - length + 1))
    return frozenset(run for run in found if len(run) >= SHORTEST_RUN)


def _bare(text: str) -> str:
    return "".join(WORD.findall(text.lower()))

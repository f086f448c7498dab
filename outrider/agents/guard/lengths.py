"""Texts made short without being cut in the middle of a word."""

from __future__ import annotations

import re

SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


def shortened(text: str, longest: int) -> str:
    """The text, or the whole sentences of it that fit, or else the words that fit."""
    if len(text) <= longest:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text, 0, longest + 1) if match.end() <= longest]
    if ends:
        return text[: ends[-1]]
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"

"""What stands behind “if”, “when” and “those who”, read as a condition of a workflow."""

from __future__ import annotations

import re

from outrider.llm.offline.outreach.condition_words import READINGS
from outrider.llm.offline.outreach.deciding import About, Condition
from outrider.llm.offline.outreach.phrases import Phrases

_COMPILED = tuple((re.compile(pattern, re.I), reading) for pattern, reading in READINGS)
_BOTH = re.compile(r"\s+(?P<word>and|or)\s+(?:if\s+|who\s+|that\s+|whose\s+)?", re.I)
_ENDINGS = frozenset({About.REPLY, About.OPT_OUT, About.BOOKED})
"""“Stop when they answer or opt out.”"""
_UNTIL = re.compile(r"[,:]|\bthen\b", re.I)


def read_condition(text: str, place: int, phrases: Phrases) -> tuple[Condition, int]:
    """The condition that begins at `place`, and where it ends. One that is not understood reaches to the next comma."""
    found = _one(text, place, phrases)
    if found is None:
        over = _UNTIL.search(text, place)
        end = over.start() if over else len(text)
        return Condition(About.UNKNOWN, words=text[place:end].strip()), end
    condition, end = found
    words, expression, notes = text[place:end], condition.expression, list(condition.notes)
    while condition.about is About.FACTS and (both := _BOTH.match(text, end)) is not None:
        further = _one(text, both.end(), phrases)
        if further is None or further[0].about is not About.FACTS:
            break
        sign = "&&" if both["word"].lower() == "and" else "||"
        expression = f"({expression}) {sign} ({further[0].expression})"
        notes, end = [*notes, *further[0].notes], further[1]
        words = text[place:end]
    while condition.about in _ENDINGS and (both := _BOTH.match(text, end)) is not None:
        further = _one(text, both.end(), phrases)
        if further is None or further[0].about not in _ENDINGS:
            break
        end = further[1]
    if len(expression) > 900:
        return Condition(About.UNKNOWN, words=words.strip()), end
    return (
        Condition(condition.about, condition.holds, expression, words.strip(), condition.span, tuple(notes)),
        end,
    )


def _one(text: str, place: int, phrases: Phrases) -> tuple[Condition, int] | None:
    for pattern, reading in _COMPILED:
        match = pattern.match(text, place)
        if match is not None and match.end() > place and not text[match.end() : match.end() + 1].isalnum():
            condition = reading(match, phrases)
            if condition is not None:
                return condition, match.end()
    return None

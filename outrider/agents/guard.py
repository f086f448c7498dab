"""Rules that every automated answer must pass before it is sent, whatever the model wrote.

The model's words are checked, not trusted: a text of a lead may have talked it into something.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

LONGEST_ANSWER = 320
"""Characters; about two segments."""
HAND_OVER_MARK = "[[person]]"
"""A model writes this when a person should answer."""

LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|info|biz|ly|link|app|dev|ai)\b(?:/\S*)?", re.IGNORECASE
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){8,14}")
SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be sent of a model's answer."""

    text: str | None
    hand_over: bool
    reason: str


def check_answer(answer: str, known_texts: Iterable[str], our_texts: Collection[str] = ()) -> Checked:
    """What may be sent of `answer`.

    Links, addresses and numbers must occur in `known_texts` (what the campaign, we or the lead said before). Words that are
    among `our_texts` already are not said again: whoever repeats itself has nothing to say, and a person should look.
    """
    wants_person = HAND_OVER_MARK in answer
    text = " ".join(answer.replace(HAND_OVER_MARK, " ").split())
    if not text:
        return Checked(None, hand_over=True, reason="asked for a person" if wants_person else "the model wrote nothing")
    known = " ".join(known_texts).lower()
    invented = [found for pattern in (EMAIL, LINK, PHONE) for found in pattern.findall(text) if found.lower() not in known]
    if invented:
        return Checked(None, hand_over=True, reason="the model gave an address or number that nobody told it")
    if len(text) > LONGEST_ANSWER:
        text = _shortened(text)
    if text in our_texts:
        return Checked(None, hand_over=True, reason="the model would have said the same again")
    return Checked(text, hand_over=wants_person, reason="asked for a person" if wants_person else "answered")


def _shortened(text: str) -> str:
    """The whole sentences that fit, or else the words that fit."""
    ends = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= LONGEST_ANSWER]
    if ends:
        return text[: ends[-1]]
    return text[: LONGEST_ANSWER - 1].rsplit(" ", 1)[0] + "…"

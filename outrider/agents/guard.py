"""Rules that every automated answer must pass before it is sent, whatever the model wrote.

The model's words are checked, not trusted: a text of a lead may have talked it into something.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from outrider.conversations.models import PersonReason

LONGEST_ANSWER = 320
"""Characters; about two segments."""
HAND_OVER_MARK = "[[person: {why}]]"
"""A model writes this when a person should answer, with what it doesn't know or may not decide."""
LONGEST_WHY = 240
"""Characters of a model's own words about why it wants a person."""
ASKED_WITHOUT_WORDS = "The agent wants a person to answer and did not say why."

MARK = re.compile(r"\[\[\s*person\b[\s:]*([^\[\]]*)(?:\]\]?|$)", re.IGNORECASE)
"""Also one that was cut off: no part of it may reach the lead."""

LINK = re.compile(
    r"(?i:(?:https?://|www\.)\S+)"
    r"|(?i:\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|me|info|biz|ly|gl|link|app|dev|ai|xyz|shop|site|top|online)\b(?:/\S*)?)"
    r"|\b[\w-]*[a-zA-Z][\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}\b(?:/\S*)?"
)
"""Addresses as phones make links of them. A sentence that lacks the space after its full stop goes on with a capital."""
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){8,14}")
CLOSING = ".,;:!?…)]}>\"'’”»*_"
"""What ends a sentence or a bracket around an address."""
SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be sent of a model's answer."""

    text: str | None
    reason: str
    person_reason: PersonReason | None = None
    """Why a person should take the conversation; None if none need to."""

    @property
    def hand_over(self) -> bool:
        return self.person_reason is not None


def check_answer(answer: str, known_texts: Iterable[str], our_texts: Collection[str] = ()) -> Checked:
    """What may be sent of `answer`.

    Links, addresses and numbers must occur in `known_texts` (what the campaign, we or the lead said before). Words that are
    among `our_texts` already are not said again: whoever repeats itself has nothing to say, and a person should look.
    """
    mark = MARK.search(answer)
    asked, reason = (PersonReason.ASKED, _why(mark[1])) if mark else (None, "answered")
    text = " ".join(MARK.sub(" ", answer).split())
    if not text:
        return Checked(None, reason, asked) if asked else _refused("The model wrote nothing.")
    text = shortened(text, LONGEST_ANSWER)
    if invented := _invented(text, " ".join(known_texts)):
        return _refused(f"The agent's answer named “{invented}”, which nobody told it, so it was not sent.")
    if text in our_texts:
        return _refused("The agent would have said the same again, so its answer was not sent.")
    return Checked(text, reason, asked)


def _refused(reason: str) -> Checked:
    return Checked(None, reason, PersonReason.ANSWER_REFUSED)


def _why(words: str) -> str:
    """A model's words about why it wants a person, as one sentence."""
    why = " ".join(words.split()).rstrip(".")
    if not why:
        return ASKED_WITHOUT_WORDS
    why = shortened(why, LONGEST_WHY)
    return why[0].upper() + why[1:] + ("" if why.endswith(("…", "!", "?")) else ".")


def _invented(text: str, known: str) -> str | None:
    """The first address or number in `text` that was not told."""
    known = known.lower()
    addresses = [found.rstrip(CLOSING) for pattern in (EMAIL, LINK) for found in pattern.findall(text)]
    told = {_digits(found) for found in PHONE.findall(known)}
    unknown = [address for address in addresses if not _occurs(address.lower(), known)]
    unknown += [number for number in PHONE.findall(text) if _digits(number) not in told]
    return unknown[0] if unknown else None


def _occurs(address: str, known: str) -> bool:
    """Whether the address was told as a whole, or as the beginning of a longer one of the same host."""
    pattern = rf"(?<![\w.+-])(?:www\.)?{re.escape(address)}(?![\w-]|\.\w)"
    return re.search(pattern, known) is not None


def _digits(number: str) -> str:
    """A number however it is written, in North America with or without the country's 1."""
    return re.sub(r"\D", "", number).removeprefix("1")


def shortened(text: str, longest: int) -> str:
    """The text, or the whole sentences of it that fit, or else the words that fit."""
    if len(text) <= longest:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= longest]
    if ends:
        return text[: ends[-1]]
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"

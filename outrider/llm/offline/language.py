"""What a language consists of, as far as the offline model speaks it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a lead's text wants. When several fit, the first one of a language's list of patterns counts."""

    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    ASKED_IF_BOT = "asked_if_bot"
    ASKED_SOURCE = "asked_source"
    """How did you get my number?"""
    ASKED_WHO = "asked_who"
    LATER = "later"
    NOT_INTERESTED = "not_interested"
    TOO_EXPENSIVE = "too_expensive"
    HAS_SOLUTION = "has_solution"
    """Already has a provider or a solution."""
    NO_TIME = "no_time"
    WANTS_EMAIL = "wants_email"
    ASKED_PRICE = "asked_price"
    AGREED_TIME = "agreed_time"
    """Names or accepts a day or an hour."""
    WANTS_PERSON = "wants_person"
    """Wants to be called, or to talk to a person."""
    ASKED_WHAT = "asked_what"
    """Wants to know what it is about, or more about it."""
    THANKS = "thanks"
    INTERESTED = "interested"
    GREETING = "greeting"
    ASKED_OTHER = "asked_other"
    """A question that fits none of the above."""
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Openings:
    """Parts of a first text. Placeholders: {first} {sender} {company} {us} {topic} {title} {industry}."""

    hello: Sequence[str]
    hello_stranger: Sequence[str]
    from_person: Sequence[str]
    """Who is writing: {sender} of {us}."""
    from_person_alone: Sequence[str]
    from_company: Sequence[str]
    about: Sequence[str]
    """States the topic, given as a noun phrase."""
    again: Sequence[str]
    """States the topic in a text that follows an earlier one."""
    no_topic: Sequence[str]
    hooks: Mapping[frozenset[str], Sequence[str]]
    """The closing question, by the facts about the lead that it uses."""
    opt_out: str


@dataclass(frozen=True)
class Language:
    """One language: how to recognise it, read it and write it."""

    code: str
    words: frozenset[str]
    """Frequent words, folded, by which a text is recognised as this language."""
    marks: re.Pattern[str]
    """Characters and elisions that hardly occur in the other languages; searched in the lower-case text."""
    patterns: Mapping[Intent, re.Pattern[str]]
    """In order of precedence; searched in the folded text. That of `AGREED_TIME` only counts beside a day or an hour."""
    time: re.Pattern[str]
    """Days and hours, as in "tomorrow" and "at 3 pm"."""
    replies: Mapping[str, Sequence[str]]
    """Answers by intent; `asked_price:known` and the like when the fact is at hand."""
    sender_of_us: str
    """How one says that {sender} belongs to {us}."""
    the_team: str
    """Who writes when nobody is named."""
    for_us: str
    """How one says that something acts for {us}; begins with a space."""
    openings: Openings
    fallbacks: Mapping[str, str]
    """What stands in a template for a fact that is missing."""


def pattern(*alternatives: str) -> re.Pattern[str]:
    """One pattern of whole words."""
    return re.compile(r"(?<![\w'])(?:" + "|".join(alternatives) + r")(?![\w'])")


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


class _Folding(dict[int, str]):
    """Character → its base letter, filled in as characters turn up: é → e, ’ → '."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = {"’": "'", "‘": "'", "`": "'", "´": "'"}.get(character) or unicodedata.normalize("NFKD", character)[0]
        self[code] = base
        return base


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case without accents. Keeps the length, so that a place in the result is the same place in `text`."""
    lowered = text.lower()
    return lowered if lowered.isascii() else lowered.translate(_FOLDING)

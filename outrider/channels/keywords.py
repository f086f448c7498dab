"""Does a text ask to stop, to start again, or for help: by the carrier's keyword or in the person's own words.

Only what the carrier itself acts on (one of its keywords as the whole text) changes anything at the carrier. Every
other revocation must be recognised and obeyed here, because there the next text would still be delivered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product, takewhile
from typing import Literal

from outrider.channels.wordings import CARRIER_KEYWORDS, CARRIER_OPT_OUT_TYPES, COURTESY, PHRASES, WORDINGS
from outrider.channels.wordings.rules import Wish

__all__ = ["Recognised", "Wish", "normalise", "recognise"]


@dataclass(frozen=True, slots=True)
class Recognised:
    wish: Wish
    by: Literal["carrier_keyword", "wording"]
    """`carrier_keyword` exactly when the carrier acts on the text by itself."""
    matched: str
    """The keyword, or the normalised words that were recognised."""
    language: str


_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u00b4": "'", "`": "'", "\u02bc": "'", "\U0001f6d1": " stop "})
_NOT = re.compile(r"(?<=n)'(?=t\b)")
_FRENCH_PRONOUN = re.compile(r"-(?=(?:moi|vous|nous|toi|le|la|les)\b)")
_INNER_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_SPELLED_OUT = re.compile(r"\b(?:[a-z][ .]){2,}[a-z]\b")
_END_OF_CLAUSE = re.compile(r"[.!?;:,\n\r()\"“”«»|/–—¡¿]+|\s-+\s")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")

OF_A_MEETING = re.compile(r"(?:please |pls |just |kindly )*(?:end|cancel) (?:(?:the|this|my) )?(?:call|it|this)")
"""One call, or “it”: not the calls, and not the bare keyword."""

_EXACT = {phrase: group for group in PHRASES for phrase in group.phrases}
_LONGEST_PHRASE_WITH_COURTESY = 10
_COMPILED = [(rule, re.compile(rule.pattern), re.compile(rule.unless), re.compile(rule.unless_anywhere)) for rule in WORDINGS]


def recognise(body: str, opt_out_type: str | None = None, *, has_meeting: bool = False) -> Recognised | None:
    """The wish that a text states, or None. Where several are plausible, opting out wins.

    `YES` is an opt-in only as the whole text, and means something only to who has opted out: to everybody else it is
    an answer. `opt_out_type` is the carrier's own verdict (Twilio's OptOutType), which is never overruled. To who has a meeting
    with us (`has_meeting`) “cancel the call” is about that meeting, as long as nothing else in the text says stop.
    """
    if opt_out_type and (verdict := CARRIER_OPT_OUT_TYPES.get(opt_out_type.strip().upper())):
        return Recognised(verdict, "carrier_keyword", opt_out_type.strip().upper(), "en")
    word = body.strip().upper()
    if wish := CARRIER_KEYWORDS.get(word):
        return Recognised(wish, "carrier_keyword", word, "en")
    clauses = normalise(body)
    return _whole_text(clauses, has_meeting) or _wording(clauses, has_meeting)


def normalise(body: str) -> list[str]:
    """The clauses of a text in lower case, without accents, punctuation and double spaces; empty ones dropped."""
    text = unicodedata.normalize("NFKD", body.translate(_QUOTES)).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = _NOT.sub("", text)
    text = _SPELLED_OUT.sub(lambda match: re.sub(r"[ .]", "", match.group()), text)
    text = _INNER_HYPHEN.sub("", _FRENCH_PRONOUN.sub(" ", text))
    clauses = (_NOT_A_WORD.sub(" ", clause).strip() for clause in _END_OF_CLAUSE.split(text))
    return [clause for clause in clauses if clause]


def _whole_text(clauses: list[str], has_meeting: bool) -> Recognised | None:
    """A phrase that is the whole text, give or take words of courtesy around it."""
    words = " ".join(clauses).split()
    if len(words) > _LONGEST_PHRASE_WITH_COURTESY:
        return None
    for start, end in _without_courtesy(words):
        phrase = " ".join(words[start:end])
        group = _EXACT.get(phrase)
        if has_meeting and OF_A_MEETING.fullmatch(phrase):
            continue
        if group and (group.courtesy or end - start == len(words)):
            return Recognised(group.wish, "wording", phrase, group.language)
    return None


def _without_courtesy(words: list[str]) -> Iterator[tuple[int, int]]:
    """Every stretch of `words` around which there is nothing but courtesy, the longest first."""
    leading = len(list(takewhile(COURTESY.__contains__, words)))
    trailing = len(list(takewhile(COURTESY.__contains__, reversed(words))))
    stretches = product(range(leading + 1), range(len(words) - trailing, len(words) + 1))
    return iter(sorted((stretch for stretch in stretches if stretch[0] < stretch[1]), key=lambda s: s[0] - s[1]))


def _wording(clauses: list[str], has_meeting: bool) -> Recognised | None:
    text = " | ".join(clauses)
    for rule, pattern, unless, unless_anywhere in _COMPILED:
        for clause in clauses:
            match = pattern.search(clause)
            if match and has_meeting and OF_A_MEETING.fullmatch(match.group()):
                continue
            if match and not unless.search(clause) and not unless_anywhere.search(text):
                return Recognised(rule.wish, "wording", match.group(), rule.language)
    return None

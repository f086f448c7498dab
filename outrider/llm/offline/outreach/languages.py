"""Descriptions in German, Spanish and French: their phrases are put into the plain English that the rules read.

Each character of the result knows where it came from, so that what is not understood can be repeated in the person's own words.
A language is a list of phrases, the longer and more telling ones first; what stands in none of them stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from outrider.llm.offline.language import fold
from outrider.llm.offline.outreach import french, german, spanish


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence to be read, and the one that was written."""

    text: str
    written: str
    places: tuple[tuple[int, int], ...] = ()
    """Of each character of `text`: from where to where it stands in `written`. Empty if both are the same."""

    def original(self, start: int, end: int) -> str:
        """What `text[start:end]` was read from."""
        if not self.places:
            return self.written[start:end]
        found = self.places[start:end]
        return self.written[min(place[0] for place in found) : max(place[1] for place in found)] if found else ""


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """How its phrases are said in English; `\\1` stands for what a phrase holds. English has none."""

    phrases: Sequence[tuple[re.Pattern[str], str]] = ()
    marks: re.Pattern[str] = re.compile(r"(?!)")
    """Words that tell the language, in folded text."""

    def read(self, sentence: str) -> Spoken:
        text, places = sentence, [(place, place + 1) for place in range(len(sentence))]
        for pattern, english in self.phrases:
            text, places = _replaced(text, places, pattern, english)
        return Spoken(text, sentence, tuple(places)) if self.phrases else Spoken(sentence, sentence)


def _replaced(
    text: str, places: list[tuple[int, int]], pattern: re.Pattern[str], english: str
) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    kept: list[list[tuple[int, int]]] = []
    done = 0
    for match in pattern.finditer(_folded(text)):
        if match.end() == match.start():
            continue
        around = (places[match.start()][0], places[match.end() - 1][1])
        parts.append(text[done : match.start()])
        kept.append(places[done : match.start()])
        for piece in re.split(r"(\\\d)", english):
            if piece[:1] == "\\" and len(piece) == 2:
                # What the phrase holds keeps its own words and places.
                start, end = match.span(int(piece[1]))
                parts.append(text[start:end] if start >= 0 else "")
                kept.append(places[start:end] if start >= 0 else [])
            else:
                parts.append(piece)
                kept.append([around] * len(piece))
        done = match.end()
    if not parts:
        return text, places
    return "".join([*parts, text[done:]]), [*chain.from_iterable(kept), *places[done:]]


def _folded(text: str) -> str:
    """Small letters without accents, of the same length."""
    folded = fold(text)
    return folded if len(folded) == len(text) else text


def _phrases(*pairs: tuple[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rf"(?<![\w]){pattern}(?![\w])"), english) for pattern, english in pairs]


_LANGUAGES = tuple(SpokenLanguage(_phrases(*spoken.PHRASES), spoken.MARKS) for spoken in (german, spanish, french))
_ENGLISH = SpokenLanguage(
    marks=re.compile(
        r"\b(?:the|them|they|then|if|and|wait|days?|text|call|those|who|for|with|to|a|an|answer|reply|otherwise|"
        r"is|on|in|my|after|send)\b"
    )
)


def spoken(text: str) -> SpokenLanguage:
    """The language in which most of the telling words are; English if none leads."""
    folded = _folded(text)
    return max((_ENGLISH, *_LANGUAGES), key=lambda language: len(language.marks.findall(folded)))

"""Reads a lead's text by rules: which language it is in, what it wants, and which time it names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from outrider.llm.offline.english import ENGLISH
from outrider.llm.offline.french import FRENCH
from outrider.llm.offline.language import Intent, Language, fold
from outrider.llm.offline.spanish import SPANISH

LANGUAGES = {language.code: language for language in (ENGLISH, SPANISH, FRENCH)}
DEFAULT_LANGUAGE = ENGLISH.code

LONGEST_READ = 500
"""Characters looked at: rules say nothing sensible about longer texts, and their work stays bounded."""
_MARK_WEIGHT = 2
_BARE_TIME_WORDS = 4
"""A text this short that names a time is about that time ("Tuesday 3pm?")."""
_WORD = re.compile(r"[a-z']+(?:-[a-z]+)*")


def language_of(code: str | None) -> Language:
    """The language for a code such as `fr` or `fr-CA`; English for one that is not spoken here."""
    return LANGUAGES.get((code or "")[:2].lower(), ENGLISH)


def detect_language(text: str, default: str = DEFAULT_LANGUAGE) -> str:
    """Code of the language that most words of the text belong to; `default` when none leads ("ok")."""
    lowered = text[:LONGEST_READ].lower()
    words = _WORD.findall(fold(lowered))
    scores = {
        code: sum(word in language.words for word in words) + _MARK_WEIGHT * len(language.marks.findall(lowered))
        for code, language in LANGUAGES.items()
    }
    best = max(scores.values())
    leaders = [code for code, score in scores.items() if score == best]
    return leaders[0] if best and len(leaders) == 1 else default


def latest_language(texts: Iterable[str], default: str = DEFAULT_LANGUAGE) -> str:
    """The language of the latest text that tells one; `default` where none does."""
    for text in texts:
        default = detect_language(text, default)
    return default


def is_in(text: str, code: str, *, surely: bool = False) -> bool:
    """Whether the text may stand among sentences of this language.

    Args:
        surely: a text that could be of any language ("roofing") may not.
    """
    spoken = language_of(code).code
    return detect_language(text, "" if surely else spoken) == spoken


def classify(text: str, language: str = DEFAULT_LANGUAGE) -> Intent:
    """What the text wants, read as `language`. `Intent.UNCLEAR` when no rule fits."""
    spoken = language_of(language)
    folded = fold(text[:LONGEST_READ])
    for intent, pattern in spoken.patterns.items():
        if intent is Intent.AGREED_TIME:
            if _settles_time(folded, spoken):
                return intent
        elif pattern.search(folded):
            return intent
    return Intent.UNCLEAR


def find_time(text: str, language: str = DEFAULT_LANGUAGE) -> str | None:
    """The day and hour that the text names, in its own words: "ok, tomorrow at 3 pm then" → "tomorrow at 3 pm"."""
    places = list(language_of(language).time.finditer(fold(text[:LONGEST_READ])))
    return text[places[0].start() : places[-1].end()] if places else None


def _settles_time(folded: str, language: Language) -> bool:
    if not language.time.search(folded):
        return False
    return bool(language.patterns[Intent.AGREED_TIME].search(folded)) or len(folded.split()) <= _BARE_TIME_WORDS

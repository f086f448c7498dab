"""How the offline model reads what leads write."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.llm.offline import Intent, classify, detect_language
from outrider.llm.offline.intents import find_time
from tests.clocks import takes_less
from tests.unit.llm.intent_texts import ENGLISH, FRENCH, MORE, SPANISH


def _cases() -> list[tuple[str, str, Intent]]:
    tables = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH}
    listed = [(code, text, intent) for code, table in tables.items() for intent, texts in table.items() for text in texts]
    return listed + MORE


@pytest.mark.parametrize(("language", "text", "intent"), _cases())
def test_classify(language: str, text: str, intent: Intent) -> None:
    assert classify(text, language) is intent


@pytest.mark.parametrize("table", [ENGLISH, SPANISH, FRENCH])
def test_every_intent_is_reachable(table: dict[Intent, list[str]]) -> None:
    assert set(Intent) - set(table) <= {Intent.UNCLEAR}


@pytest.mark.parametrize(("language", "text", "_intent"), [case for case in _cases() if len(case[1].split()) > 3])
def test_detect_language(language: str, text: str, _intent: Intent) -> None:
    assert detect_language(text, language) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much does it cost?", "en"),
        ("¿Cuánto cuesta?", "es"),
        ("Combien ça coûte ?", "fr"),
        ("no me interesa", "es"),
        ("je ne suis pas intéressé", "fr"),
        ("not interested", "en"),
    ],
)
def test_detect_language_without_a_hint(text: str, language: str) -> None:
    other = {"en": "fr", "es": "en", "fr": "es"}[language]
    assert detect_language(text, other) == language


def test_a_text_of_no_language_keeps_the_one_spoken_so_far() -> None:
    assert detect_language("ok", "fr") == "fr" and detect_language("👍", "es") == "es"


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "ok, tomorrow at 3 pm then", "tomorrow at 3 pm"),
        ("en", "Tuesday 10am is good", "Tuesday 10am"),
        ("en", "I like it", None),
        ("en", "How about the 5th?", "the 5th"),
        ("es", "Perfecto, mañana a las 10", "mañana a las 10"),
        ("fr", "Plutôt jeudi matin vers 10h30", "jeudi matin vers 10h30"),
        ("en", "Maybe next month", "next month"),
        ("en", "Try me in two weeks, or after the holidays", "in two weeks, or after the holidays"),
        ("es", "Mejor el mes que viene", "el mes que viene"),
        ("es", "Quizás en unas semanas", "en unas semanas"),
        ("fr", "Peut-être le mois prochain", "le mois prochain"),
        ("fr", "Rappelez dans trois semaines", "dans trois semaines"),
    ],
)
def test_find_time_quotes_the_lead(language: str, text: str, found: str | None) -> None:
    assert find_time(text, language) == found


@given(st.text(max_size=2_000), st.sampled_from(["en", "es", "fr", "xx", ""]))
def test_any_text_has_an_intent(text: str, language: str) -> None:
    assert classify(text, language) in Intent
    assert detect_language(text) in ("en", "es", "fr")


@pytest.mark.parametrize("text", ["a" * 100_000, "stop " * 20_000, "no " * 50_000, "(" * 5_000, "how " * 5_000 + "my number"])
def test_a_long_text_takes_no_longer(text: str) -> None:
    for language in ("en", "es", "fr"):
        assert takes_less(0.3, partial(classify, text, language))

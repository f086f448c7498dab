"""Which language a turn is answered in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outrider.agents.base import Reading, WorkflowContext
from outrider.agents.team.reading import corrected
from outrider.llm.offline.intents import latest_language

GERMAN = "Können wir am Montag sprechen, bitte?"


@pytest.mark.parametrize(
    ("texts", "before", "told"),
    [
        (["ok"], "es", "es"),
        (["Hola, ¿qué tal?", "ok", "👍"], "en", "es"),
        (["Hola, ¿qué tal?", "How long does it take?"], "es", "en"),
        (["How long does it take?", "Combien de temps ?"], "en", "fr"),
        ([], "fr", "fr"),
    ],
)
def test_the_latest_text_that_tells_one_counts(texts: list[str], before: str, told: str) -> None:
    assert latest_language(texts, before) == told


@pytest.mark.parametrize(
    ("heard", "before", "by_model", "language"),
    [
        ("ok", "es", "en", "es"),
        ("sounds good", "fr", "fr", "en"),
        ("Hola, ¿cuánto cuesta?", "en", "en", "es"),
        ("Hola, ¿cuánto cuesta?\n\nok", "en", "en", "es"),
        (GERMAN, "en", "de", "de"),
        ("ja", "en", "de", "en"),
    ],
)
def test_a_model_is_heard_only_where_rules_cannot_tell(heard: str, before: str, by_model: str, language: str) -> None:
    context = WorkflowContext(call_id="test", now=datetime.now(UTC), language=before)
    assert corrected(Reading(language=by_model, confidence=1.0), context, heard).language == language

"""The offline model's drafts to a lead: in the lead's language, and in no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from outrider.llm.offline import detect_language
from outrider.llm.offline.approaches import APPROACHES, approach_for
from outrider.llm.offline.intents import is_in
from outrider.llm.offline.tasks import task_for

EVIDENCE = [
    {"id": "E1", "about": "company", "value": "Leeworks", "source": "lead"},
    {"id": "E2", "about": "industry", "value": "roofing", "source": "apollo"},
    {"id": "E3", "about": "note", "value": "They are hiring 12 fitters", "source": "website"},
]
OFFERS = {
    "en": "A free check of your roof before the winter",
    "es": "Una revisión gratuita de su tejado antes del invierno",
    "fr": "Un contrôle gratuit de votre toiture avant l'hiver",
}


def made(purpose: str, language: str, **values: Any) -> Mapping[str, Any]:
    task = task_for(purpose)
    assert task is not None
    offer = {"name": "Spring", "description": OFFERS.get(language, OFFERS["en"]), "sender": "Maya Ruiz"}
    given = {"evidence": EVIDENCE, "our_offer": offer, "language": language, "channels": ["sms", "email", "call"]}
    result = task({**given, "first_name": "Ana", **values})
    assert not isinstance(result, str)
    return result


def written(language: str, **values: Any) -> Iterator[str]:
    """Everything that the lead would get to read or hear."""
    for touch in made("marketing", language, **values)["touches"]:
        yield from (touch["text"], touch["subject"])
    for channel in ("sms", "email", "call"):
        step = made("bdr", language, **{**values, "channels": [channel]})
        yield from (step["text"], step["subject"])
    yield made("growth", language, **values)["question"]


@pytest.mark.parametrize("language", APPROACHES)
@pytest.mark.parametrize("offered", OFFERS)
@pytest.mark.parametrize("name", ["Ana", ""])
def test_drafts_are_in_the_leads_language_alone(language: str, offered: str, name: str) -> None:
    offer = {"name": "", "description": OFFERS[offered], "sender": "Maya Ruiz"}
    texts = [text for text in written(language, our_offer=offer, first_name=name) if text]
    assert len(texts) >= 10
    for text in texts:
        for sentence in text.replace("?", ".").split("."):
            assert detect_language(sentence, language) == language, text
    says_topic = any(OFFERS[offered] in text for text in texts)
    assert says_topic is (offered == language)


@pytest.mark.parametrize(("language", "hello"), [("en", "Hi Ana"), ("es", "Hola, Ana"), ("fr", "Bonjour Ana"), ("xx", "Hi Ana")])
def test_greetings(language: str, hello: str) -> None:
    assert made("bdr", language)["text"].startswith(hello)


def test_a_trade_in_another_language_is_left_out() -> None:
    mail = {"channels": ["email"]}
    assert "roofing" in made("bdr", "en", **mail)["text"]
    assert "roofing" not in made("bdr", "es", **mail)["text"]
    spanish = [EVIDENCE[0], {**EVIDENCE[1], "value": "construcción de tejados"}]
    assert "construcción" in made("bdr", "es", evidence=spanish, **mail)["text"]


def test_staff_is_told_that_a_draft_says_nothing_about_the_offer() -> None:
    english = {"name": "", "description": OFFERS["en"], "sender": "Maya"}
    assert any("another language" in check for check in made("bdr", "es", our_offer=english)["checks"])
    assert not any("another language" in check for check in made("bdr", "es")["checks"])


def test_notes_for_staff_stay_english() -> None:
    plan = made("marketing", "fr")
    assert detect_language(plan["strategy"], "en") == "en"
    assert all(detect_language(touch["purpose"], "en") == "en" for touch in plan["touches"])


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        ("Contratan a 12 instaladores", "hiring"),
        ("Nous recrutons des couvreurs", "hiring"),
        ("Abrieron una sede en Sevilla", "expansion"),
        ("Ouverture d'une agence à Lyon", "expansion"),
        ("Lanzamos un producto", "product"),
        ("La nueva normativa obliga a renovar", "regulation"),
    ],
)
def test_signals_are_read_in_three_languages(note: str, kind: str) -> None:
    evidence = [{"id": "E1", "about": "note", "value": note, "source": "website"}]
    assert [signal["kind"] for signal in made("growth", "es", evidence=evidence)["growth_signals"]] == [kind]


def test_what_could_be_of_any_language_belongs_only_if_nobody_asks_for_more() -> None:
    assert is_in("roofing", "es") and not is_in("roofing", "es", surely=True)
    assert approach_for(None) is approach_for("de") is APPROACHES["en"]

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.llm.offline import Intent, OfflineAnswer, answer
from outrider.llm.offline.intents import LANGUAGES
from tests.clocks import takes_less

LEAD = {"id": 3, "name": "Maria Silva"}
CAMPAIGN = {"name": "Fleet Q3", "offer": "a free fleet review", "sender_name": "Ada", "sender_company": "Northwind"}


def ask(*texts: str, lead: dict[str, Any] | None = None, **campaign: Any) -> OfflineAnswer:
    thread = [{"author": "workflow", "body": "Hi, this is Ada"}, *({"author": "lead", "body": text} for text in texts)]
    return answer({"lead": lead or LEAD, "campaign": {**CAMPAIGN, **campaign}, "thread": thread})


def test_an_unknown_price_is_not_invented_but_handed_over() -> None:
    given = ask("How much is it?")
    assert given.intent is Intent.ASKED_PRICE and given.why
    assert not any(character.isdigit() for character in given.text)


def test_a_known_price_is_stated() -> None:
    assert "$49 per vehicle" in ask("How much is it?", price="$49 per vehicle").text
    assert "$49" in ask("How much is it?", facts={"price": "$49"}).text
    assert not ask("How much is it?", price="$49").why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Who is this?", "Ada from Northwind"),
        ("What is this about?", "a free fleet review"),
        ("Tomorrow at 3 works", "Tomorrow at 3"),
        ("Are you a bot?", "automated assistant for Northwind"),
        ("How did you get my number?", "STOP"),
        ("Send me an email", "address"),
        ("Yes", "?"),
    ],
)
def test_answers(text: str, said: str) -> None:
    assert said in ask(text).text


def test_an_appointment_is_for_a_person_to_confirm() -> None:
    given = ask("Tomorrow at 3 works")
    assert given.why and "confirm" in given.text


def test_the_source_of_a_number_is_stated_if_known() -> None:
    assert "trade fair" in ask("How did you get my number?", lead={**LEAD, "consent_source": "trade fair"}).text


def test_a_fact_of_the_campaign_answers_a_question_about_it() -> None:
    facts = {"opening_hours": "We're open 9 to 5.", "parking": "There's parking behind the house."}
    assert ask("What are your opening hours?", facts=facts).text == "We're open 9 to 5."
    assert ask("Do you ship to Canada?", facts=facts).why


def test_a_booking_page_is_offered_if_there_is_one() -> None:
    assert "https://cal.example/ada" in ask("Yes", booking_url="https://cal.example/ada").text


@pytest.mark.parametrize(("text", "language"), [("¿Cuánto cuesta?", "es"), ("Combien ça coûte ?", "fr"), ("How much?", "en")])
def test_it_answers_in_the_language_of_the_text(text: str, language: str) -> None:
    assert ask(text).language == language


def test_a_bare_yes_keeps_the_language_of_the_conversation() -> None:
    assert ask("Bonjour, c'est à quel sujet ?", "ok").language == "fr"
    assert ask("ok", lead={**LEAD, "language": "es-MX"}).language == "es"


def test_the_callers_intent_counts() -> None:
    context = {"lead": LEAD, "campaign": CAMPAIGN, "thread": [{"author": "lead", "body": "hm"}], "intent": "asked_price"}
    assert answer(context).intent is Intent.ASKED_PRICE
    assert answer({**context, "intent": "nonsense"}).intent is Intent.UNCLEAR


def test_a_repeated_question_gets_other_words() -> None:
    assert ask("How much?").text != ask("How much?", "How much?").text


def test_nothing_of_the_leads_text_is_taken_as_a_format() -> None:
    given = ask("{sender_of_us} {x} tomorrow at 3 works {name.__class__}")
    assert "{" not in given.text and "class" not in given.text


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_every_intent_has_an_answer_in_every_language(language: Any) -> None:
    for intent in Intent:
        assert language.replies[intent], intent
    hello = {"en": "Hello, how is the weather", "es": "hola como esta el dia", "fr": "bonjour comment est la journee"}[
        language.code
    ]
    for intent in Intent:
        for campaign in ({}, CAMPAIGN, {**CAMPAIGN, "price": "$1", "booking_url": "https://x.example", "offer": "We cut bills"}):
            for lead in ({}, LEAD, {**LEAD, "source": "fair"}):
                thread = [{"author": "lead", "body": hello}]
                given = answer({"lead": lead, "campaign": campaign, "thread": thread, "intent": str(intent)})
                assert given.language == language.code
                assert 10 < len(given.text) < 320 and "{" not in given.text and "  " not in given.text, given.text


text_or_none = st.one_of(st.none(), st.text(max_size=100))


@given(
    st.lists(st.fixed_dictionaries({"author": st.sampled_from(["lead", "agent"]), "body": text_or_none}), max_size=5),
    text_or_none,
)
def test_any_thread_has_an_answer(thread: list[dict[str, Any]], name: str | None) -> None:
    assert answer({"lead": {"name": name}, "thread": thread}).text


def test_it_takes_less_than_a_millisecond() -> None:
    thread = [{"author": "lead", "body": "What are your opening hours on the weekend, and do you have parking?"}] * 20
    context = {"lead": LEAD, "campaign": CAMPAIGN, "thread": thread}
    assert takes_less(0.001, lambda: answer(context), tries=200)


@pytest.mark.parametrize(("told", "spoken"), [("en", "es"), ("es", "fr"), ("fr", "en")])
def test_facts_of_another_language_are_left_out(told: str, spoken: str) -> None:
    about = {"en": "A free check of your roof", "es": "Una revisión de su tejado", "fr": "Un contrôle de votre toiture"}
    asks = {"en": "What is this about?", "es": "¿De qué se trata?", "fr": "De quoi s'agit-il ?"}
    thread = [{"author": "lead", "body": asks[spoken]}]
    foreign = answer({"campaign": {"description": about[told]}, "thread": thread})
    known = answer({"campaign": {"description": about[spoken]}, "thread": thread})
    assert foreign.language == known.language == spoken
    assert about[told][3:].lower() not in foreign.text.lower() and foreign.why
    assert about[spoken][3:].lower() in known.text.lower()

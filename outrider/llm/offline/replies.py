"""The answer to a lead's text: short, in the lead's language, and never more than what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outrider.llm.offline.facts import Facts
from outrider.llm.offline.intents import classify, detect_language, find_time, language_of, latest_language
from outrider.llm.offline.language import Intent, Language, fold
from outrider.llm.offline.reasons import why_a_person

AS_IT_IS = frozenset({"time", "source", "booking_url", "email"})
"""What is repeated in whatever language it was told."""
LEAD = "lead"
"""The author of a lead's entries in a thread."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """An answer and how it came about."""

    text: str
    intent: Intent
    language: str
    why: str
    """Why the conversation should be handed over: the answer promises, or the matter needs, what only a person can do.
    Empty where no person is needed."""


def answer(context: Mapping[str, Any]) -> OfflineAnswer:
    """Answer the last text of the lead in `context` ({lead, campaign, thread: [{author, body}], intent?, language?}).

    `intent` and `language` are taken when the caller has worked them out already.
    """
    facts = Facts.of(context)
    inbound = [str(entry.get("body") or "") for entry in facts.thread if entry.get("author") == LEAD]
    text = inbound[-1] if inbound else ""
    # Whoever read the whole turn knows best which language it ended in.
    language = language_of(str(context.get("language") or _spoken(inbound, facts)))
    intent = _given_intent(context) or classify(text, detect_language(text, language.code))
    known = _known(intent, text, facts, language)
    sentences = _sentences(intent, known, facts, language)
    words = {**_words(facts, language), **known}
    why = why_a_person(intent, known)
    return OfflineAnswer(facts.choice(sentences, intent, len(inbound)).format_map(words), intent, language.code, why)


def _spoken(inbound: Sequence[str], facts: Facts) -> str:
    """The language of the last text, or if that could be any ("ok"), of the one before, or of the lead."""
    code = str(facts.campaign.get("language") or "")
    return latest_language(inbound[-3:], str(facts.lead.get("language") or code))


def _given_intent(context: Mapping[str, Any]) -> Intent | None:
    given = context.get("intent")
    return Intent(given) if given in set(Intent) else None


def _known(intent: Intent, text: str, facts: Facts, language: Language) -> dict[str, str]:
    """The facts that this intent asks for, if they are at hand."""
    match intent:
        case Intent.AGREED_TIME | Intent.LATER:
            found = {"time": find_time(text, language.code)}
        case Intent.ASKED_PRICE:
            found = {"price": facts.stated("price")}
        case Intent.ASKED_SOURCE:
            found = {"source": facts.stated("source") or str(facts.lead.get("consent_source") or facts.lead.get("source") or "")}
        case Intent.ASKED_WHAT | Intent.ASKED_WHO | Intent.GREETING:
            found = {"topic": facts.topic if intent is Intent.ASKED_WHAT and facts.topic_is_sentence else facts.topic_phrase}
        case Intent.INTERESTED:
            found = {"booking_url": facts.stated("booking_url")}
        case Intent.WANTS_EMAIL:
            address = _EMAIL.search(text)
            found = {"email": address[0] if address else None}
        case Intent.ASKED_OTHER:
            found = {"fact": _fact_about(text, facts)}
        case _:
            found = {}
    return {name: value for name, value in found.items() if value and (name in AS_IT_IS or facts.can_say(value, language.code))}


def _fact_about(text: str, facts: Facts) -> str | None:
    """The campaign's fact whose name occurs in the question: `opening hours` answers "What are your hours?"."""
    told = facts.campaign.get("facts")
    if not isinstance(told, Mapping):
        return None
    asked = set(_WORD.findall(fold(text)))
    for name, fact in told.items():
        if asked & set(_WORD.findall(fold(str(name).replace("_", " ")))):
            return str(fact)
    return None


def _sentences(intent: Intent, known: Mapping[str, str], facts: Facts, language: Language) -> Sequence[str]:
    replies = language.replies
    if intent is Intent.ASKED_WHAT and known and facts.topic_is_sentence and f"{intent}:sentence" in replies:
        return replies[f"{intent}:sentence"]
    return replies[f"{intent}:known"] if known else replies[intent]


def _words(facts: Facts, language: Language) -> dict[str, str]:
    sender, us = facts.sender_name, facts.sender_company
    return {
        "name": f", {facts.first_name}" if facts.first_name else "",
        "sender_of_us": language.sender_of_us.format(sender=sender, us=us)
        if sender and us
        else sender or us or language.the_team,
        "for_us": language.for_us.format(us=us or sender) if us or sender else "",
    }

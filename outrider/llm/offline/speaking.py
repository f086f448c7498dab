"""What the offline model answers for the agents that text: questions, the next question, doubts, times."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from outrider.llm.offline.facts import Facts
from outrider.llm.offline.intents import classify, detect_language, is_in, language_of
from outrider.llm.offline.knowledge import answer_to, gist_of, someone_calls
from outrider.llm.offline.language import Intent
from outrider.llm.offline.reading import QUESTION
from outrider.llm.offline.replies import LEAD, answer
from outrider.llm.offline.spoken import ANSWERS, OBJECTIONS, QUESTIONS, TAKEN_UP
from outrider.llm.offline.tasks import task

ASKED_FOR_FACTS = frozenset({Intent.ASKED_PRICE, Intent.ASKED_WHAT, Intent.ASKED_OTHER})
WITHOUT_SUBSTANCE = frozenset({Intent.GREETING, Intent.THANKS, Intent.UNCLEAR, Intent.INTERESTED})


@task("reply")
def write_reply(context: Mapping[str, Any]) -> str:
    """The answer of the agent that `agent_type` names; where a person should take over, with the asker's mark for it."""
    speak = _SPEAKERS.get(str(context.get("agent_type") or ""), _converse)
    return speak(context)


def _converse(context: Mapping[str, Any]) -> str:
    facts = Facts.of(context)
    text = _telling_text(context, facts)
    code = _code(context, facts)
    intent = classify(text, detect_language(text, code))
    if intent in (Intent.INTERESTED, Intent.THANKS, Intent.UNCLEAR) and QUESTION.search(text.lower()):
        intent = Intent.ASKED_OTHER
    if intent in ASKED_FOR_FACTS and context.get("agent_type"):
        fact = _fact(text, intent, facts)
        if fact is not None and facts.can_say(fact, code):
            return _told(fact, facts, code, is_reminded=bool(context.get("is_reminded")))
        if someone_calls(facts):
            if fact is not None or (intent is Intent.ASKED_WHAT and facts.topic and not facts.can_say(facts.topic, code)):
                return _in_person(context, facts, code)
            if intent is not Intent.ASKED_WHAT:
                return _deferred(context, intent, facts, code)
    given = {**context, "intent": str(intent), "language": code, "thread": [*facts.thread, {"author": LEAD, "body": text}]}
    found = answer(given)
    mark = context.get("hand_over_mark")
    return f"{found.text} {mark.format(why=found.why)}" if found.why and mark else found.text


def _fact(text: str, intent: Intent, facts: Facts) -> str | None:
    """The campaign's own sentence about it, if there is one."""
    if intent is Intent.ASKED_PRICE and facts.stated("price"):
        return None
    found = answer_to(text, facts)
    if found is None and intent is Intent.ASKED_WHAT and not facts.topic:
        found = gist_of(facts)
    return found


def _told(found: str, facts: Facts, code: str, *, is_reminded: bool) -> str:
    """The campaign's sentence, with the offer of a call unless that was made before."""
    has_offered = is_reminded or any(ANSWERS[code]["fact_and_call"].format(fact="").strip() in text for text in _ours(facts))
    return ANSWERS[code]["fact" if has_offered else "fact_and_call"].format(fact=found)


def _in_person(context: Mapping[str, Any], facts: Facts, code: str) -> str:
    """The campaign tells it, but in another language: rules can't translate, and an answer is in one language."""
    if context.get("is_reminded"):
        return ANSWERS[code]["in_person_reminded"].format(name=_name(facts))
    said = ANSWERS[code]["in_person"].format(name=_name(facts))
    return ANSWERS[code]["in_person_again"].format(name=_name(facts)) if said in _ours(facts) else said


def _deferred(context: Mapping[str, Any], intent: Intent, facts: Facts, code: str) -> str:
    """The campaign does not tell it, but tells of a call on which it can be asked."""
    ending = "_reminded" if context.get("is_reminded") else ""
    if intent is Intent.ASKED_PRICE:
        return ANSWERS[code][f"price_on_call{ending}"].format(name=_name(facts))
    said = ANSWERS[code][f"not_known{ending}"].format(name=_name(facts))
    mark = context.get("unknown_mark")
    return f"{said} {mark.format(what='the campaign does not tell it')}" if mark else said


def _qualify(context: Mapping[str, Any]) -> str:
    facts = Facts.of(context)
    code = _code(context, facts)
    question = QUESTIONS[code].get(str(context.get("ask_about") or ""))
    if question is None:
        return TAKEN_UP[code]["enough"].format(name=_name(facts))
    key = "tells" if context.get("intent") == "tells" else "interested"
    return TAKEN_UP[code][key].format(name=_name(facts), question=question)


def _handle_objection(context: Mapping[str, Any]) -> str:
    facts = Facts.of(context)
    code = _code(context, facts)
    spoken = OBJECTIONS[code]
    objection = context.get("objection") or {}
    if context.get("is_repeated"):
        return spoken["again"].format(name=_name(facts))
    own = str(objection.get("sample_answer") or "")
    # The library's own words, where they are in the lead's language; a sentence that tells none counts as English.
    own = own if detect_language(own, "en") == code else ""
    said = (own or spoken.get(str(objection.get("key") or "")) or spoken["other"]).replace("{name}", _name(facts))
    proof = next((point for point in objection.get("proof_points") or () if is_in(point, code, surely=code != "en")), None)
    if context.get("is_reminded"):
        said = _without_question(said)
    return f"{proof} {said}" if proof else said


def _without_question(said: str) -> str:
    """Without the question at its end: the asker puts one of its own there."""
    sentences = re.split(r"(?<=[.!?]) (?=[\w¿¡])", said)
    kept = [sentence for sentence in sentences if not sentence.endswith("?")]
    return " ".join(kept) or said


def _schedule(context: Mapping[str, Any]) -> str:
    """The offer as it was put together: times are nobody's to rephrase."""
    return str(context.get("words") or "") or _converse(context)


_SPEAKERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "conversation": _converse,
    "qualification": _qualify,
    "objection_handler": _handle_objection,
    "scheduler": _schedule,
}


def _telling_text(context: Mapping[str, Any], facts: Facts) -> str:
    """Of the lead's latest texts the last one that says something."""
    latest = _latest(facts.thread)
    code = _code(context, facts)
    telling = [one for one in latest if _says_something(one, detect_language(one, code))]
    return (telling or latest or [""])[-1]


def _says_something(text: str, code: str) -> bool:
    return classify(text, code) not in WITHOUT_SUBSTANCE or QUESTION.search(text.lower()) is not None


def _latest(thread: Sequence[Mapping[str, Any]]) -> list[str]:
    texts = takewhile(lambda entry: entry.get("author") == LEAD, reversed(thread))
    return [str(entry.get("body") or "") for entry in texts][::-1]


def _ours(facts: Facts) -> list[str]:
    return [str(entry.get("body") or "") for entry in facts.thread if entry.get("author") != LEAD]


def _code(context: Mapping[str, Any], facts: Facts) -> str:
    given = str(context.get("language") or facts.lead.get("language") or "")
    return language_of(given).code


def _name(facts: Facts) -> str:
    return f", {facts.first_name}" if facts.first_name else ""

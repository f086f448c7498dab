"""Reads a lead's texts into the shape that the conversation team asks for: intent, doubt, facts with quotes, signals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from outrider.llm.offline.intents import classify, detect_language, find_time, latest_language
from outrider.llm.offline.language import Intent, fold
from outrider.llm.offline.meanings import Meanings, meanings_of
from outrider.llm.offline.tasks import task

LONGEST_READ = 500
INTENTS = {
    Intent.OPT_OUT: "wants_no_texts",
    Intent.WRONG_NUMBER: "wrong_person",
    Intent.ASKED_IF_BOT: "question",
    Intent.ASKED_SOURCE: "where_from",
    Intent.ASKED_WHO: "who_are_you",
    Intent.LATER: "later",
    Intent.NOT_INTERESTED: "not_interested",
    Intent.TOO_EXPENSIVE: "objection",
    Intent.HAS_SOLUTION: "objection",
    Intent.NO_TIME: "objection",
    Intent.WANTS_EMAIL: "wants_in_writing",
    Intent.ASKED_PRICE: "price_question",
    Intent.AGREED_TIME: "picks_time",
    Intent.WANTS_PERSON: "wants_meeting",
    Intent.ASKED_WHAT: "question",
    Intent.THANKS: "thanks",
    Intent.INTERESTED: "interested",
    Intent.GREETING: "greeting",
    Intent.ASKED_OTHER: "question",
    Intent.UNCLEAR: "unclear",
}
OBJECTIONS = {Intent.TOO_EXPENSIVE: "price", Intent.HAS_SOLUTION: "already_have_one", Intent.NO_TIME: "no_time"}
POSITIVE = frozenset({"interested", "picks_time", "wants_meeting", "thanks"})
NEGATIVE = frozenset({"not_interested", "wants_no_texts", "objection", "wrong_person"})
WITHOUT_SUBSTANCE = frozenset({"greeting", "thanks", "unclear"})
SURE, UNSURE, LOST = 0.9, 0.6, 0.3
"""Confidence of a reading by a rule; of one by the context; and of words that no rule fits."""
LIKELY = 0.5
"""Share of the words of an example of an objection that a text has to have."""
SHORTEST_TELLING = 2
"""Words of an answer to a question of ours."""
INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget|ignora|olvida|ignorez?|oublie[zr]?)\b.{0,40}\b(?:instructions?|rules|prompts?|instrucciones|reglas|regles)\b"
    r"|\b(?:system|your|tu|votre) prompts?\b|\byou are (?:now|free)\b|\[\[|\}\]|<\/?\w+>"
)
QUESTION = re.compile(
    r"\b(?:how|what|which|where|who|when|do you|does|is there|are there|can you|could you|como|cual|cuanto|donde|hay|tienen?|"
    r"comment|quel\w{0,2}|combien|est-ce|avez-vous|y a-t-il)\b[^.!]{3,}\?"
)
"""“Ok. And how long does it take?” is a question, whatever comes before it."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset("the and for you are with this that have not los las una por que con para les des une pour est pas".split())  # noqa: SIM905


@task("read")
def read(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reading, as an object of the shape that the team asks for."""
    return read_texts(context)


def read_texts(context: Mapping[str, Any]) -> dict[str, Any]:
    """The reading of `texts`, the lead's latest ones ({texts, thread, objections, offered, we_asked_about, language})."""
    texts = [str(text)[:LONGEST_READ] for text in context.get("texts") or [context.get("latest") or ""]]
    before = str(context.get("language") or "en")
    code = latest_language(texts, before)
    readings = [_one(text, detect_language(text, before), context) for text in texts]
    # Several texts in a row are answered by what the last of them wants that wants anything.
    found = next((one for one in reversed(readings) if one["intent"] not in WITHOUT_SUBSTANCE), readings[-1])
    together = "\n".join(texts)
    findings = _findings(texts, before)
    if _tells(found, findings, together):
        found = {**found, "intent": "tells", "confidence": UNSURE}
    return {
        **found,
        "findings": findings,
        "language": code,
        # In its own words, which stand in an answer: those of another language would not fit there.
        "named_time": find_time("\n".join(text for text in texts if detect_language(text, code) == code), code),
        "sentiment": "positive" if found["intent"] in POSITIVE else "negative" if found["intent"] in NEGATIVE else "neutral",
    }


def _tells(found: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], text: str) -> bool:
    """Words that no rule fits, or that speak of money without asking, tell something if they hold a fact."""
    if not findings or "?" in text or INJECTION.search(fold(text)):
        return False
    speaks_of_money = found["intent"] == "price_question" and any(one["factor"] == "budget" for one in findings)
    return found["intent"] == "unclear" or speaks_of_money


def _one(text: str, code: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Intent, objection, whether they ask for the machine, and the confidence of one text."""
    folded, meant = fold(text), meanings_of(code)
    intent = classify(text, code)
    asks_whether_ai = intent is Intent.ASKED_IF_BOT
    if INJECTION.search(folded):
        return {"intent": "unclear", "objection": None, "asks_whether_ai": asks_whether_ai, "confidence": LOST}
    named, objection, confidence = _meaning(text, folded, intent, meant, context)
    return {"intent": named, "objection": objection, "asks_whether_ai": asks_whether_ai, "confidence": confidence}


def _meaning(
    text: str, folded: str, intent: Intent, meant: Meanings, context: Mapping[str, Any]
) -> tuple[str, str | None, float]:
    if intent in (Intent.OPT_OUT, Intent.WRONG_NUMBER):
        return INTENTS[intent], None, SURE
    if context.get("has_meeting"):
        if meant.cancels.search(folded):
            return "cancels_meeting", None, SURE
        if meant.moves.search(folded):
            return "moves_meeting", None, SURE
    for key, words in meant.objections:
        if words.search(folded):
            return "objection", key, SURE
    if meant.who_decides.search(folded):
        return "objection", "not_the_right_person", SURE
    if intent in OBJECTIONS:
        return "objection", OBJECTIONS[intent], SURE
    if intent in (Intent.LATER, Intent.NOT_INTERESTED):
        return INTENTS[intent], None, SURE
    if meant.meeting.search(folded):
        return "wants_meeting", None, SURE
    if intent in (Intent.INTERESTED, Intent.THANKS, Intent.UNCLEAR) and QUESTION.search(folded):
        return "question", None, SURE
    if intent in (Intent.UNCLEAR, Intent.WANTS_EMAIL) and (like := _by_example(folded, context.get("objections") or ())):
        return "objection", like, UNSURE
    if intent is not Intent.UNCLEAR:
        return INTENTS[intent], None, SURE
    return _unclear(text, context)


def _unclear(text: str, context: Mapping[str, Any]) -> tuple[str, str | None, float]:
    """No rule fits: after a question of ours it is its answer."""
    words = len(text.split())
    if context.get("we_asked_about") and words >= SHORTEST_TELLING:
        return "tells", None, UNSURE
    return "unclear", None, UNSURE if _is_nothing(text) else LOST


def _is_nothing(text: str) -> bool:
    """An emoji or a dot: nothing that a person has to read."""
    return not any(character.isalnum() for character in text)


def _by_example(folded: str, objections: Sequence[Mapping[str, Any]]) -> str | None:
    """The objection of the library one of whose examples the text is most like."""
    said = _words(folded)
    best: str | None = None
    best_share = LIKELY
    for objection in objections:
        for example in objection.get("examples") or ():
            wanted = _words(fold(str(example)))
            if len(wanted) < 2 or len(said & wanted) < 2:
                continue
            share = len(said & wanted) / len(wanted)
            if share > best_share:
                best, best_share = str(objection.get("key")), share
    return best


def _words(folded: str) -> set[str]:
    return {word for word in _WORD.findall(folded) if word not in _COMMON}


def _findings(texts: Sequence[str], language: str) -> list[dict[str, Any]]:
    """One finding per factor, the first pattern that fits; its quote is the lead's own words.

    Args:
        language: of texts that tell none.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in reversed(texts):
        folded = fold(text)
        for factor, strength, summary, words in meanings_of(detect_language(text, language)).facts:
            match = words.search(folded) if factor not in found else None
            if match is not None:
                quote = text[match.start() : match.end()].strip(" ,.!?")
                found[factor] = {"factor": factor, "strength": strength, "summary": summary, "quote": quote}
    return [one for one in found.values() if one["quote"]]

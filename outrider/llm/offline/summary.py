"""Sums up a thread by rules, for the analyst; it says that rules did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outrider.llm.offline.facts import Facts
from outrider.llm.offline.language import fold
from outrider.llm.offline.reading import read_texts
from outrider.llm.offline.replies import LEAD
from outrider.llm.offline.tasks import task

LONGEST_QUOTE = 120
BY_INTENT = {
    "wants_no_texts": "opted_out",
    "wrong_person": "wrong_person",
    "not_interested": "not_interested",
    "later": "later",
    "interested": "interested",
    "wants_meeting": "interested",
    "picks_time": "interested",
    "price_question": "undecided",
    "question": "undecided",
    "objection": "undecided",
}
NEXT_STEPS = {
    "meeting_booked": "Prepare the call.",
    "interested": "Offer a time for a call, if none is agreed on yet.",
    "undecided": "Answer what is open, then ask whether a short call would help.",
    "later": "Get back to them at the time that they named.",
    "not_interested": "Nothing; the door is open.",
    "wrong_person": "Correct the number or remove the lead.",
    "opted_out": "Nothing: the number must not be contacted.",
    "needs_person": "A colleague should read the thread and answer.",
    "went_silent": "Nothing for now.",
}
NAMES = {
    "meeting_booked": "A meeting is booked.",
    "interested": "The lead is interested.",
    "undecided": "The lead is undecided.",
    "later": "The lead wants to hear from us later.",
    "not_interested": "The lead is not interested.",
    "wrong_person": "The number belongs to somebody else.",
    "opted_out": "The lead wants no more texts.",
    "needs_person": "A person has to answer.",
    "went_silent": "Nothing of substance was said.",
}
STOPS = frozenset({"stop", "unsubscribe", "quit", "cancel", "end", "stopall", "revoke", "optout"})


@task("summary")
def sum_up(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Outcome, summary, sentiment and next step of the `thread`."""
    facts = Facts.of(context)
    said = [str(entry.get("body") or "") for entry in facts.thread if entry.get("author") == LEAD]
    readings = [read_texts({"latest": text, "language": facts.lead.get("language")}) for text in said]
    outcome = _outcome(context, said, readings)
    telling = next((r for r in reversed(readings) if r["intent"] not in ("thanks", "greeting", "unclear")), None)
    return {
        "outcome": outcome,
        "summary": _summary(outcome, facts, said, len(facts.thread)),
        "sentiment": telling["sentiment"] if telling else "neutral",
        "next_step": NEXT_STEPS[outcome],
        "open_questions": _open_questions(facts.thread),
    }


def _outcome(context: Mapping[str, Any], said: Sequence[str], readings: Sequence[Mapping[str, Any]]) -> str:
    if context.get("meeting"):
        return "meeting_booked"
    if said and fold(said[-1]).strip(" .!") in STOPS:
        return "opted_out"
    if context.get("state") == "handed_over":
        return "needs_person"
    found = (BY_INTENT.get(reading["intent"]) for reading in reversed(readings))
    return next((outcome for outcome in found if outcome), "went_silent")


def _summary(outcome: str, facts: Facts, said: Sequence[str], texts: int) -> str:
    who = facts.first_name or "The lead"
    last = " ".join(said[-1].split()) if said else ""
    quote = last if len(last) <= LONGEST_QUOTE else f"{last[: LONGEST_QUOTE - 1]}…"
    wrote = f" {who} last wrote: “{quote}”." if quote else ""
    return f"{NAMES[outcome]}{wrote} {texts} texts in all. (By rules, without a language model.)"


def _open_questions(thread: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the lead asked after we last wrote."""
    asked: list[str] = []
    for entry in thread:
        if entry.get("author") != LEAD:
            asked.clear()
        elif "?" in str(entry.get("body") or ""):
            asked.append(str(entry["body"])[:300])
    return asked[-5:]

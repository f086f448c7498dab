"""Why the offline model leaves a conversation to a person, in words for that person."""

from __future__ import annotations

from collections.abc import Mapping

from outrider.llm.offline.language import Intent

_ALWAYS = {
    Intent.AGREED_TIME: "Names or accepts a time, which only a person can confirm",
    Intent.WANTS_PERSON: "Wants to talk to a person",
    Intent.TOO_EXPENSIVE: "Finds it too expensive, and the agent may not bargain",
    Intent.WRONG_NUMBER: "Says that this is the wrong number or person",
    Intent.OPT_OUT: "Wants no more texts, in words of their own: decide whether to put the number on the opt-out list",
    Intent.UNCLEAR: "Wrote something that the agent does not understand",
}
"""What needs a person even after the best answer."""
_IF_KNOWN = {
    Intent.LATER: "Wants to hear from us later ({time}), which the agent can't plan",
    Intent.WANTS_EMAIL: "Wants an e-mail to {email}, which the agent can't send",
}
_IF_UNKNOWN = {
    Intent.ASKED_PRICE: "Asks about the price, which the campaign does not tell, and the agent never makes one up",
    Intent.ASKED_SOURCE: "Asks where we have the number from, which the agent does not know",
    Intent.ASKED_WHAT: "Asks what it is about, and the campaign's description says nothing the agent could quote",
    Intent.ASKED_OTHER: "Asks something that the campaign does not tell, and the agent never makes answers up",
}
"""Where the answer with, or without, the fact promises what a person has to do."""


def why_a_person(intent: Intent, known: Mapping[str, str]) -> str:
    """Empty where no person is needed. `known` has the facts that the answer could use."""
    words = _ALWAYS.get(intent) or (_IF_KNOWN if known else _IF_UNKNOWN).get(intent, "")
    return words.format_map(known)

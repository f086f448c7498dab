"""Why the offline model leaves a conversation to a person, in words for that person."""

from __future__ import annotations

from collections.abc import Mapping

from outrider.llm.offline.language import Intent

_ALWAYS = {
    Intent.AGREED_TIME: "They name or accept a time, and only a person can confirm an appointment",
    Intent.WANTS_PERSON: "They want to talk to a person",
    Intent.TOO_EXPENSIVE: "They find it too expensive, and the agent may not bargain",
    Intent.WRONG_NUMBER: "They say that this is the wrong number or the wrong person",
    Intent.OPT_OUT: "They don't want to be texted, in words of their own: decide whether to put the number on the opt-out list",
    Intent.UNCLEAR: "The agent does not understand what they want",
}
"""What needs a person even after the best answer."""
_IF_KNOWN = {
    Intent.LATER: "They want to hear from us later ({time}), and the agent can't plan that",
    Intent.WANTS_EMAIL: "They want an e-mail to {email}, and the agent can't send any",
}
_IF_UNKNOWN = {
    Intent.ASKED_PRICE: "They ask about the price, which the campaign does not tell, and the agent never makes one up",
    Intent.ASKED_SOURCE: "They ask where we have their number from, and the agent does not know",
    Intent.ASKED_WHAT: "They ask what it is about, and the campaign's description says nothing the agent could quote",
    Intent.ASKED_OTHER: "They ask something that the campaign does not tell, and the agent never makes answers up",
}
"""Where the answer with, or without, the fact promises what a person has to do."""


def why_a_person(intent: Intent, known: Mapping[str, str]) -> str:
    """Empty where no person is needed. `known` has the facts that the answer could use."""
    words = _ALWAYS.get(intent) or (_IF_KNOWN if known else _IF_UNKNOWN).get(intent, "")
    return words.format_map(known)

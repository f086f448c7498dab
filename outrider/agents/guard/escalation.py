"""When a person takes over, decided by rules before any agent speaks."""

from __future__ import annotations

from dataclasses import dataclass

from outrider.agents.base import Guardrails, LeadIntent, Reading
from outrider.conversations.models import PersonReason


@dataclass(frozen=True, slots=True)
class Escalation:
    """A person takes over."""

    reason: PersonReason
    detail: str
    """Why, in plain words for that person."""
    sentence: str | None
    """Key of the sentence that the lead gets; None says nothing."""


def escalation(reading: Reading, guardrails: Guardrails) -> Escalation | None:
    """Whether these texts are for a person, the most serious reason first; None if agents may answer."""
    if reading.threatens_legally:
        # Whatever is said now may be read by a lawyer: nobody but a person says it.
        return Escalation(PersonReason.LEGAL_THREAT, "Speaks of lawyers, authorities or a complaint.", None)
    if reading.asks_for_person:
        return Escalation(PersonReason.ASKED, "Wants to talk to a person.", "person")
    if reading.is_angry:
        return Escalation(PersonReason.ANGRY, "Is angry.", "angry")
    if reading.intent is LeadIntent.WANTS_NO_TEXTS:
        detail = "Wants no more texts, in words of their own: decide whether to put the number on the opt-out list."
        return Escalation(PersonReason.WANTS_NO_TEXTS, detail, "no_texts")
    if reading.intent is LeadIntent.WRONG_PERSON:
        return Escalation(PersonReason.WRONG_PERSON, "Says that this is the wrong number or person.", "wrong_person")
    if reading.confidence < guardrails.escalate_below_confidence:
        return Escalation(PersonReason.LOW_CONFIDENCE, "Wrote something that the agent does not understand.", "unsure")
    return None

"""Hard signals that hold whatever a model makes of a text."""

from __future__ import annotations

import pytest

from outrider.agents.base import AgentMessage, Factor, FactorFinding, LeadIntent, Reading, WorkflowContext
from outrider.agents.team.reading import corrected
from outrider.agents.team.signals import find_signals
from tests.clocks import takes_less
from tests.unit.agents.test_times import NOW, OFFERED


@pytest.mark.parametrize(
    "text",
    ["I'd rather talk to a real person", "human please", "Let me speak with your manager", "give me a human", "Agent",
     "Quiero hablar con una persona", "póngame con el encargado", "Je voudrais parler à une personne",
     "passez-moi un responsable"],
)  # fmt: skip
def test_a_wish_for_a_person(text: str) -> None:
    assert find_signals(text).asks_for_person


@pytest.mark.parametrize(
    "text",
    ["My lawyer will hear of this", "I'll sue you", "This is harassment", "reported to the FCC", "see you in court",
     "TCPA violation",
     "Mi abogado se pondrá en contacto", "voy a denunciarles", "Mon avocat va vous écrire", "je vais porter plainte",
     "signalé à la CNIL"],
)  # fmt: skip
def test_a_legal_threat(text: str) -> None:
    assert find_signals(text).threatens_legally


@pytest.mark.parametrize(
    "text",
    ["This is ridiculous", "I am so fed up with this", "go to hell", "WHY DO YOU KEEP TEXTING ME!!!", "¡Estoy furiosa!",
     "C'est une honte"],
)  # fmt: skip
def test_anger(text: str) -> None:
    assert find_signals(text).is_angry


@pytest.mark.parametrize(
    "text",
    ["Are you a bot?", "is this AI?", "Am I talking to a machine?", "¿Eres un robot?", "Vous êtes un robot ?", "are you real"],
)
def test_the_question_whether_a_machine_writes(text: str) -> None:
    assert find_signals(text).asks_whether_ai


@pytest.mark.parametrize(
    "text",
    ["Can we talk tomorrow?", "Who are you exactly?", "I'd have to ask my boss", "YES PLEASE!!", "I'm not angry",
     "con mucho gusto",
     "bon, d'accord", "We already work with somebody else", "Sounds too expensive for us", "How does it work?", "can you call me",
     "I'll discuss it with my partner", "Does it integrate with Salesforce?", "What does it cost?"],
)  # fmt: skip
def test_ordinary_words_are_no_signal(text: str) -> None:
    found = find_signals(text)
    assert not (found.asks_for_person or found.is_angry or found.threatens_legally or found.asks_whether_ai)


@pytest.mark.parametrize("text", ["a" * 5000, "fuc" * 2000, "talk to a " * 500, "@" * 4000, "a.b@" * 1500])
def test_no_text_takes_long(text: str) -> None:
    assert takes_less(0.5, lambda: find_signals(text))


def context(**values: object) -> WorkflowContext:
    return WorkflowContext(call_id="c", now=NOW, time_zone="America/Chicago", **values)  # type: ignore[arg-type]


def test_the_rules_hold_against_the_model() -> None:
    blind = Reading(intent=LeadIntent.INTERESTED, confidence=1)
    read = corrected(blind, context(), "My lawyer says: get me a human, are you a bot? This is ridiculous")
    assert (read.threatens_legally, read.asks_for_person, read.asks_whether_ai, read.is_angry) == (True, True, True, True)


def test_a_model_may_see_more_than_the_rules() -> None:
    assert corrected(Reading(is_angry=True), context(), "Well, thank you very much indeed.").is_angry


def test_findings_without_their_words_and_unknown_objections_are_dropped() -> None:
    findings = [FactorFinding(factor=Factor.BUDGET, strength=1, summary="rich", quote="we have a million")]
    read = corrected(Reading(findings=findings, objection="made_up", picked_slot=7), context(), "We have no money")
    assert (read.findings, read.objection, read.picked_slot) == ([], None, None)
    earlier = context(conversation_history=[AgentMessage(author="us", body="we have a million")])
    assert corrected(Reading(findings=findings), earlier, "ok").findings == [], "what we said is not their word"


def test_a_time_that_is_taken_is_one_whatever_the_model_says() -> None:
    read = corrected(Reading(intent=LeadIntent.UNCLEAR, confidence=0.1), context(offered_slots=OFFERED), "the second one")
    assert (read.intent, read.confidence) == (LeadIntent.PICKS_TIME, 0.9)

"""Saying that an automated assistant writes: when asked, and at first contact where the guardrails want it."""

from __future__ import annotations

import re

from outrider.llm.offline.language import fold

SENTENCES = {
    "en": "I'm an automated assistant.",
    "es": "Soy un asistente automático.",
    "fr": "Je suis un assistant automatique.",
}
DISCLOSES = re.compile(
    r"\b(?:automated|virtual|digital|ai|artificial) (?:assistant|agent|system|intelligence)\b|\ban? (?:ai|bot|chatbot|machine)\b"
    r"|\basistente (?:automatico|virtual|digital)\b|\b(?:un bot|una ia|inteligencia artificial)\b"
    r"|\bassistante? (?:automatique|automatisee?|virtuele?l?e?|numerique)\b|\b(?:un bot|une ia|intelligence artificielle)\b"
)
CLAIMS_TO_BE_HUMAN = re.compile(
    r"\bi(?:'m| am) (?:a |an )?(?:real |actual |living |human )?(?:human|person)\b|\bi(?:'m| am) not (?:a |an )?(?:bot|robot"
    r"|ai|machine|"
    r"computer|automated)\b|\b(?:real |actual )?(?:human|person) here\b"
    r"|\byou(?:'re| are) (?:talking|speaking|texting|chatting) (?:to|with) (?:a |an )?(?:real |actual )?(?:human|person)\b"
    r"|\ba (?:real |actual )?(?:human|person) (?:is writing|is texting|writes|wrote) this\b|\bno (?:machine|bot|robot) here\b"
    r"|\bno soy (?:un |una )?(?:bot|robot|ia|maquina)\b"
    r"|\bsoy (?:un |una )?(?:persona|human[oa])\b|\bje ne suis pas (?:un |une )?(?:bot|robot|ia|machine)\b"
    r"|\bje suis (?:un |une )?(?:vraie? )?(?:humaine?|personne)\b"
)


def discloses(text: str) -> bool:
    """Whether the text says that an automated assistant writes."""
    folded = fold(text)
    return DISCLOSES.search(folded) is not None and CLAIMS_TO_BE_HUMAN.search(folded) is None


def claims_to_be_human(text: str) -> bool:
    return CLAIMS_TO_BE_HUMAN.search(fold(text)) is not None


def with_disclosure(text: str, language: str) -> str:
    """The text with the disclosure before it."""
    return f"{SENTENCES.get(language, SENTENCES['en'])} {text}"

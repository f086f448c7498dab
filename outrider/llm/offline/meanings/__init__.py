"""What the offline model finds in a lead's words beside the intent: wishes for a meeting, doubts, and facts about the purchase.

Patterns are of folded text. A fact is a factor (budget, authority, need, timeline …) with a strength from -1 to 1.
"""

from __future__ import annotations

from outrider.llm.offline.meanings.base import Meanings
from outrider.llm.offline.meanings.english import ENGLISH
from outrider.llm.offline.meanings.french import FRENCH
from outrider.llm.offline.meanings.spanish import SPANISH

__all__ = ["MEANINGS", "Meanings", "meanings_of"]

MEANINGS = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH}


def meanings_of(code: str) -> Meanings:
    return MEANINGS.get(code[:2], ENGLISH)

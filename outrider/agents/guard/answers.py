"""Rules that every automated answer must pass before it is sent, whatever the model wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outrider.agents.base import Guardrails
from outrider.agents.guard.addresses import invented
from outrider.agents.guard.disclosure import claims_to_be_human, discloses, with_disclosure
from outrider.agents.guard.disguise import undisguised
from outrider.agents.guard.lengths import shortened
from outrider.agents.guard.promises import unapproved
from outrider.agents.guard.secrets import quotes_instructions, secret_in
from outrider.conversations.models import PersonReason
from outrider.leads.folding import words

LONGEST_ANSWER = 320
"""Characters; about two segments."""
MOST_LOOKED_AT = 8_000
"""Characters of a model's answer that are read at all."""
HAND_OVER_MARK = "[[person: {why}]]"
"""A model writes this when a person should answer, with what it doesn't know or may not decide."""
UNKNOWN_MARK = "[[unknown: {what}]]"
"""A model writes this when it had to say that it does not know; after a few in a row a person takes over."""
LONGEST_WHY = 240
"""Characters of a model's own words about why it wants a person."""
ASKED_WITHOUT_WORDS = "The agent wants a person to answer and did not say why."

LONGEST_NAME = 80
MOST_DIGITS = 6
FOR_MACHINES = re.compile(r"[{\[]\s?[\"'{\[]|[\"']\s?:\s?[\"'{\[\d]|```|</?[a-z]{2,20}>|\{\{|\}\}", re.IGNORECASE)
"""Data or markup: nobody texts like that."""
MARK = re.compile(r"\[\[\s{0,9}(person|unknown)\b[\s:]{0,9}([^\[\]]*+)(?:\]\]?|$)", re.IGNORECASE)
"""Also one that was cut off: no part of it may reach the lead."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer may stand on."""

    by_us: Sequence[str] = ()
    """What the campaign and the library say, and what we wrote before: links, promises and sums may come from it."""
    by_lead: Sequence[str] = ()
    """What the lead wrote, and what is known of them: their own address and number may be repeated to them."""
    names: Sequence[str] = ()
    """The lead's name and company as their row has them: some companies are named like a link."""
    our_texts: Collection[str] = ()
    """What we wrote before: not said again."""
    instructions: str = ""
    """What the model was told to do: not quoted."""
    prompt: str = ""
    """What an operator told it: no long piece is quoted."""
    secrets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be sent of a model's answer."""

    text: str | None
    reason: str
    person_reason: PersonReason | None = None
    """Why a person should take the conversation; None if none need to."""
    could_answer: bool = True
    """False: it says that it does not know."""

    @property
    def hand_over(self) -> bool:
        return self.person_reason is not None


def check_answer(
    answer: str,
    told: Told,
    guardrails: Guardrails | None = None,
    *,
    must_disclose: bool = False,
    language: str = "en",
) -> Checked:
    """What may be sent of `answer`.

    Links, addresses, numbers, promises and sums must have been told. Words that we wrote already are not said again: whoever
    repeats itself has nothing to say, and a person should look.
    """
    limits = guardrails or Guardrails()
    answer = answer[:MOST_LOOKED_AT]
    marks = {mark[1].lower(): mark[2] for mark in MARK.finditer(answer)}
    is_known = not admits_not_knowing(answer)
    asked, reason = (PersonReason.ASKED, _why(marks["person"])) if "person" in marks else (None, "answered")
    if asked is None and not is_known:
        reason = f"It does not know: {' '.join(marks['unknown'].split())[:LONGEST_WHY] or 'it did not say what'}"
    text = " ".join(MARK.sub(" ", answer).split())
    if not text:
        return Checked(None, reason, asked) if asked else _refused("The model wrote nothing.")
    if must_disclose and not discloses(text):
        text = with_disclosure(text, language)
    text = shortened(text, limits.most_characters)
    if problem := problem_in(text, told, limits):
        return _refused(f"The agent's answer {problem}, so it was not sent.")
    if plain(text) in {plain(ours) for ours in told.our_texts}:
        return _refused("The agent would have said the same again, so its answer was not sent.")
    return Checked(text, reason, asked, is_known)


def admits_not_knowing(answer: str) -> bool:
    """Whether the model marked its answer as one that it could not give."""
    return any(mark[1].lower() == "unknown" for mark in MARK.finditer(answer[:MOST_LOOKED_AT]))


def problem_in(text: str, told: Told, limits: Guardrails) -> str | None:
    """What keeps the text from being sent, as the rest of a sentence (“promised a refund, …”); None if it may be."""
    text = undisguised(text)
    if problem := unrepeatable(text, told, limits):
        return problem
    if claims_to_be_human(text):
        return "claimed that a person writes"
    if found := _forbidden(text, limits.forbidden_phrases):
        return f"said “{found}”, which it must never say"
    if found := unapproved(text, told.by_us):
        return f"promised {found}, which the campaign does not"
    return None


def unrepeatable(text: str, told: Told, limits: Guardrails) -> str | None:
    """What nobody should get to read of it, our own staff included, as `problem_in` says it: secrets, instructions, data
    instead of words, and addresses or numbers that nobody told."""
    text = undisguised(text)
    if secret_in(text, told.secrets):
        return "held something that looks like a key or a password"
    if quotes_instructions(text, told.instructions, told.prompt):
        return "repeated its own instructions"
    if FOR_MACHINES.search(text):
        return "was data instead of a text for a person"
    if found := invented(text, [*told.by_us, *told.names], [*told.by_us, *told.names, *told.by_lead], limits.allowed_links):
        return f"named “{found}”, which nobody told it"
    return None


def names_of(lead: Mapping[str, Any]) -> list[str]:
    """The lead's name and company as far as they look like ones: a form may hold anything."""
    return [name for field in ("name", "company") if _is_name(name := str(lead.get(field) or ""))]


def _is_name(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return len(text) <= LONGEST_NAME and digits <= MOST_DIGITS and not any(mark in text for mark in "/@:")


def _forbidden(text: str, phrases: Sequence[str]) -> str | None:
    said = f" {' '.join(words(text))} "
    return next((phrase for phrase in phrases if (plain := " ".join(words(phrase))) and f" {plain} " in said), None)


def plain(text: str) -> str:
    """The words alone: other punctuation does not make another text. A text without words stays as it is."""
    return " ".join(words(text)) or text


def _refused(reason: str) -> Checked:
    return Checked(None, reason, PersonReason.ANSWER_REFUSED)


def _why(given: str) -> str:
    """A model's words about why it wants a person, as one sentence."""
    why = " ".join(given.split()).rstrip(".")
    if not why:
        return ASKED_WITHOUT_WORDS
    why = shortened(why, LONGEST_WHY)
    return why[0].upper() + why[1:] + ("" if why.endswith(("…", "!", "?")) else ".")

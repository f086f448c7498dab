"""What a drafted text must be before a person sees it as a proposal: short enough, and nothing in it that nobody told us."""

from __future__ import annotations

from collections.abc import Sequence

from outrider.agents.base import Guardrails, WorkflowContext
from outrider.agents.guard.addresses import invented
from outrider.agents.guard.lengths import shortened
from outrider.agents.guard.promises import unapproved
from outrider.agents.guard.secrets import quotes_instructions, secret_in
from outrider.agents.sales.contacts import Contact
from outrider.agents.sales.evidence import figures
from outrider.agents.sales.results import Evidence, TouchChannel
from outrider.channels.segments import count_segments, to_gsm

MOST_SEGMENTS = 2
LONGEST_SMS = 300
LONGEST_MAIL = 1_200
NO_CHANNEL = "No channel may be used."
NO_OFFER = "No campaign says what we offer, so there is nothing to write about."
SOFT_HYPHENS = str.maketrans("", "", "\u00ad")


class Unsendable(Exception):
    """The draft may not be proposed; the message says why."""


def checked_text(
    text: str, channel: TouchChannel, used: Sequence[Evidence], context: WorkflowContext, limits: Guardrails, instructions: str
) -> tuple[str, int]:
    """The draft as it may be proposed, and the segments of a text message (0 of others).

    Raises:
        Unsendable: it has an address, a number, a promise or a figure that nobody told us, or is too long to be cut.
    """
    briefing = context.briefing
    ours = [briefing.name, briefing.sender_name, briefing.description, briefing.template or "", briefing.system_prompt]
    known = [*ours, *(entry.value for entry in used), *(str(context.lead.get(f) or "") for f in ("name", "company", "title"))]
    text = to_gsm(text.translate(SOFT_HYPHENS)).strip() if channel is TouchChannel.SMS else text.strip()
    text = shortened(text, LONGEST_SMS if channel is TouchChannel.SMS else LONGEST_MAIL)
    if problem := _problem(text, ours, known, limits, instructions):
        raise Unsendable(problem)
    if channel is not TouchChannel.SMS:
        return text, 0
    segments = count_segments(text).segments
    if segments > MOST_SEGMENTS:
        raise Unsendable(f"takes {segments} segments, {MOST_SEGMENTS} at most")
    return text, segments


def _problem(text: str, ours: Sequence[str], known: Sequence[str], limits: Guardrails, instructions: str) -> str | None:
    # A provider's word is no permission to link: only what the campaign says may be linked to.
    if invented(text, ours, ours, limits.allowed_links):
        return "has a link, an address or a number that the campaign does not name"
    if promise := unapproved(text, ours):
        return f"promises what the campaign does not: {promise}"
    if secret_in(text) or quotes_instructions(text, instructions):
        return "repeats what must not be repeated"
    if unknown := figures(text) - figures(" ".join(known)):
        return f"has a figure that nobody told: {min(unknown)}"
    said = text.casefold()
    if phrase := next((phrase for phrase in limits.forbidden_phrases if phrase.casefold() in said), None):
        return f"says “{phrase}”"
    if "{{" in text or "}}" in text:
        return "has an unfilled variable"
    return None


def offers(context: WorkflowContext) -> bool:
    """Whether the run's campaign says anything that could be written about."""
    return bool(context.briefing.name or context.briefing.description)


def usable(contact: Contact) -> list[TouchChannel]:
    closed = contact.unavailable()
    return [channel for channel in TouchChannel if channel not in closed]

"""What a drafted text must be before a person sees it as a proposal: short enough, and nothing in it that nobody told us."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outrider.agents.base import AgentType, WorkflowContext
from outrider.agents.guard.answers import problem_in
from outrider.agents.guard.lengths import shortened
from outrider.agents.sales.contacts import Contact
from outrider.agents.sales.evidence import EvidenceBook, figures
from outrider.agents.sales.results import BdrDraft, Evidence, TouchChannel, TouchDraft
from outrider.channels.segments import count_segments, to_gsm

MOST_SEGMENTS = 2
LONGEST_SMS = 300
LONGEST_MAIL = 1_200
NO_CHANNEL = "No channel may be used."
NO_OFFER = "No campaign says what we offer, so there is nothing to write about."
OWN = ("name", "company", "title")
"""Fields of the lead whose figures may be repeated to them."""
SOFT_HYPHENS = str.maketrans("", "", "\u00ad")


class Unsendable(Exception):
    """The draft may not be proposed; the message says why."""


def checked_text(
    text: str, channel: TouchChannel, used: Sequence[Evidence], context: WorkflowContext, book: EvidenceBook
) -> tuple[str, int]:
    """The draft as it may be proposed, and the segments of a text message (0 of others).

    Raises:
        Unsendable: no answer of the conversation team may say it either, it has a figure that nobody told, or is too long.
    """
    text = to_gsm(text.translate(SOFT_HYPHENS)).strip() if channel is TouchChannel.SMS else text.strip()
    text = shortened(text, LONGEST_SMS if channel is TouchChannel.SMS else LONGEST_MAIL)
    if "{{" in text or "}}" in text:
        raise Unsendable("has an unfilled variable")
    # A provider's word is no permission to link or to promise: only the campaign's is.
    if problem := problem_in(text, book.told, book.limits):
        raise Unsendable(problem)
    known = [*book.told.by_us, *(entry.value for entry in used), *(str(context.lead.get(field) or "") for field in OWN)]
    if unknown := figures(text) - figures(" ".join(known)):
        raise Unsendable(f"has a figure that nobody told: {min(unknown)}")
    if channel is not TouchChannel.SMS:
        return text, 0
    segments = count_segments(text).segments
    if segments > MOST_SEGMENTS:
        raise Unsendable(f"takes {segments} segments, {MOST_SEGMENTS} at most")
    return text, segments


def checked_draft(
    draft: BdrDraft | TouchDraft, used: Sequence[Evidence], context: WorkflowContext, book: EvidenceBook
) -> tuple[str, int]:
    """`checked_text` of a draft, whose subject has to pass, too.

    Raises:
        Unsendable
    """
    checked = checked_text(draft.text, draft.channel, used, context, book)
    if draft.subject:
        checked_text(draft.subject, draft.channel, used, context, book)
    return checked


def written_about(context: WorkflowContext) -> dict[str, Any]:
    """What whoever writes to a lead is told besides the evidence: how to address them, and what the growth agent found."""
    growth = context.results.get(AgentType.GROWTH_ANALYSIS) or {}
    return {
        "first_name": (str(context.lead.get("name") or "").split() or [""])[0],
        "angle": (growth.get("angle") or {}).get("text"),
        "question": growth.get("question"),
    }


def offers(context: WorkflowContext) -> bool:
    """Whether the run's campaign says anything that could be written about."""
    return bool(context.briefing.name or context.briefing.description)


def usable(contact: Contact) -> list[TouchChannel]:
    closed = contact.unavailable()
    return [channel for channel in TouchChannel if channel not in closed]

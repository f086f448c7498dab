"""The outbox: texts that somebody decided to send. Deliverers act on its rows; nothing else sends.

Every verb here is a few statements for any number of texts, in the caller's transaction: the decision and the text
are stored together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.segments import count_segments
from outrider.config import get_settings
from outrider.conversations.events import TextOutcome, TextsQueued, TextsSettled
from outrider.conversations.models import ORDINARY, URGENT, Author, Purpose
from outrider.conversations.repository import outbox as rows
from outrider.conversations.repository.senders import enabled_senders
from outrider.conversations.routing import choose_sender
from outrider.errors import Conflict
from outrider.events.bus import publish

CANCEL_BATCH = 5_000


class NoSenderAvailable(Conflict):
    """No enabled sender may send this text."""


@dataclass(frozen=True, slots=True)
class TextIntent:
    """A text that somebody wants sent."""

    lead_id: int
    phone: str
    """E.164."""
    body: str
    dedupe_key: str
    """Unique name of the intent: the same intent is queued once, however often it is handed in."""
    purpose: str = Purpose.CAMPAIGN
    author: Author = Author.WORKFLOW
    author_name: str | None = None
    """Of the person who wrote it."""
    campaign_id: int | None = None
    campaign_lead_id: int | None = None
    run_id: int | None = None
    sender_ids: Sequence[int] = ()
    """Senders it may leave from; empty means every enabled one."""
    due_at: datetime | None = None
    """Not before then; None is now."""


async def queue_texts(session: AsyncSession, intents: Sequence[TextIntent]) -> list[int | None]:
    """Store the intents and return their message ids, None where the intent was stored before.

    A lead that has a conversation keeps hearing from its sender as long as that is enabled; otherwise the sender is
    chosen among the allowed ones, in proportion to their rates and always the same one for the same lead.

    Raises:
        NoSenderAvailable: no enabled sender is allowed for one of them; nothing is stored.
    """
    if not intents:
        return []
    threads = await _open_threads(session, intents)
    if any(thread.sender_id is None for thread in threads.values()):
        raise NoSenderAvailable(
            "No enabled sender may send these texts.", remedy="Add or enable a sender, or let the campaign use another one."
        )
    price = get_settings().sms_segment_price
    ids = await rows.insert_texts(session, [_new_text(intent, threads[intent.lead_id], price) for intent in intents])
    await publish(session, TextsQueued([threads[intent.lead_id].conversation_id for intent in intents]))
    return [ids.pop(intent.dedupe_key, None) for intent in intents]


async def hold_texts(session: AsyncSession, campaign_id: int) -> int:
    """Keep the campaign's waiting texts from leaving (it is paused); returns how many. Replies still leave."""
    return await rows.hold(session, campaign_id)


async def release_texts(session: AsyncSession, campaign_id: int) -> int:
    """Let the campaign's held texts leave again; returns how many."""
    released = await rows.release(session, campaign_id)
    await rows.notify_deliverers(session)
    return released


async def cancel_texts(
    session: AsyncSession,
    *,
    reason: str,
    campaign_id: int | None = None,
    phone: str | None = None,
    campaign_lead_ids: Sequence[int] | None = None,
    purpose: Purpose | None = None,
) -> list[TextOutcome]:
    """Cancel the waiting texts that match all given filters, and publish `TextsSettled`.

    A text that a deliverer already holds is not waiting: it leaves. Compliance texts are never cancelled.
    """
    if campaign_id is None and phone is None and campaign_lead_ids is None:
        raise ValueError("cancel_texts needs campaign_id, phone or campaign_lead_ids.")
    cancelled: list[TextOutcome] = []
    while True:
        outcomes = await rows.cancel(
            session,
            reason=reason,
            batch=CANCEL_BATCH,
            campaign_id=campaign_id,
            phones=None if phone is None else [phone],
            campaign_lead_ids=campaign_lead_ids,
            purpose=purpose,
        )
        await settle(session, outcomes)
        cancelled += outcomes
        if len(outcomes) < CANCEL_BATCH:
            return cancelled


async def take_back_answers(session: AsyncSession, conversation_id: int) -> bool:
    """Cancel the agent's answers that wait in a conversation, because a person has it; whether there were any.

    One that a deliverer already holds leaves.
    """
    outcomes = await rows.cancel(
        session,
        reason="taken_over",
        batch=CANCEL_BATCH,
        campaign_id=None,
        phones=None,
        campaign_lead_ids=None,
        purpose=Purpose.REPLY,
        conversation_id=conversation_id,
        author=Author.AGENT,
    )
    await settle(session, outcomes)
    return bool(outcomes)


async def take_back_texts(session: AsyncSession, message_ids: Sequence[int], reason: str) -> list[int]:
    """Cancel those of the texts that still wait; returns which. One that a deliverer already holds leaves."""
    outcomes = await rows.cancel(
        session,
        reason=reason,
        batch=CANCEL_BATCH,
        campaign_id=None,
        phones=None,
        campaign_lead_ids=None,
        purpose=Purpose.REPLY,
        message_ids=message_ids,
    )
    await settle(session, outcomes)
    return [outcome.message_id for outcome in outcomes]


async def settle(session: AsyncSession, outcomes: Sequence[TextOutcome]) -> None:
    """Publish that these texts ended."""
    if outcomes:
        await publish(session, TextsSettled(outcomes))


async def _open_threads(session: AsyncSession, intents: Sequence[TextIntent]) -> dict[int, rows.ThreadSender]:
    senders = await enabled_senders(session)
    by_lead = {intent.lead_id: intent for intent in intents}
    latest = [by_lead[lead_id] for lead_id in sorted(by_lead)]
    return await rows.open_threads(
        session,
        lead_ids=[intent.lead_id for intent in latest],
        campaign_ids=[intent.campaign_id for intent in latest],
        sender_ids=[choose_sender(intent.lead_id, senders, intent.sender_ids) for intent in latest],
        enabled=[sender.sender_id for sender in senders],
    )


def _new_text(intent: TextIntent, thread: rows.ThreadSender, price: Decimal) -> rows.NewText:
    assert thread.sender_id is not None
    segments = count_segments(intent.body).segments
    return rows.NewText(
        conversation_id=thread.conversation_id,
        lead_id=intent.lead_id,
        sender_id=thread.sender_id,
        phone=intent.phone,
        body=intent.body,
        segments=segments,
        estimated_cost=segments * price,
        dedupe_key=intent.dedupe_key,
        purpose=intent.purpose,
        author=intent.author,
        author_name=intent.author_name,
        priority=ORDINARY if intent.purpose == Purpose.CAMPAIGN else URGENT,
        campaign_id=intent.campaign_id,
        campaign_lead_id=intent.campaign_lead_id,
        run_id=intent.run_id,
        due_at=intent.due_at,
        allowed_senders=tuple(intent.sender_ids),
    )

"""Texts that runs ask for: into the outbox, unless the lead wrote before they were decided to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import SkipReason
from outrider.campaigns.repository import runs as rows
from outrider.conversations.models import Purpose
from outrider.conversations.outbox import TextIntent, cancel_texts, queue_texts
from outrider.workflows.intents import SendText
from outrider.workflows.runs.applying import Asked, applies

REPLIED = "replied"


@applies(SendText)
async def send_texts(session: AsyncSession, asked: Sequence[Asked[SendText]]) -> None:
    """Queue the texts of the segments that a commit brings.

    A segment runs without a lock on the conversation. Queueing a text takes that lock, and inbound texts do, too; so what was
    received before is seen after it, and what is received later finds the text in the outbox. A text that answers the lead is a
    reply: nothing that the lead writes meanwhile holds it back.

    Raises:
        NoSenderAvailable: no enabled sender may send one of them.
    """
    texts = [_text(one) for one in asked if one.asker.phone is not None]
    if gone := [one.asker.run.campaign_lead_id for one in asked if one.asker.phone is None]:
        await rows.close(session, gone, SkipReason.INVALID_NUMBER)
    ids = await queue_texts(session, texts)
    if known := [text.campaign_lead_id for text, number in zip(texts, ids, strict=True) if number is None]:
        # A replay asks for what was sent before: no text on its way will settle these leads.
        await rows.close(session, [place for place in known if place is not None], SkipReason.CANCELLED)
    unasked = [one.asker for one in asked if not one.intent.after_reply]
    overtaken = await rows.leads_who_wrote(session, [(one.run.lead_id, one.inbound_count) for one in unasked])
    if places := [one.run.campaign_lead_id for one in unasked if one.run.lead_id in overtaken]:
        await cancel_texts(session, reason=REPLIED, campaign_lead_ids=places, purpose=Purpose.CAMPAIGN)


def _text(one: Asked[SendText]) -> TextIntent:
    run, phone = one.asker.run, one.asker.phone
    assert phone is not None
    return TextIntent(
        lead_id=run.lead_id,
        phone=phone,
        body=one.intent.body,
        dedupe_key=one.dedupe_key,
        purpose=Purpose.REPLY if one.intent.after_reply else Purpose.CAMPAIGN,
        campaign_id=run.campaign_id,
        campaign_lead_id=run.campaign_lead_id,
        run_id=run.run_id,
        sender_ids=one.asker.sender_ids,
    )

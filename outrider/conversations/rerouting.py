"""Texts whose sender was taken out of use leave from another one, or wait for a person."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.repository import rerouting as rows
from outrider.conversations.repository.outbox import notify_deliverers
from outrider.conversations.repository.senders import enabled_senders
from outrider.conversations.routing import choose_sender

BATCH = 500


async def reroute_texts(session: AsyncSession) -> bool:
    """Find another sender for due texts of disabled ones; True if there may be more.

    The choice is the one that the lead's next text will get too. Texts that no other sender may take are looked at again
    a minute later.
    """
    stranded = await rows.lock_stranded(session, BATCH)
    if not stranded:
        return False
    senders = await enabled_senders(session)
    chosen = {text.message_id: choose_sender(text.lead_id, senders, text.allowed_senders) for text in stranded}
    moved = [(message_id, sender_id) for message_id, sender_id in chosen.items() if sender_id is not None]
    if moved:
        await rows.move(session, moved)
        await notify_deliverers(session)
    stuck = [message_id for message_id, sender_id in chosen.items() if sender_id is None]
    if stuck:
        await rows.postpone(session, stuck)
    return len(stranded) == BATCH

"""What becomes due in conversations by the clock."""

from __future__ import annotations

from datetime import datetime

from outrider.conversations.events import Change, ConversationChanged
from outrider.conversations.repository import handling as rows
from outrider.events.bus import publish
from outrider.jobs import JobContext, job


@job("conversations.wake")
async def wake(context: JobContext, conversation_id: int, until: datetime) -> None:
    """Open a conversation whose snooze ends; one that was snoozed anew, or opened meanwhile, is left alone."""
    async with context.transaction() as session:
        if await rows.wake(session, conversation_id, until):
            await publish(session, ConversationChanged(conversation_id, Change.STATUS))

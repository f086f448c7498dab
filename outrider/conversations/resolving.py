"""A person decides about a text whose outcome nobody else can tell."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Message, OutboxState
from outrider.conversations.outbox import settle
from outrider.conversations.repository import reconciliation as rows
from outrider.conversations.repository.outbox import notify_deliverers
from outrider.errors import Conflict, NotFound


class OutcomeIsKnown(Conflict):
    """The text is not waiting for a decision."""


async def resolve_message(session: AsyncSession, message_id: int, outcome: Literal["sent", "not_sent"]) -> Message:
    """Settle an unknown text as sent, or queue it again as surely not sent.

    Raises:
        NotFound: no such message.
        OutcomeIsKnown: it is not, or no longer, unknown.
    """
    message = await session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound(f"There is no message {message_id}.")
    if message.state != OutboxState.UNKNOWN or message.attempt_token is None:
        raise OutcomeIsKnown(f"The outcome of message {message_id} is known: {message.state or 'received'}.")
    if outcome == "sent":
        await settle(session, await rows.believe_sent(session, message_id, message.attempt_token))
    else:
        await rows.release(session, [(message_id, message.attempt_token)])
        await notify_deliverers(session)
    await session.refresh(message)
    return message

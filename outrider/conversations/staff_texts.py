"""Texts to people who work here, through the outbox that all texts leave by.

They have to be leads like everybody whom we text: so their opt-outs, quiet hours and senders are those of everybody, and what
they answer is a conversation that a person sees. No agent answers them.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Author, Conversation, Message, Purpose
from outrider.conversations.outbox import NoSenderAvailable, TextIntent, queue_texts
from outrider.conversations.suppressions import suppressed_phones
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.integrations.notifications.base import NoticeDelayed, NoticeRefused
from outrider.leads.models import Lead


class StaffTexts:
    """What notifications send texts with (`integrations.notifications.sms.TextSender`)."""

    def __init__(self, database: Database):
        self._database = database

    async def send_text(self, *, key: str, to: str, body: str) -> str:
        """Queue the text; returns the number of its message.

        Raises:
            NoticeRefused: nobody whom we may text has the number.
            NoticeDelayed: no sender is enabled, or the database is away.
        """
        try:
            async with self._database.transaction() as session:
                return str(await self._queue(session, f"notice:{key}:{to}", to, body))
        except NoSenderAvailable as error:
            raise NoticeDelayed(error.detail, remedy=error.remedy) from error
        except DATABASE_TROUBLE as error:
            raise NoticeDelayed("The database does not answer.") from error

    async def _queue(self, session: AsyncSession, key: str, to: str, body: str) -> int:
        lead_id = await session.scalar(select(Lead.id).where(Lead.phone == to).order_by(Lead.id).limit(1))
        if lead_id is None:
            raise NoticeRefused("No lead has this number.", remedy="Add the person as a lead.")
        if await suppressed_phones(session, [to]):
            raise NoticeRefused("This number must not be texted: its owner asked us to stop.")
        intent = TextIntent(lead_id=lead_id, phone=to, body=body, dedupe_key=key, purpose=Purpose.REPLY, author=Author.SYSTEM)
        [message_id] = await queue_texts(session, [intent])
        if message_id is None:
            message_id = (await session.scalars(select(Message.id).where(Message.dedupe_key == key))).one()
        conversation = (await session.scalars(select(Conversation).where(Conversation.lead_id == lead_id))).one()
        if conversation.inbound_count == 0:
            conversation.handled_by = "person"
        return message_id

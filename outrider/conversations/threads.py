"""The inbox: what people look at, what they write, and who answers."""

from __future__ import annotations

from typing import Any, Literal
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import HandedBack
from outrider.conversations.models import Author, Conversation, Message, Purpose
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.conversations.repository import threads as rows
from outrider.conversations.schemas import ConversationOut, LastMessage, MessageOut
from outrider.conversations.suppressions import suppressed_phones
from outrider.db.pages import Page
from outrider.errors import Conflict, NotFound
from outrider.events.bus import publish
from outrider.leads.models import Lead


class NumberIsSuppressed(Conflict):
    """The person must not be contacted."""


class NoNumber(Conflict):
    """The lead has no phone number."""


async def list_conversations(
    session: AsyncSession,
    *,
    cursor: str | None,
    limit: int,
    needs_reply: bool | None = None,
    handled_by: Literal["agent", "person"] | None = None,
    campaign_id: int | None = None,
    search: str | None = None,
) -> Page[ConversationOut]:
    """A page of conversations, the latest message first.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    found, next_cursor = await rows.page(
        session,
        cursor,
        limit,
        needs_reply=needs_reply,
        handled_by=handled_by,
        campaign_id=campaign_id,
        search=search,
    )
    return Page(items=[_overview(row) for row in found], next_cursor=next_cursor)


async def get_conversation(session: AsyncSession, conversation_id: int) -> ConversationOut:
    """
    Raises:
        NotFound: no such conversation.
    """
    row = await rows.one(session, conversation_id)
    if row is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    return _overview(row)


async def list_messages(session: AsyncSession, conversation_id: int, cursor: str | None, limit: int) -> Page[MessageOut]:
    """A page of a conversation's messages, newest first.

    Raises:
        NotFound: no such conversation.
        InvalidInput: the cursor is none of this list.
    """
    await _get(session, conversation_id)
    found, next_cursor = await rows.messages(session, conversation_id, cursor, limit)
    return Page(items=[message_out(message) for message in found], next_cursor=next_cursor)


async def write_message(session: AsyncSession, conversation_id: int, body: str) -> Message:
    """Queue a person's text. The person has the conversation from now on, and everything received counts as answered.

    Raises:
        NotFound: no such conversation.
        NumberIsSuppressed, NoNumber: the lead can't be texted.
        NoSenderAvailable: no sender is enabled.
    """
    conversation = await _get(session, conversation_id, lock=True)
    lead = await session.get_one(Lead, conversation.lead_id)
    if lead.phone is None:
        raise NoNumber("The lead has no phone number.", remedy="Add one to the lead.")
    if await suppressed_phones(session, [lead.phone]):
        raise NumberIsSuppressed(
            "This number must not be contacted.", remedy="Only the person can change that, by writing START."
        )
    await rows.take_over(session, conversation_id)
    await rows.mark_answered(session, conversation_id)
    (message_id,) = await queue_texts(
        session,
        [
            TextIntent(
                lead_id=lead.id,
                phone=lead.phone,
                body=body,
                dedupe_key=f"person:{uuid4().hex}",
                purpose=Purpose.REPLY,
                author=Author.PERSON,
                campaign_id=conversation.campaign_id,
            )
        ],
    )
    return await session.get_one(Message, message_id)


async def take_over(session: AsyncSession, conversation_id: int) -> ConversationOut:
    """A person answers from now on; agents stop at once.

    Raises:
        NotFound: no such conversation.
    """
    await _get(session, conversation_id)
    await rows.take_over(session, conversation_id)
    return await get_conversation(session, conversation_id)


async def hand_back(session: AsyncSession, conversation_id: int) -> ConversationOut:
    """The agent answers from now on, beginning with what is unanswered.

    Raises:
        NotFound: no such conversation.
    """
    conversation = await _get(session, conversation_id, lock=True)
    is_unanswered = conversation.answered_count < conversation.inbound_count
    await rows.hand_back(session, conversation_id)
    await publish(session, HandedBack(conversation_id, is_unanswered))
    return await get_conversation(session, conversation_id)


def message_out(message: Message) -> MessageOut:
    """A message as the API shows it."""
    shown = MessageOut.model_validate(message)
    shown.media_urls = list(message.details.get("media_urls", []))
    return shown


async def _get(session: AsyncSession, conversation_id: int, *, lock: bool = False) -> Conversation:
    conversation = await session.get(Conversation, conversation_id, with_for_update=lock)
    if conversation is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    return conversation


def _overview(row: Any) -> ConversationOut:
    conversation, name, company, phone, needs_reply, is_suppressed, last = row[:7]
    return ConversationOut(
        id=conversation.id,
        lead_id=conversation.lead_id,
        lead_name=name,
        lead_company=company,
        phone=phone,
        campaign_id=conversation.campaign_id,
        sender_id=conversation.sender_id,
        handled_by=conversation.handled_by,
        needs_reply=needs_reply,
        is_suppressed=is_suppressed,
        last_message=LastMessage.model_validate(last, from_attributes=True) if last else None,
        last_message_at=conversation.last_message_at,
        last_inbound_at=conversation.last_inbound_at,
        created_at=conversation.created_at,
    )

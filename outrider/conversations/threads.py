"""The inbox: what people look at and what they write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import Change, ConversationChanged
from outrider.conversations.models import Author, Conversation, Decision, Message, Purpose
from outrider.conversations.outbox import TextIntent, queue_texts, take_back_answers
from outrider.conversations.repository import handling
from outrider.conversations.repository import inbox as inbox_rows
from outrider.conversations.repository import threads as rows
from outrider.conversations.repository.inbox import InboxFilter
from outrider.conversations.schemas import ConversationCounts, ConversationOut, LastMessage, MessageOut, View
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
    session: AsyncSession, given: InboxFilter, *, search: str | None, cursor: str | None, limit: int
) -> Page[ConversationOut]:
    """A page of conversations, the latest message first.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    found, next_cursor = await inbox_rows.page(session, given, search, cursor, limit)
    return Page(items=[_overview(row) for row in found], next_cursor=next_cursor)


async def count_conversations(session: AsyncSession, given: InboxFilter) -> ConversationCounts:
    """How many conversations each view holds under the other filters."""
    views: tuple[View, ...] = get_args(View)
    counts = await inbox_rows.counts(session, [replace(given, view=view) for view in views])
    return ConversationCounts(**dict(zip(views, counts, strict=True)))


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
    await require_conversation(session, conversation_id)
    found, next_cursor = await rows.messages(session, conversation_id, cursor, limit)
    return Page(items=[message_out(message) for message in found], next_cursor=next_cursor)


async def write_message(session: AsyncSession, conversation_id: int, body: str, actor: str) -> Message:
    """Queue a person's text. The person has the conversation from now on, and everything received counts as answered.

    An answer of the agent that has not left yet never does.

    Raises:
        NotFound: no such conversation.
        NumberIsSuppressed, NoNumber: the lead can't be texted.
        NoSenderAvailable: no sender is enabled.
    """
    conversation = await require_conversation(session, conversation_id, lock=True)
    lead = await session.get_one(Lead, conversation.lead_id)
    if lead.phone is None:
        raise NoNumber("The lead has no phone number.", remedy="Add one to the lead.")
    if await suppressed_phones(session, [lead.phone]):
        raise NumberIsSuppressed(
            "This number must not be contacted.", remedy="Only the person can change that, by writing START."
        )
    if conversation.handled_by == "agent":
        rows.keep_decision(session, conversation_id, Decision.TAKEN_OVER, actor)
    await take_back_answers(session, conversation_id)
    await handling.take_over(session, conversation_id, actor)
    await handling.person_answered(session, conversation_id)
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
                author_name=actor,
                campaign_id=conversation.campaign_id,
            )
        ],
    )
    await publish(session, ConversationChanged(conversation_id, Change.HANDLING))
    return await session.get_one(Message, message_id)


async def require_conversation(session: AsyncSession, conversation_id: int, *, lock: bool = False) -> Conversation:
    """The conversation, with `lock` locked until the transaction ends.

    Raises:
        NotFound: no such conversation.
    """
    conversation = await session.get(Conversation, conversation_id, with_for_update=lock)
    if conversation is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    return conversation


def message_out(message: Message) -> MessageOut:
    """A message as the API shows it."""
    shown = MessageOut.model_validate(message)
    shown.media_urls = list(message.details.get("media_urls", []))
    shown.author_name = message.details.get("author_name")
    return shown


def _overview(row: Any) -> ConversationOut:
    conversation, name, company, phone, needs_reply, agent_is_writing, is_suppressed, last = row[:8]
    return ConversationOut(
        id=conversation.id,
        lead_id=conversation.lead_id,
        lead_name=name,
        lead_company=company,
        phone=phone,
        campaign_id=conversation.campaign_id,
        sender_id=conversation.sender_id,
        status=conversation.status,
        snoozed_until=conversation.snoozed_until,
        assignee=conversation.assignee,
        handled_by=conversation.handled_by,
        paused_by=conversation.paused_by,
        agent_is_writing=agent_is_writing,
        needs_person=conversation.needs_person_reason is not None,
        needs_person_reason=conversation.needs_person_reason,
        needs_person_detail=conversation.needs_person_detail,
        needs_reply=needs_reply,
        first_unanswered_at=conversation.first_unanswered_at,
        unread_count=conversation.inbound_count - conversation.read_count,
        read_at=conversation.read_at,
        is_suppressed=is_suppressed,
        last_message=LastMessage.model_validate(last, from_attributes=True) if last else None,
        last_message_at=conversation.last_message_at,
        last_inbound_at=conversation.last_inbound_at,
        created_at=conversation.created_at,
    )

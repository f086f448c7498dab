"""Notes that colleagues leave each other in a conversation.

They are rows of their own and no messages: the outbox, the agents and the figures never see them.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import Change, ConversationChanged
from outrider.conversations.models import ConversationNote
from outrider.conversations.repository import threads as rows
from outrider.conversations.schemas import NoteOut
from outrider.conversations.threads import require_conversation
from outrider.db.pages import Page
from outrider.errors import NotFound
from outrider.events.bus import publish


async def list_notes(session: AsyncSession, conversation_id: int, cursor: str | None, limit: int) -> Page[NoteOut]:
    """A page of a conversation's notes, newest first.

    Raises:
        NotFound: no such conversation.
        InvalidInput: the cursor is none of this list.
    """
    await require_conversation(session, conversation_id)
    found, next_cursor = await rows.notes(session, conversation_id, cursor, limit)
    return Page(items=[NoteOut.model_validate(note) for note in found], next_cursor=next_cursor)


async def add_note(session: AsyncSession, conversation_id: int, author: str, body: str) -> NoteOut:
    """
    Raises:
        NotFound: no such conversation.
    """
    await require_conversation(session, conversation_id)
    note = ConversationNote(conversation_id=conversation_id, author=author, body=body)
    session.add(note)
    await session.flush()
    await session.refresh(note)
    await publish(session, ConversationChanged(conversation_id, Change.NOTES))
    return NoteOut.model_validate(note)


async def delete_note(session: AsyncSession, conversation_id: int, note_id: int) -> None:
    """
    Raises:
        NotFound: the conversation has no such note.
    """
    note = await session.get(ConversationNote, note_id)
    if note is None or note.conversation_id != conversation_id:
        raise NotFound(f"Conversation {conversation_id} has no note {note_id}.")
    await session.delete(note)
    await session.flush()
    await publish(session, ConversationChanged(conversation_id, Change.NOTES))

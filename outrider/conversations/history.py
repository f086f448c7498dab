"""What was decided about a conversation, by whom and when."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.repository import threads as rows
from outrider.conversations.schemas import DecisionOut
from outrider.conversations.threads import require_conversation
from outrider.db.pages import Page


async def list_decisions(session: AsyncSession, conversation_id: int, cursor: str | None, limit: int) -> Page[DecisionOut]:
    """A page of a conversation's decisions, newest first.

    Raises:
        NotFound: no such conversation.
        InvalidInput: the cursor is none of this list.
    """
    await require_conversation(session, conversation_id)
    found, next_cursor = await rows.decisions(session, conversation_id, cursor, limit)
    return Page(items=[DecisionOut.model_validate(decision) for decision in found], next_cursor=next_cursor)

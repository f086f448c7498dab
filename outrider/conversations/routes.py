"""`/api/conversations`, `/api/threads` and `/api/messages`; gathers the routers of this folder."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from outrider.auth.permissions import Permission, require
from outrider.conversations import sender_routes, suppression_routes, threads
from outrider.conversations.resolving import resolve_message as resolve
from outrider.conversations.schemas import ConversationOut, MessageIn, MessageOut, Resolution
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

inbox_router = APIRouter(prefix="/api", tags=["conversations"])
routers = [inbox_router, sender_routes.router, suppression_routes.router]

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
WRITE = [Depends(require(Permission.CONVERSATIONS_WRITE))]


@inbox_router.get("/conversations", dependencies=READ)
async def list_conversations(
    session: Transaction,
    cursor: Cursor = None,
    limit: Limit = 50,
    needs_reply: bool | None = None,
    handled_by: Literal["agent", "person"] | None = None,
    campaign_id: int | None = None,
    search: Annotated[
        str | None, Query(min_length=1, max_length=100, pattern=r"^[^\x00]*$", description="Part of a name, company or number.")
    ] = None,
) -> Page[ConversationOut]:
    """Conversations, the latest message first."""
    return await threads.list_conversations(
        session,
        cursor=cursor,
        limit=limit,
        needs_reply=needs_reply,
        handled_by=handled_by,
        campaign_id=campaign_id,
        search=search,
    )


@inbox_router.get("/threads/{conversation_id}", dependencies=READ)
async def get_thread(session: Transaction, conversation_id: int) -> ConversationOut:
    return await threads.get_conversation(session, conversation_id)


@inbox_router.get("/threads/{conversation_id}/messages", dependencies=READ)
async def list_thread_messages(
    session: Transaction, conversation_id: int, cursor: Cursor = None, limit: Limit = 50
) -> Page[MessageOut]:
    """A conversation's messages, newest first."""
    return await threads.list_messages(session, conversation_id, cursor, limit)


@inbox_router.post("/threads/{conversation_id}/messages", status_code=201, dependencies=WRITE)
async def write_thread_message(session: Transaction, conversation_id: int, message: MessageIn) -> MessageOut:
    """Write to the lead as a person. The agent stays silent in this conversation until it is handed back."""
    return threads.message_out(await threads.write_message(session, conversation_id, message.body))


@inbox_router.post("/threads/{conversation_id}/take-over", dependencies=WRITE)
async def take_over_thread(session: Transaction, conversation_id: int) -> ConversationOut:
    """A person answers from now on. An answer that the agent is thinking about is dropped."""
    return await threads.take_over(session, conversation_id)


@inbox_router.post("/threads/{conversation_id}/hand-back", dependencies=WRITE)
async def hand_back_thread(session: Transaction, conversation_id: int) -> ConversationOut:
    """The agent answers from now on, beginning with what is unanswered."""
    return await threads.hand_back(session, conversation_id)


@inbox_router.post("/messages/{message_id}/resolve", dependencies=WRITE)
async def resolve_message(session: Transaction, message_id: int, resolution: Resolution) -> MessageOut:
    """Decide about a text of which nobody can tell whether it was sent."""
    return threads.message_out(await resolve(session, message_id, resolution.outcome))

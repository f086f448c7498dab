"""`/api/conversations`, `/api/threads` and `/api/messages`; gathers the routers of this folder."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from outrider.auth.permissions import Actor, Permission, require
from outrider.channels.segments import count_segments, to_gsm
from outrider.config import Settings
from outrider.conversations import handling_routes, sender_routes, suppression_routes, threads
from outrider.conversations.contact_window import contact_window
from outrider.conversations.models import ThreadStatus
from outrider.conversations.repository.inbox import InboxFilter
from outrider.conversations.resolving import resolve_message as resolve
from outrider.conversations.schemas import (
    ContactWindow,
    ConversationCounts,
    ConversationOut,
    MessageIn,
    MessageOut,
    Resolution,
    SegmentsIn,
    SegmentsOut,
    View,
)
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

inbox_router = APIRouter(prefix="/api", tags=["conversations"])
routers = [inbox_router, handling_routes.router, sender_routes.router, suppression_routes.router]

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
WRITE = [Depends(require(Permission.CONVERSATIONS_WRITE))]


Reader = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_WRITE))]
ViewQuery = Annotated[View, Query(description="`unassigned` has only conversations in which the lead has written.")]
HasWritten = Annotated[bool | None, Query(description="Whether the lead has ever written.")]
UnknownOutcome = Annotated[
    bool | None, Query(description="Whether it has a text of which nobody can tell whether the carrier took it.")
]


@inbox_router.get("/conversations")
async def list_conversations(
    session: Transaction,
    actor: Reader,
    cursor: Cursor = None,
    limit: Limit = 50,
    view: ViewQuery = "all",
    status: ThreadStatus | None = None,
    needs_reply: bool | None = None,
    has_written: HasWritten = None,
    handled_by: Literal["agent", "person"] | None = None,
    campaign_id: int | None = None,
    lead_id: int | None = None,
    unknown_outcome: UnknownOutcome = None,
    search: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=100,
            pattern=r"^[^\x00]*$",
            description="Words of a name, company or message, or the beginning or end of a number.",
        ),
    ] = None,
) -> Page[ConversationOut]:
    """Conversations, the latest message first. Only a page without `next_cursor` is the last one, however many it holds."""
    given = InboxFilter(view, actor.name, status, needs_reply, has_written, handled_by, campaign_id, lead_id, unknown_outcome)
    return await threads.list_conversations(session, given, search=search, cursor=cursor, limit=limit)


@inbox_router.get("/leads/{lead_id}/contact-window", dependencies=READ)
async def get_contact_window(session: Transaction, request: Request, lead_id: int) -> ContactWindow:
    """Whether the lead may be texted now, or when next; a campaign's own hours may be narrower."""
    settings: Settings = request.app.state.settings
    return await contact_window(session, lead_id, is_enforced=settings.quiet_hours == "enforced")


@inbox_router.get("/conversations/counts")
async def count_conversations(
    session: Transaction,
    actor: Reader,
    status: ThreadStatus | None = ThreadStatus.OPEN,
    needs_reply: bool | None = None,
    has_written: HasWritten = None,
    handled_by: Literal["agent", "person"] | None = None,
    campaign_id: int | None = None,
    unknown_outcome: UnknownOutcome = None,
) -> ConversationCounts:
    """How many conversations each view holds, of the open ones unless told otherwise."""
    given = InboxFilter(
        "all", actor.name, status, needs_reply, has_written, handled_by, campaign_id, unknown_outcome=unknown_outcome
    )
    return await threads.count_conversations(session, given)


@inbox_router.get("/threads/{conversation_id}", dependencies=READ)
async def get_thread(session: Transaction, conversation_id: int) -> ConversationOut:
    return await threads.get_conversation(session, conversation_id)


@inbox_router.get("/threads/{conversation_id}/messages", dependencies=READ)
async def list_thread_messages(
    session: Transaction, conversation_id: int, cursor: Cursor = None, limit: Limit = 50
) -> Page[MessageOut]:
    """A conversation's messages, newest first."""
    return await threads.list_messages(session, conversation_id, cursor, limit)


@inbox_router.post("/threads/{conversation_id}/messages", status_code=201)
async def write_thread_message(session: Transaction, actor: Writer, conversation_id: int, message: MessageIn) -> MessageOut:
    """Write to the lead as a person. The agent stays silent in this conversation until it is handed back."""
    return threads.message_out(await threads.write_message(session, conversation_id, message.body, actor.name))


@inbox_router.post("/messages/{message_id}/resolve", dependencies=WRITE)
async def resolve_message(session: Transaction, message_id: int, resolution: Resolution) -> MessageOut:
    """Decide about a text of which nobody can tell whether it was sent."""
    return threads.message_out(await resolve(session, message_id, resolution.outcome))


@inbox_router.post("/segments", dependencies=READ)
async def count_text_segments(text: SegmentsIn) -> SegmentsOut:
    """How a text is counted and billed, and what it would be without typographic characters."""
    count = count_segments(text.body)
    return SegmentsOut(
        encoding=count.encoding,
        segments=count.segments,
        characters=len(text.body),
        units=count.units,
        per_segment=count.per_segment,
        remaining=count.remaining,
        non_gsm=list(count.non_gsm),
        smart_quotes_replaced=to_gsm(text.body),
    )

"""`/api/threads/{id}/…`: what people decide about a conversation, and the notes they leave in it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from outrider.auth.permissions import Actor, Permission, require
from outrider.conversations import handling, history, notes
from outrider.conversations.schemas import Assignment, ConversationOut, DecisionOut, NoteIn, NoteOut, Snooze
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/threads/{conversation_id}", tags=["conversations"])

READ = [Depends(require(Permission.CONVERSATIONS_READ))]
WRITE = [Depends(require(Permission.CONVERSATIONS_WRITE))]
Writer = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_WRITE))]


@router.post("/read", dependencies=WRITE)
async def mark_thread_read(session: Transaction, conversation_id: int) -> ConversationOut:
    """Everything received so far has been read."""
    return await handling.mark_read(session, conversation_id)


@router.post("/unread", dependencies=WRITE)
async def mark_thread_unread(session: Transaction, conversation_id: int) -> ConversationOut:
    """The last text received counts as unread again."""
    return await handling.mark_unread(session, conversation_id)


@router.post("/assign")
async def assign_thread(session: Transaction, actor: Writer, conversation_id: int, assignment: Assignment) -> ConversationOut:
    """Say who looks after it."""
    return await handling.assign(session, conversation_id, assignment.assignee, actor.name)


@router.post("/resolve")
async def resolve_thread(session: Transaction, actor: Writer, conversation_id: int) -> ConversationOut:
    """Nothing is left to do until the lead writes again. An answer that the agent is thinking about is dropped."""
    return await handling.resolve(session, conversation_id, actor.name)


@router.post("/reopen")
async def reopen_thread(session: Transaction, actor: Writer, conversation_id: int) -> ConversationOut:
    return await handling.reopen(session, conversation_id, actor.name)


@router.post("/snooze")
async def snooze_thread(session: Transaction, actor: Writer, conversation_id: int, snooze: Snooze) -> ConversationOut:
    """Out of sight until a time, or until the lead writes."""
    return await handling.snooze(session, conversation_id, snooze.until, actor.name)


@router.post("/take-over")
async def take_over_thread(session: Transaction, actor: Writer, conversation_id: int) -> ConversationOut:
    """A person answers from now on. An answer that the agent is thinking about is dropped."""
    return await handling.take_over(session, conversation_id, actor.name)


@router.post("/hand-back")
async def hand_back_thread(session: Transaction, actor: Writer, conversation_id: int) -> ConversationOut:
    """The agent answers from now on, beginning with what is unanswered."""
    return await handling.hand_back(session, conversation_id, actor.name)


@router.get("/decisions", dependencies=READ)
async def list_thread_decisions(
    session: Transaction, conversation_id: int, cursor: Cursor = None, limit: Limit = 50
) -> Page[DecisionOut]:
    """What was decided about a conversation, newest first."""
    return await history.list_decisions(session, conversation_id, cursor, limit)


@router.get("/notes", dependencies=READ)
async def list_thread_notes(
    session: Transaction, conversation_id: int, cursor: Cursor = None, limit: Limit = 50
) -> Page[NoteOut]:
    """A conversation's notes, newest first."""
    return await notes.list_notes(session, conversation_id, cursor, limit)


@router.post("/notes", status_code=201)
async def add_thread_note(session: Transaction, actor: Writer, conversation_id: int, note: NoteIn) -> NoteOut:
    """Leave a note for colleagues. It is never sent, and no agent reads it."""
    return await notes.add_note(session, conversation_id, actor.name, note.body)


@router.delete("/notes/{note_id}", status_code=204, dependencies=WRITE)
async def delete_thread_note(session: Transaction, conversation_id: int, note_id: int) -> None:
    await notes.delete_note(session, conversation_id, note_id)

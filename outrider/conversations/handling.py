"""What people decide about a conversation: who looks after it, who answers, and whether there is anything left to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import Change, ConversationChanged, HandedBack
from outrider.conversations.jobs import wake
from outrider.conversations.models import Decision, ThreadStatus
from outrider.conversations.outbox import take_back_answers
from outrider.conversations.repository import handling as rows
from outrider.conversations.repository.threads import keep_decision
from outrider.conversations.schemas import ConversationOut
from outrider.conversations.threads import get_conversation, require_conversation
from outrider.errors import InvalidInput
from outrider.events.bus import publish

LONGEST_SNOOZE = timedelta(days=366)


async def mark_read(session: AsyncSession, conversation_id: int) -> ConversationOut:
    """Everything received so far has been read.

    Raises:
        NotFound: no such conversation.
    """
    await require_conversation(session, conversation_id, lock=True)
    await rows.mark_read(session, conversation_id)
    return await _changed(session, conversation_id, Change.READ)


async def mark_unread(session: AsyncSession, conversation_id: int) -> ConversationOut:
    """The last text received counts as unread again.

    Raises:
        NotFound: no such conversation.
    """
    await require_conversation(session, conversation_id, lock=True)
    await rows.mark_unread(session, conversation_id)
    return await _changed(session, conversation_id, Change.READ)


async def assign(session: AsyncSession, conversation_id: int, assignee: str | None, actor: str) -> ConversationOut:
    """
    Raises:
        NotFound: no such conversation.
    """
    conversation = await require_conversation(session, conversation_id, lock=True)
    if assignee != conversation.assignee:
        decision = Decision.UNASSIGNED if assignee is None else Decision.ASSIGNED
        keep_decision(session, conversation_id, decision, actor, assignee or conversation.assignee)
    await rows.assign(session, conversation_id, assignee)
    return await _changed(session, conversation_id, Change.ASSIGNEE)


async def resolve(session: AsyncSession, conversation_id: int, actor: str) -> ConversationOut:
    """Nothing is left to do until the lead writes again: what is unanswered stays so, and a thinking agent's answer is dropped.

    Raises:
        NotFound: no such conversation.
    """
    await _decide_status(session, conversation_id, ThreadStatus.RESOLVED, Decision.RESOLVED, actor)
    await rows.resolve(session, conversation_id)
    return await _changed(session, conversation_id, Change.STATUS)


async def reopen(session: AsyncSession, conversation_id: int, actor: str) -> ConversationOut:
    """
    Raises:
        NotFound: no such conversation.
    """
    await _decide_status(session, conversation_id, ThreadStatus.OPEN, Decision.REOPENED, actor)
    await rows.reopen(session, conversation_id)
    return await _changed(session, conversation_id, Change.STATUS)


async def _decide_status(
    session: AsyncSession, conversation_id: int, status: ThreadStatus, decision: Decision, actor: str
) -> None:
    """Lock the conversation and keep the decision; one that changes nothing isn't kept."""
    conversation = await require_conversation(session, conversation_id, lock=True)
    if conversation.status != status:
        keep_decision(session, conversation_id, decision, actor)


async def snooze(session: AsyncSession, conversation_id: int, until: datetime, actor: str) -> ConversationOut:
    """Out of sight until then, or until the lead writes.

    Raises:
        NotFound: no such conversation.
        InvalidInput: the time lies in the past or too far ahead.
    """
    delay = until - datetime.now(UTC)
    if not timedelta(0) < delay <= LONGEST_SNOOZE:
        raise InvalidInput.on("body.until", "is not within the next year", "Choose a time from now to a year ahead.")
    await require_conversation(session, conversation_id, lock=True)
    keep_decision(session, conversation_id, Decision.SNOOZED, actor, until.isoformat())
    await rows.snooze(session, conversation_id, until)
    await wake.later(delay)(session, conversation_id, until)
    return await _changed(session, conversation_id, Change.STATUS)


async def take_over(session: AsyncSession, conversation_id: int, actor: str) -> ConversationOut:
    """A person answers from now on; agents stop at once, and answers of theirs that have not left yet never do.

    Without an assignee, the person becomes it.

    Raises:
        NotFound: no such conversation.
    """
    conversation = await require_conversation(session, conversation_id, lock=True)
    if conversation.handled_by == "agent":
        keep_decision(session, conversation_id, Decision.TAKEN_OVER, actor)
    if await take_back_answers(session, conversation_id):
        await rows.unanswer(session, conversation_id)
    await rows.take_over(session, conversation_id, actor)
    return await _changed(session, conversation_id, Change.HANDLING)


async def hand_back(session: AsyncSession, conversation_id: int, actor: str) -> ConversationOut:
    """The agent answers from now on, beginning with what is unanswered.

    Raises:
        NotFound: no such conversation.
    """
    conversation = await require_conversation(session, conversation_id, lock=True)
    is_unanswered = conversation.answered_count < conversation.inbound_count
    if conversation.handled_by == "person":
        keep_decision(session, conversation_id, Decision.HANDED_BACK, actor)
    await rows.hand_back(session, conversation_id)
    await publish(session, HandedBack(conversation_id, is_unanswered))
    return await _changed(session, conversation_id, Change.HANDLING)


async def _changed(session: AsyncSession, conversation_id: int, change: Change) -> ConversationOut:
    await publish(session, ConversationChanged(conversation_id, change))
    return await get_conversation(session, conversation_id)

"""Updates of who looks after a conversation, who answers it, and its status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, null, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Conversation, PersonReason, ThreadStatus

NO_RUN = {"run_token": None, "run_lease_until": None}
"""Whoever thinks about an answer is overtaken."""
ANSWERED = {
    "answered_count": Conversation.inbound_count,
    "first_unanswered_at": None,
    "needs_person_reason": None,
    "needs_person_detail": None,
}
"""Nothing waits for anybody."""
READ = {"read_count": Conversation.inbound_count, "read_at": func.now()}
OPEN = {"status": ThreadStatus.OPEN, "snoozed_until": None}


async def mark_read(session: AsyncSession, conversation_id: int) -> None:
    await _update(session, conversation_id, READ)


async def mark_unread(session: AsyncSession, conversation_id: int) -> None:
    await _update(session, conversation_id, {"read_count": func.greatest(Conversation.inbound_count - 1, 0)})


async def assign(session: AsyncSession, conversation_id: int, assignee: str | None) -> None:
    await _update(session, conversation_id, {"assignee": assignee})


async def resolve(session: AsyncSession, conversation_id: int) -> None:
    await _update(session, conversation_id, {**ANSWERED, **NO_RUN, "status": ThreadStatus.RESOLVED, "snoozed_until": None})


async def reopen(session: AsyncSession, conversation_id: int) -> None:
    await _update(session, conversation_id, OPEN)


async def snooze(session: AsyncSession, conversation_id: int, until: datetime) -> None:
    await _update(session, conversation_id, {"status": ThreadStatus.SNOOZED, "snoozed_until": until})


async def wake(session: AsyncSession, conversation_id: int, until: datetime) -> bool:
    """Open it if it is snoozed until exactly then; whether it was."""
    statement = update(Conversation).where(Conversation.id == conversation_id, Conversation.snoozed_until == until)
    result = await session.execute(statement.values(**OPEN, updated_at=func.now()).returning(Conversation.id))
    return result.scalar_one_or_none() is not None


async def unanswer(session: AsyncSession, conversation_id: int) -> None:
    """The lead's last text has no answer after all."""
    await _update(
        session,
        conversation_id,
        {
            "answered_count": func.least(Conversation.answered_count, func.greatest(Conversation.inbound_count - 1, 0)),
            "first_unanswered_at": func.coalesce(Conversation.first_unanswered_at, Conversation.last_inbound_at),
        },
    )


async def take_over(session: AsyncSession, conversation_id: int, actor: str) -> None:
    """The person answers from now on; what is unanswered waits for them."""
    is_unanswered = Conversation.answered_count < Conversation.inbound_count
    waits = func.coalesce(Conversation.needs_person_reason, PersonReason.WITH_PERSON)
    await _update(
        session,
        conversation_id,
        {
            **NO_RUN,
            "handled_by": "person",
            "paused_by": actor,
            "assignee": func.coalesce(Conversation.assignee, actor),
            "needs_person_reason": case((is_unanswered, waits), else_=Conversation.needs_person_reason),
        },
    )


async def hand_back(session: AsyncSession, conversation_id: int) -> None:
    await _update(
        session,
        conversation_id,
        {
            "handled_by": "agent",
            "agent_since": func.clock_timestamp(),
            "paused_by": None,
            "needs_person_reason": null(),
            "needs_person_detail": None,
        },
    )


async def person_answered(session: AsyncSession, conversation_id: int) -> None:
    """Everything received so far is read and answered, and the thread is on the table again."""
    await _update(session, conversation_id, {**ANSWERED, **READ, **OPEN})


async def _update(session: AsyncSession, conversation_id: int, values: Mapping[str, Any]) -> None:
    await session.execute(update(Conversation).where(Conversation.id == conversation_id).values(**values, updated_at=func.now()))

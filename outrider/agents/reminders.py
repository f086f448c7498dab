"""Brings a conversation to a person at the time at which the lead wanted to hear from us."""

from __future__ import annotations

from outrider.agents import repository
from outrider.conversations.models import PersonReason
from outrider.conversations.turns import hand_over
from outrider.jobs import JobContext, job


@job("agents.remind")
async def remind(context: JobContext, conversation_id: int, inbound_count: int, why: str) -> None:
    """Hand the conversation over, unless the lead wrote since, a person has it, or the number must not be contacted."""
    async with context.transaction() as session:
        if await repository.rests_since(session, conversation_id, inbound_count):
            await hand_over(session, conversation_id, PersonReason.FOLLOW_UP, why)

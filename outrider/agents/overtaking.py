"""A lead who writes on while our answer is still being typed gets one answer to all of it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.memory import Memory, keep_memory
from outrider.conversations.inbound import REPLIED
from outrider.conversations.outbox import take_back_texts


async def take_back_unsaid(session: AsyncSession, conversation_ids: Collection[int]) -> None:
    """Cancel the answers that wait in these conversations and remember what was remembered before them.

    An answer that a deliverer holds leaves; one that booked, changed or handed over something stays, for that is done.
    """
    typed = await repository.answers_being_typed(session, conversation_ids)
    if not typed:
        return
    taken = set(await take_back_texts(session, [one.message_id for one in typed], REPLIED))
    # The newest first: what was known before the oldest of them is what stays.
    before = {one.conversation_id: one.memory_before for one in typed if one.message_id in taken}
    for conversation_id, memory in before.items():
        await keep_memory(session, conversation_id, Memory.model_validate(memory))

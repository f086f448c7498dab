"""A received text wakes the conversation agent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.contract import Briefings
from outrider.agents.graph import ConversationAgent
from outrider.agents.turn import LEASE, answer_conversation
from outrider.config import Settings, get_settings
from outrider.conversations.events import HandedBack, TextsReceived
from outrider.conversations.turns import NoTurn, TurnEnd
from outrider.events.bus import subscribe
from outrider.jobs import JobContext, job


@job("agents.reply")
async def reply(context: JobContext, conversation_id: int) -> None:
    """Answer a conversation; does nothing when everything is answered."""
    settings = context.part(Settings)
    result = await answer_conversation(
        context.database,
        context.part(ConversationAgent),
        context.part(Briefings),
        conversation_id,
        settings.most_automated_replies,
        is_last_try=context.attempt + 1 >= reply.max_attempts,
    )
    again = {TurnEnd.OVERTAKEN: timedelta(0), NoTurn.BUSY: LEASE}.get(result)
    if again is not None:
        # The run that has the turn answers what it saw; whoever dies in it leaves this job behind.
        async with context.transaction() as session:
            await reply.later(again)(session, conversation_id)


@subscribe(TextsReceived)
async def answer_soon(session: AsyncSession, event: TextsReceived) -> None:
    """People send several texts in a row; a moment later one answer covers them all."""
    to_answer = dict.fromkeys(text.conversation_id for text in event.texts if text.wish is None)
    delay = timedelta(seconds=get_settings().reply_delay_seconds)
    await reply.enqueue_many(session, [{"conversation_id": conversation_id} for conversation_id in to_answer], delay=delay)


@subscribe(HandedBack)
async def answer_what_was_left(session: AsyncSession, event: HandedBack) -> None:
    """A person gave the thread back; what they left unanswered is ours again."""
    if event.is_unanswered:
        await reply.enqueue(session, event.conversation_id)

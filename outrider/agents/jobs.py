"""A received text wakes the conversation team; a thread that rests is summed up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

import outrider.agents.reminders  # noqa: F401  (registers its job)
from outrider.agents.contract import Briefings
from outrider.agents.overtaking import take_back_unsaid
from outrider.agents.summing_up import NotNow, sum_up
from outrider.agents.team.graph import ConversationTeam
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
        context.part(ConversationTeam),
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


@job("agents.sum_up", max_attempts=3)
async def summarise(context: JobContext, conversation_id: int) -> None:
    """Sum up a thread that has rested for long enough; one that moves is looked at again when it may rest."""
    rest = timedelta(minutes=context.part(Settings).summary_after_minutes)
    result = await sum_up(context.database, context.part(ConversationTeam), context.part(Briefings), conversation_id, rest)
    if isinstance(result, NotNow):
        async with context.transaction() as session:
            # Without a key: this very job still holds its own.
            await summarise.later(result.wait)(session, conversation_id)


@subscribe(TextsReceived)
async def answer_soon(session: AsyncSession, event: TextsReceived) -> None:
    """People send several texts in a row; a moment later one answer covers them all."""
    to_answer = dict.fromkeys(text.conversation_id for text in event.texts if text.wish is None)
    await take_back_unsaid(session, to_answer)
    delay = timedelta(seconds=get_settings().reply_delay_seconds)
    await reply.enqueue_many(session, [{"conversation_id": conversation_id} for conversation_id in to_answer], delay=delay)


@subscribe(TextsReceived)
async def sum_up_later(session: AsyncSession, event: TextsReceived) -> None:
    """One job per thread waits for it to rest."""
    minutes = get_settings().summary_after_minutes
    if not minutes:
        return
    threads = list(dict.fromkeys(text.conversation_id for text in event.texts))
    await summarise.enqueue_many(
        session,
        [{"conversation_id": conversation_id} for conversation_id in threads],
        delay=timedelta(minutes=minutes),
        keys=[f"agents.sum_up:{conversation_id}" for conversation_id in threads],
    )


@subscribe(HandedBack)
async def answer_what_was_left(session: AsyncSession, event: HandedBack) -> None:
    """A person gave the thread back; what they left unanswered is ours again."""
    if event.is_unanswered:
        await reply.enqueue(session, event.conversation_id)

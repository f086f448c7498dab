"""One turn of the conversation agent: take it, think, commit the answer by compare-and-set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.contract import Briefings, ConversationInput, ConversationReply
from outrider.agents.graph import ConversationAgent
from outrider.agents.thread import CONVERSATION, execution_of, load, why_a_person
from outrider.conversations.models import Author, PersonReason, Purpose
from outrider.conversations.outbox import NoSenderAvailable, TextIntent
from outrider.conversations.turns import (
    NoTurn,
    Turn,
    TurnEnd,
    begin_turn,
    end_turn,
    hand_over,
    leave_to_person,
    release_turn,
)
from outrider.db.engine import Database
from outrider.errors import ConfigurationError
from outrider.llm.base import BudgetExhausted, ModelError

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any answer of a model takes with its retries; a dead run's turn is free again after it."""


@dataclass(frozen=True, slots=True)
class Answered:
    turn: Turn
    given: ConversationInput
    reply: ConversationReply
    milliseconds: int


async def answer_conversation(
    database: Database,
    agent: ConversationAgent,
    briefings: Briefings,
    conversation_id: int,
    most_replies: int,
    *,
    is_last_try: bool = False,
) -> TurnEnd | NoTurn:
    """Answer what the lead wrote, or hand the conversation to a person.

    Args:
        most_replies: automated answers before a person takes the conversation.
        is_last_try: nobody will ask again, so that even a failure that may pass hands over.

    Raises:
        ModelError: the model failed in a way that may pass; the turn is free again.
    """
    async with database.transaction() as session:
        turn = await begin_turn(session, conversation_id, LEASE)
        if isinstance(turn, NoTurn):
            return turn
        given = await load(session, briefings, turn.conversation_id, turn.lead_id, turn.campaign_id)
        is_limit = await repository.automated_replies(session, conversation_id) >= most_replies
        if is_limit or not given.briefing.auto_reply:
            reason = PersonReason.REPLY_LIMIT if is_limit else PersonReason.NO_AUTO_REPLY
            why = _limit_words(most_replies) if is_limit else f"“{given.briefing.name}” leaves every answer to a person."
            log.info("conversation_handed_over", conversation_id=conversation_id, reason=reason)
            await hand_over(session, conversation_id, reason, why_a_person(why, given))
            return NoTurn.PERSON
    answered = await _think(database, agent, turn, given, is_last_try=is_last_try)
    async with database.transaction() as session:
        return await _commit(session, answered)


async def _think(
    database: Database, agent: ConversationAgent, turn: Turn, given: ConversationInput, *, is_last_try: bool
) -> Answered:
    began = time.perf_counter()
    try:
        reply = await agent.answer(given)
    except BudgetExhausted as error:
        reply = ConversationReply(text=None, person_reason=PersonReason.OVER_BUDGET, reason=error.detail)
    except (ModelError, ConfigurationError) as error:
        if isinstance(error, ModelError) and error.retryable and not is_last_try:
            await _release(database, turn)
            raise
        # A model that will never answer this must not leave the person without an answer.
        reason = f"{error.title}: {error.detail.rstrip('.')}."
        reply = ConversationReply(text=None, person_reason=PersonReason.MODEL_FAILED, reason=reason)
    except Exception:
        await _release(database, turn)
        raise
    return Answered(turn, given, reply, round((time.perf_counter() - began) * 1000))


async def _release(database: Database, turn: Turn) -> None:
    async with database.transaction() as session:
        await release_turn(session, turn)


async def _commit(session: AsyncSession, answered: Answered) -> TurnEnd:
    turn, reply = answered.turn, answered.reply
    execution = execution_of(CONVERSATION, answered.given, reply, answered.milliseconds, turn.lead_id)
    session.add(execution)
    result = await _end(session, answered)
    if result is TurnEnd.DONE and reply.text is not None:
        execution.message_id = await repository.message_named(session, _intent_name(turn))
        if reply.person_reason is not None:
            log.info("conversation_handed_over", conversation_id=turn.conversation_id, reason=reply.person_reason)
            await hand_over(session, turn.conversation_id, reply.person_reason, why_a_person(reply.reason, answered.given))
    return result


async def _end(session: AsyncSession, answered: Answered) -> TurnEnd:
    turn, reply = answered.turn, answered.reply
    if reply.text is None:
        why = why_a_person(reply.reason, answered.given)
        return await leave_to_person(session, turn, reply.person_reason or PersonReason.ASKED, why)
    try:
        async with session.begin_nested():
            return await end_turn(session, turn, _intent(turn, reply.text))
    except NoSenderAvailable as error:
        log.warning("conversation_handed_over", conversation_id=turn.conversation_id, reason="no sender for the answer")
        return await leave_to_person(session, turn, PersonReason.NO_SENDER, why_a_person(error.detail, answered.given))


def _limit_words(most_replies: int) -> str:
    times = "once" if most_replies == 1 else f"{most_replies} times"
    return f"The agent answered {times}, as often as it may without a person."


def _intent_name(turn: Turn) -> str:
    # Not by the text that it answers: when a person took an answer back, the same text may be answered anew.
    return f"reply:{turn.conversation_id}:{turn.token}"


def _intent(turn: Turn, body: str) -> TextIntent:
    return TextIntent(
        lead_id=turn.lead_id,
        phone=turn.phone,
        body=body,
        dedupe_key=_intent_name(turn),
        purpose=Purpose.REPLY,
        author=Author.AGENT,
        campaign_id=turn.campaign_id,
    )

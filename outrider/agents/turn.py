"""One turn of the conversation agent: take it, think, commit the answer by compare-and-set."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.contract import Briefing, Briefings, ConversationInput, ConversationReply, ThreadText
from outrider.agents.graph import ConversationAgent
from outrider.agents.models import AgentExecution
from outrider.conversations.models import Author, Direction, Purpose
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
    thread,
)
from outrider.db.engine import Database
from outrider.errors import ConfigurationError
from outrider.leads.models import Lead
from outrider.llm.base import ModelError

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any answer of a model takes with its retries; a dead run's turn is free again after it."""
THREAD_LENGTH = 30
LEAD_FIELDS = ("id", "name", "company", "title", "industry", "company_size", "city", "region", "country", "language")


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
        given = await _load(session, turn, briefings)
        is_limit = await repository.automated_replies(session, conversation_id) >= most_replies
        if is_limit or not given.briefing.auto_reply:
            log.info(
                "conversation_handed_over",
                conversation_id=conversation_id,
                reason="reply limit" if is_limit else "no automatic replies",
            )
            await hand_over(session, conversation_id)
            return NoTurn.PERSON
    answered = await _think(database, agent, turn, given, is_last_try=is_last_try)
    async with database.transaction() as session:
        return await _commit(session, answered)


async def _load(session: AsyncSession, turn: Turn, briefings: Briefings) -> ConversationInput:
    lead = await session.get_one(Lead, turn.lead_id)
    briefing = await briefings.of_campaign(session, turn.campaign_id) if turn.campaign_id is not None else None
    texts = await thread(session, turn.conversation_id, THREAD_LENGTH)
    return ConversationInput(
        conversation_id=turn.conversation_id,
        trace_id=uuid.uuid4().hex,
        lead={field: getattr(lead, field) for field in LEAD_FIELDS},
        briefing=briefing or Briefing(),
        thread=[ThreadText(author="lead" if t.direction == Direction.IN else "us", body=t.body) for t in texts],
    )


async def _think(
    database: Database, agent: ConversationAgent, turn: Turn, given: ConversationInput, *, is_last_try: bool
) -> Answered:
    began = time.perf_counter()
    try:
        reply = await agent.answer(given)
    except (ModelError, ConfigurationError) as error:
        if isinstance(error, ModelError) and error.retryable and not is_last_try:
            await _release(database, turn)
            raise
        # A model that will never answer this must not leave the person without an answer.
        reply = ConversationReply(text=None, hand_over=True, reason=f"{error.title}: {error.detail}")
    except Exception:
        await _release(database, turn)
        raise
    return Answered(turn, given, reply, round((time.perf_counter() - began) * 1000))


async def _release(database: Database, turn: Turn) -> None:
    async with database.transaction() as session:
        await release_turn(session, turn)


async def _commit(session: AsyncSession, answered: Answered) -> TurnEnd:
    turn, reply = answered.turn, answered.reply
    session.add(_execution(answered))
    result = await _end(session, turn, reply)
    if result is TurnEnd.DONE and reply.hand_over:
        log.info("conversation_handed_over", conversation_id=turn.conversation_id, reason=reply.reason)
        await hand_over(session, turn.conversation_id)
    return result


async def _end(session: AsyncSession, turn: Turn, reply: ConversationReply) -> TurnEnd:
    if reply.text is None:
        return await leave_to_person(session, turn)
    try:
        async with session.begin_nested():
            return await end_turn(session, turn, _intent(turn, reply.text))
    except NoSenderAvailable:
        log.warning("conversation_handed_over", conversation_id=turn.conversation_id, reason="no sender for the answer")
        return await leave_to_person(session, turn)


def _intent(turn: Turn, body: str) -> TextIntent:
    return TextIntent(
        lead_id=turn.lead_id,
        phone=turn.phone,
        body=body,
        dedupe_key=f"reply:{turn.conversation_id}:{turn.inbound_count}",
        purpose=Purpose.REPLY,
        author=Author.AGENT,
        campaign_id=turn.campaign_id,
    )


def _execution(answered: Answered) -> AgentExecution:
    given, reply = answered.given, answered.reply
    return AgentExecution(
        agent_type="conversation",
        agent_id=given.briefing.agent_id,
        lead_id=answered.turn.lead_id,
        conversation_id=answered.turn.conversation_id,
        campaign_id=answered.turn.campaign_id,
        trace_id=given.trace_id,
        input_data=given.model_dump(mode="json"),
        output_data=reply.model_dump(mode="json"),
        processing_time_ms=answered.milliseconds,
        success=reply.text is not None,
        error=None if reply.text is not None else reply.reason,
        model=reply.model,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cost=reply.cost,
    )

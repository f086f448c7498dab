"""One turn of the conversation team: take it, think, commit the answer and what follows from it by compare-and-set."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.base import AgentResponse, AgentType, BookMeeting, Qualification
from outrider.agents.contract import Briefings
from outrider.agents.events import AgentTransition, Escalated
from outrider.agents.intents import carry_out
from outrider.agents.memory import keep_memory, keep_qualification
from outrider.agents.scheduling.service import SlotTaken
from outrider.agents.team.graph import ConversationTeam, TeamAnswer, memory_after
from outrider.agents.thread import Given, execution_of, load, qualification_execution_of, why_a_person
from outrider.config import get_settings
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
from outrider.events.bus import publish
from outrider.llm.base import BudgetExhausted, ModelError

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any answer of a model takes with its retries; a dead run's turn is free again after it."""


@dataclass(frozen=True, slots=True)
class Answered:
    turn: Turn
    given: Given
    answer: TeamAnswer | None
    """None if no answer came about; then `failure` says why."""
    milliseconds: int
    failure: AgentResponse | None = None

    @property
    def response(self) -> AgentResponse:
        found = self.answer.response if self.answer else self.failure
        assert found is not None
        return found


async def answer_conversation(
    database: Database,
    team: ConversationTeam,
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
        given = await load(session, briefings, conversation_id, turn.campaign_id)
        briefing = given.context.briefing
        is_limit = given.automated_replies >= most_replies
        if is_limit or not briefing.auto_reply:
            reason = PersonReason.REPLY_LIMIT if is_limit else PersonReason.NO_AUTO_REPLY
            why = _limit_words(most_replies) if is_limit else f"“{briefing.name}” leaves every answer to a person."
            log.info("conversation_handed_over", conversation_id=conversation_id, reason=reason)
            await hand_over(session, conversation_id, reason, why_a_person(why, given.heard))
            return NoTurn.PERSON
    answered = await _think(database, team, turn, given, is_last_try=is_last_try)
    try:
        return await _conclude(database, answered)
    except SlotTaken:
        # Somebody was faster: the whole answer is void, and is thought anew once, with that time gone.
        answered = await _think(database, team, turn, _without_taken(answered), is_last_try=is_last_try)
    try:
        return await _conclude(database, answered)
    except SlotTaken:
        await _release(database, turn)
        raise


async def _think(database: Database, team: ConversationTeam, turn: Turn, given: Given, *, is_last_try: bool) -> Answered:
    began = time.perf_counter()
    answer: TeamAnswer | None = None
    failure: AgentResponse | None = None
    try:
        answer = await team.answer(given.context, given.heard, given.configurations)
    except BudgetExhausted as error:
        failure = _failure(PersonReason.OVER_BUDGET, error.detail)
    except (ModelError, ConfigurationError) as error:
        if isinstance(error, ModelError) and error.retryable and not is_last_try:
            await _release(database, turn)
            raise
        # A model that will never answer this must not leave the person without an answer.
        failure = _failure(PersonReason.MODEL_FAILED, f"{error.title}: {error.detail.rstrip('.')}.")
    except Exception:
        await _release(database, turn)
        raise
    return Answered(turn, given, answer, round((time.perf_counter() - began) * 1000), failure)


def _failure(reason: PersonReason, detail: str) -> AgentResponse:
    return AgentResponse(agent_type=AgentType.CONVERSATION, reason=detail, person_reason=reason)


def _without_taken(answered: Answered) -> Given:
    """What was given, without the times that turned out to be taken."""
    given = answered.given
    gone = [intent.slot for intent in answered.response.intents if isinstance(intent, BookMeeting)]
    left = [slot for slot in given.context.offered_slots if slot not in gone]
    context = given.context.model_copy(update={"taken_slots": gone, "offered_slots": left, "now": datetime.now(UTC)})
    return replace(given, context=context)


async def _release(database: Database, turn: Turn) -> None:
    async with database.transaction() as session:
        await release_turn(session, turn)


async def _conclude(database: Database, answered: Answered) -> TurnEnd:
    """Commit the answer, or leave the conversation to a person if there is no sender for it.

    Raises:
        SlotTaken: see `_commit`.
    """
    try:
        async with database.transaction() as session:
            return await _commit(session, answered)
    except NoSenderAvailable as error:
        log.warning("conversation_handed_over", conversation_id=answered.turn.conversation_id, reason="no sender for the answer")
        _leave_unsaid(answered.response, error.detail)
    async with database.transaction() as session:
        return await _commit(session, answered)


def _leave_unsaid(response: AgentResponse, why: str) -> None:
    """What could not be said was not agreed on either."""
    response.text, response.intents = None, []
    response.person_reason, response.reason = PersonReason.NO_SENDER, why


async def _commit(session: AsyncSession, answered: Answered) -> TurnEnd:
    """
    Raises:
        SlotTaken: the answer announces a meeting whose time is gone; nothing of it may be kept.
        NoSenderAvailable: nobody can send it; neither.
    """
    turn, response = answered.turn, answered.response
    result, message_id = await _end(session, answered)
    execution = execution_of(response.agent_type, answered.given, answered.answer, answered.milliseconds, error=_error(answered))
    await repository.keep_execution(session, {**execution, "message_id": message_id})
    if result is not TurnEnd.DONE:
        return result
    if answered.answer is not None:
        await _keep(session, answered.given, answered.answer)
        await carry_out(session, response.intents, turn, answered.given.context)
    if response.person_reason is not None:
        await _hand_over(session, answered)
    return result


async def _keep(session: AsyncSession, given: Given, answer: TeamAnswer) -> None:
    """What is remembered, the qualification, and what others are told of it."""
    context, conversation_id = answer.context, answer.context.conversation_id
    assert conversation_id is not None
    memory = memory_after(given.memory, answer)
    await keep_memory(session, conversation_id, memory)
    if answer.qualification is not None and _is_news(answer.qualification, given.context.qualification):
        await repository.keep_execution(session, qualification_execution_of(given, answer))
        await keep_qualification(
            session,
            answer.qualification,
            lead_id=context.lead["id"],
            conversation_id=conversation_id,
            campaign_id=context.briefing.campaign_id,
            trace_id=context.call_id,
        )
    before = given.memory
    if memory.current_agent is not None and (memory.current_agent, memory.state) != (before.current_agent, before.state):
        await publish(
            session,
            AgentTransition(
                conversation_id, before.current_agent, memory.current_agent, before.state, memory.state, answer.route.rule
            ),
        )


def _is_news(found: Qualification, before: Qualification | None) -> bool:
    return before is None or (found.score, found.factors) != (before.score, before.factors)


async def _hand_over(session: AsyncSession, answered: Answered) -> None:
    turn, response = answered.turn, answered.response
    assert response.person_reason is not None
    why = why_a_person(response.reason, answered.given.heard)
    log.info("conversation_handed_over", conversation_id=turn.conversation_id, reason=response.person_reason)
    if response.text is not None:
        await hand_over(session, turn.conversation_id, response.person_reason, why)
    await publish(session, Escalated(turn.conversation_id, turn.lead_id, turn.campaign_id, response.person_reason, why))


async def _end(session: AsyncSession, answered: Answered) -> tuple[TurnEnd, int | None]:
    """As `end_turn`."""
    turn, response = answered.turn, answered.response
    if response.text is None and response.person_reason is not None:
        why = why_a_person(response.reason, answered.given.heard)
        return await leave_to_person(session, turn, response.person_reason, why), None
    return await end_turn(session, turn, None if response.text is None else _intent(turn, response.text))


def _error(answered: Answered) -> str | None:
    return answered.failure.reason if answered.failure else None


def _limit_words(most_replies: int) -> str:
    times = "once" if most_replies == 1 else f"{most_replies} times"
    return f"The agent answered {times}, as often as it may without a person."


def _intent(turn: Turn, body: str) -> TextIntent:
    return TextIntent(
        lead_id=turn.lead_id,
        phone=turn.phone,
        body=body,
        # Not by the text that it answers: when a person took an answer back, the same text may be answered anew.
        dedupe_key=f"reply:{turn.conversation_id}:{turn.token}",
        purpose=Purpose.REPLY,
        author=Author.AGENT,
        campaign_id=turn.campaign_id,
        due_at=_typed_at(body),
    )


def _typed_at(body: str) -> datetime | None:
    """When somebody who types at the speed of the settings would be done; None sends at once."""
    settings = get_settings()
    if not settings.typing_speed:
        return None
    return datetime.now(UTC) + timedelta(seconds=min(len(body) / settings.typing_speed, settings.longest_typing_seconds))

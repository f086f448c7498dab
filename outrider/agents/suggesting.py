"""An answer that the conversation agent drafts for a person: nothing is sent, and nobody's turn is taken."""

from __future__ import annotations

import time
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentResponse
from outrider.agents.contract import Briefings
from outrider.agents.models import AgentExecution
from outrider.agents.schemas import Suggestion
from outrider.agents.team.graph import ConversationTeam
from outrider.agents.thread import SUGGESTION, Given, execution_of, load
from outrider.channels.segments import count_segments
from outrider.conversations.suppressions import suppressed_phones
from outrider.conversations.threads import NoNumber, NumberIsSuppressed, require_conversation
from outrider.db.engine import Database
from outrider.errors import Conflict
from outrider.leads.models import Lead


class NothingSaidYet(Conflict):
    """The thread has no text that an answer could follow."""


async def suggest_reply(database: Database, team: ConversationTeam, briefings: Briefings, conversation_id: int) -> Suggestion:
    """Let the agent draft the next text of a thread. No transaction is open while it thinks.

    Raises:
        NotFound: no such conversation.
        NumberIsSuppressed, NoNumber, NothingSaidYet: there is nobody, or nothing, to answer.
        ModelError: the model gave no answer.
    """
    async with database.transaction() as session:
        given = await _load(session, briefings, conversation_id)
    began = time.perf_counter()
    answer = await team.answer(given.context, given.heard, given.configurations)
    execution = AgentExecution(**execution_of(SUGGESTION, given, answer, round((time.perf_counter() - began) * 1000)))
    async with database.transaction() as session:
        session.add(execution)
    return _suggestion(execution, answer.response)


async def _load(session: AsyncSession, briefings: Briefings, conversation_id: int) -> Given:
    conversation = await require_conversation(session, conversation_id)
    lead = await session.get_one(Lead, conversation.lead_id)
    if lead.phone is None:
        raise NoNumber("The lead has no phone number.", remedy="Add one to the lead.")
    if await suppressed_phones(session, [lead.phone]):
        raise NumberIsSuppressed("This number must not be contacted.")
    given = await load(session, briefings, conversation_id, conversation.campaign_id)
    if not given.heard and not given.context.conversation_history:
        raise NothingSaidYet("Nothing was said in this conversation yet.", remedy="Write the first text yourself.")
    given.context.is_draft = True
    if not given.heard:
        # We wrote last; the person wants another answer to what the lead said before.
        theirs = [message.body for message in given.context.conversation_history if message.author == "lead"]
        return replace(given, heard=theirs[-1] if theirs else "")
    return given


def _suggestion(execution: AgentExecution, response: AgentResponse) -> Suggestion:
    count = count_segments(response.text or "")
    return Suggestion(
        execution_id=execution.id,
        trace_id=execution.trace_id,
        text=response.text,
        reason=response.reason,
        needs_person_reason=response.person_reason,
        model=response.model,
        input_tokens=response.cost.input_tokens,
        output_tokens=response.cost.output_tokens,
        cost=response.cost.cost,
        processing_time_ms=execution.processing_time_ms,
        segments=count.segments if response.text else 0,
        encoding=count.encoding,
    )

"""An answer that the conversation agent drafts for a person: nothing is sent, and nobody's turn is taken."""

from __future__ import annotations

import time

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.contract import Briefings, ConversationInput, ConversationReply
from outrider.agents.graph import ConversationAgent
from outrider.agents.models import AgentExecution
from outrider.agents.schemas import Suggestion
from outrider.agents.thread import SUGGESTION, execution_of, load
from outrider.channels.segments import count_segments
from outrider.conversations.suppressions import suppressed_phones
from outrider.conversations.threads import NoNumber, NumberIsSuppressed, require_conversation
from outrider.db.engine import Database
from outrider.errors import Conflict
from outrider.leads.models import Lead


class NothingSaidYet(Conflict):
    """The thread has no text that an answer could follow."""


async def suggest_reply(database: Database, agent: ConversationAgent, briefings: Briefings, conversation_id: int) -> Suggestion:
    """Let the agent draft the next text of a thread. No transaction is open while it thinks.

    Raises:
        NotFound: no such conversation.
        NumberIsSuppressed, NoNumber, NothingSaidYet: there is nobody, or nothing, to answer.
        ModelError: the model gave no answer.
    """
    async with database.transaction() as session:
        given = await _load(session, briefings, conversation_id)
    began = time.perf_counter()
    reply = await agent.answer(given)
    execution = execution_of(SUGGESTION, given, reply, round((time.perf_counter() - began) * 1000), given.lead["id"])
    async with database.transaction() as session:
        session.add(execution)
    return _suggestion(execution, reply)


async def _load(session: AsyncSession, briefings: Briefings, conversation_id: int) -> ConversationInput:
    conversation = await require_conversation(session, conversation_id)
    lead = await session.get_one(Lead, conversation.lead_id)
    if lead.phone is None:
        raise NoNumber("The lead has no phone number.", remedy="Add one to the lead.")
    if await suppressed_phones(session, [lead.phone]):
        raise NumberIsSuppressed("This number must not be contacted.")
    given = await load(session, briefings, conversation_id, lead.id, conversation.campaign_id)
    if not given.thread:
        raise NothingSaidYet("Nothing was said in this conversation yet.", remedy="Write the first text yourself.")
    return given


def _suggestion(execution: AgentExecution, reply: ConversationReply) -> Suggestion:
    count = count_segments(reply.text or "")
    return Suggestion(
        execution_id=execution.id,
        trace_id=execution.trace_id,
        text=reply.text,
        reason=reply.reason,
        needs_person_reason=reply.person_reason,
        model=reply.model,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cost=reply.cost,
        processing_time_ms=execution.processing_time_ms,
        segments=count.segments if reply.text else 0,
        encoding=count.encoding,
    )

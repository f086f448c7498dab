"""Has a thread that rests summed up. Texts that come in meanwhile void the summary; it is made anew when the thread rests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.base import AgentResponse, AgentType
from outrider.agents.contract import Briefings
from outrider.agents.events import ConversationSummarised
from outrider.agents.factory import AgentFactory
from outrider.agents.figures import measured_run
from outrider.agents.models import AgentExecution
from outrider.agents.team.analyst import ThreadSummary
from outrider.agents.team.graph import ConversationTeam
from outrider.agents.thread import Given, load
from outrider.db.engine import Database
from outrider.events.bus import publish
from outrider.llm.base import BudgetExhausted

SHORTEST_WAIT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class NotNow:
    """The thread moves; it may rest after `wait`."""

    wait: timedelta


class SummedUp(StrEnum):
    DONE = "done"
    NOTHING_NEW = "nothing_new"
    """It was summed up since anything was written, or the lead never wrote."""
    NOT_PAID = "not_paid"
    """No budget pays for it; a summary is worth no overdraft."""


async def sum_up(
    database: Database, team: ConversationTeam, briefings: Briefings, conversation_id: int, rest: timedelta
) -> SummedUp | NotNow:
    """Sum up the conversation if it has rested for `rest`. No transaction is open while the agent thinks.

    Raises:
        ModelError: the model gave no answer.
    """
    async with database.transaction() as session:
        conversation = await repository.conversation(session, conversation_id)
        if conversation is None or not conversation.inbound_count:
            return SummedUp.NOTHING_NEW
        wait = conversation.last_message_at + rest - datetime.now(UTC)
        if wait > timedelta(0):
            return NotNow(max(wait, SHORTEST_WAIT))
        newest = await repository.newest_message_id(session, conversation_id)
        before = await repository.latest_summary(session, conversation_id)
        if newest is None or (before is not None and before.last_message_id >= newest):
            return SummedUp.NOTHING_NEW
        given = await load(session, briefings, conversation_id, conversation.campaign_id)
    began = time.perf_counter()
    agent = AgentFactory(team.parts).create_agent(AgentType.ANALYTICS, given.configurations[AgentType.ANALYTICS])
    try:
        with measured_run(AgentType.ANALYTICS):
            response = await agent.process(given.context, given.heard)
    except BudgetExhausted:
        return SummedUp.NOT_PAID
    milliseconds = round((time.perf_counter() - began) * 1000)
    async with database.transaction() as session:
        return await _keep(session, given, response, newest, milliseconds, rest)


async def _keep(
    session: AsyncSession, given: Given, response: AgentResponse, newest: int, milliseconds: int, rest: timedelta
) -> SummedUp | NotNow:
    context = given.context
    assert context.conversation_id is not None
    # Whoever stores a text locks the conversation: it is seen here, or it comes after this summary. First of all, for the rows
    # that name the conversation hold it too.
    await repository.lock_conversation(session, context.conversation_id)
    session.add(_execution(given, response, milliseconds))
    if await repository.newest_message_id(session, context.conversation_id) != newest:
        return NotNow(max(rest, SHORTEST_WAIT))
    found = ThreadSummary.model_validate(response.result)
    values = {
        "conversation_id": context.conversation_id,
        "last_message_id": newest,
        **found.model_dump(mode="json"),
        "model": response.model,
        "cost": response.cost.cost,
    }
    if not await repository.keep_summary(session, values):
        return SummedUp.NOTHING_NEW
    lead_id, campaign_id = context.lead["id"], context.briefing.campaign_id
    event = ConversationSummarised(context.conversation_id, lead_id, campaign_id, found.outcome, found.sentiment)
    await publish(session, event)
    return SummedUp.DONE


def _execution(given: Given, response: AgentResponse, milliseconds: int) -> AgentExecution:
    context = given.context
    configuration = given.configurations[AgentType.ANALYTICS]
    return AgentExecution(
        agent_type=AgentType.ANALYTICS,
        agent_id=configuration.agent_id,
        agent_version=configuration.version,
        lead_id=context.lead["id"],
        conversation_id=context.conversation_id,
        campaign_id=context.briefing.campaign_id,
        trace_id=context.call_id,
        input_data={"trace_id": context.call_id, "texts": len(context.conversation_history), "heard": given.heard},
        output_data=response.result or {},
        processing_time_ms=milliseconds,
        success=True,
        model=response.model,
        input_tokens=response.cost.input_tokens,
        output_tokens=response.cost.output_tokens,
        cost=response.cost.cost,
    )

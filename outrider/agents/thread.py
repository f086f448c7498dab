"""What the conversation agent is given of a thread, and the record of what it made of it."""

from __future__ import annotations

import uuid
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.contract import Briefing, Briefings, ConversationInput, ConversationReply, ThreadText
from outrider.agents.guard import shortened
from outrider.agents.models import AgentExecution
from outrider.conversations.models import Direction
from outrider.conversations.turns import thread
from outrider.leads.models import Lead

THREAD_LENGTH = 30
LEAD_FIELDS = ("id", "name", "company", "title", "industry", "company_size", "city", "region", "country", "language")
CONVERSATION = "conversation"
SUGGESTION = "suggestion"
LONGEST_QUOTE = 200
"""Characters of a lead's words in the reason why a person is needed."""


async def load(
    session: AsyncSession, briefings: Briefings, conversation_id: int, lead_id: int, campaign_id: int | None
) -> ConversationInput:
    """The thread's latest texts, the lead, and what the campaign that wrote last says about itself."""
    lead = await session.get_one(Lead, lead_id)
    briefing = await briefings.of_campaign(session, campaign_id) if campaign_id is not None else None
    texts = await thread(session, conversation_id, THREAD_LENGTH)
    return ConversationInput(
        conversation_id=conversation_id,
        trace_id=uuid.uuid4().hex,
        lead={field: getattr(lead, field) for field in LEAD_FIELDS},
        briefing=briefing or Briefing(),
        thread=[ThreadText(author="lead" if t.direction == Direction.IN else "us", body=t.body) for t in texts],
    )


def why_a_person(why: str, given: ConversationInput) -> str:
    """`why`, and the words of the lead that it stands on: what they wrote since we last did."""
    latest = [text.body for text in takewhile(lambda text: text.author == "lead", reversed(given.thread))]
    quote = shortened(" ".join(" ".join(reversed(latest)).split()), LONGEST_QUOTE)
    return f"{why} They wrote: “{quote}”" if quote else why


def execution_of(
    agent_type: str, given: ConversationInput, reply: ConversationReply, milliseconds: int, lead_id: int
) -> AgentExecution:
    """The row that says what an agent was given, what it answered and what that took."""
    return AgentExecution(
        agent_type=agent_type,
        agent_id=given.briefing.agent_id,
        lead_id=lead_id,
        conversation_id=given.conversation_id,
        campaign_id=given.briefing.campaign_id,
        trace_id=given.trace_id,
        input_data=given.model_dump(mode="json"),
        output_data=reply.model_dump(mode="json"),
        processing_time_ms=milliseconds,
        success=reply.text is not None,
        error=None if reply.text is not None else reply.reason,
        model=reply.model,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cost=reply.cost,
    )

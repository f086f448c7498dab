"""What people who look at conversations are told of the agents."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.events import AgentTransition, ConversationSummarised, LeadQualified
from outrider.events.bus import subscribe
from outrider.events.live import announce
from outrider.events.topics import Topic


@subscribe(AgentTransition)
async def tell_transition(session: AsyncSession, event: AgentTransition) -> None:
    announce(session, Topic.CONVERSATIONS, "agent", [event.conversation_id])


@subscribe(LeadQualified)
async def tell_qualified(session: AsyncSession, event: LeadQualified) -> None:
    if event.conversation_id is not None:
        announce(session, Topic.CONVERSATIONS, "qualified", [event.conversation_id])


@subscribe(ConversationSummarised)
async def tell_summarised(session: AsyncSession, event: ConversationSummarised) -> None:
    announce(session, Topic.CONVERSATIONS, "summarised", [event.conversation_id])

"""What the conversation agent is given and what it answers, and the port through which it learns about a campaign."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, Protocol

from pydantic import BaseModel, computed_field
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import PersonReason


class Briefing(BaseModel):
    """On whose behalf the agent speaks, and what it may say."""

    campaign_id: int | None = None
    name: str = ""
    description: str = ""
    sender_name: str = ""
    system_prompt: str = ""
    template: str | None = None
    """Wording of the campaign's first text."""
    temperature: float = 0.7
    model: str | None = None
    agent_id: int | None = None
    agents: dict[str, int] = {}
    """Stored agents that the campaign chose, by the type of their work (`base.AgentType`)."""
    auto_reply: bool = True
    """False: every answer waits for a person."""


class Objection(BaseModel):
    """A doubt that leads raise, and how we answer it."""

    key: str
    """Its stable name: `price`."""
    name: str
    examples: list[str] = []
    """How leads put it."""
    guidance: str
    """How to answer; the agent finds the words."""
    sample_answer: str = ""
    """Words that would do; what the offline model says."""
    proof_points: list[str] = []
    """Facts that the answer may use."""


class ThreadText(BaseModel):
    """One text of the thread."""

    author: Literal["lead", "us"]
    body: str


class ConversationInput(BaseModel):
    """One turn: the lead wrote, what shall we answer?"""

    conversation_id: int
    trace_id: str
    lead: dict[str, Any]
    """Name, company, title … as the lead's row has them."""
    briefing: Briefing
    thread: list[ThreadText]
    """Oldest first; the last entry is the lead's."""


class ConversationReply(BaseModel):
    """What the agent decided."""

    text: str | None
    """The answer to send; None sends nothing."""
    person_reason: PersonReason | None = None
    """Why a person should take this conversation; None if none need to."""
    reason: str
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)

    @computed_field
    def hand_over(self) -> bool:
        """A person should take this conversation."""
        return self.person_reason is not None


class Briefings(Protocol):
    """Tells what a campaign says about itself. Campaigns are above the agents, so the composition root hands this in."""

    async def of_campaign(self, session: AsyncSession, campaign_id: int) -> Briefing | None:
        """None when the campaign is gone."""

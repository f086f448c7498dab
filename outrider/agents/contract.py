"""What agents are told about a campaign, and the port through which they learn it."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession


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


class Briefings(Protocol):
    """Tells what a campaign says about itself. Campaigns are above the agents, so the composition root hands this in."""

    async def of_campaign(self, session: AsyncSession, campaign_id: int) -> Briefing | None:
        """None when the campaign is gone."""

"""A conversation, a model that says what the test tells it, and a worker that answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentParts
from outrider.agents.models import AgentExecution
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.campaigns.briefings import CampaignBriefings
from outrider.campaigns.models import Campaign
from outrider.config import Settings
from outrider.conversations.handling import hand_back, take_over
from outrider.conversations.models import Direction, Message
from outrider.conversations.threads import write_message
from outrider.jobs import JobContext
from outrider.leads.models import Lead
from outrider.llm.base import ChatReply, ChatRequest
from tests.worlds import OneModel, World, run_due_jobs

Meanwhile = Callable[[], Awaitable[object]]


class SpokenModel:
    """A model that says what it is told; `meanwhile` happens while it thinks."""

    name = "spoken:1"

    def __init__(self) -> None:
        self.says: list[str | Exception] = ["Gladly!"]
        """In order; the last one again and again."""
        self.meanwhile: list[Meanwhile] = []
        self.asked: list[ChatRequest] = []
        self.reads: list[dict[str, Any] | Exception] = [{"intent": "question", "confidence": 0.9}]
        """What it makes of the lead's texts, in order; the last one again and again."""
        self.read: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        if request.output is not None:
            return self._reading(request)
        said = self.says[min(len(self.asked), len(self.says) - 1)]
        self.asked.append(request)
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        if isinstance(said, Exception):
            raise said
        return ChatReply(said, "spoken-1", "spoken", input_tokens=30, output_tokens=5)

    def _reading(self, request: ChatRequest) -> ChatReply:
        found = self.reads[min(len(self.read), len(self.reads) - 1)]
        self.read.append(request)
        if isinstance(found, Exception):
            raise found
        return ChatReply("{}", "spoken-1", "spoken", input_tokens=0, output_tokens=0, data=found)

    async def aclose(self) -> None:
        """Nothing to release."""


class Talk:
    """The conversation with one lead, on behalf of a campaign."""

    def __init__(self, world: World, lead: Lead, settings: Settings):
        self.world, self.lead, self.settings = world, lead, settings
        self.model = SpokenModel()
        self.team = self.team_of(SlotFinder(world.database, settings))
        self.id = 0

    def team_of(self, slots: SlotFinder | None) -> ConversationTeam:
        return ConversationTeam(AgentParts(models=OneModel(self.model), slots=slots, database=self.world.database))

    async def hears(self, body: str = "Tell me more", *, is_typing: bool = False, **values: Any) -> None:
        """The lead writes; what we wrote before has left, unless it is still being typed."""
        if not is_typing:
            await self.world.execute(
                "UPDATE messages SET state = 'sent', sent_at = now() WHERE state = 'queued' AND author = 'agent'"
            )
        self.id = await self.world.hears(self.lead, body, **values)

    async def works(self, attempt: int = 0) -> int:
        """Run the jobs that are due."""
        parts = {Settings: self.settings, ConversationTeam: self.team, Briefings: CampaignBriefings()}
        return await run_due_jobs(JobContext(self.world.database, parts, attempt))

    async def answers(self, attempt: int = 0) -> int:
        """Let the moment pass that the agent waits for further texts, and run the jobs."""
        await self.passes(timedelta(seconds=self.settings.reply_delay_seconds))
        return await self.works(attempt)

    async def passes(self, time: timedelta) -> None:
        await self.world.execute("UPDATE pgqueuer SET execute_after = execute_after - CAST(:time AS interval)", time=time)
        await self.world.execute(
            "UPDATE conversations SET run_lease_until = run_lease_until - CAST(:time AS interval)", time=time
        )

    async def said(self) -> list[str]:
        return [text.body for text in await self.world.messages(Message.direction == Direction.OUT, Message.author == "agent")]

    async def standing(self) -> tuple[str, int, int, bool]:
        """Who handles it, texts received, texts answered, whether a run has the turn."""
        row = await self.world.conversation(self.lead)
        return row.handled_by, row.inbound_count, row.answered_count, row.run_token is not None

    async def executions(self) -> list[AgentExecution]:
        return await self.world.rows(AgentExecution)

    async def waiting(self) -> list[datetime]:
        """When the answers that wait on the queue are due."""
        async with self.world.database.transaction() as session:
            connection = await session.connection()
            rows = await connection.exec_driver_sql(
                "SELECT execute_after FROM pgqueuer WHERE status = 'queued' AND entrypoint = 'agents.reply' ORDER BY 1"
            )
            return [row.execute_after for row in rows]

    async def campaign(self, **values: Any) -> None:
        """Change what the campaign says."""
        async with self.world.database.transaction() as session:
            await session.execute(update(Campaign).values(**values))

    async def person_takes_over(self) -> None:
        async with self.world.database.transaction() as session:
            await take_over(session, self.id, "Maya")

    async def person_writes(self, body: str) -> None:
        async with self.world.database.transaction() as session:
            await write_message(session, self.id, body, "Maya")

    async def person_hands_back(self) -> None:
        async with self.world.database.transaction() as session:
            await hand_back(session, self.id, "Maya")


@pytest.fixture
async def talk(world: World, settings: Settings) -> Talk:
    await world.sender()
    lead = await world.lead(name="Ann Lee", company="Leeworks.io")
    async with world.database.transaction() as session:
        campaign = Campaign(name="Roofs", description="Free roof checks.", sender_name="Maya", status="completed")
        session.add(campaign)
    await world.queue(world.intent(lead, "Hi Ann, a free roof check?", campaign_id=campaign.id))
    await world.execute("UPDATE messages SET state = 'sent', sent_at = now()")
    return Talk(world, lead, settings)

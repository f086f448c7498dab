"""Conversations as scripts: each goes the way of a real one, from the carrier's webhook to the text that waits to be sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentParts
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.campaigns.briefings import CampaignBriefings
from outrider.config import Settings
from outrider.conversations.inbox import WebhookInbox
from outrider.conversations.models import Author, Conversation, Message, OutboxState, Suppression
from outrider.db.engine import Database
from outrider.jobs import JobContext
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.integration.campaigns.conftest import World
from tests.scenarios.script import FOLDER, Expectation, Script, scripts
from tests.worlds import inbound, run_due_jobs

SCRIPTS = dict(scripts())


class Conversing:
    """One lead whom a campaign has written to, and the offline model that answers."""

    def __init__(self, world: World, phone: str):
        self.world, self.phone = world, phone
        self.inbox = WebhookInbox(world.database)
        slots = SlotFinder(world.database, world.settings)
        team = ConversationTeam(AgentParts(models=world.models, slots=slots, database=world.database))
        parts = {ConversationTeam: team, Briefings: CampaignBriefings()}
        self.context = JobContext(world.database, {**world.context.parts, **parts})

    async def writes(self, *texts: str) -> list[Message]:
        """The lead writes; returns what we write thereupon, which then leaves."""
        for text in texts:
            assert await self.inbox.receive(inbound(self.phone, text)) is not None
        delay = timedelta(seconds=self.world.settings.reply_delay_seconds)
        await self.world.execute("UPDATE pgqueuer SET execute_after = execute_after - CAST(:delay AS interval)", delay=delay)
        await run_due_jobs(self.context)
        written = await self.world.rows(Message, Message.state == OutboxState.QUEUED)
        await self.world.execute("UPDATE messages SET state = 'sent', sent_at = now() WHERE state = 'queued'")
        return written

    async def check(self, expected: Expectation, written: list[Message]) -> None:
        by_author = {author: [text for text in written if text.author == author] for author in (Author.AGENT, Author.SYSTEM)}
        said = "\n".join(text.body for text in written)
        (thread,) = await self.world.rows(Conversation)
        open_suppressions = await self.world.rows(Suppression, Suppression.lifted_at.is_(None))

        assert len(by_author[Author.AGENT]) == expected.replied, f"answers: {said!r}"
        assert len(by_author[Author.SYSTEM]) == expected.notified, f"notices: {said!r}"
        assert (thread.handled_by == "person") == expected.handed_over, f"handled by {thread.handled_by} after {said!r}"
        assert bool(open_suppressions) == expected.suppressed, f"suppressed: {bool(open_suppressions)}"
        for words in expected.contains:
            assert words.lower() in said.lower(), f"{words!r} is not in {said!r}"
        for words in expected.lacks:
            assert words.lower() not in said.lower(), f"{words!r} is in {said!r}"
        assert all(text.segments <= expected.segments for text in written), f"too long: {said!r}"


async def begin(database: Database, settings: Settings, script: Script) -> Conversing:
    """A campaign writes to the lead."""
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)
    world = World(database, settings)
    await world.sender()
    leads = await world.leads(1, **script.lead.model_dump())
    campaign_id = await world.campaign(leads, **script.briefing.model_dump())
    await world.start(campaign_id)
    await world.work()
    await world.settle(campaign_id)
    assert leads[0].phone is not None
    return Conversing(world, leads[0].phone)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
async def test_a_conversation_goes_by_its_script(database: Database, settings: Settings, script: Script) -> None:
    talk = await begin(database, settings, script)
    for number, turn in enumerate(script.turns, 1):
        written = await talk.writes(*turn.texts)
        try:
            await talk.check(turn.expect, written)
        except AssertionError as error:
            raise AssertionError(f"Turn {number} ({turn.lead!r}): {error}") from error


def test_every_situation_is_told_in_every_language() -> None:
    assert len(SCRIPTS) == 3 * len(list(FOLDER.glob("*.yaml"))) >= 36

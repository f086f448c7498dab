"""Conversations as scripts: each goes the way of a real one, from the carrier's webhook to the text that waits to be sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentParts
from outrider.agents.memory import load_memory
from outrider.agents.models import AgentExecution
from outrider.agents.scheduling.models import Booking
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.campaigns.briefings import CampaignBriefings
from outrider.config import Settings
from outrider.conversations.inbox import WebhookInbox
from outrider.conversations.models import Author, Conversation, Message, OutboxState, Suppression
from outrider.db.engine import Database
from outrider.jobs import JobContext
from outrider.leads.models import Lead
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.integration.campaigns.conftest import World
from tests.scenarios.script import FOLDER, Expectation, Script, scripts
from tests.worlds import inbound, run_due_jobs

SCRIPTS = dict(scripts())
ZONE = ZoneInfo("America/Chicago")
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday"],
    "es": ["lunes", "martes", "miércoles", "jueves"],
    "fr": ["lundi", "mardi", "mercredi", "jeudi"],
}
REMINDERS = text("SELECT count(*) FROM pgqueuer WHERE status = 'queued' AND entrypoint = 'agents.remind'")


class Conversing:
    """One lead whom a campaign has written to, and the offline model that answers."""

    def __init__(self, world: World, phone: str, language: str):
        self.world, self.phone, self.language = world, phone, language
        self.inbox = WebhookInbox(world.database)
        slots = SlotFinder(world.database, world.settings)
        team = ConversationTeam(AgentParts(models=world.models, slots=slots, database=world.database))
        parts = {ConversationTeam: team, Briefings: CampaignBriefings()}
        self.context = JobContext(world.database, {**world.context.parts, **parts})

    async def writes(self, *texts: str) -> list[Message]:
        """The lead writes; returns what we write thereupon, which then leaves."""
        for body in texts:
            said = body.replace("{workday}", workday(self.language))
            assert await self.inbox.receive(inbound(self.phone, said)) is not None
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
        await self._check_effects(expected, thread)
        for words in expected.contains:
            assert words.lower() in said.lower(), f"{words!r} is not in {said!r}"
        for words in expected.lacks:
            assert words.lower() not in said.lower(), f"{words!r} is in {said!r}"
        assert all(text.segments <= expected.segments for text in written), f"too long: {said!r}"

    async def _check_effects(self, expected: Expectation, thread: Conversation) -> None:
        bookings = await self.world.rows(Booking, Booking.status == "booked")
        (lead,) = await self.world.rows(Lead)
        async with self.world.database.transaction() as session:
            memory = await load_memory(session, thread.id)
            waiting = (await session.execute(REMINDERS)).scalar_one()
        answers = await self.world.rows(AgentExecution, AgentExecution.output_data.has_key("rule"))

        assert len(bookings) == expected.booked, f"meetings: {[booking.starts_at for booking in bookings]}"
        assert bool(waiting) == expected.reminded, f"reminders: {waiting}"
        assert set(expected.facts) <= set(memory.factors.findings), f"known: {list(memory.factors.findings)}"
        assert expected.agent in (None, answers[-1].agent_type if answers else None), f"answered by {answers[-1].agent_type}"
        assert expected.reason in (None, thread.needs_person_reason), f"for a person because {thread.needs_person_reason}"
        assert expected.tier in (None, lead.tier), f"tier {lead.tier}, {lead.score}"
        assert expected.email in (None, lead.email), f"address {lead.email}"
        assert {booking.lead_id for booking in bookings} <= {lead.id}


def workday(language: str) -> str:
    """A Tuesday, Wednesday or Thursday that is two to six days ahead."""
    today = datetime.now(ZONE).date()
    day = next(day for ahead in range(2, 7) if (day := today + timedelta(days=ahead)).weekday() in (1, 2, 3))
    return WEEKDAYS[language][day.weekday()]


async def begin(database: Database, settings: Settings, script: Script) -> Conversing:
    """A campaign writes to the lead."""
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)
    settings.time_zone = str(ZONE)
    world = World(database, settings)
    await world.sender()
    leads = await world.leads(1, **script.lead.model_dump())
    campaign_id = await world.campaign(leads, **script.briefing.model_dump())
    await world.start(campaign_id)
    await world.work()
    await world.settle(campaign_id)
    assert leads[0].phone is not None
    return Conversing(world, leads[0].phone, (script.lead.language or "en")[:2])


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
    assert len(SCRIPTS) == 3 * len(list(FOLDER.glob("*.yaml"))) >= 80

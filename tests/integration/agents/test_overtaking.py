"""A lead who writes on: while an answer is typed, while a thread is summed up, and when “cancel” is about a meeting."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outrider.agents.base import BookMeeting
from outrider.agents.factory import AgentParts
from outrider.agents.memory import load_memory
from outrider.agents.scheduling.models import Booking
from outrider.agents.scheduling.service import book
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.suggesting import suggest_reply
from outrider.agents.team.graph import ConversationTeam
from outrider.agents.team.models import ConversationSummary
from outrider.campaigns.briefings import CampaignBriefings
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import Message, Suppression
from outrider.llm.offline import OfflineModel
from tests.integration.agents.conftest import Talk
from tests.worlds import OneModel, inbound

SUMMARY = {
    "outcome": "interested", "summary": "Asked for the price.", "sentiment": "positive", "next_step": "Call.",
    "open_questions": [],
}  # fmt: skip


async def meet(talk: Talk) -> None:
    """A meeting lies ahead."""
    slots = await SlotFinder(talk.world.database, talk.settings).find(
        campaign_id=1, time_zone="America/Chicago", now=datetime.now(UTC)
    )
    async with talk.world.database.transaction() as session:
        intent = BookMeeting(slot=slots[0], title="x")
        await book(session, intent, lead_id=talk.lead.id, conversation_id=talk.id, campaign_id=1)


async def test_a_text_that_comes_while_we_type_gets_one_answer_to_all(talk: Talk) -> None:
    talk.model.says = ["About the price …", "Free, and it takes an hour."]
    talk.model.reads = [{"intent": "objection", "objection": "price", "confidence": 0.9}]
    await talk.hears("Isn't that too expensive?")
    await talk.answers()
    async with talk.world.database.transaction() as session:
        assert (await load_memory(session, talk.id)).answered_objections == ["price"]
    await talk.hears("I mean really, way too expensive", is_typing=True)
    async with talk.world.database.transaction() as session:
        assert (await load_memory(session, talk.id)).answered_objections == [], "what was never said is not remembered"
    await talk.answers()
    states = [(one.body, one.state, one.hold_reason) for one in await talk.world.messages(Message.author == "agent")]
    assert states == [("About the price …", "cancelled", "replied"), ("Free, and it takes an hour.", "queued", None)]
    thread = talk.model.asked[1].context["thread"]
    assert [one["body"] for one in thread][1:] == ["Isn't that too expensive?", "I mean really, way too expensive"]
    assert await talk.standing() == ("agent", 2, 2, False)


@pytest.mark.parametrize("state", ["sending", "sent", "unknown"])
async def test_an_answer_that_a_deliverer_holds_leaves(talk: Talk, state: str) -> None:
    talk.model.says = ["One", "Two"]
    await talk.hears()
    await talk.answers()
    await talk.world.execute("UPDATE messages SET state = :state WHERE author = 'agent'", state=state)
    await talk.hears("And when?", is_typing=True)
    await talk.answers()
    assert [(one.body, one.state) for one in await talk.world.messages(Message.author == "agent")] == [
        ("One", state), ("Two", "queued"),
    ]  # fmt: skip


async def test_the_confirmation_of_a_meeting_is_not_taken_back(talk: Talk) -> None:
    await talk.hears("Can we have a call?")
    talk.team = ConversationTeam(
        AgentParts(models=OneModel(OfflineModel()), slots=SlotFinder(talk.world.database, talk.settings))
    )
    await talk.answers()
    await talk.hears("The first one please")
    await talk.answers()
    assert len(await talk.world.rows(Booking)) == 1
    await talk.hears("Thanks!", is_typing=True)
    await talk.answers()
    confirmation = (await talk.world.messages(Message.author == "agent"))[1]
    assert confirmation.body.startswith("Done, Ann") and confirmation.state == "queued"


async def test_a_text_stored_while_the_summary_is_stored_voids_it(talk: Talk) -> None:
    """The text's transaction began before the summary's and commits after it looked."""
    await talk.hears("What does it cost?")
    await talk.answers()
    original = talk.model._reading
    coming: list[asyncio.Task[None]] = []

    async def comes_in(stored: asyncio.Event) -> None:
        async with talk.world.database.transaction() as session:
            assert talk.lead.phone is not None
            await receive_text(session, inbound(talk.lead.phone, "And when?"))
            stored.set()
            await asyncio.sleep(0.5)

    team = talk.team
    model = talk.model

    class Meanwhile:
        name = model.name

        async def complete(self, request: Any) -> Any:
            stored = asyncio.Event()
            coming.append(asyncio.create_task(comes_in(stored)))
            await stored.wait()
            return original(request)

    model.reads = [SUMMARY]
    talk.team = ConversationTeam(AgentParts(models=OneModel(Meanwhile()), slots=team.parts.slots))  # type: ignore[arg-type]
    await talk.world.execute("UPDATE conversations SET last_message_at = last_message_at - interval '1 hour'")
    await talk.passes(timedelta(hours=1))
    await talk.works()
    await asyncio.gather(*coming)
    assert coming, "nobody was asked for a summary"
    assert await talk.world.rows(ConversationSummary) == []


async def test_cancel_the_call_is_about_the_meeting_where_there_is_one(talk: Talk) -> None:
    await talk.hears("Hello")
    await meet(talk)
    talk.model.reads = [{"intent": "cancels_meeting", "confidence": 0.9}]
    await talk.hears("Please cancel the call")
    await talk.answers()
    assert await talk.world.rows(Suppression) == []
    (booking,) = await talk.world.rows(Booking)
    assert booking.status == "cancelled"
    await talk.hears("Please cancel the call")
    assert len(await talk.world.rows(Suppression)) == 1, "there is no meeting any more"


@pytest.mark.parametrize(
    "body", ["Cancel the call and stop texting me", "Cancel it. Remove me from your list", "cancel", "Cancel the calls",
             "I will report you", "STOP"],
)  # fmt: skip
async def test_with_a_meeting_ahead_an_opt_out_stays_one(talk: Talk, body: str) -> None:
    await talk.hears("Hello")
    await meet(talk)
    await talk.hears(body)
    assert len(await talk.world.rows(Suppression)) == 1


async def test_without_a_meeting_cancel_the_call_is_an_opt_out(talk: Talk) -> None:
    await talk.hears("Please cancel the call")
    assert len(await talk.world.rows(Suppression)) == 1


async def test_a_second_suggestion_is_a_new_draft_and_goes_to_the_campaign(talk: Talk) -> None:
    talk.model.says = ["One", "Another"]
    await talk.hears("What does it cost?")
    drafts = [await suggest_reply(talk.world.database, talk.team, CampaignBriefings(), talk.id) for _ in range(2)]
    assert [draft.text for draft in drafts] == ["One", "Another"]
    assert all(request.fresh for request in talk.model.asked), "an answer of the cache would be the same draft again"
    asked = [*talk.model.asked, *talk.model.read]
    assert {(one.scope.campaign_id, one.scope.conversation_id, one.scope.lead_id) for one in asked} == {
        (1, talk.id, talk.lead.id)
    }
    assert [one.campaign_id for one in await talk.executions()] == [1, 1]

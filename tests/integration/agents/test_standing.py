"""What a turn is given of its conversation."""

from __future__ import annotations

from typing import Any

import pytest

from outrider.agents.memory import Memory
from outrider.agents.standing import Standing, standing_of
from outrider.conversations.events import TextsReceived
from outrider.events import bus


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bus._handlers, TextsReceived, [])


async def standing(world: Any, conversation_id: int, most_texts: int = 30) -> Standing:
    async with world.database.transaction() as session:
        return await standing_of(session, conversation_id, most_texts)


async def test_the_thread_shows_what_was_or_will_be_said(world: Any) -> None:
    await world.sender()
    lead = await world.lead(name="Ann Lee")
    talk = await world.hears(lead, "Tell me more")
    await world.queue(world.intent(lead, "Gladly!", key="reply", purpose="reply"))
    await world.queue(world.intent(lead, "Campaign text", key="campaign"))
    # A lead's text cancels what the campaign was about to say.
    await world.hears(lead, "Thanks")
    found = await standing(world, talk)
    assert [(message.author, message.body) for message in found.said] == [
        ("lead", "Tell me more"),
        ("us", "Gladly!"),
        ("lead", "Thanks"),
    ]
    assert all(message.at is not None and message.at.tzinfo is not None for message in found.said)
    assert [message.body for message in (await standing(world, talk, most_texts=1)).said] == ["Thanks"]


async def test_a_new_conversation_knows_its_lead_and_nothing_else(world: Any) -> None:
    await world.sender()
    lead = await world.lead(name="Ann Lee")
    found = await standing(world, await world.hears(lead, "Hello"))
    assert (found.lead["id"], found.lead["name"]) == (lead.id, "Ann Lee")
    assert (found.memory, found.qualification, found.meeting, found.automated_replies) == (Memory(), None, None, 0)

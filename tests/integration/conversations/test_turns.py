"""One run answers a conversation at a time, and one that was overtaken changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from outrider.conversations.events import TextsReceived
from outrider.conversations.handling import take_over
from outrider.conversations.models import Message
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.conversations.turns import NoTurn, Turn, TurnEnd, begin_turn, end_turn
from outrider.events import bus

LEASE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def nobody_else_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bus._handlers, TextsReceived, [])


class Talk:
    """A conversation with one lead."""

    def __init__(self, world: Any, lead: Any):
        self.world, self.lead, self.id = world, lead, 0

    async def hears(self, body: str = "Tell me more") -> None:
        self.id = await self.world.hears(self.lead, body)

    async def begins(self, lease: timedelta = LEASE) -> Turn | NoTurn:
        async with self.world.database.transaction() as session:
            return await begin_turn(session, self.id, lease)

    async def ends(self, turn: Turn, body: str | None = "Gladly!") -> TurnEnd:
        reply = None if body is None else self.world.intent(self.lead, body, key=f"reply:{turn.token}", purpose="reply")
        async with self.world.database.transaction() as session:
            return (await end_turn(session, turn, reply))[0]

    async def answers(self) -> list[str]:
        return [message.body for message in await self.world.messages(Message.direction == "out")]


@pytest.fixture
async def talk(world: Any) -> Talk:
    await world.sender()
    talk = Talk(world, await world.lead())
    await talk.hears()
    return talk


async def test_a_turn_answers_everything_received_before_it(talk: Talk) -> None:
    await talk.hears("And the price?")
    turn = await talk.begins()
    assert isinstance(turn, Turn)
    assert turn.inbound_count == 2
    assert await talk.ends(turn) is TurnEnd.DONE
    assert await talk.answers() == ["Gladly!"]
    assert await talk.begins() is NoTurn.NOTHING_TO_ANSWER


async def test_silence_is_an_answer_too(talk: Talk) -> None:
    turn = await talk.begins()
    assert isinstance(turn, Turn)
    assert await talk.ends(turn, None) is TurnEnd.DONE
    assert await talk.answers() == []
    assert await talk.begins() is NoTurn.NOTHING_TO_ANSWER


async def test_of_many_runs_at_once_one_has_the_turn(talk: Talk) -> None:
    turns = await asyncio.gather(*[talk.begins() for _ in range(8)])
    assert sorted(str(turn) for turn in turns if not isinstance(turn, Turn)) == ["busy"] * 7


async def test_a_run_that_was_overtaken_writes_nothing(talk: Talk) -> None:
    turn = await talk.begins()
    assert isinstance(turn, Turn)
    await talk.hears("Wait, one more thing")
    assert await talk.ends(turn) is TurnEnd.OVERTAKEN
    assert await talk.answers() == []
    again = await talk.begins()
    assert isinstance(again, Turn)
    assert again.inbound_count == 2


async def test_a_person_stops_the_agent_at_once(talk: Talk) -> None:
    turn = await talk.begins()
    assert isinstance(turn, Turn)
    async with talk.world.database.transaction() as session:
        await take_over(session, talk.id, "Maya")
    assert await talk.ends(turn) is TurnEnd.OVERTAKEN
    assert await talk.answers() == []
    assert await talk.begins() is NoTurn.PERSON


async def test_a_run_whose_lease_ended_gives_way_to_the_next(talk: Talk) -> None:
    dead = await talk.begins(timedelta(seconds=-1))
    assert isinstance(dead, Turn)
    alive = await talk.begins()
    assert isinstance(alive, Turn)
    assert await talk.ends(dead, "Late") is TurnEnd.OVERTAKEN
    assert await talk.ends(alive) is TurnEnd.DONE
    assert await talk.answers() == ["Gladly!"]


async def test_nobody_answers_a_suppressed_number(talk: Talk) -> None:
    async with talk.world.database.transaction() as session:
        await suppress(session, [NewSuppression(talk.lead.phone, "manual", "test")])
    assert await talk.begins() is NoTurn.SUPPRESSED

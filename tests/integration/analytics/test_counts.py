"""Counts that took long are shown again, and say how old they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from outrider.analytics import counts, service
from outrider.conversations.models import Conversation, Message
from outrider.db import kept_counts
from outrider.db.kept_counts import KeptCounts
from outrider.errors import InvalidInput
from tests.clocks import PATIENCE
from tests.worlds import World

KEY = ("UTC", 7)


@pytest.fixture
async def kept(world: World) -> AsyncIterator[KeptCounts]:
    opened = KeptCounts(world.database)
    yield opened
    await opened.aclose()


async def received(world: World, kept: KeptCounts) -> int:
    async with world.database.transaction() as session:
        return (await service.dashboard(session, await counts.latest(session, kept, *KEY))).today.received


async def write_text(world: World) -> None:
    (lead,) = await world.leads(1)
    async with world.database.transaction() as session:
        thread = Conversation(lead_id=lead.id)
        session.add(thread)
        await session.flush()
        session.add(
            Message(lead_id=lead.id, conversation_id=thread.id, direction="in", author="lead", body="Yes", phone="+13125550100")
        )


async def test_a_short_count_is_made_for_every_question(world: World, kept: KeptCounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_counts, "SHORT_SECONDS", 3600)
    await received(world, kept)
    await write_text(world)
    assert await received(world, kept) == 1


async def test_a_long_count_is_shown_until_the_next_one_is_done(
    world: World, kept: KeptCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_counts, "SHORT_SECONDS", 0)
    monkeypatch.setattr(kept_counts, "SHARE_OF_TIME", 1e-9)
    assert await received(world, kept) == 0
    await write_text(world)
    assert await received(world, kept) == 0, "kept for a multiple of the time it took"

    monkeypatch.setattr(kept_counts, "SHARE_OF_TIME", 1e9)
    assert await received(world, kept) == 0, "nobody waits for the next count"
    async with asyncio.timeout(PATIENCE):
        while await received(world, kept) == 0:
            await asyncio.sleep(0.01)


async def test_nobody_is_shown_a_count_of_long_ago(world: World, kept: KeptCounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_counts, "SHORT_SECONDS", 0)
    await received(world, kept)
    await write_text(world)
    monkeypatch.setattr(kept_counts, "OLDEST_SECONDS", 0)
    assert await received(world, kept) == 1


async def test_who_asks_during_a_count_waits_for_it_instead_of_counting_too(
    world: World, kept: KeptCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_counts, "SHORT_SECONDS", 0)
    made, count = [], counts.count

    async def slow(*args: object) -> counts.Counts:
        made.append(args)
        await asyncio.sleep(0.2)
        return await count(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(counts, "count", slow)
    await asyncio.gather(*(received(world, kept) for _ in range(5)))
    assert len(made) == 1


async def test_a_zone_that_does_not_exist_leaves_nothing_behind(world: World, kept: KeptCounts) -> None:
    async with world.database.transaction() as session:
        with pytest.raises(InvalidInput):
            await counts.latest(session, kept, "Mars/Olympus", 7)
    assert not kept._counting

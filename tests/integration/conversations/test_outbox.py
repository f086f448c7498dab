from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from outrider.conversations.models import OutboxState, Purpose
from outrider.conversations.outbox import NoSenderAvailable, cancel_texts, hold_texts, queue_texts, release_texts


async def test_an_intent_is_queued_once(world: Any) -> None:
    await world.sender()
    lead = await world.lead()
    first, again = await world.queue(world.intent(lead), world.intent(lead))
    assert first is not None
    assert again is None
    assert await world.queue(world.intent(lead)) == [None]
    assert len(await world.messages()) == 1


async def test_a_text_knows_its_segments_cost_and_urgency(world: Any) -> None:
    await world.sender()
    lead = await world.lead()
    long, reply = await world.queue(
        world.intent(lead, "a" * 161, key="long"), world.intent(lead, key="reply", purpose="reply", campaign_id=7)
    )
    text = await world.message(long)
    assert (text.segments, text.estimated_cost, text.priority) == (2, Decimal("0.0166"), 0)
    assert (await world.message(reply)).priority == 10
    assert (await world.conversation(lead)).campaign_id == 7


async def test_leads_spread_over_senders_by_rate(world: Any) -> None:
    slow, fast = await world.sender("+12025550101", rate=1), await world.sender("+12025550102", rate=3)
    await world.sender("+12025550103", rate=100, enabled=False)
    leads = await world.leads(400)
    await world.queue(*[world.intent(lead) for lead in leads])
    used = Counter(message.sender_id for message in await world.messages())
    assert set(used) == {slow.id, fast.id}
    assert 60 < used[slow.id] < 140


async def test_a_conversation_keeps_its_sender_until_it_is_disabled(world: Any) -> None:
    first = await world.sender("+12025550101")
    lead = await world.lead()
    await world.queue(world.intent(lead, key="one"))
    second = await world.sender("+12025550102")
    await world.queue(world.intent(lead, key="two", sender_ids=[second.id]))
    assert [m.sender_id for m in await world.messages()] == [first.id, first.id]
    await world.execute("UPDATE senders SET enabled = false WHERE id = :id", id=first.id)
    (third,) = await world.queue(world.intent(lead, key="three"))
    assert (await world.message(third)).sender_id == second.id


async def test_without_an_enabled_sender_nothing_is_queued(world: Any) -> None:
    only = await world.sender()
    one, two = await world.leads(2)
    with pytest.raises(NoSenderAvailable):
        await world.queue(world.intent(one), world.intent(two, sender_ids=[only.id + 1]))
    assert await world.messages() == []


async def test_hold_and_release_spare_replies(world: Any) -> None:
    await world.sender()
    one, two = await world.leads(2)
    await world.queue(
        world.intent(one, campaign_id=7), world.intent(two, campaign_id=7, purpose="reply"), world.intent(two, key="x")
    )
    async with world.database.transaction() as session:
        assert await hold_texts(session, 7) == 1
    assert await world.states() == {"held": 1, "queued": 2}
    async with world.database.transaction() as session:
        assert await release_texts(session, 7) == 1
    assert await world.states() == {"queued": 3}


async def test_cancelling_settles_each_text_once(world: Any, heard: Any) -> None:
    await world.sender()
    one, two = await world.leads(2)
    ids = await world.queue(
        world.intent(one, campaign_id=7, campaign_lead_id=1),
        world.intent(one, key="reply", purpose="reply"),
        world.intent(one, key="law", purpose="compliance"),
        world.intent(two, campaign_id=7, campaign_lead_id=2),
    )
    async with world.database.transaction() as session:
        await cancel_texts(session, reason="replied", phone=one.phone, purpose=Purpose.CAMPAIGN)
        await cancel_texts(session, reason="suppressed", phone=one.phone)
        await cancel_texts(session, reason="cancelled", campaign_lead_ids=[2])
        assert await cancel_texts(session, reason="cancelled", campaign_id=7) == []
    told = {outcome.message_id: (outcome.state, outcome.reason) for outcome in heard.outcomes()}
    assert told == {
        ids[0]: (OutboxState.CANCELLED, "replied"),
        ids[1]: (OutboxState.CANCELLED, "suppressed"),
        ids[3]: (OutboxState.CANCELLED, "cancelled"),
    }
    assert (await world.message(ids[2])).state == OutboxState.QUEUED


async def test_a_rolled_back_decision_queues_nothing(world: Any) -> None:
    await world.sender()
    lead = await world.lead()
    with pytest.raises(RuntimeError):
        async with world.database.transaction() as session:
            await queue_texts(session, [world.intent(lead)])
            raise RuntimeError
    assert await world.messages() == []

"""What campaigns make of replies, opt-outs and the ends of texts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from outrider.campaigns.models import CampaignLead
from outrider.conversations.events import DeliveryFailed, NumberSuppressed, TextOutcome, TextReceived, TextsReceived
from outrider.conversations.models import OutboxState, SuppressionReason
from outrider.events.bus import publish
from tests.clocks import PATIENCE
from tests.integration.campaigns.conftest import World


async def receive(world: World, campaign_id: int, lead_id: int, body: str = "Tell me more", wish: str | None = None) -> None:
    async with world.database.transaction() as session:
        conversation_id = (
            await session.execute(text("SELECT id FROM conversations WHERE lead_id = :id"), {"id": lead_id})
        ).scalar_one()
        text_received = TextReceived(1, conversation_id, lead_id, campaign_id, body, wish, datetime.now(UTC))
        await publish(session, TextsReceived([text_received]))


def answer_to(message: Any, campaign_id: int, body: str = "Yes", wish: Any = None) -> TextReceived:
    return TextReceived(1, message.conversation_id, message.lead_id, campaign_id, body, wish, datetime.now(UTC))


async def two_campaigns(world: World) -> tuple[int, int, int]:
    """One that wrote to a lead and one that still has it pending; and that lead."""
    leads = await world.leads(1)
    first, second = await world.campaign(leads), await world.campaign(leads)
    await world.start(first)
    await world.work()
    await world.settle(first)
    await world.start(second)
    await world.work(most=1)
    return first, second, leads[0].id


async def test_a_reply_is_noted_and_stops_other_campaigns(world: World) -> None:
    first, second, lead_id = await two_campaigns(world)
    await receive(world, first, lead_id)
    await world.work()

    assert (await world.shown(first)).stats.replied == 1
    assert (await world.status(second), await world.statuses(second)) == ("completed", {"replied_elsewhere": 1})
    assert await world.texts(second) == []


async def test_a_reply_waits_for_nobody_and_is_noted_later_if_the_lead_is_being_changed(world: World) -> None:
    first, second, lead_id = await two_campaigns(world)
    async with world.database.transaction() as other:
        await other.execute(text("UPDATE campaign_leads SET updated_at = now() WHERE campaign_id = :id"), {"id": first})
        async with asyncio.timeout(PATIENCE):
            await receive(world, first, lead_id)
        assert (await world.queue())["campaigns.note_reply"] == 1
    await world.work(most=100)

    assert (await world.shown(first)).stats.replied == 1
    assert await world.statuses(second) == {"replied_elsewhere": 1}


async def test_replies_and_ends_of_texts_of_the_same_people_in_another_order_never_block_each_other(world: World) -> None:
    campaign_id = await world.started(30)
    await world.work()
    texts = await world.texts(campaign_id)

    async def reply_to_all() -> None:
        async with world.database.transaction() as session:
            for message in reversed(texts):
                await publish(session, TextsReceived([answer_to(message, campaign_id)]))
                await asyncio.sleep(0.002)

    async def settle_all() -> None:
        await asyncio.sleep(0.03)
        await world.settle(campaign_id)

    await asyncio.gather(reply_to_all(), settle_all())
    await world.work()

    shown = await world.shown(campaign_id)
    assert (shown.stats.replied, shown.stats.completed) == (30, 30)


async def test_replies_that_come_together_are_noted_together_and_those_of_busy_leads_later(world: World) -> None:
    campaign_id = await world.started(4)
    await world.work()
    await world.settle(campaign_id)
    texts = await world.texts(campaign_id)
    answers = [answer_to(texts[0], campaign_id), answer_to(texts[1], campaign_id), answer_to(texts[0], campaign_id, "And?")]
    answers.append(answer_to(texts[2], campaign_id, "STOP", wish="opt_out"))
    async with world.database.transaction() as other:
        busy = {"lead": texts[1].lead_id}
        await other.execute(text("UPDATE campaign_leads SET updated_at = now() WHERE lead_id = :lead"), busy)
        async with asyncio.timeout(PATIENCE), world.database.transaction() as session:
            await publish(session, TextsReceived(answers))
        assert (await world.shown(campaign_id)).stats.replied == 1
        assert (await world.queue())["campaigns.note_reply"] == 1
        assert (await world.queue())["agents.reply"] == 2, "one answer covers both texts of a person"
    await world.work(most=100)

    assert (await world.shown(campaign_id)).stats.replied == 2


async def test_a_reply_overtakes_a_run_in_progress(world: World) -> None:
    first, second, lead_id = await two_campaigns(world)
    chunk = await world.chunk()
    await world.execute(
        "UPDATE campaign_leads SET status = 'processing', chunk_token = :token WHERE campaign_id = :id",
        token=f"{chunk['chunk']}/1",
        id=second,
    )
    await receive(world, first, lead_id)

    assert await world.statuses(second) == {"replied_elsewhere": 1}


async def test_an_opt_out_is_no_reply(world: World) -> None:
    first, _, lead_id = await two_campaigns(world)
    await receive(world, first, lead_id, "STOP", wish="opt_out")

    assert (await world.shown(first)).stats.replied == 0


@pytest.mark.parametrize(("auto_reply", "handled_by"), [(True, "agent"), (False, "person")])
async def test_a_campaign_may_leave_answers_to_people(world: World, auto_reply: bool, handled_by: str) -> None:
    campaign_id = await world.started(1, auto_reply=auto_reply)
    await world.work()
    await world.settle(campaign_id)
    (lead,) = await world.rows(CampaignLead)
    await receive(world, campaign_id, lead.lead_id)

    async with world.database.transaction() as session:
        assert (await session.execute(text("SELECT handled_by FROM conversations"))).scalar_one() == handled_by


async def test_a_suppressed_number_is_skipped_wherever_it_waits(world: World) -> None:
    leads = await world.leads(2)
    running, draft = await world.campaign(leads), await world.campaign(leads)
    await world.start(running)
    await world.work(most=1)
    async with world.database.transaction() as session:
        await publish(session, NumberSuppressed(leads[0].phone or "", [leads[0].id], SuppressionReason.STOP))
    await world.work()

    assert await world.statuses(running) == {"suppressed": 1, "waiting": 1}
    assert await world.statuses(draft) == {"pending": 2}, "a draft finds out at its launch"


async def test_opted_out_leads_are_counted(world: World) -> None:
    campaign_id = await world.started(2)
    await world.work()
    await world.settle(campaign_id)
    (lead, _) = await world.rows(CampaignLead)
    await world.execute(
        "INSERT INTO suppressions (phone, reason) SELECT phone, 'stop' FROM leads WHERE id = :id", id=lead.lead_id
    )

    assert (await world.shown(campaign_id)).stats.opted_out == 1


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("suppressed", "suppressed"),
        ("replied", "replied_elsewhere"),
        ("budget", "budget"),
        ("cancelled", "cancelled"),
        ("something new", "cancelled"),
    ],
)
async def test_a_cancelled_text_skips_its_lead_with_the_reason(world: World, reason: str, expected: str) -> None:
    campaign_id = await world.started(1)
    await world.work()
    await world.settle(campaign_id, OutboxState.CANCELLED, reason=reason)

    assert (await world.statuses(campaign_id), await world.status(campaign_id)) == ({expected: 1}, "completed")


async def test_an_end_that_is_told_twice_counts_once(world: World) -> None:
    campaign_id = await world.started(1)
    await world.work()
    await world.settle(campaign_id)
    async with world.database.transaction() as session:
        await publish(session, _settled(await world.texts(campaign_id), OutboxState.FAILED))

    assert await world.statuses(campaign_id) == {"completed": 1}


def _settled(messages: list[Any], state: OutboxState) -> Any:
    from outrider.conversations.events import TextsSettled

    return TextsSettled([_outcome(message, state) for message in messages])


def _outcome(message: Any, state: OutboxState, **values: Any) -> TextOutcome:
    usual = {"reason": None, "error_code": None, "error_message": None, "admitted": False}
    return TextOutcome(
        message_id=message.id,
        conversation_id=message.conversation_id,
        campaign_id=message.campaign_id,
        campaign_lead_id=message.campaign_lead_id,
        lead_id=message.lead_id,
        state=state,
        estimated_cost=message.estimated_cost,
        **{**usual, **values},
    )


async def test_a_lead_with_two_texts_is_settled_by_the_last(world: World) -> None:
    config = {
        "nodes": [
            {"id": "a", "type": "sms", "data": {}},
            {"id": "b", "type": "sms", "data": {}},
            {"id": "end", "type": "finalize", "data": {}},
        ],
        "edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "end"}],
    }
    campaign_id = await world.started(1, workflow_config=config)
    await world.work()
    first, second = await world.texts(campaign_id)
    for message, state, expected in ((first, OutboxState.FAILED, "waiting"), (second, OutboxState.SENT, "failed")):
        await world.execute("UPDATE messages SET state = :state WHERE id = :id", state=state.value, id=message.id)
        async with world.database.transaction() as session:
            await publish(session, _settled([message], state))
        assert await world.statuses(campaign_id) == {expected: 1}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Unreachable destination handset", "Unreachable destination handset (carrier code 30003)"),
        ("Phone is off or out of reach (30003). Try later.", "Phone is off or out of reach (30003). Try later."),
        ("Twilio error 30003. See https://example.com/30003.", "Twilio error 30003. See https://example.com/30003."),
    ],
)
async def test_a_text_that_was_accepted_and_not_delivered_says_why(world: World, told: str, kept: str) -> None:
    campaign_id = await world.started(1)
    await world.work()
    await world.settle(campaign_id)
    message = (await world.texts(campaign_id))[0]
    outcome = _outcome(message, OutboxState.SENT, error_code=30003, error_message=told)
    async with world.database.transaction() as session:
        await publish(session, DeliveryFailed([outcome]))

    (lead,) = await world.rows(CampaignLead)
    assert (lead.status, lead.error_message) == ("completed", kept)

"""The campaigns' word on texts that would leave now: status, hours, budget."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from outrider.campaigns.gate import CampaignGate
from outrider.conversations.gates import Cancel, Candidate, Hold, Until, Verdict
from outrider.conversations.models import Author, Message, OutboxState, Purpose
from outrider.llm.budgets.models import BudgetAlert
from tests.integration.campaigns.conftest import World

NOON_IN_CHICAGO = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)
PRICE = Decimal("0.0083")


def candidate(message: Message, **values: Any) -> Candidate:
    usual = {
        "message_id": message.id,
        "lead_id": message.lead_id,
        "phone": message.phone,
        "time_zones": ("America/Chicago",),
        "campaign_id": message.campaign_id,
        "campaign_lead_id": message.campaign_lead_id,
        "purpose": Purpose.CAMPAIGN,
        "author": Author.WORKFLOW,
        "segments": 1,
        "estimated_cost": PRICE,
        "admitted": False,
    }
    return Candidate(**{**usual, **values})


async def review(world: World, *candidates: Candidate, at: datetime = NOON_IN_CHICAGO) -> Mapping[int, Verdict]:
    async with world.database.transaction() as session:
        return await CampaignGate(now=lambda: at).review(session, candidates)


@pytest.fixture
async def campaign_id(world: World) -> int:
    campaign_id = await world.started(3)
    await world.work()
    return campaign_id


async def test_a_running_campaign_lets_its_texts_go(world: World, campaign_id: int) -> None:
    assert await review(world, *map(candidate, await world.texts(campaign_id))) == {}


@pytest.mark.parametrize(
    ("status", "verdict"), [("paused", Hold(None, "paused")), ("cancelled", Cancel("cancelled")), ("completed", None)]
)
async def test_the_status_decides(world: World, campaign_id: int, status: str, verdict: Verdict | None) -> None:
    await world.execute("UPDATE campaigns SET status = :status", status=status)
    message = (await world.texts(campaign_id))[0]
    reply = candidate(message, message_id=0, purpose=Purpose.REPLY, author=Author.AGENT)

    verdicts = await review(world, candidate(message), reply)

    assert verdicts.get(message.id) == verdict
    assert 0 not in verdicts, "somebody waits for this answer"


async def test_texts_of_a_deleted_campaign_never_leave(world: World, campaign_id: int) -> None:
    message = (await world.texts(campaign_id))[0]

    assert await review(world, candidate(message, campaign_id=campaign_id + 1)) == {message.id: Cancel("cancelled")}


async def test_texts_without_a_campaign_are_none_of_its_business(world: World, campaign_id: int) -> None:
    message = (await world.texts(campaign_id))[0]
    await world.execute("UPDATE campaigns SET status = 'cancelled'")

    assert await review(world, candidate(message, campaign_id=None)) == {}
    assert await review(world, candidate(message, purpose=Purpose.COMPLIANCE)) == {}


async def test_own_hours_hold_back_and_limit(world: World, campaign_id: int) -> None:
    await world.execute("""UPDATE campaigns SET quiet_hours = '{"start": "11:00", "end": "14:00"}'""")
    message = (await world.texts(campaign_id))[0]
    evening = NOON_IN_CHICAGO.replace(hour=22)

    open_now = await review(world, candidate(message))
    closed = await review(world, candidate(message), at=evening)

    assert open_now == {message.id: Until(NOON_IN_CHICAGO.replace(hour=19))}
    assert closed == {message.id: Hold(datetime(2026, 6, 3, 16, 0, tzinfo=UTC), "quiet_hours")}


async def test_what_fits_into_the_budget_goes_and_the_rest_waits_for_a_higher_one(world: World, campaign_id: int) -> None:
    await world.execute("UPDATE campaigns SET budget = 0.02")
    first, second, third = await world.texts(campaign_id)

    assert await review(world, candidate(first), candidate(second), candidate(third)) == {third.id: Hold(None, "budget")}
    assert (await world.campaign_row(campaign_id)).spent == 2 * PRICE
    shown = await world.shown(campaign_id)
    assert shown.status == "paused" and "budget of $0.02 is used up" in (shown.status_reason or "")
    assert [alert.threshold for alert in await world.rows(BudgetAlert)] == [50, 80, 100]


async def test_money_that_is_reserved_for_models_under_way_is_waited_for(world: World, campaign_id: int) -> None:
    await world.execute("UPDATE campaigns SET budget = 0.02, spent = 0.019")
    await world.execute(
        "INSERT INTO model_calls (state, model, purpose, cost, campaign_id) VALUES ('reserved', 'm', '', 0.019, :id)",
        id=campaign_id,
    )
    message = (await world.texts(campaign_id))[0]

    (verdict,) = (await review(world, candidate(message))).values()

    assert isinstance(verdict, Hold) and verdict.until is not None and verdict.reason == "budget"
    assert await world.status(campaign_id) == "processing"


async def test_an_admitted_text_is_not_paid_for_twice(world: World, campaign_id: int) -> None:
    await world.execute("UPDATE campaigns SET budget = 0.01, spent = 0.01")
    message = (await world.texts(campaign_id))[0]

    assert await review(world, candidate(message, admitted=True)) == {}
    assert (await world.campaign_row(campaign_id)).spent == Decimal("0.01")


async def test_the_budget_stops_agents_and_calls_a_person_but_never_stops_a_person(world: World, campaign_id: int) -> None:
    await world.execute("UPDATE campaigns SET budget = 0.01, spent = 0.01")
    message, other, _ = await world.texts(campaign_id)
    by_agent = candidate(message, purpose=Purpose.REPLY, author=Author.AGENT)
    by_person = candidate(other, purpose=Purpose.REPLY, author=Author.PERSON)

    assert await review(world, by_agent, by_person) == {message.id: Cancel("budget")}
    assert (await world.campaign_row(campaign_id)).spent == Decimal("0.01") + PRICE
    async with world.database.transaction() as session:
        handled_by = dict((await session.execute(text("SELECT lead_id, handled_by FROM conversations"))).tuples().all())
    assert (handled_by[message.lead_id], handled_by[other.lead_id]) == ("person", "agent")


async def test_many_deliverers_never_overspend(world: World) -> None:
    campaign_id = await world.started(40)
    await world.work()
    await world.execute("UPDATE campaigns SET budget = :budget", budget=PRICE * 25)
    texts = await world.texts(campaign_id)

    verdicts = await asyncio.gather(*(review(world, *map(candidate, texts[n : n + 5])) for n in range(0, 40, 5)))

    assert sum(len(found) for found in verdicts) == 15
    assert (await world.campaign_row(campaign_id)).spent == PRICE * 25


async def test_reservations_of_texts_that_did_not_leave_are_given_back(world: World, campaign_id: int) -> None:
    await world.execute("UPDATE campaigns SET budget = 1")
    texts = await world.texts(campaign_id)
    await review(world, *map(candidate, texts))
    await world.execute("UPDATE messages SET admitted = true")
    assert (await world.campaign_row(campaign_id)).spent == 3 * PRICE

    await world.settle(campaign_id, OutboxState.FAILED, reason="refused", admitted=True)

    assert (await world.campaign_row(campaign_id)).spent == 0


async def test_the_guard_is_brought_to_what_the_rows_say(world: World, campaign_id: int) -> None:
    from outrider.campaigns import jobs

    await world.execute("UPDATE campaigns SET budget = 1, spent = 0.9")
    sent, admitted, _ = await world.texts(campaign_id)
    await world.execute("UPDATE messages SET state = 'sent', price = 0.02 WHERE id = :id", id=sent.id)
    await world.execute("UPDATE messages SET state = 'sending', admitted = true WHERE id = :id", id=admitted.id)
    await world.execute("""
        INSERT INTO model_calls (state, model, purpose, cost, campaign_id)
        SELECT 'settled', 'm', '', 0.001, id FROM campaigns, generate_series(1, 3)
    """)

    await jobs.settle_budgets.function(world.context)

    assert (await world.campaign_row(campaign_id)).spent == Decimal("0.02") + PRICE + Decimal("0.003")


async def test_a_pause_waits_for_a_claim_that_passed_the_gate(world: World, campaign_id: int) -> None:
    message = (await world.texts(campaign_id))[0]
    async with world.database.transaction() as session:
        await CampaignGate(now=lambda: NOON_IN_CHICAGO).review(session, [candidate(message)])
        pausing = asyncio.create_task(world.pause(campaign_id))
        await asyncio.sleep(0.1)
        assert not pausing.done()
    await pausing

    assert await review(world, candidate(message)) == {message.id: Hold(None, "paused")}

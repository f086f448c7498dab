"""Pause, resume and cancel while leads are being worked."""

from __future__ import annotations

import asyncio

import pytest

from outrider.campaigns import control, jobs
from outrider.campaigns.models import CampaignLead
from outrider.campaigns.transitions import CampaignAlreadyRunning, CampaignNotPaused, CampaignNotRunning
from outrider.conversations.models import OutboxState
from outrider.llm.base import ChatReply, ChatRequest
from outrider.llm.offline import OfflineModel
from tests.clocks import PATIENCE
from tests.integration.campaigns.conftest import World
from tests.worlds import OneModel


class Stepwise(OfflineModel):
    """Answers one question for each permit."""

    def __init__(self) -> None:
        self.permits = asyncio.Semaphore(0)
        self.asked = 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked += 1
        await self.permits.acquire()
        return await super().complete(request)

    def allow(self, count: int) -> None:
        for _ in range(count):
            self.permits.release()

    async def reached(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.asked < count:
                await asyncio.sleep(0.01)


@pytest.fixture
def model(world: World) -> Stepwise:
    """Two leads at a time, each only when the test lets it."""
    world.settings = world.settings.model_copy(update={"run_concurrency": 1})
    model = Stepwise()
    world.use(OneModel(model))
    return model


async def working(world: World, model: Stepwise, leads: int) -> tuple[int, asyncio.Task[int]]:
    """A campaign whose first lead is at the model."""
    campaign_id = await world.started(leads)
    task = asyncio.create_task(world.work(most=1))
    await model.reached(1)
    return campaign_id, task


async def test_pausing_stops_new_leads_at_once(world: World, model: Stepwise) -> None:
    campaign_id, task = await working(world, model, 20)
    await world.pause(campaign_id)
    model.allow(20)
    await task

    statuses = await world.statuses(campaign_id)
    assert statuses["waiting"] <= 3, "more leads were started than were in flight"
    assert statuses["waiting"] + statuses["pending"] == 20
    assert (await world.status(campaign_id), model.asked) == ("paused", statuses["waiting"])


async def test_resuming_works_what_is_left(world: World, model: Stepwise) -> None:
    campaign_id, task = await working(world, model, 20)
    await world.pause(campaign_id)
    model.allow(100)
    await task
    await world.resume(campaign_id)
    await world.work()
    await world.settle(campaign_id)

    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("completed", {"completed": 20})
    assert model.asked == 20


async def test_resuming_before_the_old_chunk_has_given_back_loses_nobody(world: World, model: Stepwise) -> None:
    campaign_id, task = await working(world, model, 20)
    await world.pause(campaign_id)
    model.allow(1)
    await model.reached(2)
    while not (await world.statuses(campaign_id))["waiting"]:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # the chunk has now heard of the pause, and waits for the lead at the model
    await world.resume(campaign_id)
    model.allow(100)
    await task
    await world.work()
    await world.settle(campaign_id)

    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("completed", {"completed": 20})


async def test_pausing_holds_waiting_texts_and_resuming_releases_them(world: World) -> None:
    campaign_id = await world.started(3)
    await world.work()
    await world.pause(campaign_id)
    assert {text.state for text in await world.texts(campaign_id)} == {OutboxState.HELD}
    await world.resume(campaign_id)

    assert {text.state for text in await world.texts(campaign_id)} == {OutboxState.QUEUED}
    assert await world.statuses(campaign_id) == {"waiting": 3}


async def test_a_chunk_that_comes_while_paused_does_nothing_and_frees_what_a_dead_one_left(world: World) -> None:
    campaign_id = await world.started(3)
    chunk = await world.chunk()
    await world.execute(
        "UPDATE campaign_leads SET status = 'processing', chunk_token = :token WHERE id = (SELECT min(id) FROM campaign_leads)",
        token=f"{chunk['chunk']}/dead",
    )
    await world.pause(campaign_id)
    await world.work()

    assert await world.statuses(campaign_id) == {"pending": 3}
    await world.resume(campaign_id)
    await world.work()
    assert await world.statuses(campaign_id) == {"waiting": 3}


async def test_a_campaign_paused_before_its_launch_is_launched_after_the_resume(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(2))
    await world.start(campaign_id)
    await world.pause(campaign_id)
    await world.work()
    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("paused", {"pending": 2})
    await world.resume(campaign_id)
    assert await world.status(campaign_id) == "pending"
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 2}


async def test_a_campaign_resumed_with_nothing_left_completes(world: World) -> None:
    campaign_id = await world.started(2)
    await world.work()
    await world.pause(campaign_id)
    await world.settle(campaign_id)
    assert await world.status(campaign_id) == "paused"
    await world.resume(campaign_id)

    assert await world.status(campaign_id) == "completed"


async def test_cancelling_ends_everything_that_has_not_left(world: World, model: Stepwise) -> None:
    campaign_id, task = await working(world, model, 10)
    await world.cancel(campaign_id)
    model.allow(20)
    await task

    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("cancelled", {"cancelled": 10})
    assert await world.texts(campaign_id) == [], "the result of the overtaken run was stored"


async def test_cancelling_cancels_waiting_texts_but_not_one_that_is_leaving(world: World) -> None:
    campaign_id = await world.started(2)
    await world.work()
    one, other = await world.texts(campaign_id)
    await world.execute("UPDATE messages SET state = 'sending' WHERE id = :id", id=one.id)
    await world.cancel(campaign_id)

    assert {text.id: text.state for text in await world.texts(campaign_id)} == {one.id: "sending", other.id: "cancelled"}
    assert await world.statuses(campaign_id) == {"waiting": 1, "cancelled": 1}
    await world.settle(campaign_id)
    assert await world.statuses(campaign_id) == {"completed": 1, "cancelled": 1}


async def test_second_clicks_change_nothing(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(2))
    await world.start(campaign_id)
    await world.start(campaign_id)
    assert (await world.queue())["campaigns.launch"] == 1
    await world.work()
    with pytest.raises(CampaignAlreadyRunning):
        await world.start(campaign_id)
    await world.pause(campaign_id)
    await world.pause(campaign_id)
    await world.resume(campaign_id)
    await world.resume(campaign_id)
    assert await world.queue() == {}
    await world.cancel(campaign_id)
    await world.cancel(campaign_id)

    with pytest.raises(CampaignNotPaused):
        await world.resume(campaign_id)
    with pytest.raises(CampaignNotRunning):
        await world.pause(campaign_id)


async def test_two_people_who_start_at_once_launch_once(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(2))
    await asyncio.gather(*(world.start(campaign_id) for _ in range(4)))

    assert (await world.queue())["campaigns.launch"] == 1


async def test_pausing_and_resuming_at_random_loses_and_doubles_nobody(world: World) -> None:
    world.settings = world.settings.model_copy(update={"run_concurrency": 3, "chunk_size": 7})
    world.use(OneModel(OfflineModel()))
    campaign_id = await world.started(60)
    workers = [asyncio.create_task(world.work()) for _ in range(3)]
    for _ in range(6):
        await world.pause(campaign_id)
        await asyncio.sleep(0.02)
        await world.resume(campaign_id)
        await asyncio.sleep(0.03)
    await asyncio.gather(*workers)
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 60}
    texts = await world.texts(campaign_id)
    assert len(texts) == 60 == len({text.campaign_lead_id for text in texts})
    await world.settle(campaign_id)
    await jobs.complete_campaigns.function(world.context)
    assert await world.status(campaign_id) == "completed"


async def test_started_campaigns_keep_their_version_of_the_workflow(world: World) -> None:
    campaign_id = await world.started(1)
    await world.execute('UPDATE workflows SET config = \'{"nodes": [], "edges": []}\'')
    await world.work()

    assert [lead.status for lead in await world.rows(CampaignLead)] == ["waiting"]
    assert control.CampaignBlocked.status == 409
    assert await world.status(campaign_id) == "processing"

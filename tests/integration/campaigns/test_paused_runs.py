"""Runs that pause: what wakes them, what ends them, and that nothing is done twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from outrider.campaigns.progress import read_stats
from outrider.campaigns.reading import list_leads
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.schemas import CampaignLeadFilter
from outrider.campaigns.timers import RunTimers
from outrider.conversations.models import Message
from outrider.llm.base import BudgetExhausted, ChatReply, ChatRequest
from outrider.llm.offline import OfflineModel
from outrider.workflows.models import Run, RunApproval, RunWait, Step
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import service
from tests.clocks import PATIENCE
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.pausing import (
    ASK_AND_TEXT,
    WAIT_AND_TEXT,
    kept,
    paused,
    says,
    sent_texts,
    the_lead,
    the_run,
    time_passes,
    timers,
)
from tests.integration.campaigns.waiting_nodes import definition
from tests.worlds import OneModel


@pytest.fixture(autouse=True)
def nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)  # type: ignore[arg-type]


async def test_a_run_waits_in_its_row_and_goes_on_when_its_time_has_come(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT)
    assert await timers(world).resume_due() == 0, "nothing is due"
    run, (wait,) = await the_run(world), await world.rows(RunWait)
    assert (run.status, run.finished_at, run.lead_id) == ("waiting", None, (await the_lead(world)).lead_id)
    assert (wait.kind, wait.node_id, wait.due_at > datetime.now(UTC)) == ("timer", "wait2", True)
    assert (await the_lead(world)).status == "waiting", "its first text has left, its run goes on"
    assert await kept(world) > 0

    await time_passes(world)
    assert await timers(world).resume_due() == 1
    assert (await the_lead(world)).status == "waiting", "its second text is on its way"
    assert (await the_run(world)).status == "completed"
    assert (await world.rows(RunWait), await kept(world)) == ([], 0)
    await world.settle(campaign_id)

    assert (await the_lead(world)).status == "completed"
    assert await world.status(campaign_id) == "completed"
    assert [sent.dedupe_key.split(":")[-1] for sent in await world.texts(campaign_id)] == ["sms1", "sms3"]
    steps = await world.rows(Step)
    assert [(step.seq, step.node_id) for step in steps] == [
        (0, "validate"), (1, "sms1"), (2, "wait2"), (3, "wait2"), (4, "sms3"), (5, "finalize"),
    ]  # fmt: skip
    assert {step.run_id for step in steps} == {run.id}


async def test_a_run_and_its_text_that_end_at_once_settle_the_lead(world: World) -> None:
    """Its last text is reported sent while the commit that ends the run is under way: neither sees the other."""
    campaign_id = await world.started(1, workflow_config=definition("sms", "wait"))
    await world.work()
    await time_passes(world)
    async with world.database.transaction() as session:
        await session.execute(text("SELECT id FROM campaign_leads FOR NO KEY UPDATE"))
        await session.execute(text("DELETE FROM run_waits"))
        await session.execute(text("UPDATE runs SET status = 'completed', checkpoint = NULL, finished_at = now()"))
        sent = asyncio.create_task(world.settle(campaign_id))
        await until_blocked(world)
    await sent
    assert (await the_lead(world)).status == "completed"
    assert await world.status(campaign_id) == "completed"


async def until_blocked(world: World) -> None:
    """Until somebody waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    async with asyncio.timeout(PATIENCE):
        while True:
            async with world.database.transaction() as session:
                if (await session.execute(waiting)).scalar_one():
                    return
            await asyncio.sleep(0.02)


async def test_the_lead_says_what_its_run_waits_for(world: World) -> None:
    campaign_id = await paused(world, definition("sms", "wait_for_reply", "sms"), count=3)
    due = {wait.campaign_lead_id: wait.due_at for wait in await world.rows(RunWait)}
    async with world.database.transaction() as session:
        shown = await list_leads(session, campaign_id, CampaignLeadFilter(), "id", None, 10)
        stats = (await read_stats(session, [campaign_id]))[campaign_id]
    first = shown.items[0]
    assert (first.status, first.waiting_for, first.waiting_at) == ("waiting", "reply", "wait_for_reply2")
    assert first.waiting_until == due[first.id]
    assert (stats.waiting, stats.waiting_for, stats.eta_seconds) == (3, {"reply": 3}, None)


async def test_a_reply_wakes_the_run_that_waits_for_it(world: World) -> None:
    campaign_id = await paused(world, definition("sms", "wait_for_reply", "test_thank"))
    lead = await the_lead(world)
    await says(world, lead.lead_id, "Yes, tell me more")
    await says(world, lead.lead_id, "Hello?")
    assert await timers(world).resume_due() == 1

    run = await the_run(world)
    assert (run.status, run.stop_reason) == ("completed", None)
    (waited,) = await world.rows(Step, Step.node_id == "wait_for_reply2", Step.outcome == "replied")
    assert waited.output["text"] == "Yes, tell me more", "its first answer"
    thanks = (await world.texts(campaign_id))[-1]
    assert (thanks.purpose, thanks.body, thanks.state) == ("reply", "Thank you for “Hello?”.", "queued")
    await says(world, lead.lead_id, "Are you there?")
    assert (await world.rows(Message, Message.id == thanks.id))[0].state == "queued", "it answers: nothing holds it back"


async def test_a_reply_that_nothing_waits_for_stops_the_run(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT)
    await says(world, (await the_lead(world)).lead_id, "Who is this?")

    run = await the_run(world)
    assert (run.status, run.stop_reason, await kept(world)) == ("stopped", "replied", 0)
    assert (await world.rows(RunWait), (await the_lead(world)).status) == ([], "completed")
    await world.work()
    assert await world.status(campaign_id) == "completed"


async def test_a_definition_may_go_on_whatever_the_lead_writes(world: World) -> None:
    campaign_id = await paused(world, definition("sms", "wait", "sms", stop_on_reply=False))
    await says(world, (await the_lead(world)).lead_id, "Who is this?")
    await time_passes(world)
    assert await timers(world).resume_due() == 1
    assert [sent.state for sent in await sent_texts(world, campaign_id)] == ["sent", "queued"]


@pytest.mark.parametrize("config", [WAIT_AND_TEXT, definition("sms", "wait_for_reply", "sms")])
async def test_an_opt_out_stops_every_run(world: World, config: dict[str, Any]) -> None:
    await paused(world, config)
    await says(world, (await the_lead(world)).lead_id, "STOP")
    run = await the_run(world)
    assert (run.status, run.stop_reason, (await the_lead(world)).status) == ("stopped", "opted_out", "completed")


async def test_two_workers_share_the_due_runs(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT, count=20)
    await time_passes(world)
    first, second = timers(world), RunTimers(world.database, CampaignRunner(world.database, world.models, world.settings))
    done = await asyncio.gather(*(worker.resume_due(8) for worker in (first, second, first, second)))
    assert sum(done) == 20
    assert len(await world.texts(campaign_id)) == 40
    assert len(await world.rows(Step, Step.node_id == "sms3")) == 20


async def test_a_worker_that_dies_in_a_segment_leaves_the_run_to_the_next_one(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT)
    await time_passes(world)
    dead = timers(world)
    assert len(await dead._claim(10)) == 1
    assert await timers(world).resume_due() == 0, "the claim is fresh"
    await world.execute("UPDATE runs SET leased_until = now()")
    assert await timers(world).resume_due() == 1
    assert ((await the_run(world)).status, len(await world.texts(campaign_id))) == ("completed", 2)


async def test_of_two_claims_of_a_run_the_later_counts(world: World) -> None:
    campaign_id = await paused(world, definition("sms", "wait", "sms", "wait", "sms"))
    await time_passes(world)
    slow = timers(world)
    ((plan, due),) = await slow._claim(10)
    await world.execute("UPDATE runs SET leased_until = now()")
    assert await timers(world).resume_due() == 1
    await slow._work(plan, due)
    assert ((await the_run(world)).status, len(await world.texts(campaign_id))) == ("waiting", 2)
    assert [step.seq for step in await world.rows(Step)] == [0, 1, 2, 3, 4, 5]


async def test_a_reply_during_a_segment_overtakes_it(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT)
    await time_passes(world)
    working = timers(world)
    ((plan, due),) = await working._claim(10)
    await says(world, (await the_lead(world)).lead_id, "Not now")
    await working._work(plan, due)

    assert [sent.state for sent in await sent_texts(world, campaign_id)] == ["sent"], "its text did not leave"
    assert ((await the_run(world)).status, (await the_lead(world)).status) == ("stopped", "completed")


async def test_a_reply_during_the_time_out_of_its_wait_is_the_answer(world: World) -> None:
    await paused(world, definition("sms", "wait_for_reply", "test_thank"))
    await time_passes(world)
    working = timers(world)
    ((plan, due),) = await working._claim(10)
    await says(world, (await the_lead(world)).lead_id, "Sorry, I am late")
    await working._work(plan, due)
    assert (await the_run(world)).status == "waiting"

    assert await working.resume_due() == 1
    assert len(await world.rows(Step, Step.node_id == "wait_for_reply2", Step.outcome == "replied")) == 1


async def test_a_reply_that_is_noted_later_takes_the_text_back_at_once(world: World) -> None:
    """Its lead was being changed when it came, so that only the count of the conversation tells of it."""
    campaign_id = await paused(world, WAIT_AND_TEXT)
    await time_passes(world)
    working, lead = timers(world), await the_lead(world)
    ((plan, due),) = await working._claim(10)
    async with world.database.transaction() as other:
        await other.execute(text("UPDATE campaign_leads SET updated_at = now()"))
        async with asyncio.timeout(PATIENCE):
            await says(world, lead.lead_id, "Stop writing at night")
    await working._work(plan, due)
    assert [sent.state for sent in await sent_texts(world, campaign_id)] == ["sent", "cancelled"]
    await world.work()
    assert (await the_lead(world)).status == "completed"


async def test_a_paused_campaign_keeps_its_waits(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT)
    await world.pause(campaign_id)
    await time_passes(world)
    assert await timers(world).resume_due() == 0
    await world.resume(campaign_id)
    assert await timers(world).resume_due() == 1


async def test_cancelling_a_campaign_cancels_its_runs_and_what_they_ask(world: World) -> None:
    campaign_id = await paused(world, definition("sms", "test_ask", "sms"), count=2)
    await world.cancel(campaign_id)
    assert [run.status for run in await world.rows(Run)] == ["cancelled", "cancelled"]
    assert [asked.status for asked in await world.rows(RunApproval)] == ["cancelled", "cancelled"]
    assert (await world.rows(RunWait), await kept(world)) == ([], 0)
    assert await world.statuses(campaign_id) == {"completed": 2}, "they were written to"


async def test_cancelling_a_campaign_skips_leads_whose_runs_sent_nothing(world: World) -> None:
    campaign_id = await paused(world, ASK_AND_TEXT)
    await world.cancel(campaign_id)
    assert await world.statuses(campaign_id) == {"cancelled": 1}


async def test_one_run_is_cancelled(world: World) -> None:
    campaign_id = await paused(world, ASK_AND_TEXT, count=2)
    first, _ = await world.rows(Run)
    for _ in range(2):
        async with world.database.transaction() as session:
            assert (await service.cancel_run(session, first.id)).status == "cancelled"
    assert [run.status for run in await world.rows(Run)] == ["cancelled", "waiting"]
    assert await world.statuses(campaign_id) == {"cancelled": 1, "waiting": 1}


class Broke(OfflineModel):
    """Nobody pays for it."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        raise BudgetExhausted("The budget is used up.", remedy="Raise it.", scope="campaign", subject_id=1)


async def test_without_budget_the_run_stays_and_the_campaign_is_paused(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT)
    await time_passes(world)
    rich = world.models
    world.use(OneModel(Broke()))
    await timers(world).resume_due()
    assert ((await the_run(world)).status, await world.status(campaign_id)) == ("waiting", "paused")

    world.use(rich)
    await world.resume(campaign_id)
    assert await timers(world).resume_due() == 1
    assert (await the_run(world)).status == "completed"


async def test_a_spent_budget_pauses_the_campaign_before_anything_is_claimed(world: World) -> None:
    campaign_id = await paused(world, WAIT_AND_TEXT, budget=10)
    await time_passes(world)
    await world.execute("UPDATE campaigns SET spent = budget")
    assert await timers(world).resume_due() == 0
    assert (await world.status(campaign_id), (await the_run(world)).token) == ("paused", None)


async def test_a_run_that_fails_later_fails_its_lead_and_is_retried_from_the_start(world: World) -> None:
    campaign_id = await paused(world, definition("wait", "sms"))
    await world.execute("UPDATE runs SET checkpoint = 'damaged'")
    await time_passes(world)
    assert await timers(world).resume_due() == 1
    run, lead = await the_run(world), await the_lead(world)
    assert (run.status, lead.status) == ("failed", "failed")
    assert "checkpoint" in (lead.error_message or "") and await kept(world) == 0

    await world.retry(campaign_id)
    await world.work()
    assert [(run.status, run.attempt) for run in await world.rows(Run)] == [("failed", 1), ("waiting", 2)]


async def test_a_run_finishes_on_the_version_it_began_with(world: World) -> None:
    from outrider.workflows.definition import WorkflowDefinition
    from outrider.workflows.schemas import WorkflowIn
    from outrider.workflows.service import create_workflow, replace_workflow

    def named(config: dict[str, Any]) -> WorkflowIn:
        return WorkflowIn(name="Two steps", description="", config=WorkflowDefinition.model_validate(config))

    async with world.database.transaction() as session:
        workflow = await create_workflow(session, named(WAIT_AND_TEXT))
    campaign_id = await world.campaign(await world.leads(1), workflow_id=workflow.id)
    await world.start(campaign_id)
    await world.work()
    async with world.database.transaction() as session:
        await replace_workflow(session, workflow.id, named(definition("sms")))
    await world.settle(campaign_id)
    await time_passes(world)
    assert await timers(world).resume_due() == 1
    assert len(await world.texts(campaign_id)) == 2
    assert (await the_run(world)).status == "completed"


async def test_runs_of_deleted_leads_are_ended(world: World) -> None:
    await paused(world, WAIT_AND_TEXT)
    await world.execute("DELETE FROM messages")
    await world.execute("DELETE FROM conversations")
    await world.execute("DELETE FROM leads")
    async with world.database.transaction() as session:
        await service.stop_orphans(session)
    run = await the_run(world)
    assert (run.status, run.stop_reason, await kept(world)) == ("stopped", "lead_gone", 0)


async def test_the_loop_goes_on_at_once_when_it_is_told(world: World) -> None:
    await paused(world, definition("sms", "wait_for_reply", "test_thank"))
    stop, working = asyncio.Event(), timers(world)
    running = asyncio.create_task(working.run(stop))
    await says(world, (await the_lead(world)).lead_id, "Yes")
    async with asyncio.timeout(PATIENCE):
        while (await the_run(world)).status == "waiting":
            await asyncio.sleep(0.02)
    stop.set()
    await running

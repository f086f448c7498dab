"""Runs that pause: what wakes them, what ends them, and that nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from outrider.campaigns.effects import EffectLoop
from outrider.campaigns.models import CampaignLead
from outrider.campaigns.progress import read_stats
from outrider.campaigns.reading import list_leads
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.schemas import CampaignLeadFilter
from outrider.campaigns.timers import RunTimers
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import Message
from outrider.errors import Conflict, InvalidInput
from outrider.leads.models import Lead
from outrider.llm.base import BudgetExhausted, ChatReply, ChatRequest
from outrider.llm.offline import OfflineModel
from outrider.workflows.models import Run, RunApproval, RunEffect, RunWait, Step
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import effects, service
from outrider.workflows.runs.approvals import RunApprovalDecided, RunApprovalOver, decide
from outrider.workflows.runs.effects import EffectCall, EffectDelayed, EffectRefused, EffectUnknown, settle
from tests.clocks import PATIENCE
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.waiting_nodes import definition
from tests.worlds import OneModel, inbound

WAIT_AND_TEXT = definition("sms", "wait", "sms")
ASK_AND_TEXT = definition("test_ask", "sms")


@pytest.fixture(autouse=True)
def nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)  # type: ignore[arg-type]


class Outside:
    """Somebody whom runs ask to do something."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.raises: Exception | None = None
        self.found: dict[str, Any] | None = None

    async def do(self, call: EffectCall) -> dict[str, Any]:
        self.keys.append(call.idempotency_key)
        if self.raises is not None:
            raise self.raises
        return {"number": len(self.keys)}

    async def look_up(self, call: EffectCall) -> dict[str, Any] | None:
        return self.found


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    outside = Outside()
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test_call")(outside.do)
    yield outside


def timers(world: World) -> RunTimers:
    return RunTimers(world.database, world.context.part(CampaignRunner))


async def paused(world: World, config: dict[str, Any], count: int = 1, **values: Any) -> int:
    """A campaign whose runs have come to their first pause, and whose texts have left."""
    campaign_id = await world.started(count, workflow_config=config, **values)
    await world.work()
    await world.settle(campaign_id)
    return campaign_id


async def time_passes(world: World) -> None:
    """All that paused runs wait for is due."""
    await world.execute("UPDATE run_waits SET due_at = now() WHERE due_at IS NOT NULL")


async def says(world: World, lead_id: int, body: str) -> None:
    lead = (await world.rows(Lead, Lead.id == lead_id))[0]
    async with world.database.transaction() as session:
        await receive_text(session, inbound(lead.phone, body))


async def the_run(world: World) -> Run:
    (run,) = await world.rows(Run)
    return run


async def the_lead(world: World) -> CampaignLead:
    (lead,) = await world.rows(CampaignLead)
    return lead


async def sent_texts(world: World, campaign_id: int) -> list[Message]:
    return await world.rows(Message, Message.campaign_id == campaign_id, Message.direction == "out")


async def kept(world: World) -> int:
    """Bytes of checkpoints."""
    async with world.database.transaction() as session:
        statement = text("SELECT coalesce(sum(octet_length(checkpoint)), 0) FROM runs")
        return int((await session.execute(statement)).scalar_one())


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
    (wait, *_) = await world.rows(RunWait)
    async with world.database.transaction() as session:
        shown = await list_leads(session, campaign_id, CampaignLeadFilter(), "id", None, 10)
        stats = (await read_stats(session, [campaign_id]))[campaign_id]
    first = shown.items[0]
    assert (first.status, first.waiting_for, first.waiting_at) == ("waiting", "reply", "wait_for_reply2")
    assert first.waiting_until == wait.due_at
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


async def decides(world: World, action: str, who: str, answers: dict[str, Any] | None = None) -> RunApproval:
    (approval,) = await world.rows(RunApproval)
    async with world.database.transaction() as session:
        return await decide(session, approval.id, action, {"discount": 5} if answers is None else answers, who)


async def test_a_decision_lets_the_run_go_on(world: World) -> None:
    campaign_id = await paused(world, ASK_AND_TEXT)
    (approval,) = await world.rows(RunApproval)
    assert (approval.title, approval.status, approval.assignee, len(approval.actions)) == ("Shall we?", "waiting", "sales", 2)
    with pytest.raises(InvalidInput):
        await decides(world, "maybe", "Ann")
    with pytest.raises(InvalidInput):
        await decides(world, "approved", "Ann", {})
    await decides(world, "approved", "Ann")
    assert await timers(world).resume_due() == 1
    (step,) = await world.rows(Step, Step.node_id == "test_ask1", Step.outcome == "approved")
    assert (step.output["by"], step.output["answers"]) == ("Ann", {"discount": 5})
    assert len(await world.texts(campaign_id)) == 1


async def test_of_two_people_who_decide_at_once_one_does(world: World) -> None:
    campaign_id = await paused(world, ASK_AND_TEXT)
    both = await asyncio.gather(
        decides(world, "approved", "Ann"), decides(world, "rejected", "Bob"), decides(world, "approved", "Ann"),
        return_exceptions=True,
    )  # fmt: skip
    (approval,) = await world.rows(RunApproval)
    refused = [one for one in both if isinstance(one, RunApprovalDecided)]
    assert len(refused) in (1, 2) and all(str(approval.decided_by) in one.detail for one in refused)
    assert not [one for one in both if isinstance(one, Exception) and not isinstance(one, RunApprovalDecided)]
    await asyncio.gather(timers(world).resume_due(), timers(world).resume_due())
    assert len(await world.rows(Step, Step.node_id == "test_ask1", Step.outcome == approval.action)) == 1
    assert len(await world.texts(campaign_id)) == (1 if approval.action == "approved" else 0)


async def test_a_decision_in_time_overtakes_the_time_out(world: World) -> None:
    await paused(world, ASK_AND_TEXT)
    await time_passes(world)
    working = timers(world)
    ((plan, due),) = await working._claim(10)
    await decides(world, "rejected", "Ann")
    await working._work(plan, due)
    assert await working.resume_due() == 1
    assert len(await world.rows(Step, Step.node_id == "test_ask1", Step.outcome == "rejected")) == 1


async def test_nobody_decides_after_the_time_out(world: World) -> None:
    campaign_id = await paused(world, ASK_AND_TEXT)
    await time_passes(world)
    await world.execute("UPDATE run_approvals SET due_at = now()")
    assert await timers(world).resume_due() == 1
    assert [asked.status for asked in await world.rows(RunApproval)] == ["timed_out"]
    with pytest.raises(RunApprovalOver):
        await decides(world, "approved", "Ann")
    assert await world.status(campaign_id) == "completed"


async def test_an_effect_is_carried_out_and_its_result_wakes_the_run(world: World, outside: Outside) -> None:
    campaign_id = await paused(world, definition("test_call", "sms"))
    loop = EffectLoop(world.database, {})
    assert (await loop.carry_out_due(), await loop.carry_out_due()) == (1, 0)
    assert await timers(world).resume_due() == 1
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.result, effect.due_at) == ("done", {"number": 1}, None)
    assert outside.keys == [f"campaign_lead:{(await the_lead(world)).id}/1:test_call1"]
    assert len(await world.texts(campaign_id)) == 1


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_worker_that_dies_after_an_effect(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch, repeatable: bool
) -> None:
    """Asked again under the same key where that is safe, else left to a person."""
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test_call", repeatable=repeatable)(outside.do)
    await paused(world, definition("test_call", "sms"))

    class Dying(EffectLoop):
        async def _carry_out(self, call: EffectCall) -> None:
            await effects.carry_out(call)

    assert await Dying(world.database, {}).carry_out_due() == 1
    assert await EffectLoop(world.database, {}).carry_out_due() == 0, "the claim is fresh"
    await world.execute("UPDATE run_effects SET due_at = now()")
    assert await EffectLoop(world.database, {}).carry_out_due() == 1
    (effect,) = await world.rows(RunEffect)
    assert len(set(outside.keys)) == 1
    assert (len(outside.keys), effect.state) == ((2, "done") if repeatable else (1, "unknown"))

    if not repeatable:
        assert await timers(world).resume_due() == 0
        async with world.database.transaction() as session:
            await settle(session, effect.run_id, effect.id, "Ann", happened=True, result={"seen": True})
        with pytest.raises(Conflict):
            async with world.database.transaction() as session:
                await settle(session, effect.run_id, effect.id, "Bob", happened=False)
    assert await timers(world).resume_due() == 1
    assert (await the_run(world)).status == "completed"


async def test_an_effect_with_an_unknown_outcome_is_looked_up(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test_call", look_up=outside.look_up)(outside.do)
    await paused(world, definition("test_call", "sms"))
    outside.raises, outside.found = EffectUnknown("No answer came."), {"found": True}
    await EffectLoop(world.database, {}).carry_out_due()
    await world.execute("UPDATE run_effects SET due_at = now()")
    await EffectLoop(world.database, {}).carry_out_due()
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.result, len(outside.keys)) == ("done", {"found": True}, 1)


@pytest.mark.parametrize(
    ("raised", "state"),
    [(EffectRefused("No such place."), "failed"), (EffectDelayed("Busy."), "queued"), (EffectUnknown("Silence."), "unknown")],
)
async def test_how_effects_end(world: World, outside: Outside, raised: Exception, state: str) -> None:
    campaign_id = await paused(world, definition("test_call", "sms"))
    outside.raises = raised
    await EffectLoop(world.database, {}).carry_out_due()
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.attempts) == (state, 1)
    assert (effect.due_at or datetime.max.replace(tzinfo=UTC)) > datetime.now(UTC)
    assert await timers(world).resume_due() == (1 if state == "failed" else 0)
    if state == "queued":
        outside.raises = None
        await world.pause(campaign_id)
        await world.execute("UPDATE run_effects SET due_at = now()")
        assert await EffectLoop(world.database, {}).carry_out_due() == 0, "its campaign is paused"
        await world.resume(campaign_id)
        assert await EffectLoop(world.database, {}).carry_out_due() == 1
        assert await timers(world).resume_due() == 1


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

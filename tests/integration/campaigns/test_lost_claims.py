"""What ends every process that works on it is given up after a while, and takes nothing else with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from outrider.campaigns import jobs
from outrider.campaigns.effects import EffectLoop
from outrider.campaigns.models import CampaignLead
from outrider.campaigns.process import process_chunk
from outrider.campaigns.runner import CampaignRunner, DueRun
from outrider.campaigns.timers import RunTimers
from outrider.llm.base import BooksUnavailable
from outrider.workflows.models import Run, RunEffect, RunWait
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import claim_rows, effects
from outrider.workflows.runs.effects import EffectCall
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.waiting_nodes import definition

WAIT_AND_TEXT = definition("sms", "wait", "sms")


@pytest.fixture(autouse=True)
def nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)


def timers(world: World) -> RunTimers:
    return RunTimers(world.database, world.context.part(CampaignRunner))


async def due(world: World, count: int = 1, config: dict[str, Any] = WAIT_AND_TEXT) -> int:
    """A campaign of so many runs, which wait for what is due."""
    campaign_id = await world.started(count, workflow_config=config)
    await world.work()
    await world.settle(campaign_id)
    await world.execute("UPDATE run_waits SET due_at = now() WHERE due_at IS NOT NULL")
    return campaign_id


async def claim_and_die(world: World) -> list[int]:
    """A worker takes what is due and ends before it could store anything; its leases run out. Which runs it had."""
    taken = [run.run_id for _, run in await timers(world)._claim(200)]
    await world.execute("UPDATE runs SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL")
    return taken


async def test_a_run_that_ends_each_worker_is_given_up_with_the_reason(world: World) -> None:
    campaign_id = await due(world)
    for _ in range(world.settings.most_lost_claims):
        assert len(await claim_and_die(world)) == 1

    assert await timers(world).resume_due() == 1
    (run,) = await world.rows(Run)
    assert (run.status, "5 times the process" in run.error) == ("failed", True)
    (lead,) = await world.rows(CampaignLead)
    assert (lead.status, lead.error_message) == ("failed", run.error)
    assert await world.rows(RunWait) == []
    assert len(await world.texts(campaign_id)) == 1, "nothing of the lost part was sent"
    await world.work()
    assert await world.status(campaign_id) == "completed"


async def test_one_loss_less_and_the_run_goes_on_and_the_count_begins_anew(world: World) -> None:
    campaign_id = await due(world, config=definition("wait", "sms", "wait", "sms"))
    for _ in range(world.settings.most_lost_claims - 1):
        await claim_and_die(world)
    assert await timers(world).resume_due() == 1
    (run,) = await world.rows(Run)
    assert (run.status, run.claims) == ("waiting", 0)

    await world.settle(campaign_id)
    await world.execute("UPDATE run_waits SET due_at = now()")
    for _ in range(world.settings.most_lost_claims - 1):
        await claim_and_die(world)
    assert await timers(world).resume_due() == 1
    assert {run.status for run in await world.rows(Run)} == {"completed"}


async def test_one_run_that_ends_workers_does_not_take_the_others_with_it(world: World) -> None:
    """Whoever has the bad run in hand dies, with everything else it had in hand."""
    await due(world, count=40)
    bad = min(run.id for run in await world.rows(Run))
    groups: list[int] = []
    for _ in range(200):
        working = timers(world)
        claimed = await working._claim(200)
        if not claimed:
            break
        taken = {run.run_id: run.claims for _, run in claimed}
        groups.append(len(taken))
        if bad in taken and taken[bad] <= world.settings.most_lost_claims:
            await world.execute("UPDATE runs SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL")
            continue
        for plan, one in claimed:
            await working._work(plan, one)
    assert Counter(run.status for run in await world.rows(Run)) == {"completed": 39, "failed": 1}
    assert [run.id for run in await world.rows(Run, Run.status == "failed")] == [bad]
    assert groups[0] == 40
    assert max(groups[1:]) == claim_rows.LOST_ONCE
    assert groups[-2:] == [1, 1], "at last it is alone"


async def test_runs_that_were_lost_do_not_hold_up_fresh_ones(world: World) -> None:
    await due(world)
    for _ in range(3):
        await claim_and_die(world)
    await due(world, count=3)
    working = timers(world)
    claimed = await working._claim(200)
    assert sorted(run.claims for _, run in claimed) == [1, 1, 1, 4]
    await due(world, count=2)
    again = await working._claim(200)
    assert [run.claims for _, run in again] == [1, 1]


async def test_lost_runs_are_taken_when_the_ones_before_are_dealt_with(world: World) -> None:
    await due(world, count=2)
    for _ in range(3):
        await claim_and_die(world)
    working = timers(world)
    (first,) = await working._claim(200)
    assert await working._claim(200) == [], "one of them is in hand"
    await working._work(*first)
    (second,) = await working._claim(200)
    assert first[1].run_id != second[1].run_id


async def test_a_run_is_not_to_blame_for_books_that_do_not_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await due(world)

    async def unavailable(plan: Any, run: DueRun) -> Any:
        raise BooksUnavailable("The books don't answer.")

    for _ in range(world.settings.most_lost_claims + 2):
        working = timers(world)
        with monkeypatch.context() as patch:
            patch.setattr(working._runner, "resume", unavailable)
            assert await working.resume_due() == 1
        assert await timers(world).resume_due() == 0, "its lease holds"
        await world.execute("UPDATE runs SET leased_until = now() - interval '1 second'")
    assert await timers(world).resume_due() == 1
    assert {run.status for run in await world.rows(Run)} == {"completed"}


async def chunks(world: World) -> list[dict[str, Any]]:
    """Arguments of the chunks on the queue, which are taken from it."""
    async with world.database.transaction() as session:
        statement = text("DELETE FROM pgqueuer WHERE entrypoint = 'campaigns.process_chunk' RETURNING id, payload")
        found = sorted(await session.execute(statement), key=lambda row: row.id)
    return [process_chunk._arguments.model_validate_json(row.payload).model_dump() for row in found]


async def deliver(world: World, chunk: dict[str, Any], deadly: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> bool:
    """A worker gets the chunk; it ends while it has one of the deadly leads, before anything is stored. Whether it lived."""
    runner = world.context.part(CampaignRunner)
    work = runner.work

    async def works(plan: Any, leads: Any, token: str) -> Any:
        for lead in leads:
            if lead.campaign_lead_id in deadly and runner._lost(lead.claims) is None:
                raise ConnectionAbortedError("the process is gone")
        return await work(plan, leads, token)

    with monkeypatch.context() as patch:
        patch.setattr(runner, "work", works)
        try:
            await process_chunk(world.context, **chunk)
        except ConnectionAbortedError:
            return False
    return True


@pytest.mark.filterwarnings("ignore:coroutine '_give_up' was never awaited")
async def test_a_lead_that_ends_each_worker_fails_and_the_rest_of_its_chunk_is_worked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await world.started(30, workflow_config=definition("sms"))
    bad = max(lead.id for lead in await world.rows(CampaignLead))
    queue, sizes = await chunks(world), []
    for _ in range(200):
        if not queue:
            break
        chunk = queue.pop(0)
        sizes.append(len(chunk["campaign_lead_ids"]))
        if not await deliver(world, chunk, [bad], monkeypatch):
            queue.append(chunk)
        queue += await chunks(world)
    await world.settle(campaign_id)
    await world.work()
    assert await world.statuses(campaign_id) == {"completed": 29, "failed": 1}
    (failed,) = await world.rows(Run, Run.status == "failed")
    assert (failed.subject_id, "5 times the process" in failed.error) == (bad, True)
    assert set(sizes) == {30, 4, 2, 1}
    assert await world.status(campaign_id) == "completed"


async def test_leads_of_a_lost_delivery_go_on_side_by_side_but_single_ones_do_not(world: World) -> None:
    await world.started(20, workflow_config=definition("sms"))
    (chunk,) = await chunks(world)
    await world.execute("UPDATE campaign_leads SET status = 'processing', chunk_token = :token", token=f"{chunk['chunk']}/dead")
    await process_chunk(world.context, **chunk)
    smaller = await chunks(world)
    assert [(len(one["campaign_lead_ids"]), one["alone"]) for one in smaller] == [(3, False)] * 6 + [(2, False)]

    three = smaller[0]
    await world.execute(
        "UPDATE campaign_leads SET status = 'processing', chunk_token = :token WHERE id = ANY(:ids)",
        token=f"{three['chunk']}/dead", ids=three["campaign_lead_ids"],
    )  # fmt: skip
    await process_chunk(world.context, **three)
    single = await chunks(world)
    assert [(len(one["campaign_lead_ids"]), one["alone"]) for one in single] == [(1, True)] * 3


async def test_an_abandoned_lead_stays_alone(world: World) -> None:
    await world.started(2, workflow_config=definition("sms"))
    await chunks(world)
    await world.execute(
        "UPDATE campaign_leads SET status = 'processing', claims = id % 2, updated_at = now() - interval '1 hour'"
    )
    await jobs.free_abandoned_leads.function(world.context)
    freed = await chunks(world)
    claims = {lead.id: lead.claims for lead in await world.rows(CampaignLead)}
    assert {(one["alone"], *(claims[lead] for lead in one["campaign_lead_ids"])) for one in freed} == {(False, 0), (True, 1)}


class DyingLoop(EffectLoop):
    """Ends before it could write anything down when it has one of these leads' effects in hand."""

    deadly: frozenset[int] = frozenset()

    async def carry_out_due(self) -> int:
        self.in_hand: list[EffectCall] = []
        return await super().carry_out_due()

    def _call(self, row: Any, token: str) -> EffectCall:
        call = super()._call(row, token)
        self.in_hand.append(call)
        return call

    async def _carry_out(self, call: EffectCall) -> None:
        dies = any(one.lead_id in self.deadly and one.lost < self._most_lost for one in self.in_hand)
        if not dies:
            await super()._carry_out(call)


async def test_an_effect_that_ends_each_worker_is_left_to_a_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[int] = Counter()
    monkeypatch.setattr(effects, "_kinds", {})

    @effects.effect("test_call", repeatable=True)
    async def call_outside(call: EffectCall) -> dict[str, Any]:
        asked[call.lead_id] += 1
        return {"ok": True}

    await world.started(25, workflow_config=definition("test_call", "sms"))
    await world.work()
    bad = min(lead.lead_id for lead in await world.rows(CampaignLead))
    DyingLoop.deadly = frozenset([bad])
    sizes = []
    for _ in range(100):
        loop = DyingLoop(world.database, {})
        if not await loop.carry_out_due():
            break
        sizes.append(len(loop.in_hand))
        await world.execute("UPDATE run_effects SET due_at = now() WHERE state = 'working'")
    states = Counter(str(effect.state) for effect in await world.rows(RunEffect))
    assert states == {"done": 24, "unknown": 1}
    (unknown,) = await world.rows(RunEffect, RunEffect.state == "unknown")
    assert (unknown.lead_id, "5 times the process" in unknown.error) == (bad, True)
    assert bad not in asked
    assert set(asked.values()) == {1}
    assert sizes[0] == 20

"""Runs that wait for a person's decision: one decides, in time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from outrider.errors import InvalidInput
from outrider.workflows.models import RunApproval, Step
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs.approvals import RunApprovalDecided, RunApprovalOver, decide
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.pausing import ASK_AND_TEXT, paused, time_passes, timers


@pytest.fixture(autouse=True)
def nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)  # type: ignore[arg-type]


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

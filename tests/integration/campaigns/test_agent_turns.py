"""What agents do in steps of runs is kept as their executions, with the steps, and shown on their pages."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

from outrider.agents.models import AgentExecution
from outrider.agents.repository import keep_executions
from outrider.llm.base import ChatReply, ChatRequest, ModelUnavailable
from outrider.llm.offline import OfflineModel
from outrider.workflows.models import Step
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, ran, resumed, step, the_run
from tests.worlds import OneModel

QUALIFY: Node = ("fit", "qualify", {"threshold": 0, "task": "Roofs only."}, "qualified")
GROW: Node = ("grow", "growth_analysis", {}, "next")
WRITE: Node = ("write", "creative_agent", {"task": "Ask about spring."}, "next")
CHECK: Node = ("check", "deterministic_agent", {}, "done")
WAIT: Node = ("later", "wait", {"amount": 1, "unit": "days"}, "next")


class Failing:
    """Does not answer, or, with `once`, answers from the second call on."""

    def __init__(self, *, once: bool = False):
        self.name, self._calls, self._once, self._model = "test:failing", 0, once, OfflineModel()

    async def complete(self, request: ChatRequest) -> ChatReply:
        self._calls += 1
        if self._once and self._calls > 1:
            return await self._model.complete(request)
        raise ModelUnavailable("The model does not answer.")

    def stream(self, request: ChatRequest) -> Any:
        raise AssertionError("nobody streams here")

    async def aclose(self) -> None: ...


async def executions(world: World) -> list[AgentExecution]:
    rows = await world.rows(AgentExecution)
    return sorted(rows, key=lambda row: row.id)


async def test_each_agent_of_a_run_leaves_its_execution(world: World, api: AsyncClient) -> None:
    await ran(world, QUALIFY, GROW, WRITE, CHECK, count=3, lead={"company": "Leeworks", "title": "Owner", "industry": "Roofing"})
    rows = await executions(world)
    of_one = [row for row in rows if row.lead_id == rows[0].lead_id]
    assert len(rows) == 12
    assert [(row.node_id, row.agent_type) for row in of_one] == [
        ("fit", "qualification"), ("grow", "growth_analysis"), ("write", "conversation"), ("check", "conversation"),
    ]  # fmt: skip
    steps = {(one.run_id, one.node_id): one for one in await world.rows(Step)}
    for row in rows:
        done = steps[(row.run_id, row.node_id)]
        assert (row.purpose, row.success, row.error, row.campaign_id) == ("workflow", True, None, done.campaign_id)
        assert row.input_tokens + row.output_tokens == done.tokens and row.cost == done.cost
        assert "phone" not in row.input_data["lead"] and row.input_data["lead"]["company"] == "Leeworks"
    fit, grow, write, check = of_one
    assert fit.input_data["task"] == "Roofs only." and fit.output_data["result"]["score"] >= 0
    assert grow.input_data["results"] == ["qualification"], "the later one knew what the earlier one found"
    assert write.output_data["text"] and check.output_data["outcome"] == "done"

    [listed, *_] = (await api.get("/api/agents/executions", params={"agent_type": "qualification"})).json()["items"]
    assert (listed["purpose"], listed["node_id"]) == ("workflow", "fit")
    assert (await api.get(f"/api/runs/{listed['run_id']}")).status_code == 200
    research = (await api.get(f"/api/leads/{listed['lead_id']}/research")).json()
    assert research["qualification"]["score"] == steps[(listed["run_id"], "fit")].output["score"]


async def test_a_plain_text_asks_no_agent_and_leaves_none(world: World) -> None:
    await ran(world, ("sms", "sms", {}, "sms"))
    assert await executions(world) == []


@pytest.mark.parametrize("node", [QUALIFY, GROW, WRITE, CHECK])
async def test_an_agent_that_fails_leaves_why(world: World, node: Node) -> None:
    world.use(OneModel(Failing()))
    await ran(world, node)
    [row] = await executions(world)
    assert (row.success, row.error_code, row.node_id) == (False, "model-unavailable", node[0])
    assert "does not answer" in str(row.error)
    assert (await step(world, node[0])).outcome == "error"


async def test_an_agent_that_is_tried_again_leaves_each_attempt(world: World) -> None:
    world.use(OneModel(Failing(once=True)))
    await ran(world, ("grow", "growth_analysis", {"retries": 1}, "next"))
    assert [row.success for row in await executions(world)] == [False, True]


async def test_a_segment_after_a_pause_keeps_its_own(world: World) -> None:
    await ran(world, QUALIFY, WAIT, GROW)
    assert [row.node_id for row in await executions(world)] == ["fit"]
    await world.execute("UPDATE run_waits SET due_at = now()")
    assert await resumed(world) == 1
    assert [(row.node_id, row.run_id) for row in await executions(world)] == [
        ("fit", (await the_run(world)).id), ("grow", (await the_run(world)).id),
    ]  # fmt: skip


async def test_a_lead_or_an_agent_that_is_gone_does_not_stop_the_commit(world: World) -> None:
    """The rows refer to what may be deleted while the agents work."""
    async with world.database.transaction() as session:
        row = {"agent_type": "bdr", "purpose": "workflow", "agent_id": 5, "agent_version": 1, "lead_id": 6, "conversation_id": 7}
        row |= {"campaign_id": 8, "run_id": 9, "node_id": "n", "trace_id": "t", "input_data": {}, "output_data": {}}
        row |= {"processing_time_ms": 1, "success": True, "error": None, "error_code": None, "model": None}
        row |= {"input_tokens": 0, "output_tokens": 0, "cost": 0, "executed_at": "2026-01-01T00:00:00+00:00"}
        await keep_executions(session, [row, row])
    assert [(one.agent_id, one.lead_id, one.conversation_id, one.run_id) for one in await executions(world)] == [
        (None, None, None, 9)
    ] * 2

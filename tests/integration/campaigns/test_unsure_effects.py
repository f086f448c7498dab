"""Effects of which nobody knows whether they happened: people are told, say what became of them, and the run goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (those who are told take part)
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.notifications.models import Notification
from outrider.workflows.models import Run, RunEffect, Step
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import effects
from outrider.workflows.runs.effects import EffectCall, EffectUnknown
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import carried_out
from tests.integration.campaigns.waiting_nodes import definition


@pytest.fixture(autouse=True)
def nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)
    monkeypatch.setattr(effects, "_kinds", {})

    @effects.effect("test_call")
    async def call_outside(call: EffectCall) -> dict[str, Any]:
        raise EffectUnknown("The line broke.")


async def unsure(world: World, count: int = 1) -> tuple[int, list[RunEffect]]:
    """A campaign whose runs wait for somebody who knows what became of their effects."""
    campaign_id = await world.started(count, workflow_config=definition("test_call", "sms"))
    await world.work()
    await carried_out(world)
    found = await world.rows(RunEffect)
    assert {effect.state for effect in found} == {"unknown"}
    return campaign_id, found


async def settle(api: AsyncClient, effect: RunEffect, **given: Any) -> Response:
    return await api.post(f"/api/runs/{effect.run_id}/effects/{effect.id}/settle", json=given)


async def go_on(world: World) -> int:
    return await RunTimers(world.database, world.context.part(CampaignRunner)).resume_due()


async def left(world: World) -> Step:
    (step,) = await world.rows(Step, Step.node_id == "test_call1", Step.outcome != "")
    assert isinstance(step, Step)
    return step


async def test_one_that_happened_lets_the_run_go_on_with_what_came_of_it(api: AsyncClient, world: World) -> None:
    campaign_id, (effect,) = await unsure(world)
    assert await go_on(world) == 0, "nobody has said it yet"
    answer = await settle(api, effect, happened=True, result={"number": 7})
    assert answer.status_code == 200, answer.text
    (shown,) = answer.json()["effects"]
    assert (shown["state"], shown["result"], shown["decided_by"]) == ("done", {"number": 7}, "local operator")
    assert shown["finished_at"] is not None

    assert await go_on(world) == 1
    step = await left(world)
    assert (step.outcome, step.output) == ("done", {"number": 7})
    assert len(await world.texts(campaign_id)) == 1


async def test_one_that_did_not_happen_is_a_failure_of_its_step(api: AsyncClient, world: World) -> None:
    campaign_id, (effect,) = await unsure(world)
    answer = await settle(api, effect, happened=False)
    assert answer.json()["effects"][0]["state"] == "failed"
    assert await go_on(world) == 1
    step = await left(world)
    assert (step.outcome, step.output) == ("failed", {"error": "The line broke."})
    assert await world.texts(campaign_id) == []
    assert await carried_out(world) == 0, "it is not tried again"


async def test_the_second_one_learns_who_said_it(api: AsyncClient, world: World) -> None:
    _, (effect,) = await unsure(world)
    answers = await asyncio.gather(settle(api, effect, happened=True), settle(api, effect, happened=False))
    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert (first.status_code, second.status_code) == (200, 409)
    said = second.json()
    happened = first.json()["effects"][0]["state"] == "done"
    assert said["type"] == "urn:outrider:problem:effect-known"
    assert said["decided_by"] == "local operator"
    assert ("that it happened" if happened else "that it did not happen") in said["detail"]
    assert said["remedy"]
    assert await go_on(world) == 1


async def test_what_can_not_be_settled_says_why(api: AsyncClient, world: World) -> None:
    _, (one, other) = await unsure(world, 2)
    for path in (
        f"/api/runs/{one.run_id}/effects/{other.id}/settle",
        f"/api/runs/{one.run_id}/effects/999999/settle",
        f"/api/runs/999999/effects/{one.id}/settle",
    ):
        assert (await api.post(path, json={"happened": True})).status_code == 404, path
    for given in (
        {},
        {"happened": "perhaps"},
        {"happened": False, "result": {"number": 7}},
        {"happened": True, "result": {"text": "a\x00b"}},
        {"happened": True, "result": {"text": "x" * 70_000}},
        {"happened": True, "result": [1]},
        {"happened": True, "other": 1},
    ):
        answer = await settle(api, one, **given)
        assert answer.status_code == 422, (given, answer.text)
    lone = await api.post(
        f"/api/runs/{one.run_id}/effects/{one.id}/settle",
        content=b'{"happened": true, "result": {"text": "\\ud800"}}',
        headers={"content-type": "application/json"},
    )
    assert lone.status_code == 422
    assert {effect.state for effect in await world.rows(RunEffect)} == {"unknown"}

    await world.execute("UPDATE run_effects SET state = 'done', decided_by = NULL WHERE id = :id", id=one.id)
    known = await settle(api, one, happened=True)
    assert known.status_code == 409
    assert "The effect is done" in known.json()["detail"]


async def test_a_result_may_speak_of_escapes(api: AsyncClient, world: World) -> None:
    _, (effect,) = await unsure(world)
    answer = await settle(api, effect, happened=True, result={"text": r"a \u0000 and a \\u0000"})
    assert answer.status_code == 200, answer.text
    assert await go_on(world) == 1
    assert (await left(world)).output == {"text": r"a \u0000 and a \\u0000"}


async def test_it_is_said_of_a_run_that_was_ended_all_the_same(api: AsyncClient, world: World) -> None:
    _, (effect,) = await unsure(world)
    assert (await api.post(f"/api/runs/{effect.run_id}/cancel")).status_code == 200
    assert (await settle(api, effect, happened=True)).status_code == 200
    assert await go_on(world) == 0
    assert (await world.rows(Run))[0].status == "cancelled"


async def test_people_are_told_once_an_hour_and_the_dashboard_counts(api: AsyncClient, world: World) -> None:
    campaign_id, (one, *_) = await unsure(world, 3)
    notices = await world.rows(Notification, Notification.fact == "run.effect_unsure")
    assert len({notice.data["hour"] for notice in notices}) == len(notices)
    told = notices[0]
    assert (told.severity, told.is_shown, told.data["campaign_id"]) == ("warning", True, campaign_id)
    assert (told.data["node_id"], told.data["reason"]) == ("test_call1", "The line broke.")
    assert told.link == f"/runs/{told.data['run_id']}?step=test_call1"

    async def unsure_ones() -> dict[str, Any]:
        attention = (await api.get("/api/dashboard")).json()["attention"]
        return next((item for item in attention if item["kind"] == "unsure_effects"), {})

    found = await unsure_ones()
    assert (found["count"], found["link"]) == (3, "/runs?effect=unknown")
    runs = (await api.get("/api/runs", params={"effect": "unknown"})).json()["items"]
    assert len(runs) == 3
    for effect in (await world.rows(RunEffect))[1:]:
        await settle(api, effect, happened=True)
    found = await unsure_ones()
    assert (found["count"], found["link"]) == (1, f"/runs/{one.run_id}")
    assert [run["id"] for run in (await api.get("/api/runs", params={"effect": "unknown"})).json()["items"]] == [one.run_id]
    await settle(api, one, happened=False)
    assert await unsure_ones() == {}


async def test_the_next_hour_tells_again(world: World) -> None:
    await unsure(world)
    await world.execute("UPDATE notifications SET key = replace(key, 'T', 'U')")
    await world.execute("UPDATE run_effects SET state = 'working', due_at = now()")
    await carried_out(world)
    async with world.database.transaction() as session:
        told = await session.scalar(text("SELECT count(*) FROM notifications WHERE fact = 'run.effect_unsure'"))
    assert told == 2

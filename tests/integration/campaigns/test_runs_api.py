"""Runs are found, looked into, cancelled and replayed."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text, update

from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.config import get_settings
from outrider.leads.models import Lead
from tests.integration.campaigns.conftest import World

CONFIG: dict[str, Any] = {
    "nodes": [
        {"id": "check", "type": "validate", "data": {}},
        {"id": "hello", "type": "sms", "data": {"template": "Hi {{first_name}}"}},
        {"id": "pause", "type": "wait", "data": {"amount": 2, "unit": "days"}},
        {"id": "again", "type": "sms", "data": {"template": "Still there, {{first_name}}?"}},
        {"id": "end", "type": "finalize", "data": {}},
    ],
    "edges": [
        {"source": "check", "target": "hello"},
        {"source": "hello", "target": "pause"},
        {"source": "pause", "target": "again"},
        {"source": "again", "target": "end"},
    ],
}


async def workflow(api: AsyncClient, config: dict[str, Any] = CONFIG) -> int:
    created = await api.post("/api/workflows", json={"name": "Cadence", "config": config})
    assert created.status_code == 201, created.text
    return int(created.json()["id"])


async def paused(world: World, api: AsyncClient, count: int = 2) -> tuple[int, int, list[int]]:
    """A workflow, its campaign, and its runs, which wait."""
    workflow_id = await workflow(api)
    campaign_id = await world.started(count, workflow_id=workflow_id)
    await world.work()
    found = (await api.get("/api/runs", params={"campaign_id": campaign_id})).json()["items"]
    return workflow_id, campaign_id, [run["id"] for run in found]


async def ids(api: AsyncClient, **given: Any) -> list[int]:
    answer = await api.get("/api/runs", params=given)
    assert answer.status_code == 200, answer.text
    return [run["id"] for run in answer.json()["items"]]


async def time_comes(world: World) -> None:
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE run_waits SET due_at = now()"))
    await RunTimers(world.database, world.context.part(CampaignRunner)).resume_due()


async def test_runs_are_found_by_all_that_is_asked_for(world: World, api: AsyncClient) -> None:
    workflow_id, _, run_ids = await paused(world, api)
    (first,) = (await api.get("/api/runs", params={"limit": 1})).json()["items"]

    assert (first["workflow_name"], first["workflow_version"], first["status"]) == ("Cadence", 1, "waiting")
    assert (first["waits"][0]["node_id"], first["waits"][0]["kind"]) == ("pause", "timer")
    for given in (
        {"workflow_id": workflow_id},
        {"workflow_id": workflow_id, "version": 1},
        {"status": ["waiting", "failed"]},
        {"node_id": "pause"},
        {"passed": "hello"},
        {"is_dry": False},
    ):
        assert await ids(api, **given) == run_ids, given
    assert await ids(api, lead_id=first["lead_id"]) == [first["id"]]
    assert await ids(api, search=first["lead_name"]) == [first["id"]]
    for nothing in (
        {"workflow_id": workflow_id, "version": 2},
        {"status": "failed"},
        {"node_id": "hello"},
        {"passed": "again"},
        {"error": "x"},
    ):
        assert await ids(api, **nothing) == [], nothing
    page = (await api.get("/api/runs", params={"limit": 1})).json()
    assert await ids(api, cursor=page["next_cursor"]) == run_ids[1:]


async def test_a_failed_run_is_found_by_its_node_and_reason(world: World, api: AsyncClient) -> None:
    fails_for_real = {**CONFIG["nodes"][1], "data": {"max_segments": "{{ run.is_dry ? 3 : 99 }}"}}
    config = {**CONFIG, "nodes": [CONFIG["nodes"][0], fails_for_real, *CONFIG["nodes"][2:]]}
    await world.started(1, workflow_id=await workflow(api, config))
    await world.work()

    (run_id,) = await ids(api, status="failed")
    assert await ids(api, node_id="hello") == [run_id]
    run = (await api.get(f"/api/runs/{run_id}")).json()
    assert await ids(api, error=run["error"][3:20].upper()) == [run_id]
    assert run["steps"][1]["error"] == run["error"]


async def test_a_run_explains_itself(world: World, api: AsyncClient) -> None:
    _, _, run_ids = await paused(world, api, 1)
    run = (await api.get(f"/api/runs/{run_ids[0]}")).json()

    assert run["definition"]["nodes"] == CONFIG["nodes"]
    assert [(step["node_id"], step["outcome"]) for step in run["steps"]] == [("check", "passed"), ("hello", "sms"), ("pause", "")]
    body = run["texts"][0]["body"]
    assert (run["texts"][0]["node_id"], run["texts"][0]["run_id"]) == ("hello", run_ids[0])
    assert run["steps"][1]["output"]["body"] == body and run["steps"][2]["state"]["hello"]["body"] == body
    assert run["waits"][0]["details"] and run["waits"][0]["due_at"]
    assert run["time_zone"] == "America/Chicago" and run["newer_version"] is None
    assert (await api.get("/api/runs/999")).status_code == 404


async def test_a_visit_that_paused_is_counted_once(world: World, api: AsyncClient) -> None:
    _, _, run_ids = await paused(world, api, 1)
    assert await step_counts(api, run_ids[0]) == [3, 3]

    await time_comes(world)
    assert await step_counts(api, run_ids[0]) == [5, 5]


async def step_counts(api: AsyncClient, run_id: int) -> list[int]:
    """As the list and the page of the run say it."""
    listed = (await api.get("/api/runs")).json()["items"]
    detail = (await api.get(f"/api/runs/{run_id}")).json()
    return [next(run for run in listed if run["id"] == run_id)["step_count"], detail["step_count"]]


async def test_a_lead_whose_zone_nobody_knows_is_where_the_installation_is(
    world: World, api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, run_ids = await paused(world, api, 1)
    async with world.database.transaction() as session:
        await session.execute(update(Lead).values(time_zone=None, time_zones=[]))

    monkeypatch.setattr(get_settings(), "time_zone", "Asia/Tokyo")
    assert (await api.get(f"/api/runs/{run_ids[0]}")).json()["time_zone"] == "Asia/Tokyo"


async def test_a_waiting_run_is_cancelled(world: World, api: AsyncClient) -> None:
    _, _, run_ids = await paused(world, api, 1)

    cancelled = await api.post(f"/api/runs/{run_ids[0]}/cancel")
    assert (cancelled.json()["status"], cancelled.json()["waits"]) == ("cancelled", [])
    assert (await api.post(f"/api/runs/{run_ids[0]}/cancel")).status_code == 200
    await time_comes(world)
    assert len((await api.get(f"/api/runs/{run_ids[0]}")).json()["texts"]) == 1
    assert (await api.post("/api/runs/999/cancel")).status_code == 404


async def test_a_dry_replay_shows_what_would_happen(world: World, api: AsyncClient) -> None:
    _, _, run_ids = await paused(world, api, 1)
    await time_comes(world)
    before = (await api.get(f"/api/runs/{run_ids[0]}")).json()
    assert before["status"] == "completed" and len(before["texts"]) == 2

    answer = await api.post(f"/api/runs/{run_ids[0]}/replay", json={"from_node": "again"})
    assert answer.status_code == 200, answer.text
    replay = answer.json()
    assert (replay["is_dry"], replay["replay_of"], replay["replay_from"], replay["status"]) == (
        True,
        run_ids[0],
        "again",
        "completed",
    )
    assert [step["node_id"] for step in replay["steps"]] == ["again", "end"]
    assert replay["intents"][0]["kind"] == "send_text" and replay["texts"] == []
    async with world.database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM messages WHERE direction = 'out'"))).scalar() == 2
    after = (await api.get(f"/api/runs/{run_ids[0]}")).json()
    assert [found["id"] for found in after["replays"]] == [replay["id"]] and after["status"] == "completed"
    assert await ids(api, is_dry=True) == [replay["id"]]


async def test_a_live_replay_repeats_nothing_that_happened(world: World, api: AsyncClient) -> None:
    workflow_id, _, run_ids = await paused(world, api, 2)
    await api.post(f"/api/runs/{run_ids[0]}/cancel")
    added = {"id": "more", "type": "sms", "data": {"template": "One more, {{first_name}}"}}
    edges = [{"source": "check", "target": "hello"}, {"source": "hello", "target": "more"}, {"source": "more", "target": "pause"}]
    newer = {**CONFIG, "nodes": [*CONFIG["nodes"], added], "edges": [*edges, *CONFIG["edges"][2:]]}
    await api.put(f"/api/workflows/{workflow_id}", json={"name": "Cadence", "config": newer})
    assert (await api.get(f"/api/runs/{run_ids[1]}")).json()["newer_version"] == 2

    wanted = {"from_node": "hello", "version": 2, "dry": False}
    answer = await api.post(f"/api/runs/{run_ids[0]}/replay", json=wanted)
    assert answer.status_code == 200, answer.text
    replay = answer.json()
    assert (replay["is_dry"], replay["status"], replay["workflow_version"]) == (False, "waiting", 2)
    assert [found["node_id"] for found in replay["texts"]] == ["more"]
    await time_comes(world)
    assert (await api.get(f"/api/runs/{replay['id']}")).json()["status"] == "completed"
    async with world.database.transaction() as session:
        sent = await session.execute(
            text("SELECT count(*), count(DISTINCT dedupe_key) FROM messages WHERE lead_id = :id"), {"id": replay["lead_id"]}
        )
        assert tuple(sent.one()) == (3, 3)


async def test_a_replay_is_refused_with_the_reason(world: World, api: AsyncClient) -> None:
    _, campaign_id, run_ids = await paused(world, api, 2)
    path = f"/api/runs/{run_ids[0]}/replay"
    live = {"from_node": "again", "dry": False}

    waiting = await api.post(path, json=live)
    assert (waiting.status_code, waiting.json()["type"]) == (409, "urn:outrider:problem:run-not-replayable")
    assert (await api.post(path, json={"from_node": "nowhere"})).status_code == 404
    assert (await api.post(path, json={"from_node": "again", "version": 9})).status_code == 404
    await api.post(f"/api/runs/{run_ids[0]}/cancel")
    run = (await api.get(f"/api/runs/{run_ids[0]}")).json()
    lead = (await api.get(f"/api/leads/{run['lead_id']}")).json()
    suppressed = await api.post("/api/suppressions", json={"phone": lead["phone"]})
    assert suppressed.status_code < 300, suppressed.text
    opted_out = await api.post(path, json=live)
    assert opted_out.status_code == 409 and "suppress" in opted_out.json()["detail"].lower()
    await world.cancel(campaign_id)
    other = await api.post(f"/api/runs/{run_ids[1]}/replay", json=live)
    assert other.status_code == 409 and "cancelled" in other.json()["detail"]

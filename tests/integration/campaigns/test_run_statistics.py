"""Figures of a workflow are what its rows say, and its A/B tests are judged by what the caller asks for."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from outrider.campaigns.models import CampaignLead
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.runs.statistics import Measure
from outrider.campaigns.timers import RunTimers
from outrider.db import kept_counts
from outrider.workflows.models import Run, Step
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.test_runs_api import CONFIG, paused, time_comes, workflow
from tests.integration.campaigns.time_machine import TimeMachine

DAY_MS = 86_400_000
SPLIT: dict[str, Any] = {"id": "ab", "type": "split", "data": {"variants": [{"name": "a", "label": "Short"}, {"name": "b"}]}}
SPLIT_CONFIG: dict[str, Any] = {
    "nodes": [*CONFIG["nodes"], SPLIT],
    "edges": [
        {"source": "check", "target": "ab"},
        {"source": "ab", "sourceHandle": "a", "target": "hello"},
        {"source": "ab", "sourceHandle": "b", "target": "again"},
        *CONFIG["edges"][1:],
    ],
}


async def figures(api: AsyncClient, path: str, **given: Any) -> dict[str, dict[str, Any]]:
    answer = await api.get(f"/api/{path}", params=given)
    assert answer.status_code == 200, answer.text
    return {node["node_id"]: node for node in answer.json()["nodes"]}


async def test_figures_of_each_node(world: World, api: AsyncClient, clock: TimeMachine) -> None:
    workflow_id, campaign_id, run_ids = await paused(world, api, 3)
    await api.post(f"/api/runs/{run_ids[0]}/cancel")
    found = (await api.get(f"/api/workflows/{workflow_id}/statistics")).json()

    assert found["runs"] == {"total": 3, "waiting": 2, "completed": 0, "failed": 0, "stopped": 0, "cancelled": 1}
    nodes = {node["node_id"]: node for node in found["nodes"]}
    assert (nodes["check"]["entered"], nodes["check"]["outcomes"]) == (3, {"passed": 3})
    pause = nodes["pause"]
    assert (pause["entered"], pause["waiting"], pause["stopped"], pause["ended"], pause["outcomes"]) == (3, 2, 1, 1, {})
    assert nodes["hello"]["median_ms"] is not None and nodes["hello"]["tokens"] > 0

    await clock.go(await clock.now() + timedelta(days=2))
    await time_comes(world)
    await api.post(f"/api/runs/{run_ids[1]}/replay", json={"from_node": "again"})
    nodes = await figures(api, f"campaigns/{campaign_id}/flow")
    assert (nodes["pause"]["entered"], nodes["pause"]["waiting"], nodes["pause"]["outcomes"]) == (3, 0, {"next": 2})
    assert 1.9 < nodes["pause"]["median_ms"] / DAY_MS < 2.1, "of a step that waits, with the wait"
    assert nodes["again"]["p95_ms"] < DAY_MS / 24
    assert (nodes["again"]["entered"], nodes["end"]["ended"]) == (2, 2)
    nothing = await api.get(f"/api/workflows/{workflow_id}/statistics", params={"campaign_id": 999})
    assert nothing.json()["runs"]["total"] == 0
    assert (await api.get(f"/api/workflows/{workflow_id}/statistics", params={"version": 5})).status_code == 404
    assert (await api.get("/api/workflows/999/statistics")).status_code == 404


async def test_figures_are_a_count_of_the_steps(world: World, api: AsyncClient, clock: TimeMachine) -> None:
    """Of runs that wait, went on, were cancelled, replayed on a newer version, and replayed dry."""
    workflow_id, campaign_id, run_ids = await paused(world, api, 6)
    await clock.go(await clock.now() + timedelta(days=3))
    await api.post(f"/api/runs/{run_ids[0]}/cancel")
    await api.post(f"/api/runs/{run_ids[1]}/cancel")
    await world.execute(
        "UPDATE run_waits SET due_at = now() + interval '9 days' WHERE run_id = ANY(:ids)", ids=[run_ids[2], run_ids[3]]
    )
    newer = {**CONFIG, "settings": {"stop_on_reply": False}}
    await api.put(f"/api/workflows/{workflow_id}", json={"name": "Cadence", "config": newer})
    live = await api.post(f"/api/runs/{run_ids[0]}/replay", json={"from_node": "pause", "version": 2, "dry": False})
    assert live.status_code == 200, live.text
    await world.execute("UPDATE run_waits SET due_at = now() WHERE due_at < now() + interval '8 days'")
    assert await RunTimers(world.database, world.context.part(CampaignRunner)).resume_due() == 3
    dry = await api.post(f"/api/runs/{run_ids[4]}/replay", json={"from_node": "hello"})
    assert dry.json()["status"] == "completed"

    runs = {run.id: run for run in await world.rows(Run, ~Run.is_dry)}
    assert len(runs) == 7
    versions = {run.workflow_version_id for run in runs.values()}
    assert len(versions) == 2
    for path, given, wanted in (
        (f"workflows/{workflow_id}/statistics", {}, set(runs)),
        (f"campaigns/{campaign_id}/flow", {}, set(runs)),
        (f"workflows/{workflow_id}/statistics", {"version": 1}, set(run_ids)),
        (f"workflows/{workflow_id}/statistics", {"version": 2}, set(runs) - set(run_ids)),
    ):
        nodes = await figures(api, path, **given)
        expected = await counted(world, {run_id: runs[run_id] for run_id in wanted})
        shown = {name: {key: node[key] for key in expected[name]} for name, node in nodes.items()}
        assert shown == expected, (path, given)


async def counted(world: World, runs: dict[int, Run]) -> dict[str, dict[str, Any]]:
    """The same figures, one step after the other."""
    expected: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"entered": 0, "waiting": 0, "failed": 0, "ended": 0, "stopped": 0, "outcomes": Counter(), "tokens": 0}
    )
    steps = [step for step in await world.rows(Step) if step.run_id in runs]
    for step in steps:
        of = expected[step.node_id]
        is_pause = step.node_id == "pause" and not step.outcome
        entered = {(one.run_id, one.visit) for one in steps if one.node_id == step.node_id}
        of["entered"] = len(entered)
        of["tokens"] += step.tokens
        of["failed"] += step.error is not None
        if step.outcome:
            of["outcomes"][step.outcome] += 1
        elif not is_pause:
            of["ended"] += 1
        if step.seq == runs[step.run_id].steps - 1 and is_pause:
            of["waiting"] += runs[step.run_id].status == "waiting"
            of["stopped"] += runs[step.run_id].status == "cancelled"
            of["ended"] += runs[step.run_id].status == "cancelled"
    return {name: {**of, "outcomes": dict(of["outcomes"])} for name, of in expected.items()}


async def test_a_long_count_is_shown_again_with_its_age(world: World, api: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    workflow_id, _, run_ids = await paused(world, api, 2)
    path = f"/api/workflows/{workflow_id}/statistics"
    monkeypatch.setattr(kept_counts, "SHORT_SECONDS", 0)
    monkeypatch.setattr(kept_counts, "SHARE_OF_TIME", 1e-9)
    assert (await api.get(path)).json()["runs"]["cancelled"] == 0

    await api.post(f"/api/runs/{run_ids[0]}/cancel")
    again = (await api.get(path, params={"measure": "booked"})).json()
    assert again["runs"]["cancelled"] == 0 and again["counted_seconds_ago"] >= 0
    assert (await api.get(path, params={"version": 1})).json()["runs"]["cancelled"] == 1, "another count"


async def test_results_of_a_split_by_each_measure(world: World, api: AsyncClient) -> None:
    workflow_id = await workflow(api, SPLIT_CONFIG)
    campaign_id = await world.started(30, workflow_id=workflow_id)
    await world.work()
    got = {step.campaign_lead_id: step.outcome for step in await world.rows(Step, Step.node_id == "ab")}
    places = {place.id: place.lead_id for place in await world.rows(CampaignLead)}
    short, long = ([places[place] for place, name in got.items() if name == way] for way in "ab")
    await world.execute("UPDATE campaign_leads SET replied_at = now() WHERE lead_id = ANY(:ids)", ids=short[:2])
    await did(world, "qualified", long[:3])
    await did(world, "qualified", short[:1], timedelta(days=-1))
    await did(world, "opted_out", short[:4])

    found = await by_measure(api, campaign_id, "replied")
    assert [(one["label"], one["replied"], one["qualified"], one["opted_out"]) for one in found["variants"]] == [
        ("Short", 2, 0, 4),
        ("b", 0, 3, 0),
    ]
    first = found["variants"][0]
    assert first["leads"] == len(short) and first["low"] < first["rate"] == 2 / len(short) < first["high"]
    assert found["verdict"]["winner"] == "a" and not found["verdict"]["is_clear"]
    assert "gets answers more often" in found["verdict"]["text"]

    qualified = await by_measure(api, campaign_id, "qualified")
    assert (qualified["verdict"]["winner"], qualified["variants"][1]["rate"]) == ("b", 3 / len(long))
    fewer = await by_measure(api, campaign_id, "opted_out")
    assert fewer["verdict"]["winner"] == "b", "fewer are better"
    assert "is opted out of less often" in fewer["verdict"]["text"]
    none = await by_measure(api, campaign_id, "booked")
    assert none["verdict"]["winner"] is None
    wrong = await api.get(f"/api/campaigns/{campaign_id}/flow", params={"measure": "loved"})
    assert wrong.status_code == 422


async def by_measure(api: AsyncClient, campaign_id: int, measure: Measure) -> dict[str, Any]:
    (found,) = (await api.get(f"/api/campaigns/{campaign_id}/flow", params={"measure": measure})).json()["splits"]
    assert found["measure"] == measure
    result: dict[str, Any] = found
    return result


async def did(world: World, what: str, lead_ids: list[int], later: timedelta = timedelta(seconds=1)) -> None:
    """These leads qualified or opted out, after they came to the split, or before."""
    statement = {
        "qualified": """
            INSERT INTO qualifications (lead_id, score, tier, reasoning, created_at)
            SELECT id, 80, 'A', 'Wants it', now() + CAST(:later AS interval) FROM leads WHERE id = ANY(:ids)
        """,
        "opted_out": """
            INSERT INTO suppressions (phone, reason, source, created_at)
            SELECT phone, 'stop', 'inbound text', now() + CAST(:later AS interval) FROM leads WHERE id = ANY(:ids)
        """,
    }[what]
    await world.execute(statement, ids=lead_ids, later=later)


async def test_a_lead_counts_once_in_a_split(world: World, api: AsyncClient) -> None:
    workflow_id = await workflow(api, SPLIT_CONFIG)
    (lead,) = await world.leads(1)
    for _ in range(2):
        await world.start(await world.campaign([lead], workflow_id=workflow_id))
        await world.work()
    (split,) = (await api.get(f"/api/workflows/{workflow_id}/statistics")).json()["splits"]

    assert len(await world.rows(Step, Step.node_id == "ab")) == 2
    assert sum(variant["leads"] for variant in split["variants"]) == 1

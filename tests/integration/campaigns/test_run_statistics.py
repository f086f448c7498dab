from __future__ import annotations

from typing import Any

from httpx import AsyncClient
from sqlalchemy import text

from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.test_runs_api import CONFIG, paused, time_comes, workflow


async def test_figures_of_each_node(world: World, api: AsyncClient) -> None:
    workflow_id, campaign_id, run_ids = await paused(world, api, 3)
    await api.post(f"/api/runs/{run_ids[0]}/cancel")
    found = (await api.get(f"/api/workflows/{workflow_id}/statistics")).json()

    assert found["runs"] == {"total": 3, "waiting": 2, "completed": 0, "failed": 0, "stopped": 0, "cancelled": 1}
    nodes = {node["node_id"]: node for node in found["nodes"]}
    assert (nodes["check"]["entered"], nodes["check"]["outcomes"]) == (3, {"passed": 3})
    pause = nodes["pause"]
    assert (pause["entered"], pause["waiting"], pause["stopped"], pause["ended"], pause["outcomes"]) == (3, 2, 1, 1, {})
    assert nodes["hello"]["median_ms"] is not None and nodes["hello"]["tokens"] > 0

    async with world.database.transaction() as session:
        await session.execute(
            text("UPDATE processing_logs SET created_at = created_at - interval '2 days' WHERE node_id = 'pause'")
        )
    await time_comes(world)
    await api.post(f"/api/runs/{run_ids[1]}/replay", json={"from_node": "again"})
    nodes = {node["node_id"]: node for node in (await api.get(f"/api/campaigns/{campaign_id}/flow")).json()["nodes"]}
    assert (nodes["pause"]["entered"], nodes["pause"]["waiting"], sum(nodes["pause"]["outcomes"].values())) == (3, 0, 2)
    assert 1.9 < nodes["pause"]["median_ms"] / 86_400_000 < 2.1
    assert (nodes["again"]["entered"], nodes["end"]["ended"]) == (2, 2)
    nothing = await api.get(f"/api/workflows/{workflow_id}/statistics", params={"campaign_id": 999})
    assert nothing.json()["runs"]["total"] == 0
    assert (await api.get(f"/api/workflows/{workflow_id}/statistics", params={"version": 5})).status_code == 404
    assert (await api.get("/api/workflows/999/statistics")).status_code == 404


async def test_results_of_a_split(world: World, api: AsyncClient) -> None:
    split: dict[str, Any] = {"id": "ab", "type": "split", "data": {"variants": [{"name": "a", "label": "Short"}, {"name": "b"}]}}
    edges = [
        {"source": "check", "target": "ab"},
        {"source": "ab", "sourceHandle": "a", "target": "hello"},
        {"source": "ab", "sourceHandle": "b", "target": "again"},
        *CONFIG["edges"][1:],
    ]
    workflow_id = await workflow(api, {"nodes": [*CONFIG["nodes"], split], "edges": edges})
    campaign_id = await world.started(30, workflow_id=workflow_id)
    await world.work()
    async with world.database.transaction() as session:
        await session.execute(
            text("""
                UPDATE campaign_leads SET replied_at = now() WHERE id IN (
                    SELECT campaign_lead_id FROM processing_logs WHERE node_id = 'ab' AND outcome = 'a' ORDER BY id LIMIT 2)
            """)
        )
    (found,) = (await api.get(f"/api/campaigns/{campaign_id}/flow")).json()["splits"]

    short, long = found["variants"]
    assert (short["label"], short["replied"], long["replied"]) == ("Short", 2, 0)
    assert short["leads"] + long["leads"] == 30 and short["low"] < short["rate"] < short["high"]
    assert found["verdict"]["winner"] == "a" and not found["verdict"]["is_clear"]

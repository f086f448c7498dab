from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from outrider.db.engine import Database
from outrider.workflows.shipped import ensure_shipped_workflows

PLAIN: dict[str, Any] = {
    "nodes": [
        {"id": "1", "type": "validate", "data": {"label": "Validate"}},
        {"id": "2", "type": "sms", "data": {"label": "SMS Agent"}, "position": {"x": 1.0, "y": 2.0}},
        {"id": "3", "type": "finalize", "data": {}},
    ],
    "edges": [{"source": "1", "target": "2"}, {"source": "2", "target": "3"}],
}
OTHER: dict[str, Any] = {
    "nodes": [
        PLAIN["nodes"][0],
        {"id": "2", "type": "sms", "data": {"label": "SMS Agent", "prompt": "Brief."}},
        PLAIN["nodes"][2],
        {"id": "4", "type": "wait", "data": {"amount": 2, "unit": "days"}},
    ],
    "edges": [{"source": "1", "target": "4"}, {"source": "4", "target": "2"}, {"source": "2", "target": "3"}],
    "settings": {"stop_on_reply": False},
}
BROKEN: dict[str, Any] = {"nodes": [{"id": "1", "type": "fax", "data": {}}], "edges": []}


@pytest.fixture(autouse=True)
async def shipped(database: Database) -> None:
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)


async def create(api: AsyncClient, name: str = "Mine", config: dict[str, Any] = PLAIN, **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/workflows", json={"name": name, "config": config, **values})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def test_a_draft_changes_nothing_until_it_is_published(api: AsyncClient) -> None:
    created = await create(api)
    path = f"/api/workflows/{created['id']}"

    saved = await api.put(f"{path}/draft", json={"config": OTHER, "revision": created["draft_revision"]})
    assert saved.json()["revision"] == created["draft_revision"] + 1
    kept = (await api.get(path)).json()
    assert (kept["config"], kept["draft"], kept["version"], kept["published_version"]) == (PLAIN, OTHER, 1, 1)
    assert kept["draft_by"] == "local operator"

    published = await api.post(f"{path}/publish", json={"note": "Waits now", "revision": kept["draft_revision"]})
    assert (published.json()["version"], published.json()["note"], published.json()["created_by"]) == (
        2,
        "Waits now",
        "local operator",
    )
    after = (await api.get(path)).json()
    assert (after["config"], after["draft"], after["version"], after["published_version"]) == (OTHER, None, 2, 2)


async def test_the_second_of_two_editors_learns_who_was_first(api: AsyncClient) -> None:
    created = await create(api)
    path, revision = f"/api/workflows/{created['id']}/draft", created["draft_revision"]

    assert (await api.put(path, json={"config": OTHER, "revision": revision})).status_code == 200
    late = await api.put(path, json={"config": PLAIN, "revision": revision})
    assert (late.status_code, late.json()["type"]) == (409, "urn:outrider:problem:workflow-edited-meanwhile")
    assert late.json()["version"] == revision + 1
    assert "local operator" in late.json()["detail"] and "UTC" in late.json()["detail"]
    assert f"revision {revision + 1}" in late.json()["remedy"]
    assert (await api.put(path, json={"config": PLAIN, "revision": revision + 1})).status_code == 200
    assert (await api.put(path, json={"config": PLAIN, "revision": revision + 50})).status_code == 422


async def test_a_draft_may_have_problems_and_a_version_may_not(api: AsyncClient) -> None:
    created = await create(api, config=BROKEN, publish=False)
    path = f"/api/workflows/{created['id']}"

    assert (created["draft"], created["published_version"], created["version"]) == (BROKEN, None, 0)
    refused = await api.post(f"{path}/publish", json={})
    assert (refused.status_code, refused.json()["fields"][0]["node"]) == (422, "1")
    assert (await api.put(f"{path}/draft", json={"config": {"nodes": []}, "revision": 1})).status_code == 422


async def test_a_workflow_that_was_never_published_can_not_be_started(api: AsyncClient, database: Database) -> None:
    from outrider.workflows.drafts import WorkflowNeverPublished, publish_version

    created = await create(api, publish=False)
    with pytest.raises(WorkflowNeverPublished):
        async with database.transaction() as session:
            await publish_version(session, created["id"])


async def test_an_older_version_comes_back_as_the_draft(api: AsyncClient) -> None:
    path = f"/api/workflows/{(await create(api))['id']}"
    await api.put(path, json={"name": "Mine", "config": OTHER})

    restored = (await api.post(f"{path}/versions/1/restore")).json()
    assert (restored["draft"], restored["config"], restored["version"]) == (PLAIN, OTHER, 2)
    assert (await api.get(f"{path}/versions/1")).json()["definition"] == PLAIN
    assert (await api.get(f"{path}/versions/9")).status_code == 404
    assert (await api.post(f"{path}/versions/9/restore")).status_code == 404
    assert (await api.post(f"{path}/publish")).json()["version"] == 3
    # The first version says the same as the third, which is published: there is nothing to publish.
    for number in (1, 3):
        assert (await api.post(f"{path}/versions/{number}/restore")).json()["draft"] is None


async def test_the_difference_is_told_as_data_and_in_words(api: AsyncClient) -> None:
    created = await create(api)
    path = f"/api/workflows/{created['id']}"
    await api.put(f"{path}/draft", json={"config": OTHER, "revision": created["draft_revision"]})

    found = (await api.get(f"{path}/diff", params={"from": "1", "to": "draft"})).json()
    assert {node["id"]: node["change"] for node in found["nodes"]} == {"2": "changed", "4": "added"}
    changed = next(node for node in found["nodes"] if node["id"] == "2")
    assert changed["parameters"] == [{"name": "prompt", "before": None, "after": "Brief."}]
    assert {(edge["source"], edge["change"], edge["before"], edge["after"]) for edge in found["edges"]} == {
        ("1", "changed", "2", "4"),
        ("4", "added", None, "2"),
    }
    assert found["settings"] == [{"name": "stop_on_reply", "before": True, "after": False}]
    assert "“SMS Agent”: prompt nothing → “Brief.”." in found["words"]
    assert "“Validate” leads to “Wait” instead of “SMS Agent”." in found["words"]
    assert (await api.get(f"{path}/diff", params={"from": "1", "to": "1"})).json()["words"] == []
    assert (await api.get(f"{path}/diff", params={"from": "x"})).status_code == 422
    assert (await api.get(f"{path}/diff", params={"from": "7"})).status_code == 404


async def test_a_file_makes_the_same_workflow_elsewhere(api: AsyncClient) -> None:
    inner = await create(api, "Inner", OTHER)
    outer = {
        "nodes": [
            {"id": "1", "type": "sub_workflow", "data": {"workflow_id": inner["id"]}},
            {"id": "2", "type": "finalize", "data": {}},
        ],
        "edges": [{"source": "1", "target": "2"}],
    }
    created = await create(api, "Outer", outer)
    assert created["config"]["nodes"][0]["data"]["definition"] == OTHER

    exported = await api.get(f"/api/workflows/{created['id']}/export")
    assert exported.headers["content-disposition"] == 'attachment; filename="outer.workflow.json"'
    file = exported.json()
    assert (file["format_version"], file["name"]) == (1, "Outer")
    assert "workflow_id" not in file["config"]["nodes"][0]["data"]
    assert file["config"]["nodes"][0]["data"]["workflow"] == "Inner"

    imported = (await api.post("/api/workflows/import", json=file)).json()
    assert (imported["name"], imported["published_version"]) == ("Outer (2)", None)
    assert imported["draft"]["nodes"][0]["data"]["workflow_id"] == inner["id"]
    assert (await api.post("/api/workflows/import", json=file)).json()["name"] == "Outer (3)"

    await api.delete(f"/api/workflows/{inner['id']}")
    alone = await api.post("/api/workflows/import", json=file)
    assert alone.status_code == 201, alone.text
    assert (await api.post(f"/api/workflows/{alone.json()['id']}/publish")).status_code == 200


async def test_a_file_that_can_not_be_used_is_refused_with_node_and_remedy(api: AsyncClient) -> None:
    file = {"format": "outrider-workflow", "format_version": 1, "name": "Theirs", "config": BROKEN}
    refused = await api.post("/api/workflows/import", json=file)
    (problem,) = refused.json()["fields"]
    assert (refused.status_code, problem["node"]) == (422, "1") and problem["remedy"]

    unknown = {
        "nodes": [{"id": "s", "type": "sub_workflow", "data": {"workflow": "Lost"}}, {"id": "2", "type": "finalize"}],
        "edges": [{"source": "s", "target": "2"}],
    }
    refused = await api.post("/api/workflows/import", json={**file, "config": unknown})
    assert refused.status_code == 422 and "'s'" in refused.json()["detail"] and "Lost" in refused.json()["detail"]
    assert (await api.post("/api/workflows/import", json={**file, "format_version": 2})).status_code == 422
    assert (await api.post("/api/workflows/import", json={**file, "format": "n8n"})).status_code == 422
    assert (await api.post("/api/workflows/import", json=PLAIN)).json()["name"] == "Imported workflow"


async def test_shipped_workflows_are_copied_to_be_changed(api: AsyncClient) -> None:
    standard = next(item for item in (await api.get("/api/workflows")).json()["items"] if item["name"] == "standard")
    path = f"/api/workflows/{standard['id']}"

    assert (await api.put(f"{path}/draft", json={"config": PLAIN, "revision": 0})).status_code == 409
    assert (await api.post(f"{path}/publish")).status_code == 409
    copied = (await api.post(f"{path}/copy")).json()
    assert (copied["name"], copied["is_shipped"], copied["config"]) == ("standard (copy)", False, standard["config"])
    assert (await api.post(f"{path}/copy")).json()["name"] == "standard (copy) (2)"
    assert (await api.post(f"{path}/copy", json={"name": "Mine"})).json()["name"] == "Mine"
    assert (await api.put(f"/api/workflows/{copied['id']}", json={"name": "New", "config": PLAIN})).status_code == 200


async def test_a_name_can_be_changed_alone(api: AsyncClient, database: Database) -> None:
    created = await create(api)
    renamed = (await api.put(f"/api/workflows/{created['id']}", json={"name": "Yours"})).json()

    assert (renamed["name"], renamed["config"], renamed["version"]) == ("Yours", PLAIN, 1)
    async with database.transaction() as session:
        assert (
            await session.execute(text("SELECT count(*) FROM workflow_versions WHERE workflow_id = :id"), renamed)
        ).scalar() == 1


async def test_the_variables_of_expressions(api: AsyncClient) -> None:
    await api.post("/api/leads", json={"name": "Ann", "phone": "+13125550101", "attributes": {"plan": "gold"}})
    names = {variable["name"]: variable for variable in (await api.get("/api/workflows/variables")).json()}

    assert names["lead.first_name"]["example"] == "Maya"
    assert "lead.attributes.plan" in names and "run.now" in names

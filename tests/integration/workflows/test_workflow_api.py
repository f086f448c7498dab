from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

from outrider.db.engine import Database
from outrider.workflows.shipped import ensure_shipped_workflows, shipped_workflows

PLAIN: dict[str, Any] = {
    "nodes": [
        {"id": "1", "type": "validate", "data": {"label": "Validate"}},
        {"id": "2", "type": "sms", "data": {"label": "SMS Agent"}, "position": {"x": 1.0, "y": 2.0}},
        {"id": "3", "type": "finalize", "data": {"label": "Finalize"}},
    ],
    "edges": [{"source": "1", "target": "2"}, {"source": "2", "target": "3"}],
}


@pytest.fixture(autouse=True)
async def shipped(database: Database) -> None:
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)


async def create(api: AsyncClient, name: str = "Mine", config: dict[str, Any] = PLAIN) -> dict[str, Any]:
    answer = await api.post("/api/workflows", json={"name": name, "config": config})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def test_what_is_stored_comes_back_as_it_was(api: AsyncClient) -> None:
    created = await create(api)

    assert (created["config"], created["version"], created["is_shipped"]) == (PLAIN, 1, False)
    assert (await api.get(f"/api/workflows/{created['id']}")).json() == created
    listed = [workflow["name"] for workflow in (await api.get("/api/workflows")).json()["items"]]
    assert sorted(listed) == sorted(["Mine", *(shipped.name for shipped in shipped_workflows())])


async def test_a_change_of_meaning_makes_a_version_and_a_move_does_not(api: AsyncClient) -> None:
    path = f"/api/workflows/{(await create(api))['id']}"
    moved = {**PLAIN, "nodes": [{**node, "position": {"x": 9, "y": 9}} for node in PLAIN["nodes"]]}
    changed = {**PLAIN, "nodes": [PLAIN["nodes"][0], {"id": "2", "type": "sms", "data": {"prompt": "Brief."}}, PLAIN["nodes"][2]]}

    assert (await api.put(path, json={"name": "Mine", "config": moved})).json()["version"] == 1
    assert (await api.put(path, json={"name": "Yours", "config": changed})).json()["version"] == 2
    versions = (await api.get(f"{path}/versions")).json()
    assert [version["version"] for version in versions] == [2, 1]
    assert versions[1]["definition"] == PLAIN


async def test_an_invalid_workflow_is_refused_with_every_field(api: AsyncClient) -> None:
    wrong = {"nodes": [{"id": "1", "type": "fax"}, {"id": "2", "type": "pigeon"}], "edges": []}
    answer = await api.post("/api/workflows", json={"name": "Mine", "config": wrong})

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:outrider:problem:invalid-workflow")
    assert [field["field"] for field in answer.json()["fields"]] == ["body.config.nodes.0.type", "body.config.nodes.1.type"]
    report = (await api.post("/api/workflows/validate", json={"config": wrong})).json()
    assert (report["is_valid"], [problem["field"] for problem in report["problems"]]) == (False, ["nodes.0.type", "nodes.1.type"])
    assert (await api.post("/api/workflows/validate", json={"config": PLAIN})).json() == {"is_valid": True, "problems": []}


async def test_names_are_unique(api: AsyncClient) -> None:
    await create(api, "One")
    other = await create(api, "Other")

    assert (await api.post("/api/workflows", json={"name": "One", "config": PLAIN})).status_code == 409
    assert (await api.put(f"/api/workflows/{other['id']}", json={"name": "One", "config": PLAIN})).status_code == 409


async def test_shipped_workflows_are_copied_not_changed(api: AsyncClient) -> None:
    standard = next(item for item in (await api.get("/api/workflows")).json()["items"] if item["name"] == "standard")

    assert standard["is_shipped"]
    assert (await api.put(f"/api/workflows/{standard['id']}", json={"name": "x", "config": PLAIN})).status_code == 409
    assert (await api.delete(f"/api/workflows/{standard['id']}")).status_code == 409


async def test_storing_the_shipped_workflows_again_changes_nothing(database: Database, api: AsyncClient) -> None:
    before = (await api.get("/api/workflows")).json()
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)

    assert (await api.get("/api/workflows")).json() == before


async def test_a_workflow_in_use_stays(api: AsyncClient) -> None:
    used, unused = await create(api, "Used"), await create(api, "Unused")
    assert (await api.post("/api/campaigns", json={"name": "Spring", "workflow_id": used["id"]})).status_code == 201

    assert (await api.delete(f"/api/workflows/{used['id']}")).json()["type"] == "urn:outrider:problem:workflow-in-use"
    assert (await api.delete(f"/api/workflows/{unused['id']}")).status_code == 204


async def test_an_address_that_nothing_is_sent_to_is_refused_wherever_a_workflow_comes_in(api: AsyncClient) -> None:
    hook = {"id": "2", "type": "webhook", "data": {"url": "https://maya:secret@example.com/in", "body": "{{ lead.name }}"}}
    config = PLAIN | {"nodes": [PLAIN["nodes"][0], hook, PLAIN["nodes"][2]]}
    report = (await api.post("/api/workflows/validate", json={"config": config})).json()
    (problem,) = report["problems"]
    assert (report["is_valid"], problem["field"], problem["node"]) == (False, "nodes.1.data.url", "2")
    assert "Keep them as a credential" in problem["remedy"]

    answers = [
        await api.post("/api/workflows", json={"name": "Mine", "config": config}),
        await api.post("/api/campaigns", json={"name": "Spring", "workflow_config": config}),
        await api.post("/api/workflows/dry-run", json={"config": config, "sample": 1}),
    ]
    hook["data"] = {"url": "https://169.254.169.254/{{ lead.name }}"}
    draft = (await api.post("/api/workflows", json={"name": "Drawn", "config": config, "publish": False})).json()
    answers.append(await api.post(f"/api/workflows/{draft['id']}/publish", json={"revision": draft["draft_revision"]}))
    for answer in answers:
        assert answer.status_code == 422, answer.text
        (named,) = answer.json()["fields"]
        assert named["field"].endswith(".nodes.1.data.url")
        assert "secret" not in named["problem"] + named["remedy"]


async def test_the_node_library(api: AsyncClient) -> None:
    nodes = {node["type"]: node for node in (await api.get("/api/workflows/nodes")).json()}

    assert set(nodes) >= {"validate", "sms", "voice", "finalize", "parallel", "join", "sub_workflow", "note"}
    assert [(handle["name"], handle["required"]) for handle in nodes["validate"]["handles"]] == [
        ("passed", True),
        ("failed", False),
        ("error", False),
    ]
    assert nodes["parallel"]["handles_from"] == {"param": "branches", "name": "name", "label": "label", "otherwise": None}
    assert nodes["validate"]["output"]["properties"].keys() == {"errors"}
    assert "max_segments" in nodes["sms"]["params"]["properties"]
    assert not any(node["unavailable"] for node in nodes.values())

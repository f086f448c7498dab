"""Whatever is handed in to be checked, tried or described: the answer says what is wrong with it, and is no error of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.integration.campaigns.conftest import World

LONE, NUL, LONG = "\ud800", "a\x00b", "x" * 50_000
BRACES = ("{{ ", "{{ lead. }}", "{{" * 400, "{{ lead.name | }}", "{{ steps['" + "x" * 900 + "'] }}", "{{ 1/0 }}", "}}{{")


def deep(levels: int, around: Any = "x") -> Any:
    for _ in range(levels):
        around = {"a": [around]}
    return around


ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 2**200, 1e308, float("nan"), "", " ", NUL, LONE, LONG, "нет", [], {}, [None], {"a": 1},
    [[[]]], {"": ""}, {NUL: 1}, {LONE: 1}, deep(100), deep(300), *BRACES,
)  # fmt: skip

CONFIG: dict[str, Any] = {
    "nodes": [
        {"id": "check", "type": "validate", "data": {}},
        {"id": "if", "type": "branch", "data": {"cases": [{"name": "rich", "condition": "lead.score > 70"}]}},
        {"id": "text", "type": "send_template", "data": {"text": "Hi {{ lead.name }}"}},
        {"id": "set", "type": "update_lead", "data": {"attributes": [{"name": "a", "value": "{{ steps.text.body }}"}]}},
        {"id": "wait", "type": "wait", "data": {"amount": 2, "unit": "days"}},
        {"id": "end", "type": "finalize", "data": {}},
    ],
    "edges": [
        {"source": "check", "target": "if", "sourceHandle": "passed"},
        {"source": "if", "target": "text", "sourceHandle": "rich"},
        {"source": "if", "target": "end", "sourceHandle": "otherwise"},
        {"source": "text", "target": "set"},
        {"source": "set", "target": "wait"},
        {"source": "wait", "target": "end"},
    ],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in plain data, outermost first."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def spoiled(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    value = copy.deepcopy(value)
    at = value
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = odd
    return value


async def send(api: AsyncClient, method: str, path: str, body: Any) -> Response:
    return await api.request(method, path, content=json.dumps(body), headers={"content-type": "application/json"})


def ensure_ours(answer: Response, what: object) -> None:
    assert answer.status_code < 500, (what, answer.text[:500])
    if answer.status_code >= 400:
        problem = answer.json()
        assert problem["detail"], what
        # What Pydantic refuses by its schema often says in its message what is expected.
        if answer.status_code == 422 and not problem["detail"].startswith("The request has a problem in"):
            assert problem["remedy"] or (problem["fields"] and all(one["remedy"] for one in problem["fields"])), (what, problem)


BODIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "validate": ("POST", "/api/workflows/validate", {"config": CONFIG}),
    "draft": ("PUT", "/api/workflows/{workflow}/draft", {"config": CONFIG, "revision": None}),
    "create": ("POST", "/api/workflows", {"name": "One", "config": CONFIG}),
    "dry run": (
        "POST",
        "/api/workflows/dry-run",
        {
            "config": CONFIG, "lead_ids": [1], "campaign_id": None, "sample": 1,
            "answers": {"wait": {"event": "time", "data": {"text": "x"}}},
            "pins": {"text": {"body": "x"}}, "pin_handles": {"text": "next"},
        },
    ),
    "node": (
        "POST",
        "/api/workflows/nodes/update_lead/run",
        {
            "data": CONFIG["nodes"][3]["data"], "lead_id": 1, "node_id": "set", "steps": {"text": {"body": "x"}},
            "answer": {"event": "reply", "data": {"text": "x"}},
        },
    ),
    "expression": (
        "POST",
        "/api/workflows/expression",
        {
            "expression": "{{ steps.text.body }} {{ lead.name }}", "lead_id": 1, "node_id": "set", "config": CONFIG,
            "steps": {"text": {"body": "x"}},
        },
    ),
    "one value": ("POST", "/api/workflows/expression", {"expression": "steps.text", "lead_id": 1, "steps": {"text": {}}}),
    "describe": ("POST", "/api/workflows/describe", {"text": "Text them, wait two days, then text again."}),
    "replay": ("POST", "/api/runs/1/replay", {"from_node": "text", "visit": 1, "version": None, "dry": True}),
    "settle": ("POST", "/api/runs/1/effects/1/settle", {"happened": True, "result": {"a": 1}}),
    "decide": ("POST", "/api/run-approvals/1/decide", {"action": "approved", "answers": {"a": 1}}),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
async def test_odd_values_anywhere_are_answered(world: World, api: AsyncClient, name: str) -> None:
    (lead,) = await world.leads(1)
    method, path, body = BODIES[name]
    body = json.loads(json.dumps(body).replace('"lead_id": 1', f'"lead_id": {lead.id}').replace("[1]", f"[{lead.id}]"))
    workflow = (await api.post("/api/workflows", json={"name": "Theirs", "config": CONFIG})).json()["id"]
    path = path.format(workflow=workflow)
    for number, place in enumerate(places(body)):
        if "config" in place[:-1] and name not in ("validate", "dry run"):
            continue
        # Each place gets some of them, each other ones: together all of them come to each kind of place.
        step = 16 if "config" in place[:-1] else 4
        for odd in ODD[number % step :: step]:
            ensure_ours(await send(api, method, path, spoiled(body, place, odd)), (name, place, str(odd)[:60]))
    for odd in (None, [], "x", LONE, 7):
        ensure_ours(await send(api, method, path, odd), (name, str(odd)[:60]))


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"a": 1}', b"[" * 5000, b'{"config":' * 3000, b"null", b'"\\ud800"'])
async def test_bodies_that_are_none_are_answered(world: World, api: AsyncClient, raw: bytes) -> None:
    for method, path, _ in BODIES.values():
        answer = await api.request(method, path.format(workflow=1), content=raw, headers={"content-type": "application/json"})
        ensure_ours(answer, (path, raw[:30]))
        assert answer.status_code >= 400


async def test_files_that_are_none_are_answered(world: World, api: AsyncClient) -> None:
    export = (await api.get("/api/workflows/1/export")).json()
    for number, place in enumerate(places(export)):
        for odd in ODD[number % 24 :: 24] if len(place) < 5 else ():
            answer = await send(api, "POST", "/api/workflows/import", spoiled(export, place, odd))
            ensure_ours(answer, (place, str(odd)[:60]))


async def test_workflows_that_run_each_other_are_refused(world: World, api: AsyncClient) -> None:
    def runs(workflow: int) -> dict[str, Any]:
        return {
            "nodes": [
                {"id": "sub", "type": "sub_workflow", "data": {"workflow_id": workflow}},
                {"id": "end", "type": "finalize"},
            ],
            "edges": [{"source": "sub", "target": "end"}],
        }

    (lead,) = await world.leads(1)
    plain = {"nodes": [{"id": "end", "type": "finalize"}], "edges": []}
    first = (await api.post("/api/workflows", json={"name": "First", "config": plain})).json()["id"]
    second = (await api.post("/api/workflows", json={"name": "Second", "config": runs(first)})).json()["id"]
    # A version embeds what it runs as that is now, so that a way back comes to an end.
    ensure_ours(await api.put(f"/api/workflows/{first}", json={"name": "First", "config": runs(second)}), "circle")
    tried = await api.post("/api/workflows/dry-run", json={"config": runs(first), "lead_ids": [lead.id]})
    ensure_ours(tried, "dry run of a circle")
    itself = await api.put(f"/api/workflows/{first}", json={"name": "First", "config": runs(first)})
    assert (itself.status_code, itself.json()["fields"][0]["remedy"]) == (422, "Choose another workflow.")
    unknown = {"config": runs(2**62), "lead_ids": [lead.id]}
    refused = await api.post("/api/workflows/dry-run", json=unknown)
    assert refused.status_code == 422 and refused.json()["fields"][0]["remedy"]
    inside = plain
    for _ in range(60):
        inside = {
            **runs(first),
            "nodes": [{**runs(first)["nodes"][0], "data": {"workflow_id": first, "definition": inside}}, plain["nodes"][0]],
        }
    for path, body in (("validate", {"config": inside}), ("dry-run", {"config": inside, "lead_ids": [lead.id]})):
        ensure_ours(await api.post(f"/api/workflows/{path}", json=body), path)


async def test_a_step_that_breaks_down_is_a_finding(world: World, api: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what no node should do to the engine stops a pre-flight or a dry run."""
    from outrider.workflows.compiler import CompiledWorkflow

    leads = await world.leads(2)
    campaign_id = await world.campaign(leads, workflow_config=CONFIG)

    async def breaks(*_: Any, **__: Any) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(CompiledWorkflow, "start", breaks)
    report = await api.get(f"/api/campaigns/{campaign_id}/preflight")
    assert report.status_code == 200, report.text
    assert "broke down: KeyError" in report.text
    tried = await api.post("/api/workflows/dry-run", json={"config": CONFIG, "lead_ids": [leads[0].id]})
    assert (tried.status_code, tried.json()["runs"][0]["status"]) == (200, "failed")
    assert "broke down: KeyError" in tried.json()["runs"][0]["error"]
    alone = await api.post(
        "/api/workflows/nodes/update_lead/run", json={"data": CONFIG["nodes"][3]["data"], "lead_id": leads[0].id}
    )
    assert alone.status_code == 422 and "broke down: KeyError" in alone.text and alone.json()["fields"][0]["remedy"]
    preview = await api.post(f"/api/campaigns/{campaign_id}/test", json={"lead_ids": [leads[0].id]})
    ensure_ours(preview, "test")

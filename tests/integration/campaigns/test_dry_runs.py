from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from outrider.config import get_settings
from outrider.db.engine import Database
from outrider.workflows.shipped import ensure_shipped_workflows

CONFIG: dict[str, Any] = {
    "nodes": [
        {"id": "hello", "type": "sms", "data": {"template": "Hi {{first_name}}, a free check?"}},
        {"id": "pause", "type": "wait_for_reply", "data": {"amount": 2, "unit": "days"}},
        {"id": "asks", "type": "approval", "data": {"title": "Go on?", "actions": [{"name": "yes"}, {"name": "no"}]}},
        {"id": "again", "type": "sms", "data": {"template": "Still there, {{first_name}}?"}},
        {"id": "end", "type": "finalize", "data": {}},
    ],
    "edges": [
        {"source": "hello", "target": "pause"},
        {"source": "pause", "sourceHandle": "timeout", "target": "again"},
        {"source": "pause", "sourceHandle": "replied", "target": "asks"},
        {"source": "asks", "sourceHandle": "yes", "target": "again"},
        {"source": "asks", "sourceHandle": "no", "target": "end"},
        {"source": "again", "target": "end"},
    ],
}


@pytest.fixture(autouse=True)
async def shipped(database: Database) -> None:
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)


async def lead(api: AsyncClient, number: int = 1, **values: Any) -> int:
    person = {"name": "Ann Lee", "phone": f"+131255501{number:02}", "attributes": {"plan": "gold"}}
    created = await api.post("/api/leads", json={**person, **values})
    assert created.status_code == 201, created.text
    return int(created.json()["id"])


async def stored(database: Database) -> dict[str, int]:
    tables = ("runs", "run_waits", "messages", "processing_logs", "run_approvals", "agent_executions")
    async with database.transaction() as session:
        return {name: (await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() for name in tables}


async def test_time_passes_and_nothing_is_left_behind(api: AsyncClient, database: Database) -> None:
    lead_id = await lead(api)
    answer = await api.post("/api/workflows/dry-run", json={"config": CONFIG, "lead_ids": [lead_id]})

    assert answer.status_code == 200, answer.text
    (run,) = answer.json()["runs"]
    assert (run["lead_name"], run["status"], run["error"]) == ("Ann Lee", "completed", None)
    assert [(step["node_id"], step["outcome"]) for step in run["steps"]] == [
        ("hello", "sms"),
        ("pause", ""),
        ("pause", "timeout"),
        ("again", "sms"),
        ("end", ""),
    ]
    assert [found["body"] for found in run["texts"]] == ["Hi Ann, a free check?", "Still there, Ann?"]
    assert run["intents"][0]["title"] == "Texts the lead: “Hi Ann, a free check?”"
    first, last = run["steps"][0]["at"], run["steps"][-1]["at"]
    assert last > first and run["steps"][3]["at"][:10] != first[:10]
    assert set((await stored(database)).values()) == {0}


async def test_waits_end_as_was_chosen(api: AsyncClient) -> None:
    lead_id = await lead(api)
    answers = {
        "pause": {"event": "reply", "data": {"text": "Maybe"}},
        "asks": {"event": "decided", "data": {"action": "no"}},
    }
    wanted = {"config": CONFIG, "lead_ids": [lead_id], "answers": answers}
    (run,) = (await api.post("/api/workflows/dry-run", json=wanted)).json()["runs"]

    left = {step["node_id"]: step for step in run["steps"]}
    assert (left["pause"]["outcome"], left["pause"]["output"]["text"]) == ("replied", "Maybe")
    assert left["asks"]["outcome"] == "no" and len(run["texts"]) == 1
    del answers["asks"]
    (run,) = (await api.post("/api/workflows/dry-run", json=wanted)).json()["runs"]
    assert {step["node_id"]: step for step in run["steps"]}["asks"]["outcome"] == "yes"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"event": "decided", "data": {"action": "perhaps"}}, "Nobody is offered “perhaps” here. Choose one of: yes, no."),
        ({"event": "done"}, "A person decides here: it can't end by “done”. Choose a decision, or that nobody takes one."),
    ],
)
async def test_a_decision_that_nobody_is_offered_is_told(api: AsyncClient, answer: dict[str, Any], said: str) -> None:
    lead_id = await lead(api)
    answers = {"pause": {"event": "reply"}, "asks": answer}
    wanted = {"config": CONFIG, "lead_ids": [lead_id], "answers": answers}
    (run,) = (await api.post("/api/workflows/dry-run", json=wanted)).json()["runs"]
    assert (run["status"], run["error_node"], run["error"]) == ("failed", "asks", said)


@pytest.mark.parametrize("path", ["nowhere", "nowhere/else", "nowhere#2"])
async def test_an_answer_for_a_step_that_is_not_there_is_refused(api: AsyncClient, path: str) -> None:
    lead_id = await lead(api)
    wanted = {"config": CONFIG, "lead_ids": [lead_id], "answers": {path: {"event": "reply"}}}
    answer = await api.post("/api/workflows/dry-run", json=wanted)
    assert answer.status_code == 422
    (problem,) = answer.json()["fields"]
    assert problem["field"] == "body.answers" and path in problem["problem"] and problem["remedy"]


async def test_pins_stand_in_for_nodes(api: AsyncClient) -> None:
    lead_id = await lead(api)
    wanted = {
        "config": CONFIG,
        "lead_ids": [lead_id],
        "pins": {"hello": {"body": "pinned"}, "pause": {"text": "?"}},
        "pin_handles": {"pause": "timeout"},
    }
    (run,) = (await api.post("/api/workflows/dry-run", json=wanted)).json()["runs"]

    assert [found["node_id"] for found in run["texts"]] == ["again"]
    assert run["steps"][0]["output"] == {"body": "pinned"}


async def test_a_sample_of_a_list_or_a_campaign(api: AsyncClient) -> None:
    group = (await api.post("/api/lists", json={"name": "Fair"})).json()["id"]
    listed, other = await lead(api, 1, list_ids=[group]), await lead(api, 2)
    campaign = (await api.post("/api/campaigns", json={"name": "Spring", "lead_ids": [other]})).json()

    of_list = await api.post("/api/workflows/dry-run", json={"config": CONFIG, "list_id": group, "sample": 5})
    assert [run["lead_id"] for run in of_list.json()["runs"]] == [listed]
    of_campaign = await api.post("/api/workflows/dry-run", json={"config": CONFIG, "campaign_id": campaign["id"], "sample": 5})
    assert [run["lead_id"] for run in of_campaign.json()["runs"]] == [other]
    of_all = await api.post("/api/workflows/dry-run", json={"config": CONFIG, "sample": 5})
    assert {run["lead_id"] for run in of_all.json()["runs"]} == {listed, other}
    too_many = await api.post("/api/workflows/dry-run", json={"config": CONFIG, "lead_ids": list(range(1, 30))})
    assert too_many.status_code == 422


async def test_what_can_not_be_run_is_refused(api: AsyncClient) -> None:
    lead_id = await lead(api)
    broken = {"nodes": [{"id": "1", "type": "fax", "data": {}}], "edges": []}
    refused = await api.post("/api/workflows/dry-run", json={"config": broken, "lead_ids": [lead_id]})
    assert (refused.status_code, refused.json()["fields"][0]["node"]) == (422, "1")
    assert (await api.post("/api/workflows/dry-run", json={"config": CONFIG, "lead_ids": [999]})).status_code == 422
    nowhere = {"config": CONFIG, "lead_ids": [lead_id], "campaign_id": 999}
    assert (await api.post("/api/workflows/dry-run", json=nowhere)).status_code == 404


async def test_one_node_alone(api: AsyncClient) -> None:
    lead_id = await lead(api)
    data = {"cases": [{"name": "gold", "condition": "steps.before.plan == 'gold'"}]}
    wanted = {"data": data, "lead_id": lead_id, "steps": {"before": {"plan": "gold"}}, "node_id": "which"}
    answer = await api.post("/api/workflows/nodes/branch/run", json=wanted)
    assert (answer.json()["step"]["node_id"], answer.json()["step"]["outcome"]) == ("which", "gold"), answer.text

    told = (await api.post("/api/workflows/nodes/sms/run", json={"data": {"template": "Hi"}, "lead_id": lead_id})).json()
    assert told["texts"][0]["body"] == "Hi" and told["step"]["outcome"] == "sms"
    waits = {"data": {}, "lead_id": lead_id, "answer": {"event": "reply", "data": {"text": "Yes"}}}
    assert (await api.post("/api/workflows/nodes/wait_for_reply/run", json=waits)).json()["step"]["outcome"] == "replied"
    for kind in ("fax", "finalize", "join", "note"):
        refused = await api.post(f"/api/workflows/nodes/{kind}/run", json={"data": {}, "lead_id": lead_id})
        assert refused.status_code == 422, kind
    bad = await api.post("/api/workflows/nodes/wait/run", json={"data": {"amount": -1}, "lead_id": lead_id})
    assert bad.status_code == 422 and bad.json()["fields"][0]["field"].endswith("data.amount")


async def value(api: AsyncClient, lead_id: int, expression: str, **more: Any) -> dict[str, Any]:
    answer = await api.post("/api/workflows/expression", json={"expression": expression, "lead_id": lead_id, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_expressions_on_a_real_lead(api: AsyncClient) -> None:
    lead_id = await lead(api)

    assert await value(api, lead_id, "lead.first_name") == {"value": "Ann", "type": "text", "text": "Ann", "warnings": []}
    assert (await value(api, lead_id, "{{ lead.attributes.plan == 'gold' }}"))["type"] == "yes or no"
    assert (await value(api, lead_id, "Hi {{ lead.first_name }}!"))["text"] == "Hi Ann!"
    assert (await value(api, lead_id, "steps.before.n + 1", steps={"before": {"n": 2}}))["value"] == 3
    assert (await value(api, lead_id, "run.now"))["type"] == "time"
    missing = await value(api, lead_id, "steps.nobody.n", config=CONFIG)
    assert (missing["value"], missing["type"]) == (None, "nothing")
    assert missing["warnings"][0] == "There is no step “nobody” in this workflow."
    bad = await api.post("/api/workflows/expression", json={"expression": "lead.", "lead_id": lead_id})
    assert (bad.status_code, bad.json()["type"]) == (422, "urn:outrider:problem:bad-expression")
    assert (await api.post("/api/workflows/expression", json={"expression": "1", "lead_id": 999})).status_code == 422


async def test_a_lead_whose_zone_nobody_knows_is_where_the_installation_is(
    api: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = await lead(api)
    async with database.transaction() as session:
        await session.execute(text("UPDATE leads SET time_zone = NULL, time_zones = '{}'"))
    monkeypatch.setenv("OUTRIDER_TIME_ZONE", "Asia/Tokyo")
    get_settings.cache_clear()
    config = {
        "nodes": [
            {"id": "w", "type": "wait", "data": {"mode": "time_of_day", "time_of_day": "09:00"}},
            {"id": "t", "type": "transform", "data": {"fields": [{"name": "zone", "value": "{{ lead.time_zone }}"}]}},
            {"id": "f", "type": "finalize"},
        ],
        "edges": [{"source": "w", "target": "t"}, {"source": "t", "target": "f"}],
    }
    try:
        answer = await api.post("/api/workflows/dry-run", json={"config": config, "lead_ids": [lead_id]})
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    (run,) = answer.json()["runs"]
    steps = {step["node_id"]: step["output"] for step in run["steps"]}
    assert datetime.fromisoformat(steps["w"]["until"]).astimezone(ZoneInfo("Asia/Tokyo")).hour == 9
    assert steps["t"] == {"zone": "Asia/Tokyo"}


async def test_texts_of_a_run_that_fails_are_shown_if_they_would_have_left(api: AsyncClient) -> None:
    def text(name: str, body: str) -> dict[str, Any]:
        return {"id": name, "type": "send_template", "data": {"text": body}}

    nodes = [text("one", "First"), {"id": "wait", "type": "wait"}, text("two", "Second"), text("three", "too long " * 100)]
    ways = pairwise([*(node["id"] for node in nodes), "end"])
    config = {
        "nodes": [*nodes, {"id": "end", "type": "finalize"}],
        "edges": [{"source": source, "target": target} for source, target in ways],
    }
    answer = await api.post("/api/workflows/dry-run", json={"config": config, "lead_ids": [await lead(api)]})

    (run,) = answer.json()["runs"]
    assert (run["status"], run["error_node"]) == ("failed", "three")
    assert [shown["body"] for shown in run["texts"]] == ["First"], "the second one is dropped with the failure"
    assert [intent["node_id"] for intent in run["intents"]] == ["one"]

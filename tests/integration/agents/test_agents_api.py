"""Configured agents over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

MAYA = {"name": "Maya", "system_prompt": "You are Maya of Acme."}


@pytest.fixture
def create(api: Any) -> Any:
    async def post(**values: Any) -> Any:
        return await api.post("/api/agents", json=MAYA | values)

    return post


async def test_agents_are_created_listed_changed_and_deleted(api: Any, create: Any) -> None:
    zoe = (await create(name="  Zoe ", model="offline", tools=[{"name": "find_slots"}, "update_lead"])).json()
    maya = (await create()).json()
    assert (zoe["name"], zoe["model"], zoe["tools"]) == ("Zoe", "offline", ["find_slots", "update_lead"])
    assert (zoe["agent_type"], zoe["published"], zoe["has_changes"], zoe["warnings"]) == ("conversation", 1, False, [])
    assert (maya["model"], maya["tools"]) == (None, [])
    assert [agent["name"] for agent in (await api.get("/api/agents")).json()] == ["Maya", "Zoe"]

    changed = await api.patch(f"/api/agents/{zoe['id']}", json={"name": "Zoë", "model": None})
    assert changed.status_code == 200
    times = {name: changed.json()[name] for name in ("changed_at", "updated_at")}
    expected = {"name": "Zoë", "model": None, "has_changes": True, "revision": 2, **times}
    assert changed.json() == zoe | expected
    assert (await api.get(f"/api/agents/{zoe['id']}")).json() == changed.json()

    assert (await api.delete(f"/api/agents/{zoe['id']}")).status_code == 204
    assert [agent["name"] for agent in (await api.get("/api/agents")).json()] == ["Maya"]


async def test_two_agents_never_have_one_name(api: Any, create: Any) -> None:
    first, second = (await create()).json(), (await create(name="Zoe")).json()
    for answer in (await create(), await api.patch(f"/api/agents/{second['id']}", json={"name": "Maya"})):
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:agent-name-taken")
    assert (await api.patch(f"/api/agents/{first['id']}", json={"name": "Maya"})).status_code == 200, "it keeps its own"


async def test_at_the_same_moment_one_gets_the_name(create: Any) -> None:
    answers = await asyncio.gather(*[create() for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_an_agent_that_a_campaign_uses_stays(api: Any, create: Any) -> None:
    agent = (await create()).json()
    campaign = await api.post("/api/campaigns", json={"name": "Spring", "agent_id": agent["id"]})
    assert campaign.status_code == 201, campaign.text
    answer = await api.delete(f"/api/agents/{agent['id']}")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:agent-in-use"), answer.text
    assert (await api.get(f"/api/agents/{agent['id']}")).status_code == 200


async def test_nobody_is_not_found(api: Any) -> None:
    assert (await api.get("/api/agents/1")).status_code == 404
    assert (await api.patch("/api/agents/1", json={"name": "X"})).status_code == 404
    assert (await api.delete("/api/agents/1")).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "body.name"), ({"system_prompt": None}, "body.system_prompt"), ({"tools": None}, "body.tools"),
        ({"name": " "}, "body.name"), ({"prompt": "x"}, "body.prompt"),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named(api: Any, create: Any, change: dict[str, Any], field: str) -> None:
    agent = (await create()).json()
    answer = await api.patch(f"/api/agents/{agent['id']}", json=change)
    assert answer.status_code == 422, answer.text
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]

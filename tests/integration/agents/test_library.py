"""Stored agents: versions, what ships, and what prompts and tools may be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from outrider.agents.base import AgentType
from outrider.agents.library.configurations import configuration_for, configurations_for
from outrider.campaigns.briefings import CampaignBriefings
from outrider.db.engine import Database
from outrider.events.models import LiveEvent
from outrider.events.topics import Topic
from tests.worlds import World


@pytest.fixture
def create(api: Any) -> Any:
    async def post(**values: Any) -> dict[str, Any]:
        answer = await api.post("/api/agents", json={"name": "Maya", "system_prompt": "You are Maya.\nBe kind."} | values)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return post


async def test_a_draft_speaks_once_it_is_published(api: Any, create: Any, database: Database) -> None:
    agent = await create(model="offline")
    place = f"/api/agents/{agent['id']}"
    changed = await api.patch(place, json={"system_prompt": "You are Maya.\nBe brief.", "temperature": 0.2})
    assert changed.json()["has_changes"] is True

    async def speaking() -> tuple[str, int | None]:
        async with database.transaction() as session:
            found = await configuration_for(session, AgentType.CONVERSATION, agent["id"])
        return found.system_prompt, found.version

    assert await speaking() == ("You are Maya.\nBe kind.", 1)
    diff = (await api.get(f"{place}/diff", params={"before": 1})).json()
    assert [change["field"] for change in diff["changes"]] == ["system_prompt", "temperature"]
    assert [(line["kind"], line["text"]) for line in diff["changes"][0]["lines"]] == [
        ("same", "You are Maya."), ("removed", "Be kind."), ("added", "Be brief."),
    ]  # fmt: skip

    published = await api.post(f"{place}/publish", json={"note": "Shorter"})
    assert (published.json()["published"], published.json()["has_changes"]) == (2, False)
    assert await speaking() == ("You are Maya.\nBe brief.", 2)
    again = await api.post(f"{place}/publish")
    assert (again.status_code, again.json()["type"]) == (409, "urn:outrider:problem:nothing-to-publish")

    versions = (await api.get(f"{place}/versions")).json()
    assert [(v["number"], v["note"], v["created_by"]) for v in versions] == [
        (2, "Shorter", "local operator"), (1, "", "local operator"),
    ]  # fmt: skip
    restored = await api.post(f"{place}/versions/1/restore")
    assert (restored.json()["system_prompt"], restored.json()["has_changes"]) == ("You are Maya.\nBe kind.", True)
    assert await speaking() == ("You are Maya.\nBe brief.", 2), "until it is published"
    assert (await api.post(f"{place}/publish")).json()["published"] == 3
    assert (await api.get(f"{place}/diff", params={"before": 1, "after": 3})).json()["changes"] == []
    assert (await api.post(f"{place}/versions/9/restore")).status_code == 404
    assert (await api.get(f"{place}/diff", params={"before": 9})).status_code == 404


async def test_what_ships_is_listed_copied_replaced_and_restored(api: Any, database: Database) -> None:
    shipped = {agent["agent_type"]: agent for agent in (await api.get("/api/agents/built-in")).json()}
    assert set(shipped) == {kind.value for kind in AgentType}
    assert (await api.get("/api/agents")).json() == [], "nothing is stored until it is edited"

    copied = await api.post("/api/agents/built-in/scheduler/copy")
    agent = copied.json()
    assert (copied.status_code, agent["published"], agent["system_prompt"]) == (201, None, shipped["scheduler"]["system_prompt"])
    second = (await api.post("/api/agents/built-in/scheduler/copy")).json()
    assert second["name"] != agent["name"]
    place = f"/api/agents/{agent['id']}"
    early = await api.put(f"{place}/default", json={"is_default": True})
    assert (early.status_code, early.json()["type"]) == (409, "urn:outrider:problem:never-published")

    await api.patch(place, json={"system_prompt": "Ours."})
    await api.post(f"{place}/publish")
    assert (await api.put(f"{place}/default", json={"is_default": True})).json()["is_default"] is True
    async with database.transaction() as session:
        found = await configurations_for(session, {})
    assert (found[AgentType.SCHEDULER].system_prompt, found[AgentType.SCHEDULER].agent_id) == ("Ours.", agent["id"])
    assert found[AgentType.BDR].agent_id is None
    shipped = {agent["agent_type"]: agent for agent in (await api.get("/api/agents/built-in")).json()}
    assert shipped["scheduler"]["replaced_by"] == agent["id"]

    await api.post(f"/api/agents/{second['id']}/publish")
    await api.put(f"/api/agents/{second['id']}/default", json={"is_default": True})
    assert (await api.get(place)).json()["is_default"] is False, "one stands for a type"

    restored = (await api.post(f"{place}/restore-built-in")).json()
    assert (restored["system_prompt"], restored["name"]) == (shipped["scheduler"]["system_prompt"], agent["name"])


@pytest.mark.parametrize(
    ("change", "field", "remedy"),
    [
        ({"system_prompt": "Hi {{lead.frist_name}}"}, "body.system_prompt", "Write {{lead.first_name}}."),
        ({"tools": ["fly"]}, "body.tools", "search_campaign_facts"),
        ({"guardrails": {"most_characters": 1}}, "body.guardrails.most_characters", ""),
        ({"temperature": 3}, "body.temperature", ""),
    ],
)
async def test_what_can_not_work_is_named_with_a_remedy(api: Any, create: Any, change: Any, field: str, remedy: str) -> None:
    agent = await create()
    for answer in (
        await api.patch(f"/api/agents/{agent['id']}", json=change),
        await api.post("/api/agents", json={"name": "Zoe", "system_prompt": "x"} | change),
    ):
        assert answer.status_code == 422, answer.text
        (problem,) = answer.json()["fields"]
        assert problem["field"] == field
        assert remedy in problem["remedy"]


async def test_a_tool_is_for_agents_of_its_types(api: Any) -> None:
    wanted = {"name": "Zoe", "system_prompt": "x", "agent_type": "marketing", "tools": ["book_meeting"]}
    answer = await api.post("/api/agents", json=wanted)
    assert "not for agents of this type" in answer.json()["fields"][0]["problem"]


async def test_a_model_that_is_not_configured_is_a_warning(create: Any) -> None:
    agent = await create(model="openai:gpt-4o-mini")
    (warning,) = agent["warnings"]
    assert warning["field"] == "model"
    assert "OPENAI_API_KEY" in warning["remedy"]


async def test_a_prompt_is_previewed_on_a_lead(api: Any, world: World) -> None:
    lead = await world.lead(name="Bo Berg", company="Berg AB")
    campaign = (await api.post("/api/campaigns", json={"name": "Spring", "sender_name": "Maya"})).json()
    prompt = "{{sender}} writes to {{lead.first_name}} of {{lead.company}}, {{lead.title}} {{weather}}"
    wanted = {"system_prompt": prompt, "lead_id": lead.id, "campaign_id": campaign["id"]}
    shown = (await api.post("/api/agents/preview", json=wanted)).json()
    assert shown["text"] == "Maya writes to Bo of Berg AB,  {{weather}}"
    assert shown["missing"] == ["lead.title"]
    assert [problem["problem"] for problem in shown["problems"]] == ["{{weather}} is no variable."]
    example = (await api.post("/api/agents/preview", json={"system_prompt": prompt})).json()
    assert example["text"].startswith("Maya of Acme writes to Ann of Leeworks, Owner")
    assert (await api.post("/api/agents/preview", json=wanted | {"lead_id": 99})).status_code == 422
    names = {variable["name"] for variable in (await api.get("/api/agents/variables")).json()}
    assert {"lead.first_name", "campaign.name", "sender"} <= names
    tools = {tool["name"]: tool for tool in (await api.get("/api/agents/tools")).json()}
    assert tools["book_meeting"]["has_effects"] and "marketing" not in tools["book_meeting"]["agent_types"]


async def test_a_campaign_chooses_an_agent_for_each_work(api: Any, create: Any, database: Database) -> None:
    maya = await create(model="offline", temperature=0.1)
    zoe = await create(name="Zoe", agent_type="scheduler")
    draft = await create(name="Ida", agent_type="scheduler", publish=False)
    for wrong, words in ((maya["id"], "of the type conversation"), (draft["id"], "never published"), (999, "none with the id")):
        answer = await api.post("/api/campaigns", json={"name": "Spring", "scheduler_agent_id": wrong})
        assert answer.status_code == 422, answer.text
        assert answer.json()["fields"][0]["field"] == "body.scheduler_agent_id"
        assert words in answer.json()["fields"][0]["problem"]
    chosen = {"agent_id": maya["id"], "scheduler_agent_id": zoe["id"]}
    campaign = (await api.post("/api/campaigns", json={"name": "Spring", **chosen})).json()
    assert campaign["scheduler_agent_id"] == zoe["id"]
    await api.patch(f"/api/agents/{maya['id']}", json={"system_prompt": "A draft."})
    async with database.transaction() as session:
        briefing = await CampaignBriefings().of_campaign(session, campaign["id"])
    assert briefing is not None
    assert briefing.agents == {"conversation": maya["id"], "scheduler": zoe["id"]}
    assert (briefing.system_prompt, briefing.model, briefing.temperature) == ("You are Maya.\nBe kind.", "offline", 0.1)
    assert (await api.delete(f"/api/agents/{zoe['id']}")).json()["type"] == "urn:outrider:problem:agent-in-use"


async def test_two_who_edit_one_draft_do_not_overwrite_each_other(api: Any, create: Any) -> None:
    agent = await create()
    place, began = f"/api/agents/{agent['id']}", agent["revision"]
    mine = await api.patch(place, json={"description": "Mine", "revision": began})
    assert (mine.status_code, mine.json()["revision"], mine.json()["changed_by"]) == (200, began + 1, "local operator")
    theirs = await api.patch(place, json={"description": "Theirs", "revision": began})
    problem = theirs.json()
    assert (theirs.status_code, problem["type"]) == (409, "urn:outrider:problem:agent-edited-meanwhile")
    assert theirs.headers["content-type"].startswith("application/problem+json")
    assert (problem["revision"], problem["changed_by"]) == (began + 1, "local operator")
    assert problem["changed_at"] == mine.json()["changed_at"].replace("Z", "+00:00")
    assert "local operator" in problem["detail"] and str(began + 1) in problem["remedy"]
    assert (await api.get(place)).json()["description"] == "Mine"
    kept = await api.patch(place, json={"description": "Theirs", "revision": problem["revision"]})
    assert (kept.status_code, kept.json()["description"], kept.json()["revision"]) == (200, "Theirs", began + 2)
    assert (await api.patch(place, json={"description": "Whoever"})).status_code == 200
    assert (await api.patch(place, json={"description": "x", "revision": 99})).status_code == 422
    same = (await api.patch(place, json={"description": "Whoever"})).json()
    assert same["revision"] == began + 3, "what changes nothing is no change"


async def test_of_many_who_save_at_once_one_does(api: Any, create: Any) -> None:
    agent = await create()
    place = f"/api/agents/{agent['id']}"
    edits = [api.patch(place, json={"description": f"Edit {n}", "revision": agent["revision"]}) for n in range(6)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*edits)) == [200, *[409] * 5]
    assert (await api.get(place)).json()["revision"] == agent["revision"] + 1


async def test_nobody_publishes_a_draft_that_they_have_not_seen(api: Any, create: Any) -> None:
    agent = await create()
    place = f"/api/agents/{agent['id']}"
    changed = (await api.patch(place, json={"description": "New"})).json()
    assert (await api.post(f"{place}/publish", json={"revision": agent["revision"]})).status_code == 409
    published = await api.post(f"{place}/publish", json={"revision": changed["revision"]})
    assert (published.status_code, published.json()["revision"]) == (200, changed["revision"])
    restored = (await api.post(f"{place}/versions/1/restore")).json()
    assert restored["revision"] == changed["revision"] + 1


async def test_whoever_looks_at_agents_is_told_of_changes(api: Any, create: Any, database: Database) -> None:
    agent = await create(publish=False)
    place = f"/api/agents/{agent['id']}"
    await api.patch(place, json={"description": "New"})
    await api.post(f"{place}/publish")
    await api.put(f"{place}/default", json={"is_default": True})
    assert (await api.delete(place)).status_code == 204
    async with database.transaction() as session:
        query = select(LiveEvent.kind, LiveEvent.payload).where(LiveEvent.topic == Topic.AGENTS).order_by(LiveEvent.id)
        told = (await session.execute(query)).all()
    assert [(row.kind, row.payload["ids"]) for row in told] == [
        (kind, [agent["id"]]) for kind in ("created", "changed", "published", "changed", "deleted")
    ]  # fmt: skip

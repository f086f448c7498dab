"""Live replays: they wait, go on and end as other runs do, and nothing that happened under their name happens again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (effects and texts take part)
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.conversations.inbound import receive_text
from outrider.leads.models import Lead
from outrider.workflows.models import RunEffect
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import effects
from outrider.workflows.runs.effects import EffectCall, EffectRefused, EffectUnknown
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import carried_out
from tests.worlds import inbound

WAIT = {"amount": 2, "unit": "days"}
BOTH = {"branches": [{"name": "left"}, {"name": "right"}]}
INNER = {
    "nodes": [
        {"id": "say", "type": "send_template", "data": {"text": "From within"}},
        {"id": "rest", "type": "wait", "data": WAIT},
        {"id": "more", "type": "send_template", "data": {"text": "Still within"}},
        {"id": "done", "type": "finalize"},
    ],
    "edges": [
        {"source": "say", "target": "rest"},
        {"source": "rest", "target": "more"},
        {"source": "more", "target": "done"},
    ],
}


def say(words: str) -> tuple[str, dict[str, Any]]:
    return "send_template", {"text": words}


def drawn(nodes: Mapping[str, tuple[str, dict[str, Any]]], edges: str) -> dict[str, Any]:
    """A definition: nodes by id as (type, parameters), edges as `a>b` or `a.handle>b`; the end is `end`."""
    made = []
    for edge in edges.split():
        source, target = edge.split(">")
        source, _, handle = source.partition(".")
        made.append({"source": source, "target": target, **({"sourceHandle": handle} if handle else {})})
    listed = [{"id": node_id, "type": kind, "data": data} for node_id, (kind, data) in nodes.items()]
    return {"nodes": [*listed, {"id": "end", "type": "finalize", "data": {}}], "edges": made}


class Outside:
    """Somebody whom runs ask to do something."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.raises: Exception | None = None

    async def do(self, call: EffectCall) -> dict[str, Any]:
        self.keys.append(call.idempotency_key)
        if self.raises is not None:
            raise self.raises
        return {"number": len(self.keys)}


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)
    monkeypatch.setattr(effects, "_kinds", {})
    outside = Outside()
    effects.effect("test_call")(outside.do)
    return outside


class Story:
    """A workflow, the campaign of one lead that runs it, and the runs that came of it."""

    def __init__(self, world: World, api: AsyncClient, workflow_id: int, campaign_id: int, run_id: int):
        self.world, self.api = world, api
        self.workflow_id, self.campaign_id, self.run_id = workflow_id, campaign_id, run_id

    @classmethod
    async def begun(cls, world: World, api: AsyncClient, config: dict[str, Any]) -> Story:
        created = await api.post("/api/workflows", json={"name": "Cadence", "config": config})
        assert created.status_code == 201, created.text
        workflow_id = int(created.json()["id"])
        campaign_id = await world.started(1, workflow_id=workflow_id)
        await world.work()
        await world.settle(campaign_id)
        (run,) = (await api.get("/api/runs", params={"campaign_id": campaign_id})).json()["items"]
        return cls(world, api, workflow_id, campaign_id, run["id"])

    async def publishes(self, config: dict[str, Any]) -> int:
        """Another version of the workflow; returns its number."""
        answer = await self.api.put(f"/api/workflows/{self.workflow_id}", json={"name": "Cadence", "config": config})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["published_version"])

    async def cancelled(self) -> None:
        answer = await self.api.post(f"/api/runs/{self.run_id}/cancel")
        assert answer.status_code == 200, answer.text

    async def replayed(self, from_node: str, **given: Any) -> dict[str, Any]:
        await self.under_way()
        answer = await self.api.post(f"/api/runs/{self.run_id}/replay", json={"from_node": from_node, "dry": False, **given})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def under_way(self) -> None:
        """As a campaign with other leads would be: that of one lead is over when this one is."""
        await self.world.execute("UPDATE campaigns SET status = 'processing', completed_at = NULL")

    async def run(self, run_id: int) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.get(f"/api/runs/{run_id}")).json()
        return found

    async def goes_on(self) -> int:
        return await RunTimers(self.world.database, self.world.context.part(CampaignRunner)).resume_due()

    async def time_passes(self) -> int:
        await self.world.execute("UPDATE run_waits SET due_at = now() WHERE due_at IS NOT NULL")
        return await self.goes_on()

    async def says(self, words: str) -> None:
        (lead,) = await self.world.rows(Lead)
        async with self.world.database.transaction() as session:
            await receive_text(session, inbound(lead.phone, words))

    async def bodies(self) -> list[str]:
        return [sent.body for sent in await self.world.texts(self.campaign_id) if sent.direction == "out"]


def waits(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(wait["node_id"], wait["kind"]) for wait in run["waits"]]


def taken(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["node_id"], step["outcome"]) for step in run["steps"]]


LINE = drawn(
    {
        "hello": say("Hello"),
        "pause": ("wait", WAIT),
        "ask": say("Well?"),
        "hear": ("wait_for_reply", {}),
        "thank": ("test_thank", {}),
    },
    "hello>pause pause>ask ask>hear hear.replied>thank hear.timeout>end thank>end",
)


async def test_one_that_begins_with_a_wait_waits_anew_and_goes_on(world: World, api: AsyncClient) -> None:
    story = await Story.begun(world, api, LINE)
    await story.cancelled()
    replay = await story.replayed("pause")
    assert (replay["status"], waits(replay), replay["replay_of"]) == ("waiting", [("pause", "timer")], story.run_id)
    assert await story.goes_on() == 0, "its time has not come"

    assert await story.time_passes() == 1
    replay = await story.run(replay["id"])
    assert (waits(replay), await story.bodies()) == ([("hear", "reply")], ["Hello", "Well?"])
    await story.says("Yes please")
    assert await story.goes_on() == 1
    replay = await story.run(replay["id"])
    assert replay["status"] == "completed"
    assert taken(replay) == [
        ("pause", ""), ("pause", "next"), ("ask", "next"), ("hear", ""), ("hear", "replied"), ("thank", "next"), ("end", ""),
    ]  # fmt: skip
    assert await story.bodies() == ["Hello", "Well?", "Thank you for “Yes please”."]
    assert [step["seq"] for step in replay["steps"]] == list(range(7))


async def test_one_that_leads_into_a_wait_for_a_reply_repeats_no_text(world: World, api: AsyncClient) -> None:
    story = await Story.begun(world, api, LINE)
    await story.time_passes()
    await world.settle(story.campaign_id)
    await story.time_passes()
    assert (await story.run(story.run_id))["status"] == "completed"
    assert await story.bodies() == ["Hello", "Well?"]

    replay = await story.replayed("ask")
    assert (waits(replay), replay["texts"], await story.bodies()) == ([("hear", "reply")], [], ["Hello", "Well?"])
    assert await world.statuses(story.campaign_id) == {"waiting": 1}
    await story.says("Now I have time")
    assert await story.goes_on() == 1
    replay = await story.run(replay["id"])
    assert (replay["status"], [sent["node_id"] for sent in replay["texts"]]) == ("completed", ["thank"])
    again = await story.replayed("ask")
    await story.says("Hello again")
    await story.goes_on()
    assert (await story.run(again["id"]))["status"] == "completed"
    assert len(await story.bodies()) == 3, "it thanked under that name before"


FORKED = drawn(
    {
        "fork": ("parallel", BOTH),
        "call": ("test_call", {}), "pause": ("wait", WAIT), "left": say("Left"),
        "right": say("Right"), "hear": ("wait_for_reply", {}),
        "meet": ("join", {}), "after": say("After"),
    },
    "fork.left>call call.done>pause pause>left left>meet fork.right>right right>hear hear.replied>meet hear.timeout>meet "
    "meet>after after>end",
)  # fmt: skip


async def test_one_that_begins_within_a_branch_takes_that_branch_and_what_follows(
    world: World, api: AsyncClient, outside: Outside
) -> None:
    story = await Story.begun(world, api, FORKED)
    await carried_out(world)
    await story.goes_on()
    assert sorted(waits(await story.run(story.run_id))) == [("hear", "reply"), ("pause", "timer")]
    await story.cancelled()

    replay = await story.replayed("pause")
    assert waits(replay) == [("pause", "timer")]
    assert await story.time_passes() == 1
    replay = await story.run(replay["id"])
    assert (replay["status"], replay["error"]) == ("completed", None)
    assert [node for node, outcome in taken(replay) if outcome] == ["pause", "left", "meet", "after"]
    assert await story.bodies() == ["Right", "Left", "After"]

    await world.settle(story.campaign_id)
    other = await story.replayed("right")
    assert waits(other) == [("hear", "reply")]
    await story.says("Good")
    assert await story.goes_on() == 1
    assert (await story.run(other["id"]))["status"] == "completed"
    assert await story.bodies() == ["Right", "Left", "After"], "all of these were sent under that name"
    assert len(outside.keys) == 1


async def test_one_within_a_branch_knows_what_the_others_brought(world: World, api: AsyncClient) -> None:
    """Also what they did after the run came to the step at which the replay begins."""
    after = say("You said {{ steps.hear.text }} after {{ steps.call.number | nothing }}")
    config = {**FORKED, "nodes": [node for node in FORKED["nodes"] if node["id"] != "after"]}
    config["nodes"].append({"id": "after", "type": after[0], "data": after[1]})
    story = await Story.begun(world, api, config)
    await carried_out(world)
    await story.goes_on()
    await story.says("Hi")
    assert await story.goes_on() == 1
    assert waits(await story.run(story.run_id)) == [("pause", "timer")]
    await story.cancelled()

    replay = await story.replayed("pause")
    assert await story.time_passes() == 1
    assert (await story.run(replay["id"]))["status"] == "completed"
    assert await story.bodies() == ["Right", "Left", "You said Hi after 1"]
    earlier = await api.post(f"/api/runs/{story.run_id}/replay", json={"from_node": "hear"})
    (told,) = [one for one in earlier.json()["intents"] if one["node_id"] == "after"]
    assert "after 1" in told["title"] + str(told["details"])


async def test_a_replay_of_a_replay_knows_what_came_before_both(world: World, api: AsyncClient) -> None:
    config = drawn(
        {"first": say("One"), "second": say("Two"), "pause": ("wait", WAIT), "third": say("{{ steps.first.body }}!")},
        "first>second second>pause pause>third third>end",
    )
    story = await Story.begun(world, api, config)
    await story.cancelled()
    replay = await story.replayed("second")
    await api.post(f"/api/runs/{replay['id']}/cancel")
    story.run_id = replay["id"]
    again = await story.replayed("third")
    assert (again["status"], await story.bodies()) == ("completed", ["One", "Two", "One!"])


async def test_one_from_before_the_branches_does_nothing_twice(world: World, api: AsyncClient, outside: Outside) -> None:
    story = await Story.begun(world, api, FORKED)
    await carried_out(world)
    await story.goes_on()
    await story.cancelled()
    replay = await story.replayed("fork")
    assert await carried_out(world) == 0, "its result is known"
    assert await story.goes_on() == 1
    assert sorted(waits(await story.run(replay["id"]))) == [("hear", "reply"), ("pause", "timer")]
    assert (await story.time_passes(), (await story.run(replay["id"]))["status"]) == (1, "completed")
    assert await story.bodies() == ["Right", "Left", "After"]
    assert len(outside.keys) == 1


async def test_one_that_begins_within_a_sub_workflow_goes_on_around_it(world: World, api: AsyncClient) -> None:
    inner = await api.post("/api/workflows", json={"name": "Within", "config": INNER})
    outer = drawn(
        {"hello": say("Hello"), "sub": ("sub_workflow", {"workflow_id": inner.json()["id"]}), "after": say("After")},
        "hello>sub sub.completed>after after>end",
    )
    story = await Story.begun(world, api, outer)
    assert waits(await story.run(story.run_id)) == [("sub/rest", "timer")]
    await story.cancelled()

    replay = await story.replayed("sub/rest")
    assert waits(replay) == [("sub/rest", "timer")]
    assert await story.time_passes() == 1
    replay = await story.run(replay["id"])
    assert replay["status"] == "completed"
    assert await story.bodies() == ["Hello", "From within", "Still within", "After"]

    await world.settle(story.campaign_id)
    again = await story.replayed("sub")
    assert await story.time_passes() == 1
    assert (await story.run(again["id"]))["status"] == "completed"
    assert await story.bodies() == ["Hello", "From within", "Still within", "After"]
    await story.under_way()
    for wrong in ("sub/nothing", "hello/rest", "sub/rest/x"):
        refused = await api.post(f"/api/runs/{story.run_id}/replay", json={"from_node": wrong, "dry": False})
        assert (refused.status_code, refused.json()["type"]) == (404, "urn:outrider:problem:no-such-step"), wrong
        assert refused.json()["remedy"]


CALLING = drawn({"call": ("test_call", {}), "told": say("Done")}, "call.done>told call.failed>end told>end")


@pytest.mark.parametrize("is_newer", [False, True])
async def test_an_effect_that_happened_is_handed_to_the_replay(
    world: World, api: AsyncClient, outside: Outside, is_newer: bool
) -> None:
    story = await Story.begun(world, api, CALLING)
    await carried_out(world)
    await story.goes_on()
    await world.settle(story.campaign_id)
    config = drawn(
        {"first": say("First"), "call": ("test_call", {}), "told": say("Done"), "more": say("More")},
        "first>call call.done>told call.failed>end told>more more>end",
    )
    version = await story.publishes(config) if is_newer else None
    replay = await story.replayed("call", version=version)
    assert waits(replay) == [("call", "effect")]
    assert await carried_out(world) == 0
    assert await story.goes_on() == 1
    replay = await story.run(replay["id"])
    assert (replay["status"], len(outside.keys)) == ("completed", 1)
    left = next(step for step in replay["steps"] if (step["node_id"], step["outcome"]) == ("call", "done"))
    assert left["output"] == {"number": 1}
    assert await story.bodies() == (["Done", "More"] if is_newer else ["Done"])
    assert replay["workflow_version"] == (version or 1)


async def test_an_effect_that_did_not_happen_is_asked_for_again_under_its_name(
    world: World, api: AsyncClient, outside: Outside
) -> None:
    outside.raises = EffectRefused("Not today.")
    story = await Story.begun(world, api, CALLING)
    await carried_out(world)
    await story.goes_on()
    assert (await story.bodies(), (await story.run(story.run_id))["status"]) == ([], "completed")

    outside.raises = None
    replay = await story.replayed("call")
    assert await carried_out(world) == 1
    assert await story.goes_on() == 1
    assert (await story.run(replay["id"]))["status"] == "completed"
    assert (len(outside.keys), len(set(outside.keys)), await story.bodies()) == (2, 1, ["Done"])


async def test_an_effect_that_nobody_is_sure_of_keeps_the_replay_waiting(
    world: World, api: AsyncClient, outside: Outside
) -> None:
    outside.raises = EffectUnknown("The line broke.")
    story = await Story.begun(world, api, CALLING)
    await carried_out(world)
    await story.cancelled()
    outside.raises = None
    replay = await story.replayed("call")
    assert (await carried_out(world), await story.goes_on()) == (0, 0)
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.run_id) == ("unknown", replay["id"])
    settled = await api.post(f"/api/runs/{replay['id']}/effects/{effect.id}/settle", json={"happened": True})
    assert settled.status_code == 200, settled.text
    assert await story.goes_on() == 1
    assert ((await story.run(replay["id"]))["status"], len(outside.keys)) == ("completed", 1)


async def test_a_step_that_the_newer_version_lost_is_refused(world: World, api: AsyncClient) -> None:
    story = await Story.begun(world, api, LINE)
    await story.cancelled()
    await story.under_way()
    version = await story.publishes(drawn({"hello": say("Hello")}, "hello>end"))
    given = {"from_node": "pause", "dry": False, "version": version}
    refused = await api.post(f"/api/runs/{story.run_id}/replay", json=given)
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:outrider:problem:no-such-step")
    assert len((await api.get("/api/runs")).json()["items"]) == 1


async def test_what_a_lead_wrote_before_a_replay_counts_in_all_its_stretches(world: World, api: AsyncClient) -> None:
    heard = {"fields": [{"name": "heard", "value": "{{ conversation.replied }}"}]}
    config = drawn(
        {"hello": say("Hello"), "pause": ("wait", WAIT), "first": ("transform", heard), "again": ("wait", WAIT),
         "second": ("transform", heard)},
        "hello>pause pause>first first>again again>second second>end",
    )  # fmt: skip
    story = await Story.begun(world, api, config)
    await story.says("Hi")
    assert (await story.run(story.run_id))["status"] == "stopped"
    replay = await story.replayed("first")
    await story.time_passes()
    outputs = {step["node_id"]: step["output"] for step in (await story.run(replay["id"]))["steps"] if step["outcome"]}
    assert (outputs["first"], outputs["second"]) == ({"heard": True}, {"heard": True})
    later = await story.api.post(f"/api/runs/{replay['id']}/replay", json={"from_node": "second"})
    (step, *_) = later.json()["steps"]
    assert step["output"] == {"heard": True}, "a replay of a replay is of the same run"


@pytest.mark.parametrize("dry", [True, False])
async def test_a_replay_asked_for_twice_under_one_key_is_made_once(world: World, api: AsyncClient, dry: bool) -> None:
    story = await Story.begun(world, api, LINE)
    await story.cancelled()
    await story.under_way()
    path, given = f"/api/runs/{story.run_id}/replay", {"from_node": "pause", "dry": dry}
    first = await api.post(path, json=given, headers={"Idempotency-Key": "one"})
    assert first.status_code == 200, first.text
    second = await api.post(path, json=given, headers={"Idempotency-Key": "one"})
    assert (second.status_code, second.json()["id"]) == (200, first.json()["id"])
    assert second.headers["idempotency-replayed"] == "true"
    other = await api.post(path, json={**given, "from_node": "ask"}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:outrider:problem:idempotency-key-reused")
    assert len((await api.get("/api/runs")).json()["items"]) == 2


async def test_replays_asked_for_at_once_under_one_key_are_made_once(world: World, api: AsyncClient) -> None:
    story = await Story.begun(world, api, LINE)
    await story.cancelled()
    await story.under_way()
    path, given = f"/api/runs/{story.run_id}/replay", {"from_node": "pause", "dry": False}
    answers = await asyncio.gather(*(api.post(path, json=given, headers={"Idempotency-Key": "one"}) for _ in range(4)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 200}
    assert (len(made), {answer.status_code for answer in answers} <= {200, 409}) == (1, True)
    assert len((await api.get("/api/runs")).json()["items"]) == 2


async def test_a_key_of_a_refused_replay_can_be_used_again(world: World, api: AsyncClient) -> None:
    story = await Story.begun(world, api, LINE)
    path, given = f"/api/runs/{story.run_id}/replay", {"from_node": "pause", "dry": False}
    refused = await api.post(path, json=given, headers={"Idempotency-Key": "one"})
    assert refused.status_code == 409
    async with world.database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM idempotency_keys"))).scalar_one() == 0
    await story.cancelled()
    await story.under_way()
    assert (await api.post(path, json=given, headers={"Idempotency-Key": "one"})).status_code == 200


@pytest.mark.parametrize("path", ["/", "hello/", "/hello", "a//b", "a\x00b", "", "x" * 301])
async def test_a_path_that_is_none_is_refused(world: World, api: AsyncClient, path: str) -> None:
    refused = await api.post("/api/runs/1/replay", json={"from_node": path})
    assert refused.status_code == 422

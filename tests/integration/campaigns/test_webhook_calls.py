"""Calls of web addresses: after the commit, under one key, to public addresses only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

import outrider.wiring  # noqa: F401  (effects take part)
from outrider.campaigns.effects import EffectLoop
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.db.sealing import sealer_of
from outrider.integrations.notifications.webhook import WebhookSender
from outrider.leads.models import Lead
from outrider.notifications.endpoints import create_endpoint
from outrider.notifications.schemas import EndpointIn
from outrider.workflows.expressions.resolving import problems
from outrider.workflows.models import RunEffect
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import effects
from outrider.workflows.runs.effects import EffectCall
from outrider.workflows.runs.webhooks import message_id
from outrider.workflows.waiting import Answer as WaitAnswer
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, carried_out, ran, resumed, step, the_run
from tests.stand_ins.http import Answer, Heard, HttpStandIn
from tests.unit.workflows.visits import Pauses, visit

pytestmark = pytest.mark.usefixtures("own_network")
JSON = {"content-type": "application/json; charset=utf-8"}


def hook(url: str, **data: Any) -> Node:
    return ("hook", "webhook", {"url": url, "body": {"name": "{{ lead.name }}", "n": "{{ 2 + 3 }}"}, **data}, "done")


def parts(world: World, *, allows_private: bool = True) -> dict[type, Any]:
    return {
        WebhookSender: WebhookSender(allows_private=allows_private),
        Database: world.database,
        Settings: world.settings,
    }


async def due(world: World) -> None:
    await world.execute("UPDATE run_effects SET due_at = now() WHERE due_at IS NOT NULL")


async def the_effect(world: World) -> RunEffect:
    (found,) = await world.rows(RunEffect)
    assert isinstance(found, RunEffect)
    return found


async def test_the_answer_comes_back_to_the_run(world: World) -> None:
    async with HttpStandIn(lambda _: Answer(200, b'{"id": 7, "tags": ["a"]}', JSON)) as there:
        await ran(world, hook(f"{there.url}/in?x=1", headers={"X-Kind": "{{ lead.country | lead }}"}))
        assert there.heard == [], "nothing leaves before the commit"
        assert (await carried_out(world, parts(world)), await resumed(world)) == (1, 1)
        (heard,) = there.heard
    assert (heard.method, heard.path) == ("POST", "/in?x=1")
    assert json.loads(heard.body) == {"n": 5, "name": (await world.rows(Lead))[0].name}
    assert (heard.headers["idempotency-key"], heard.headers["x-kind"]) == ((await the_effect(world)).idempotency_key, "lead")
    left = await step(world, "hook")
    assert (left.outcome, left.output) == ("done", {"status": 200, "body": {"id": 7, "tags": ["a"]}, "error": ""})
    assert (await the_run(world)).status == "completed"


async def test_a_run_need_not_wait(world: World) -> None:
    async with HttpStandIn(lambda _: Answer(500, b"")) as there:
        campaign_id = await ran(world, hook(there.url, wait_for_answer=False, attempts=1))
        assert await world.status(campaign_id) == "completed"
        assert await carried_out(world, parts(world)) == 1
    assert (await the_effect(world)).state == "failed"


@pytest.mark.parametrize(("status", "attempts", "tries"), [(404, 4, 1), (302, 4, 1), (503, 2, 2), (500, 2, 2)])
async def test_what_a_receiver_does_not_take_fails_with_its_answer(world: World, status: int, attempts: int, tries: int) -> None:
    async with HttpStandIn(lambda _: Answer(status, b"no\x00", {"location": "http://127.0.0.2:1/"})) as there:
        await ran(world, hook(there.url, attempts=attempts))
        for _ in range(tries):
            await due(world)
            await carried_out(world, parts(world))
        assert await resumed(world) == 1
        assert {one.headers["idempotency-key"] for one in there.heard} == {(await the_effect(world)).idempotency_key}
        assert len(there.heard) == tries
    left = await step(world, "hook")
    assert left.outcome == "failed"
    assert left.output == {"status": status, "body": "no\ufffd", "error": f"The receiver answered {status}."}


async def test_a_receiver_that_is_busy_is_asked_again(world: World) -> None:
    answers = iter([Answer(429, b""), Answer(500, b""), Answer(201, b"made")])
    async with HttpStandIn(lambda _: next(answers)) as there:
        await ran(world, hook(there.url))
        for _ in range(3):
            await due(world)
            assert await resumed(world) == 0
            await carried_out(world, parts(world))
        assert (len(there.heard), await resumed(world)) == (3, 1)
    assert (await step(world, "hook")).output["body"] == "made"


async def test_a_call_is_signed_for_the_chosen_endpoint(world: World) -> None:
    async with HttpStandIn(lambda _: Answer(204, b"")) as there:
        async with world.database.transaction() as session:
            given = EndpointIn(url=f"{there.url}/stored")
            endpoint, secret = await create_endpoint(session, given, sealer_of(world.settings))
        await ran(world, hook("", endpoint_id=endpoint.id))
        await carried_out(world, parts(world))
        (heard,) = there.heard
    assert heard.path == "/stored"
    assert heard.headers["webhook-id"] == message_id((await the_effect(world)).idempotency_key)
    Webhook(secret).verify(heard.body, dict(heard.headers))


async def test_nothing_inside_is_called(world: World) -> None:
    async with HttpStandIn(lambda _: Answer(200, b"secret")) as there:
        await ran(world, hook(there.url.replace("http:", "https:")))
        await carried_out(world, parts(world, allows_private=False))
        assert await resumed(world) == 1
        assert there.heard == []
    left = await step(world, "hook")
    assert (left.outcome, left.output["body"]) == ("failed", None)
    assert "not a public address" in left.output["error"]


async def test_a_redirect_within_the_host_is_followed_with_the_same_call(world: World) -> None:
    def respond(heard: Heard) -> Answer:
        return Answer(200, b"here") if heard.path == "/new" else Answer(307, b"", {"location": "/new"})

    async with HttpStandIn(respond) as there:
        await ran(world, hook(f"{there.url}/old"))
        await carried_out(world, parts(world))
        assert [(one.method, one.path, one.body) for one in there.heard] == [
            ("POST", "/old", there.heard[0].body), ("POST", "/new", there.heard[0].body),
        ]  # fmt: skip


async def test_a_long_answer_is_cut(world: World) -> None:
    async with HttpStandIn(lambda _: Answer(200, b'"' + b"x" * 200_000 + b'"', JSON)) as there:
        await ran(world, hook(there.url))
        await carried_out(world, parts(world))
        await resumed(world)
    assert len((await step(world, "hook")).output["body"]) == 64 * 1024


@pytest.mark.parametrize("once", [False, True])
async def test_a_worker_that_dies_after_the_call(world: World, once: bool) -> None:
    """Asked again under the same key; where the receiver does not know keys, a person decides."""

    class Dying(EffectLoop):
        async def _carry_out(self, call: EffectCall) -> None:
            await effects.carry_out(call)

    async with HttpStandIn(lambda _: Answer(200, b"ok")) as there:
        await ran(world, hook(there.url, once=once))
        await Dying(world.database, parts(world)).carry_out_due()
        await due(world)
        await carried_out(world, parts(world))
        assert len(there.heard) == (1 if once else 2)
        assert len({one.headers["idempotency-key"] for one in there.heard}) == 1
    assert (await the_effect(world)).state == ("unknown" if once else "done")


@pytest.mark.parametrize(
    "data",
    [
        {}, {"url": "ftp://example.com"}, {"url": "/hooks"}, {"url": "https://example.com", "headers": {"Host": "evil"}},
        {"url": "https://example.com", "headers": {"X Y": "1"}}, {"url": "https://example.com", "headers": {"X": "a\r\nb"}},
        {"url": "https://example.com", "method": "TRACE"}, {"url": "https://example.com", "attempts": 9},
    ],
)  # fmt: skip
def test_calls_that_can_not_be_made_are_refused(data: dict[str, Any]) -> None:
    assert problems(SPECIFICATIONS["webhook"].params, data)


async def test_the_step_names_the_host_and_nothing_that_may_be_secret() -> None:
    pauses = Pauses(WaitAnswer("done", {"status": 200}))
    result = await visit("webhook", {"url": "https://hooks.example/token/abc?key=1"}, pauses=pauses)
    assert result.message == "hooks.example answered 200"
    assert pauses.waits[0].details == {"calls": "hooks.example"}

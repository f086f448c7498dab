"""Calls that carry a secret: to its hosts only, at the time of the call, and written down nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (effects and finders of uses take part)
from outrider.config import Settings
from outrider.credentials.models import Credential
from outrider.credentials.schemas import CredentialIn
from outrider.credentials.service import create_credential
from outrider.db.sealing import sealer_of
from outrider.workflows.models import RunEffect
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import carried_out, ran, resumed, step, the_run
from tests.integration.campaigns.test_webhook_calls import due, hook, parts, the_effect
from tests.stand_ins.http import Answer, Heard, HttpStandIn

pytestmark = pytest.mark.usefixtures("own_network")
VALUE = "sk-live-7f3a9c51"
JSON = {"content-type": "application/json"}
TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


async def credential(world: World, *servers: HttpStandIn, **values: Any) -> int:
    given = {"name": "CRM key", "kind": "bearer", "value": VALUE, "allowed_hosts": [f"127.0.0.1:{one.port}" for one in servers]}
    async with world.database.transaction() as session:
        wanted = CredentialIn.model_validate(given | values)
        return (await create_credential(session, wanted, "Maya", sealer_of(world.settings))).id


async def places_of(world: World, secret: str) -> list[str]:
    """Tables that hold the secret in clear."""
    async with world.database.transaction() as session:
        tables = (await session.execute(TABLES)).scalars().all()
        return [
            table
            for table in tables
            if await session.scalar(
                text(f"SELECT EXISTS (SELECT FROM {table} AS t WHERE strpos(t::text, :s) > 0)"), {"s": secret}
            )
        ]


async def called(world: World, settings: Settings | None = None) -> None:
    used = parts(world) | ({Settings: settings} if settings else {})
    assert (await carried_out(world, used), await resumed(world)) == (1, 1)


async def test_the_secret_is_sent_and_stays_nowhere(world: World, api: AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    def repeat(heard: Heard) -> Answer:
        told = {"you": [dict(heard.headers)], "token": heard.headers["authorization"]}
        return Answer(200, json.dumps(told, ensure_ascii=True).encode(), JSON)

    async with HttpStandIn(repeat) as there:
        number = await credential(world, there)
        await ran(world, hook(there.url, credential=number, headers={"Authorization": "Bearer mine"}))
        assert VALUE not in str((await the_effect(world)).payload)
        await called(world)
        [heard] = there.heard
    assert heard.headers["authorization"] == f"Bearer {VALUE}"
    left = await step(world, "hook")
    assert left.outcome == "done", left.output
    assert left.output["body"]["token"] == left.output["body"]["you"][0]["authorization"] == "Bearer •••"
    assert await places_of(world, VALUE) == []
    assert await places_of(world, "Bearer •••"), "the answer was kept, and the search finds things"

    run = await the_run(world)
    pages = [
        await api.get(path) for path in (f"/api/runs/{run.id}", "/api/credentials", f"/api/campaigns/{run.campaign_id}/logs")
    ]
    assert all(page.status_code == 200 and VALUE not in page.text for page in pages)
    [effect] = pages[0].json()["effects"]
    assert effect["title"].endswith(" with credential “CRM key”.") and effect["payload"]["credential"] == "CRM key"
    assert (await world.rows(Credential))[0].last_used_at is not None
    said = capsys.readouterr()
    assert VALUE not in said.out + said.err


@pytest.mark.parametrize("chosen", [{"kind": "header", "header_name": "X-Api-Key"}, {"kind": "basic", "username": "maya"}])
async def test_each_kind_arrives_in_its_header(world: World, chosen: dict[str, Any]) -> None:
    async with HttpStandIn(lambda _: Answer(204, b"")) as there:
        await ran(world, hook(there.url, credential=await credential(world, there, **chosen)))
        await called(world)
        [heard] = there.heard
    sent = {"x-api-key": VALUE, "authorization": "Basic bWF5YTpzay1saXZlLTdmM2E5YzUx"}
    assert sent.items() & heard.headers.items() == {next(item for item in sent.items() if item[0] in heard.headers)}


async def test_another_host_gets_nothing(world: World) -> None:
    """The host is worked out for each lead, so that only the call itself can tell."""
    async with HttpStandIn(lambda _: Answer(200, b"")) as there, HttpStandIn(lambda _: Answer(200, b"")) as other:
        number = await credential(world, there)
        port = other.url.rpartition(":")[2]
        await ran(world, hook("http://127.0.0.1:{{ " + f"'{port}'" + " }}/", credential=number))
        await called(world)
        assert other.heard == there.heard == []
    left = await step(world, "hook")
    assert left.outcome == "failed"
    assert "“CRM key” may not be sent" in left.output["error"] and "Settings → Credentials" in left.output["error"]
    assert (await world.rows(Credential))[0].last_used_at is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("is_same_host", [True, False])
async def test_a_redirect_does_not_carry_the_secret(world: World, status: int, is_same_host: bool) -> None:
    async with HttpStandIn(lambda _: Answer(200, b"")) as other:
        target = "/new" if is_same_host else f"{other.url}/new"
        async with HttpStandIn(lambda _: Answer(status, b"", {"location": target})) as there:
            number = await credential(world, there, other)
            await ran(world, hook(f"{there.url}/old", credential=number, method="GET", body=None))
            await called(world)
            assert [one.path for one in there.heard] == ["/old"]
        assert other.heard == []
    left = await step(world, "hook")
    assert left.outcome == "failed"
    assert left.output["error"] == f"The receiver answered {status}; a credential follows no redirect."


async def test_a_credential_that_was_deleted_fails_the_call(world: World) -> None:
    async with HttpStandIn(lambda _: Answer(200, b"")) as there:
        number = await credential(world, there)
        await ran(world, hook(there.url, credential=number))
        await world.execute("DELETE FROM credentials")
        await called(world)
        assert there.heard == []
    left = await step(world, "hook")
    assert left.outcome == "failed"
    assert left.output["error"] == f"There is no credential {number}. Choose one of Settings → Credentials."


async def test_a_new_secret_is_used_from_the_next_attempt_on(world: World, api: AsyncClient) -> None:
    answers = iter([Answer(503, b""), Answer(200, b"")])
    async with HttpStandIn(lambda _: next(answers)) as there:
        number = await credential(world, there)
        await ran(world, hook(there.url, credential=number))
        await carried_out(world, parts(world))
        assert (await api.patch(f"/api/credentials/{number}", json={"value": "sk-live-next"})).status_code == 200
        await due(world)
        await called(world)
        assert [one.headers["authorization"] for one in there.heard] == [f"Bearer {VALUE}", "Bearer sk-live-next"]
        assert len({one.headers["idempotency-key"] for one in there.heard}) == 1


async def test_a_lost_key_delays_the_call_until_it_is_back(world: World, tmp_path: Path) -> None:
    async with HttpStandIn(lambda _: Answer(200, b"")) as there:
        await ran(world, hook(there.url, credential=await credential(world, there)))
        elsewhere = world.settings.model_copy(
            update={"secret_key": SecretStr("a key that sealed nothing at all"), "home": tmp_path / "other"}
        )
        assert await carried_out(world, parts(world) | {Settings: elsewhere}) == 1
        [effect] = await world.rows(RunEffect)
        assert effect.state == "queued" and "OUTRIDER_SECRET_KEY" in effect.error and there.heard == []
        await due(world)
        await called(world)
        assert len(there.heard) == 1


async def test_a_campaign_whose_credential_is_gone_does_not_start(world: World, api: AsyncClient) -> None:
    async with HttpStandIn(lambda _: Answer(200, b"")) as there:
        number = await credential(world, there)
    name, kind, data, _ = hook(there.url, credential=number)
    config = {
        "nodes": [{"id": name, "type": kind, "data": data}, {"id": "end", "type": "finalize", "data": {}}],
        "edges": [{"source": name, "target": "end"}],
    }
    await world.sender()
    campaign_id = await world.campaign(await world.leads(1), workflow_config=config)
    await world.execute("DELETE FROM credentials")
    report = (await api.get(f"/api/campaigns/{campaign_id}/preflight")).json()
    found = [blocker for blocker in report["blockers"] if blocker["code"] == "workflow_unusable"]
    assert found and f"no credential {number}" in found[0]["message"]

"""Credentials over the API: what comes in never goes out, what is in use stays, what an old key sealed stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (finders of uses take part)
from outrider.cli.doctor import STORED_SECRETS, _secrets
from outrider.config import Settings
from outrider.credentials.models import Credential
from outrider.credentials.service import seal_anew, secret_for
from outrider.db.sealing import SecretUnreadable, sealer_of
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.worlds import World

OLD, NEW = "an old key that nobody guesses at all", "a new key that nobody guesses at all"
VALUE = "sk-live-7f3a9c51"
HEADER = {"name": "CRM key", "kind": "header", "header_name": "X-Api-Key", "value": VALUE, "allowed_hosts": ["API.example.com"]}


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    settings.secret_key = SecretStr(OLD)
    return settings


async def created(api: AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/credentials", json=HEADER | values)
    assert answer.status_code == 201, answer.text
    assert VALUE not in answer.text
    made: dict[str, Any] = answer.json()
    return made


async def kept(world: World, settings: Settings, url: str = "https://api.example.com/x") -> dict[str, str]:
    """What the only credential sends."""
    [credential] = await world.rows(Credential)
    async with world.database.transaction() as session:
        return (await secret_for(session, credential.id, url, sealer_of(settings))).headers


def calling(credential: Any, url: str = "https://api.example.com/in", **data: Any) -> dict[str, Any]:
    return {
        "nodes": [
            {"id": "hook", "type": "webhook", "data": {"url": url, "credential": credential, **data}},
            {"id": "end", "type": "finalize", "data": {}},
        ],
        "edges": [{"source": "hook", "target": "end"}],
    }


async def drawn(api: AsyncClient, name: str, config: dict[str, Any], **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/workflows", json={"name": name, "config": config, **values})
    assert answer.status_code == 201, answer.text
    workflow: dict[str, Any] = answer.json()
    return workflow


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    assert all(problem["remedy"] or problem["problem"] for problem in answer.json()["fields"])
    return [problem["field"] for problem in answer.json()["fields"]]


async def test_a_secret_comes_in_and_never_goes_out(api: AsyncClient, world: World, settings: Settings) -> None:
    made = await created(api)
    assert (made["name"], made["allowed_hosts"], made["used_by"], made["is_readable"]) == (
        "CRM key",
        ["api.example.com"],
        [],
        True,
    )
    listed, one = await api.get("/api/credentials"), await api.get(f"/api/credentials/{made['id']}")
    assert listed.json()["items"] == [one.json()] == [made]
    assert await kept(world, settings) == {"x-api-key": VALUE}
    async with world.database.transaction() as session:
        assert VALUE not in str(await session.scalar(text("SELECT c::text FROM credentials AS c")))
    offered = await api.get("/api/workflows/options", params={"of": "credentials"})
    assert offered.json() == [{"value": str(made["id"]), "label": "CRM key"}]


async def test_a_secret_is_replaced_and_a_credential_renamed(api: AsyncClient, world: World, settings: Settings) -> None:
    path = f"/api/credentials/{(await created(api))['id']}"
    changed = await api.patch(path, json={"name": "CRM", "header_name": "X-Key", "description": "Of the sales team"})
    assert (changed.json()["name"], changed.json()["description"]) == ("CRM", "Of the sales team")
    assert await kept(world, settings) == {"x-key": VALUE}
    assert (await api.patch(path, json={"value": "another-key"})).status_code == 200
    assert await kept(world, settings) == {"x-key": "another-key"}


async def test_a_further_host_needs_the_secret_again(api: AsyncClient, world: World, settings: Settings) -> None:
    """Who may change settings and doesn't know the secret can't have it sent to a server of their own."""
    path = f"/api/credentials/{(await created(api, allowed_hosts=['*.example.com']))['id']}"
    assert (await api.patch(path, json={"allowed_hosts": ["api.example.com"]})).status_code == 200, "narrower is always possible"
    for wider in (["*.example.com"], ["api.example.com", "evil.example"], ["api.example.com:8443"]):
        assert fields(await api.patch(path, json={"allowed_hosts": wider})) == ["body.value"]
    changed = await api.patch(path, json={"allowed_hosts": ["other.example"], "value": "another-key"})
    assert changed.json()["allowed_hosts"] == ["other.example"]
    assert await kept(world, settings, "https://other.example") == {"x-api-key": "another-key"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"allowed_hosts": []}, "body.allowed_hosts"), ({"allowed_hosts": ["*"]}, "body.allowed_hosts"),
        ({"header_name": None}, "body.header_name"), ({"header_name": "Host"}, "body.header_name"),
        ({"header_name": "a b"}, "body.header_name"), ({"kind": "bearer"}, "body.header_name"), ({"kind": "cookie"}, "body.kind"),
        ({"value": f"{VALUE}\r\nX-Evil: 1"}, "body.value"), ({"value": VALUE * 1000}, "body.value"), ({"name": " "}, "body.name"),
        ({"username": "maya"}, "body.username"), ({"kind": "basic", "header_name": None}, "body.username"),
        ({"color": VALUE}, "body.color"),
    ],
)  # fmt: skip
async def test_what_can_not_be_kept_is_refused_at_its_field(api: AsyncClient, given: dict[str, Any], field: str) -> None:
    answer = await api.post("/api/credentials", json=HEADER | given)
    assert fields(answer) == [field]
    assert VALUE not in answer.text
    assert (await api.get("/api/credentials")).json()["items"] == []


async def test_two_credentials_do_not_share_a_name(api: AsyncClient) -> None:
    await created(api)
    other = await created(api, name="Other")
    assert (await api.post("/api/credentials", json=HEADER)).status_code == 409
    assert (await api.patch(f"/api/credentials/{other['id']}", json={"name": "CRM key"})).status_code == 409
    assert (await api.patch(f"/api/credentials/{other['id']}", json={"name": "Other"})).status_code == 200
    assert (await api.patch("/api/credentials/999", json={"name": "X"})).status_code == 404
    assert (await api.delete("/api/credentials/999")).status_code == 404


async def test_what_is_in_use_is_not_deleted(api: AsyncClient, world: World) -> None:
    made, spare = await created(api), await created(api, name="Spare")
    path = f"/api/credentials/{made['id']}"
    mine = await drawn(api, "Mine", calling(made["id"]))
    await drawn(api, "Drawing", calling(made["id"]), publish=False)
    await drawn(api, "Body alone", calling(spare["id"], body={"data": {"credential": made["id"]}}))
    outer = calling(spare["id"])
    outer["nodes"][0] = {"id": "hook", "type": "sub_workflow", "data": {"workflow_id": mine["id"]}}
    await drawn(api, "Around", outer)
    campaign = await api.post("/api/campaigns", json={"name": "Spring", "workflow_config": calling(made["id"])})
    assert campaign.status_code == 201, campaign.text

    refused = await api.delete(path)
    assert refused.status_code == 409, refused.text
    names = [("campaign", "Spring"), ("workflow", "Around"), ("workflow", "Drawing"), ("workflow", "Mine")]
    assert [(use["kind"], use["name"]) for use in refused.json()["used_by"]] == names
    assert all(f"the {kind} “{name}”" in refused.json()["detail"] for kind, name in names)
    assert [(use["kind"], use["name"]) for use in (await api.get(path)).json()["used_by"]] == names
    assert (await api.get(f"/api/credentials/{spare['id']}")).json()["used_by"][0]["name"] == "Body alone"

    await world.execute("UPDATE campaigns SET status = 'cancelled'")
    await world.execute("UPDATE workflows SET config = '{}', draft = NULL WHERE name <> 'Body alone'")
    assert (await api.delete(path)).status_code == 204
    assert [one["name"] for one in (await api.get("/api/credentials")).json()["items"]] == ["Spare"]


async def test_a_definition_that_names_what_there_is_not_is_refused(api: AsyncClient, world: World) -> None:
    async with world.database.transaction() as session:
        await ensure_shipped_workflows(session)
    made = await created(api)
    lead_id = (await api.post("/api/leads", json={"name": "Ann", "phone": "+13125550101"})).json()["id"]
    inner = await drawn(api, "Inner", calling(made["id"]))
    around = calling(made["id"])
    around["nodes"][0] = {"id": "sub", "type": "sub_workflow", "data": {"workflow_id": inner["id"], "definition": calling(77)}}
    around["edges"][0]["source"] = "sub"
    for config, node, field, words in (
        (calling(77), "hook", "nodes.0.data.credential", "no credential 77"),
        (calling("77"), "hook", "nodes.0.data.credential", "no credential 77"),
        (calling(made["id"], "https://evil.example/{{ lead.id }}"), "hook", "nodes.0.data.credential", "CRM key"),
        (around, "sub/hook", "nodes.0.data.definition.nodes.0.data.credential", "no credential 77"),
    ):
        report = (await api.post("/api/workflows/validate", json={"config": config})).json()
        [problem] = report["problems"]
        assert (report["is_valid"], problem["node"], problem["field"]) == (False, node, field)
        assert words in problem["problem"] and "Credentials" in problem["remedy"]
        if node == "sub/hook":
            continue  # What is published takes the present definition of its sub-workflow along.
        for method, url, body in (
            ("POST", "/api/workflows", {"name": "X", "config": config}),
            ("POST", "/api/workflows/dry-run", {"config": config, "lead_ids": [lead_id]}),
            ("POST", "/api/campaigns", {"name": "X", "workflow_config": config}),
        ):
            answer = await api.request(method, url, json=body)
            assert answer.status_code == 422 and words in answer.text, (url, answer.text)
    for fine in (calling(77, disabled=True), calling(None), calling(made["id"], "https://{{ lead.city }}.example.com/")):
        assert (await api.post("/api/workflows/validate", json={"config": fine})).json()["is_valid"], fine
    expression = await api.post("/api/workflows/validate", json={"config": calling("{{ lead.id }}")})
    assert not expression.json()["is_valid"], "which secret is sent is not the lead's to say"


async def test_a_dry_run_tells_by_name_what_a_call_would_carry(api: AsyncClient, world: World) -> None:
    async with world.database.transaction() as session:
        await ensure_shipped_workflows(session)
    made = await created(api)
    lead_id = (await api.post("/api/leads", json={"name": "Ann", "phone": "+13125550101"})).json()["id"]
    answer = await api.post("/api/workflows/dry-run", json={"config": calling(made["id"]), "lead_ids": [lead_id]})
    assert answer.status_code == 200, answer.text
    [intent] = answer.json()["runs"][0]["intents"]
    assert intent["title"] == "Calls POST https://api.example.com/in with credential “CRM key”."
    assert intent["details"]["credential"] == "CRM key"
    assert VALUE not in answer.text
    assert (await api.get(f"/api/credentials/{made['id']}")).json()["last_used_at"] is None


async def test_files_name_credentials(api: AsyncClient) -> None:
    made = await created(api)
    inner = await drawn(api, "Inner", calling(made["id"]))
    around = calling(made["id"])
    around["nodes"].insert(0, {"id": "sub", "type": "sub_workflow", "data": {"workflow_id": inner["id"]}})
    around["edges"].insert(0, {"source": "sub", "target": "hook"})
    outer = await drawn(api, "Outer", around)
    file = (await api.get(f"/api/workflows/{outer['id']}/export")).json()
    sub, hook, _ = file["config"]["nodes"]
    assert hook["data"]["credential"] == sub["data"]["definition"]["nodes"][0]["data"]["credential"] == "CRM key"
    assert VALUE not in str(file)

    imported = await api.post("/api/workflows/import", json=file)
    assert imported.status_code == 201, imported.text
    sub, hook, _ = imported.json()["draft"]["nodes"]
    assert hook["data"]["credential"] == sub["data"]["definition"]["nodes"][0]["data"]["credential"] == made["id"]

    await api.patch(f"/api/credentials/{made['id']}", json={"name": "Renamed"})
    refused = await api.post("/api/workflows/import", json=file)
    assert fields(refused) == ["body.config.nodes.0.data.definition.nodes.0.data.credential"]
    assert "'CRM key'" in refused.text and "Settings → Credentials" in refused.text


async def test_a_new_key_takes_over_what_the_old_one_sealed(api: AsyncClient, world: World, settings: Settings) -> None:
    made = await created(api)
    rotated = settings.model_copy(update={"secret_key": SecretStr(f"{NEW},{OLD}")})
    async with world.database.transaction() as session:
        assert await seal_anew(session, rotated) == []
    assert await kept(world, settings.model_copy(update={"secret_key": SecretStr(NEW)})) == {"x-api-key": VALUE}
    [credential] = await world.rows(Credential)
    assert credential.updated_at.isoformat() == made["updated_at"].replace("Z", "+00:00"), "nobody changed anything"


async def test_a_lost_key_is_told_and_mended_by_entering_the_secret_again(
    api: AsyncClient, world: World, settings: Settings
) -> None:
    made = await created(api)
    lost = settings.model_copy(update={"secret_key": SecretStr(NEW)})
    async with world.database.transaction() as session:
        assert await seal_anew(session, lost) == [made["id"]]
    with pytest.raises(SecretUnreadable):
        await kept(world, lost)
    settings.secret_key = SecretStr(NEW)
    path = f"/api/credentials/{made['id']}"
    assert (await api.get(path)).json()["is_readable"] is False
    assert (await api.patch(path, json={"value": VALUE})).json()["is_readable"] is True
    assert await kept(world, settings) == {"x-api-key": VALUE}


async def test_doctor_opens_every_credential(api: AsyncClient, world: World, settings: Settings) -> None:
    await created(api)
    async with world.database.transaction() as session:
        stored = (await session.execute(text(STORED_SECRETS))).scalars().all()
    assert "all 1 stored" in _secrets(settings, stored).message
    with pytest.raises(SecretUnreadable):
        _secrets(settings.model_copy(update={"secret_key": SecretStr(NEW)}), stored)

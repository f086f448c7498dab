"""`/api/campaigns` as its users call it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from tests.integration.campaigns.conftest import World


async def create(api: AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/campaigns", json={"name": "Spring", **values})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def done(world: World, api: AsyncClient, count: int = 3) -> int:
    """A completed campaign."""
    leads = await world.leads(count)
    campaign_id: int = (await create(api, lead_ids=[lead.id for lead in leads]))["id"]
    assert (await api.post(f"/api/campaigns/{campaign_id}/start")).status_code == 200
    await world.work()
    await world.settle(campaign_id)
    return campaign_id


async def test_a_new_campaign_is_a_draft_with_the_usual_values(api: AsyncClient, world: World) -> None:
    leads = await world.leads(2)
    created = await create(api, description="Roofs", sms_system_prompt="Be brief.", lead_ids=[lead.id for lead in leads])

    assert (created["status"], created["agent_type"], created["sms_temperature"]) == ("draft", "sms", 70)
    assert created["stats"]["total_leads"] == created["stats"]["pending"] == 2
    assert (await api.get(f"/api/campaigns/{created['id']}")).json() == created


async def test_from_start_to_end_as_the_pages_see_it(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api)

    shown = (await api.get(f"/api/campaigns/{campaign_id}")).json()
    assert shown["status"] == "completed"
    assert {key: shown["stats"][key] for key in ("total_leads", "pending", "processing", "completed", "failed", "sms_sent")} == {
        "total_leads": 3,
        "pending": 0,
        "processing": 0,
        "completed": 3,
        "failed": 0,
        "sms_sent": 3,
    }
    assert shown["stats"]["success_rate"] == 100.0
    logs = (await api.get(f"/api/campaigns/{campaign_id}/logs", params={"sort": "id"})).json()["items"]
    assert [(log["level"], log["node_name"], log["message"]) for log in logs[:3]] == [
        ("INFO", "validate", "Lead validated"),
        ("INFO", "sms_agent", "SMS generated successfully"),
        ("INFO", "finalize", "Processing complete"),
    ]
    leads = (await api.get(f"/api/campaigns/{campaign_id}/leads")).json()["items"]
    assert all(lead["sms_sent"] and lead["sms_message"] and lead["trace_id"] for lead in leads)
    conversation = (await api.get(f"/api/conversations/{leads[0]['id']}")).json()
    assert [message["role"] for message in conversation["messages"]] == ["system", "user", "assistant"]
    assert [(said["direction"], said["body"]) for said in conversation["thread"]] == [("out", leads[0]["sms_message"])]
    assert (await api.get(f"/api/campaign-leads/{leads[0]['id']}")).json() == leads[0]


async def test_pace_is_that_of_writing_and_after_that_of_leaving(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api, count=4)
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE campaign_leads SET processed_at = now()"))
        await session.execute(
            text("UPDATE campaign_leads SET status = 'waiting' WHERE id > (SELECT min(id) FROM campaign_leads)")
        )
    leaving = (await api.get(f"/api/campaigns/{campaign_id}")).json()["stats"]
    assert (leaving["waiting"], leaving["rate"], leaving["eta_seconds"]) == (3, round(1 / 60, 2), 150)

    async with world.database.transaction() as session:
        await session.execute(
            text("UPDATE campaign_leads SET status = 'pending' WHERE id = (SELECT max(id) FROM campaign_leads)")
        )
    writing = (await api.get(f"/api/campaigns/{campaign_id}")).json()["stats"]
    assert (writing["pending"], writing["rate"], writing["eta_seconds"]) == (1, 0.05, 20)


async def test_texts_that_did_not_arrive_are_counted_by_reason_and_lead_to_their_leads(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api)
    async with world.database.transaction() as session:
        first = (await session.execute(text("SELECT min(id) FROM campaign_leads"))).scalar_one()
        for change in (
            "UPDATE messages SET delivery_status = 'undelivered' WHERE campaign_lead_id = :first",
            "UPDATE campaign_leads SET error_message = 'Landline' WHERE id = :first",
        ):
            await session.execute(text(change), {"first": first})

    stats = (await api.get(f"/api/campaigns/{campaign_id}")).json()["stats"]
    assert (stats["undelivered"], stats["delivery_failures"], stats["failures"]) == (1, {"Landline": 1}, {})
    leads = (await api.get(f"/api/campaigns/{campaign_id}/leads", params={"error": "Landline"})).json()["items"]
    assert [lead["error_message"] for lead in leads] == ["Landline"]


async def test_lists_are_paged_filtered_and_sorted(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api, count=5)
    await create(api, name="Autumn")
    first = (await api.get("/api/campaigns", params={"limit": 1})).json()
    second = (await api.get("/api/campaigns", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [first["items"][0]["name"], second["items"][0]["name"], second["next_cursor"]] == ["Autumn", "Spring", None]
    assert second["items"][0]["stats"]["completed"] == 5

    drafts = (await api.get("/api/campaigns", params={"status": "draft"})).json()["items"]
    found = (await api.get("/api/campaigns", params={"search": "spr"})).json()["items"]
    assert ([c["name"] for c in drafts], [c["name"] for c in found]) == (["Autumn"], ["Spring"])

    seen, cursor = [], None
    while True:
        page = (
            await api.get(f"/api/campaigns/{campaign_id}/leads", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        seen += [lead["id"] for lead in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == sorted(seen) and len(set(seen)) == 5
    failed = await api.get(f"/api/campaigns/{campaign_id}/leads", params={"status": "failed"})
    assert failed.json()["items"] == []
    errors = await api.get(f"/api/campaigns/{campaign_id}/logs", params={"level": "ERROR"})
    by_node = await api.get(f"/api/campaigns/{campaign_id}/logs", params={"node": "sms_agent", "campaign_lead_id": seen[0]})
    assert (errors.json()["items"], len(by_node.json()["items"])) == ([], 1)


async def test_answers_of_leads_are_shown(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api, count=2)
    await world.execute("""
        INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone)
        SELECT c.id, c.lead_id, 'in', 'lead', 'Sure!', '+13125550001' FROM conversations c ORDER BY id LIMIT 1
    """)
    await world.execute("UPDATE campaign_leads SET replied_at = now() WHERE id = (SELECT min(id) FROM campaign_leads)")

    replied = (await api.get(f"/api/campaigns/{campaign_id}/leads", params={"replied": True})).json()["items"]
    silent = (await api.get(f"/api/campaigns/{campaign_id}/leads", params={"replied": False})).json()["items"]

    assert ([lead["sms_response"] for lead in replied], [lead["sms_response"] for lead in silent]) == (["Sure!"], [None])
    thread = (await api.get(f"/api/conversations/{replied[0]['id']}")).json()["thread"]
    assert [text["direction"] for text in thread] == ["out", "in"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "body.name"),
        ({"agent_type": "fax"}, "body.agent_type"),
        ({"sms_temperature": 101}, "body.sms_temperature"),
        ({"budget": 0}, "body.budget"),
        ({"budget": "1e30"}, "body.budget"),
        ({"quiet_hours": {"start": "21:00", "end": "08:00"}}, "body.quiet_hours"),
        ({"quiet_hours": {"start": "late", "end": "08:00"}}, "body.quiet_hours"),
        ({"scheduled_at": "2026-06-01T12:00:00"}, "body.scheduled_at"),
        ({"workflow_id": 999}, "body.workflow_id"),
        ({"agent_id": 999}, "body.agent_id"),
        ({"sender_ids": [999]}, "body.sender_ids"),
        ({"audience": {"list_ids": [999]}}, "body.audience.list_ids"),
        ({"audience": {"lead_ids": [999, 2**63]}}, "body.audience.lead_ids.1"),
        ({"lead_ids": [999]}, "body.lead_ids"),
        ({"audience": {"filter": {"nonsense": 1}}}, "body.audience.filter.nonsense"),
        ({"colour": "red"}, "body.colour"),
        ({"workflow_config": {"nodes": [{"id": "1", "type": "fax"}], "edges": []}}, "body.workflow_config.nodes.0.type"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(api: AsyncClient, world: World, values: dict[str, Any], field: str) -> None:
    answer = await api.post("/api/campaigns", json={"name": "Spring", **values})

    assert answer.status_code == 422, answer.text
    assert field in [problem["field"] for problem in answer.json()["fields"]], answer.text


async def test_changes(api: AsyncClient, world: World) -> None:
    campaign_id = (await create(api, quiet_hours={"start": "09:00", "end": "18:00"}, budget="5"))["id"]
    answer = await api.patch(f"/api/campaigns/{campaign_id}", json={"name": "Summer", "quiet_hours": None, "budget": "7.5"})

    changed = answer.json()
    assert (changed["name"], changed["quiet_hours"], changed["budget"]) == ("Summer", None, "7.5000")
    assert changed["sms_temperature"] == 70


async def test_what_may_be_changed_depends_on_the_status(api: AsyncClient, world: World) -> None:
    leads = await world.leads(2)
    campaign_id = (await create(api, lead_ids=[lead.id for lead in leads]))["id"]
    path = f"/api/campaigns/{campaign_id}"
    await api.post(f"{path}/start")
    assert (await api.patch(path, json={"budget": 5})).status_code == 200
    refused = await api.patch(path, json={"sms_template": "Hi"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:outrider:problem:campaign-already-running")
    await api.post(f"{path}/pause")
    assert (await api.patch(path, json={"sms_template": "Hi"})).status_code == 200
    assert (await api.patch(path, json={"audience": {"lead_ids": []}})).status_code == 409
    assert (await api.post(f"{path}/leads", json={"lead_ids": [leads[0].id]})).status_code == 409
    assert (await api.delete(path)).status_code == 409
    await api.post(f"{path}/cancel")
    assert (await api.patch(path, json={"name": "x"})).status_code == 409
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404


async def test_assigning_leads(api: AsyncClient, world: World) -> None:
    leads = await world.leads(4, company="Acme")
    path = f"/api/campaigns/{(await create(api))['id']}/leads"

    by_id = await api.post(path, json={"lead_ids": [leads[0].id, leads[1].id]})
    by_filter = await api.post(path, json={"filter": {"company": "acme"}})
    nobody = await api.post(path, json={})
    unknown = await api.post(path, json={"lead_ids": [10_000]})
    one_out = await api.request("DELETE", path, json={"lead_ids": [leads[0].id]})
    all_out = await api.request("DELETE", path, json={})

    assert (by_id.json(), by_filter.json()) == ({"changed": 2, "total_leads": 2}, {"changed": 2, "total_leads": 4})
    assert (nobody.status_code, unknown.json()["fields"][0]["field"]) == (422, "body.lead_ids")
    assert (one_out.json(), all_out.json()) == ({"changed": 1, "total_leads": 3}, {"changed": 3, "total_leads": 0})


async def test_a_blocked_start_lists_what_to_do(api: AsyncClient, world: World) -> None:
    campaign_id = (await create(api, agent_type="voice"))["id"]
    answer = await api.post(f"/api/campaigns/{campaign_id}/start")
    report = (await api.get(f"/api/campaigns/{campaign_id}/preflight")).json()

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:outrider:problem:campaign-blocked")
    assert [blocker["code"] for blocker in problem["blockers"]] == ["calls_unavailable", "no_leads"]
    assert problem["blockers"] == report["blockers"] and all(blocker["remedy"] for blocker in report["blockers"])
    assert (await api.post(f"/api/campaigns/{campaign_id}/preflight")).json()["can_start"] is False


async def test_a_copy_is_a_draft_with_the_same_plan_and_leads(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api)
    copy = (await api.post(f"/api/campaigns/{campaign_id}/duplicate")).json()

    assert (copy["name"], copy["status"], copy["stats"]["pending"]) == ("Spring (copy)", "draft", 3)
    assert (copy["started_at"], copy["workflow_version_id"]) == (None, None)
    assert (await api.post(f"/api/campaigns/{copy['id']}/start")).status_code == 200


async def test_retrying_over_http(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api)
    await world.execute("UPDATE campaign_leads SET status = 'failed' WHERE id = (SELECT min(id) FROM campaign_leads)")

    assert (await api.post(f"/api/campaigns/{campaign_id}/retry-failed")).json() == {"retried": 1}
    assert (await api.get(f"/api/campaigns/{campaign_id}")).json()["status"] == "processing"


async def test_a_repeated_create_with_the_same_key_creates_once(api: AsyncClient, world: World) -> None:
    for _ in range(2):
        await api.post("/api/campaigns", json={"name": "Once"}, headers={"Idempotency-Key": "k1"})

    assert len((await api.get("/api/campaigns")).json()["items"]) == 1


async def test_progress_is_streamed_until_the_end(api: AsyncClient, world: World) -> None:
    campaign_id = await done(world, api)
    answer = await api.get(f"/api/campaigns/{campaign_id}/progress")

    assert answer.headers["content-type"].startswith("text/event-stream")
    event, data = answer.text.strip().split("\n")
    assert event == "event: progress"
    state = json.loads(data.removeprefix("data: "))
    assert (state["id"], state["status"], state["stats"]["completed"]) == (campaign_id, "completed", 3)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/campaigns/99"),
        ("PATCH", "/api/campaigns/99"),
        ("DELETE", "/api/campaigns/99"),
        ("POST", "/api/campaigns/99/start"),
        ("POST", "/api/campaigns/99/pause"),
        ("POST", "/api/campaigns/99/resume"),
        ("POST", "/api/campaigns/99/cancel"),
        ("POST", "/api/campaigns/99/duplicate"),
        ("POST", "/api/campaigns/99/retry-failed"),
        ("GET", "/api/campaigns/99/leads"),
        ("POST", "/api/campaigns/99/leads"),
        ("GET", "/api/campaigns/99/logs"),
        ("GET", "/api/campaigns/99/preflight"),
        ("GET", "/api/campaigns/99/progress"),
        ("GET", "/api/conversations/99"),
        ("GET", "/api/campaign-leads/99"),
    ],
)
async def test_what_is_not_there_is_not_found(api: AsyncClient, method: str, path: str) -> None:
    answer = await api.request(method, path, json={} if method != "GET" else None)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")

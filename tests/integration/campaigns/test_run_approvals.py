"""Decisions of people, as the pages and the staff see them."""

from __future__ import annotations

import asyncio
from typing import Any

from httpx import AsyncClient

import outrider.wiring  # noqa: F401  (notifications take part)
from outrider.notifications.models import Notification, NotificationDelivery
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, ran, resumed, step, the_run

ASK: Node = (
    "ask",
    "approval",
    {
        "title": "Offer {{ lead.name }} a discount?",
        "actions": [{"name": "approved", "label": "Offer it"}, {"name": "rejected"}],
        "assignee": "sales@acme.example",
        "form": [{"name": "discount", "type": "number", "required": True, "value": "{{ 5 * 2 }}"}],
    },
    "approved",
)
TELL: Node = ("keep", "transform", {"fields": [{"name": "percent", "value": "{{ steps.ask.answers.discount }}"}]}, "next")


async def waiting(api: AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/api/run-approvals", params={"status": "waiting", **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_decision_is_shown_taken_once_and_lets_the_run_go_on(api: AsyncClient, world: World) -> None:
    campaign_id = await ran(world, ASK, TELL)
    (shown,) = await waiting(api)
    run = await the_run(world)
    assert (shown["title"], shown["run_id"], shown["node_id"]) == (f"Offer {shown['lead_name']} a discount?", run.id, "ask")
    assert (shown["campaign_name"], shown["workflow_id"], shown["assignee"]) == ("Spring", None, "sales@acme.example")
    assert shown["form"][0]["value"] == 10
    assert (await api.get("/api/run-approvals/counts")).json() == {"waiting": 1}
    path = f"/api/run-approvals/{shown['id']}"

    refused = await api.post(f"{path}/decide", json={"action": "approved", "answers": {"discount": "much"}})
    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "body.answers.discount")
    decision = {"action": "approved", "answers": {"discount": 15}}
    first, again = await asyncio.gather(*(api.post(f"{path}/decide", json=decision) for _ in range(2)))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json() == (await api.get(path)).json()
    assert (first.json()["status"], first.json()["answers"]) == ("decided", {"discount": 15})
    other = await api.post(f"{path}/decide", json={"action": "rejected", "answers": {"discount": 1}})
    assert other.status_code == 409
    assert first.json()["decided_by"] in other.json()["detail"]

    assert await resumed(world) == 1
    assert (await step(world, "keep")).output == {"percent": 15}
    assert await world.status(campaign_id) == "completed"
    assert await waiting(api) == []


async def test_approvals_are_found_by_what_they_are_about(api: AsyncClient, world: World) -> None:
    campaign_id = await ran(world, ASK, count=3)
    everything = await waiting(api)
    assert len(everything) == 3
    assert await waiting(api, campaign_id=campaign_id) == everything
    assert await waiting(api, campaign_id=campaign_id + 1) == await waiting(api, workflow_id=1) == []
    assert [one["lead_id"] for one in await waiting(api, lead_id=everything[1]["lead_id"])] == [everything[1]["lead_id"]]
    page = (await api.get("/api/run-approvals", params={"limit": 2})).json()
    rest = (await api.get("/api/run-approvals", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    newest_first = [one["id"] for one in page["items"] + rest["items"]]
    assert newest_first == [one["id"] for one in reversed(everything)]
    page = (await api.get("/api/run-approvals", params={"status": "waiting", "limit": 2})).json()
    rest = await waiting(api, limit=2, cursor=page["next_cursor"])
    assert [one["id"] for one in page["items"] + rest] == newest_first[::-1], "who has waited longest comes first"
    assert (await api.get("/api/run-approvals/999999")).status_code == 404


async def test_the_staff_is_told_once_and_the_dashboard_counts(api: AsyncClient, world: World) -> None:
    await ran(world, ASK, count=3)
    told = await world.rows(Notification, Notification.fact == "run.approval_waits")
    assert sum(one.data["count"] for one in told) == 3
    assert told[0].severity == "warning" and told[0].is_shown
    assert {(one.channel, one.target) for one in await world.rows(NotificationDelivery)} == {("email", "sales@acme.example")}
    attention = (await api.get("/api/dashboard")).json()["attention"]
    (decisions,) = [one for one in attention if one["kind"] == "decisions"]
    assert (decisions["count"], decisions["link"]) == (3, "/approvals")


async def test_a_call_says_so_and_whom_to_call(api: AsyncClient, world: World) -> None:
    await ran(world, ("ring", "voice", {"script": "Ask about Monday."}, "reached"))
    (call,) = await waiting(api)
    assert call["is_call"]
    assert call["lead_phone"] is not None
    assert call["lead_phone"] in call["body"]
    await ran(world, ASK)
    assert [one["is_call"] for one in await waiting(api)] == [True, False]

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient, Response

ADA = {
    "name": "Ada Lovelace",
    "phone": "(202) 555-0143",
    "email": "Ada@Example.com",
    "company": "Analytical Engines",
    "title": "Founder",
}


async def created(api: AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post("/api/leads", json=fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def fields_of(answer: Response) -> list[str]:
    return [field["field"] for field in answer.json()["fields"]]


async def listed(api: AsyncClient, **query: Any) -> list[str]:
    answer = await api.get("/api/leads", params=query)
    assert answer.status_code == 200, answer.text
    return [lead["name"] for lead in answer.json()["items"]]


async def test_a_new_lead_is_read_into_the_form_it_is_kept_in(api: AsyncClient) -> None:
    lead = await created(api, **ADA)
    assert lead["phone"] == "+12025550143"
    assert lead["email"] == "ada@example.com"
    assert lead["country"] == "US"
    assert lead["region"] == "DC"
    assert lead["time_zones"] == ["America/New_York"]
    assert (await api.get(f"/api/leads/{lead['id']}")).json() == lead


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "555"}, "body.phone"),
        ({"phone": "+1 000 000 0000"}, "body.phone"),
        ({"email": "no address"}, "body.email"),
        ({"score": 101}, "body.score"),
        ({"tier": "E"}, "body.tier"),
        ({"time_zone": "Mars/Olympus"}, "body.time_zone"),
        ({"country": "Atlantis"}, "body.country"),
        ({"attributes": {"a:b": 1}}, "body.attributes"),
        ({"list_ids": [999]}, "body.list_ids"),
        ({"phnoe": "1"}, "body.phnoe"),
        ({"phone": None, "email": None}, "body"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(api: AsyncClient, changes: dict[str, Any], field: str) -> None:
    answer = await api.post("/api/leads", json=ADA | changes)
    assert answer.status_code == 422
    assert fields_of(answer) == [field]
    assert await listed(api) == []


async def test_the_same_person_is_not_created_twice(api: AsyncClient) -> None:
    lead = await created(api, **ADA)
    answer = await api.post("/api/leads", json={"name": "Other", "phone": "+12025550143"})
    assert (answer.status_code, answer.json()["type"], answer.json()["lead_id"]) == (
        409,
        "urn:outrider:problem:lead-exists",
        lead["id"],
    )


async def test_a_patch_changes_what_it_names_and_the_zones_follow_the_number(api: AsyncClient) -> None:
    lead = await created(api, **ADA, attributes={"a": 1, "b": 2})
    answer = await api.patch(
        f"/api/leads/{lead['id']}", json={"phone": "+13105550186", "title": None, "attributes": {"b": None, "c": 3}}
    )
    changed = answer.json()
    assert (changed["region"], changed["time_zones"]) == ("CA", ["America/Los_Angeles"])
    assert (changed["name"], changed["title"], changed["attributes"]) == ("Ada Lovelace", None, {"a": 1, "c": 3})


async def test_a_lead_cannot_lose_its_last_address(api: AsyncClient) -> None:
    lead = await created(api, phone="+12025550143")
    answer = await api.patch(f"/api/leads/{lead['id']}", json={"phone": None})
    assert answer.status_code == 422
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["phone"] == "+12025550143"


@pytest.mark.parametrize("lead_id", [1, 0, -5, 2**62, 2**70])
async def test_a_missing_lead_is_not_found(api: AsyncClient, lead_id: int) -> None:
    for answer in (
        await api.get(f"/api/leads/{lead_id}"),
        await api.patch(f"/api/leads/{lead_id}", json={"name": "x"}),
        await api.delete(f"/api/leads/{lead_id}"),
    ):
        assert answer.status_code == 404


@pytest.fixture
async def three(api: AsyncClient) -> AsyncClient:
    await created(api, **ADA, score=90, tier="A", industry="Computing", source="fair", attributes={"seats": 12})
    await created(api, name="José Núñez", phone="+13105550186", company="Sol y Luz", score=40, industry="Energy")
    await created(api, name="Grace O'Hopper", email="grace@navy.example", company="Navy", tier="B")
    return api


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search": "lovel"}, ["Ada Lovelace"]),
        ({"search": "analytical ada"}, ["Ada Lovelace"]),
        ({"search": "nunez"}, ["José Núñez"]),
        ({"search": "hopper navy"}, ["Grace O'Hopper"]),
        ({"search": "0143"}, ["Ada Lovelace"]),
        ({"search": "+1 310"}, ["José Núñez"]),
        ({"search": "!!!"}, []),
        ({"tier": ["A", "B"]}, ["Ada Lovelace", "Grace O'Hopper"]),
        ({"score_min": 41}, ["Ada Lovelace"]),
        ({"score_max": 90}, ["Ada Lovelace", "José Núñez"]),
        ({"industry": "Energy"}, ["José Núñez"]),
        ({"company": "navy"}, ["Grace O'Hopper"]),
        ({"region": "CA"}, ["José Núñez"]),
        ({"source": "fair"}, ["Ada Lovelace"]),
        ({"has_phone": False}, ["Grace O'Hopper"]),
        ({"has_email": True}, ["Ada Lovelace", "Grace O'Hopper"]),
        ({"attribute": "seats:12"}, ["Ada Lovelace"]),
        ({"consent": "sms"}, []),
        ({"created_from": "2100-01-01T00:00:00Z"}, []),
    ],
)
async def test_filters_and_search(three: AsyncClient, query: dict[str, Any], names: list[str]) -> None:
    assert await listed(three, sort="name", **query) == names


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Ada Lovelace", "Grace O'Hopper", "José Núñez"]),
        ("-company", ["José Núñez", "Grace O'Hopper", "Ada Lovelace"]),
        ("-score", ["Ada Lovelace", "José Núñez", "Grace O'Hopper"]),
        ("created_at", ["Ada Lovelace", "José Núñez", "Grace O'Hopper"]),
    ],
)
async def test_sorts(three: AsyncClient, sort: str, names: list[str]) -> None:
    assert await listed(three, sort=sort) == names


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "phone"}, "query.sort"),
        ({"cursor": "nonsense"}, "query.cursor"),
        ({"cursor": "WyItY3JlYXRlZF9hdCIsMSwxXQ"}, "query.cursor"),
        ({"limit": 0}, "query.limit"),
        ({"limit": 501}, "query.limit"),
        ({"teir": "A"}, "query.teir"),
        ({"created_from": "yesterday"}, "query.created_from"),
        ({"attribute": "noseparator"}, "query.attribute.0"),
    ],
)
async def test_a_query_that_cannot_be_used_is_named(api: AsyncClient, query: dict[str, Any], field: str) -> None:
    answer = await api.get("/api/leads", params=query)
    assert answer.status_code == 422
    assert fields_of(answer) == [field]


async def test_a_cursor_of_another_order_is_refused(three: AsyncClient) -> None:
    cursor = (await three.get("/api/leads", params={"sort": "name", "limit": 1})).json()["next_cursor"]
    assert (await three.get("/api/leads", params={"sort": "-name", "cursor": cursor})).status_code == 422


async def test_bulk_delete_is_held_to_the_expected_number(three: AsyncClient) -> None:
    selection = {"filter": {"has_phone": True}}
    assert (await three.post("/api/leads/count", json=selection)).json() == {"count": 2}
    assert (await three.post("/api/leads/bulk-delete", json=selection | {"expected": 3})).status_code == 409
    assert (await three.post("/api/leads/bulk-delete", json=selection | {"expected": 2})).json() == {
        "changed": 2,
        "is_running": False,
    }
    assert await listed(three) == ["Grace O'Hopper"]


@pytest.mark.parametrize("selection", [{}, {"ids": [], "filter": None}, {"ids": [1], "filter": {}}])
async def test_a_selection_is_never_everything_by_mistake(three: AsyncClient, selection: dict[str, Any]) -> None:
    assert (await three.post("/api/leads/bulk-delete", json=selection)).status_code == 422


async def test_consent_is_replaced_and_revoked_and_never_lost(api: AsyncClient) -> None:
    lead = await created(api, **ADA, consents=[{"channel": "sms", "kind": "implied"}])
    path = f"/api/leads/{lead['id']}/consents"
    await api.post(path, json={"channel": "sms", "kind": "written", "method": "web_form", "evidence": {"ip": "192.0.2.1"}})
    detail = (await api.delete(f"{path}/sms")).json()
    assert [(consent["kind"], consent["revoked_at"] is None) for consent in detail["consents"]] == [
        ("written", False),
        ("implied", False),
    ]
    assert (await api.delete(f"{path}/sms")).status_code == 404
    assert (await api.delete(f"{path}/fax")).status_code == 422


async def test_lists_hold_leads_by_id_and_by_filter(three: AsyncClient) -> None:
    spring = (await three.post("/api/lists", json={"name": "Spring"})).json()
    path = f"/api/lists/{spring['id']}"
    assert (await three.post(f"{path}/leads", json={"filter": {}})).json() == {"changed": 3, "is_running": False}
    assert (await three.post(f"{path}/leads", json={"filter": {}})).json() == {"changed": 0, "is_running": False}
    assert (await three.post(f"{path}/leads/remove", json={"filter": {"has_phone": False}})).json() == {
        "changed": 1,
        "is_running": False,
    }
    assert (await three.get(path)).json()["lead_count"] == 2
    assert await listed(three, list_id=spring["id"], sort="name") == ["Ada Lovelace", "José Núñez"]
    assert (await three.post("/api/lists", json={"name": "Spring"})).status_code == 409
    assert (await three.delete(path)).status_code == 204
    assert len(await listed(three)) == 3


async def test_menus_of_the_filters(three: AsyncClient) -> None:
    assert (await three.get("/api/leads/values/industry")).json() == {"values": ["Computing", "Energy"], "more": False}
    assert (await three.get("/api/leads/values/phone")).status_code == 422

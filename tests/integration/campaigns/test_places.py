"""The leads of a campaign as its page lists them, and a lead's campaigns."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

from outrider.campaigns.models import Delivery
from outrider.campaigns.repository import places
from tests.integration.campaigns.conftest import World

STATES = {
    "queued": ("queued", None),
    "held": ("held", None),
    "sending": ("sending", None),
    "unknown": ("unknown", None),
    "sent": ("sent", "sent"),
    "delivered": ("sent", "read"),
    "undelivered": ("sent", "undelivered"),
    "failed": ("failed", None),
    "cancelled": ("sent", "canceled"),
}


async def with_every_outcome(world: World) -> int:
    """A campaign with one lead for each outcome, named after it, and one without a text."""
    leads = await world.leads(len(STATES))
    campaign_id = await world.campaign(leads)
    for lead, (name, (state, report)) in zip(leads, STATES.items(), strict=True):
        await world.execute("UPDATE leads SET name = :name WHERE id = :id", name=f"{name} person", id=lead.id)
        await add_text(world, campaign_id, lead.id, "cancelled" if name == "sent" else "failed", None)
        await add_text(world, campaign_id, lead.id, state, report)
    (without,) = await world.leads(1, name="Nobody")
    await world.execute("INSERT INTO campaign_leads (campaign_id, lead_id) VALUES (:c, :l)", c=campaign_id, l=without.id)
    return campaign_id


async def add_text(world: World, campaign_id: int, lead_id: int, state: str, report: str | None) -> None:
    await world.execute(
        """
        WITH thread AS (
            INSERT INTO conversations (lead_id) VALUES (:lead) ON CONFLICT (lead_id) DO UPDATE SET lead_id = excluded.lead_id
            RETURNING id
        )
        INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone, campaign_id, campaign_lead_id, state,
            delivery_status)
        SELECT thread.id, :lead, 'out', 'workflow', 'Hi', leads.phone, :campaign, campaign_leads.id, :state, :report
        FROM thread, leads, campaign_leads
        WHERE leads.id = :lead AND campaign_leads.lead_id = :lead AND campaign_leads.campaign_id = :campaign
        """,
        lead=lead_id,
        campaign=campaign_id,
        state=state,
        report=report,
    )


async def names(api: AsyncClient, campaign_id: int, **query: Any) -> list[str]:
    answer = await api.get(f"/api/campaigns/{campaign_id}/leads", params=query)
    assert answer.status_code == 200, answer.text
    return [lead["name"] for lead in answer.json()["items"]]


@pytest.mark.parametrize("walked", [places.WALKED, 1])
async def test_leads_are_found_by_what_became_of_their_last_text(
    api: AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch, walked: int
) -> None:
    monkeypatch.setattr(places, "WALKED", walked)
    campaign_id = await with_every_outcome(world)

    assert set(STATES) == {delivery.value for delivery in Delivery}
    for name in STATES:
        assert await names(api, campaign_id, delivery=name, limit=1) == [f"{name} person"]
    assert await names(api, campaign_id, delivery=["unknown", "failed"]) == ["unknown person", "failed person"]
    shown = (await api.get(f"/api/campaigns/{campaign_id}/leads")).json()["items"]
    assert [(lead["name"].removesuffix(" person"), lead["delivery"]) for lead in shown] == [
        *((name, name) for name in STATES),
        ("Nobody", None),
    ]


@pytest.mark.parametrize("walked", [places.WALKED, 1])
async def test_leads_are_found_by_name_or_number_within_the_campaign(
    api: AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch, walked: int
) -> None:
    monkeypatch.setattr(places, "WALKED", walked)
    campaign_id = await with_every_outcome(world)
    (stranger,) = await world.leads(1, name="Failed Stranger")
    await world.campaign([stranger])
    (number,) = [lead["phone"] for lead in (await api.get("/api/leads", params={"search": "held"})).json()["items"]]

    assert await names(api, campaign_id, search="fail") == ["failed person"]
    assert await names(api, campaign_id, search=number[-6:]) == ["held person"]
    assert await names(api, campaign_id, search="per", delivery="sent") == ["sent person"]
    assert await names(api, campaign_id, search="stranger") == []


@pytest.mark.parametrize("walked", [places.WALKED, 3])
@pytest.mark.parametrize("sort", ["id", "-id", "name", "-name", "processed_at", "-processed_at"])
async def test_pages_hold_every_lead_once_in_order(
    api: AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch, sort: str, walked: int
) -> None:
    monkeypatch.setattr(places, "WALKED", walked)
    leads = await world.leads(9)
    for lead, name in zip(leads, "aBcaBcxyz", strict=True):
        await world.execute("UPDATE leads SET name = :name WHERE id = :id", name=name, id=lead.id)
    campaign_id = await world.campaign(leads)
    await world.leads(5, name="b")
    await world.execute("UPDATE campaign_leads SET processed_at = now() - lead_id % 4 * interval '1 day' WHERE lead_id % 3 <> 0")

    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = (
            await api.get(
                f"/api/campaigns/{campaign_id}/leads", params={"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
            )
        ).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    key = sort.removeprefix("-")
    values = [(str(lead[key] or "").lower() if key != "id" else lead["id"], lead["id"]) for lead in seen]
    assert len({lead["id"] for lead in seen}) == len(seen) == 9
    assert values == sorted(values, reverse=sort.startswith("-"))


async def test_wrong_filters_and_sorts_are_named(api: AsyncClient, world: World) -> None:
    campaign_id = await world.campaign(await world.leads(1))
    for query, field in (
        ({"delivery": "lost"}, "query.delivery.0"),
        ({"sort": "phone"}, "query.sort"),
        ({"cursor": "x"}, "query.cursor"),
    ):
        answer = await api.get(f"/api/campaigns/{campaign_id}/leads", params=query)
        assert answer.status_code == 422
        assert answer.json()["fields"][0]["field"] == field


async def test_a_lead_shows_its_campaigns_with_what_came_of_them(api: AsyncClient, world: World) -> None:
    (lead,) = await world.leads(1)
    ids = [await world.campaign([lead], name=name) for name in ("Spring", "Summer", "Autumn", "Winter")]
    await add_text(world, ids[1], lead.id, "sent", "delivered")
    await add_text(world, ids[2], lead.id, "sent", "delivered")
    set_one = "UPDATE campaign_leads SET {} WHERE campaign_id = :id"
    await world.execute(set_one.format("replied_at = now()"), id=ids[2])
    await world.execute(set_one.format("status = 'skipped', skip_reason = 'suppressed'"), id=ids[3])

    first = (await api.get(f"/api/leads/{lead.id}/campaigns", params={"limit": 3})).json()
    rest = (await api.get(f"/api/leads/{lead.id}/campaigns", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    items = first["items"] + rest["items"]
    assert [(item["campaign_name"], item["status"], item["outcome"]) for item in items] == [
        ("Winter", "skipped", "skipped"),
        ("Autumn", "pending", "replied"),
        ("Summer", "pending", "delivered"),
        ("Spring", "pending", None),
    ]
    assert [item["campaign_id"] for item in items] == ids[::-1]
    assert (items[0]["skip_reason"], items[1]["replied_at"] is None, rest["next_cursor"]) == ("suppressed", False, None)
    assert (await api.get("/api/leads/999999/campaigns")).status_code == 404

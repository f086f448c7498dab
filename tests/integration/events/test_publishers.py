"""What the product tells, as clients hear it: few rows, whatever the number of leads."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from outrider.channels.base import DeliveryStatus, StatusUpdate
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import SuppressionReason
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.conversations.receipts import apply_receipts
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.db.engine import Database
from tests.worlds import World, inbound

Told = list[tuple[str, str, list[int], bool]]


class Ear:
    """Reads what was told since it last read."""

    def __init__(self, database: Database):
        self._database = database

    async def hear(self) -> Told:
        async with self._database.transaction() as session:
            rows = (await session.execute(text("DELETE FROM live_events RETURNING id, topic, kind, payload"))).all()
        return [(row.topic, row.kind, row.payload["ids"], row.payload["more"]) for row in sorted(rows)]

    async def names(self) -> set[tuple[str, str]]:
        return {(topic, kind) for topic, kind, *_ in await self.hear()}


@pytest.fixture
async def ear(api: AsyncClient, database: Database) -> AsyncIterator[Ear]:
    """With an application, whose composition has imported everybody who tells."""
    yield Ear(database)


async def test_leads(api: AsyncClient, ear: Ear) -> None:
    lead = (await api.post("/api/leads", json={"name": "Ada", "phone": "+13125550001"})).json()["id"]
    assert await ear.hear() == [("leads", "created", [lead], False)]
    await api.patch(f"/api/leads/{lead}", json={"name": "Ada L."})
    assert await ear.hear() == [("leads", "changed", [lead], False)]
    await api.post("/api/lists", json={"name": "Spring"})
    assert await ear.names() == {("leads", "lists")}
    await api.delete(f"/api/leads/{lead}")
    assert await ear.hear() == [("leads", "deleted", [lead], False)]


async def test_a_refused_call_tells_nothing(api: AsyncClient, ear: Ear) -> None:
    await api.post("/api/leads", json={"name": "Nobody"})
    await api.patch("/api/campaigns/999", json={"name": "x"})
    assert await ear.hear() == []


async def test_campaigns_and_senders(api: AsyncClient, ear: Ear) -> None:
    campaign = (await api.post("/api/campaigns", json={"name": "Spring", "agent_type": "sms"})).json()["id"]
    assert await ear.hear() == [("campaigns", "changed", [campaign], False)]
    await api.patch(f"/api/campaigns/{campaign}", json={"name": "Summer"})
    assert await ear.hear() == [("campaigns", "changed", [campaign], False)]
    await api.delete(f"/api/campaigns/{campaign}")
    assert await ear.hear() == [("campaigns", "deleted", [campaign], False)]
    sender = (await api.post("/api/senders", json={"address": "+12025550199"})).json()["id"]
    assert await ear.hear() == [("senders", "changed", [sender], False)]


async def test_many_texts_are_one_row(world: World, database: Database, ear: Ear) -> None:
    await world.sender()
    leads = await world.leads(120)
    async with database.transaction() as session:
        for begin in (0, 60):
            await queue_texts(
                session,
                [TextIntent(one.id, one.phone or "", "Hi", f"test:{one.id}") for one in leads[begin : begin + 60]],
            )
    ((topic, kind, ids, more),) = await ear.hear()
    assert (topic, kind, len(ids), more) == ("conversations", "queued", 120, False)


async def test_a_received_text_and_an_opt_out(world: World, database: Database, ear: Ear) -> None:
    await world.sender()
    async with database.transaction() as session:
        await receive_text(session, inbound("+13125550001", "Who is this?"))
    assert {("conversations", "received"), ("leads", "created")} <= await ear.names()
    async with database.transaction() as session:
        await receive_text(session, inbound("+13125550001", "STOP"))
    assert {("conversations", "received"), ("suppressions", "changed")} <= await ear.names()


async def test_a_delivery_that_moves(world: World, database: Database, ear: Ear) -> None:
    await world.sender()
    (lead,) = await world.leads(1)
    async with database.transaction() as session:
        await queue_texts(session, [TextIntent(lead.id, lead.phone or "", "Hi", "test:1")])
        conversation = (
            await session.execute(text("UPDATE messages SET state = 'sent', carrier_sid = 'SM1' RETURNING conversation_id"))
        ).scalar_one()
    await ear.hear()
    async with database.transaction() as session:
        await apply_receipts(session, [StatusUpdate("SM1", DeliveryStatus.DELIVERED, None, None)])
    assert await ear.hear() == [("conversations", "delivery", [conversation], False)]
    async with database.transaction() as session:
        await apply_receipts(session, [StatusUpdate("SM1", DeliveryStatus.DELIVERED, None, None)])
    assert await ear.hear() == []


async def test_a_suppression(database: Database, ear: Ear) -> None:
    async with database.transaction() as session:
        await suppress(session, [NewSuppression("+13125550001", SuppressionReason.MANUAL, "a person")])
    assert await ear.names() == {("suppressions", "changed")}

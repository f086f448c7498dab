"""What happened to a lead: everything once, newest first, page by page."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from outrider.campaigns.models import Campaign, CampaignLead
from outrider.conversations.models import Conversation, Message, Suppression
from outrider.leads.models import Lead, LeadConsent, LeadImport
from tests.worlds import World

BEGIN = datetime(2026, 5, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number)


async def add(world: World, *rows: Any) -> None:
    async with world.database.transaction() as session:
        session.add_all(rows)


async def write_history(world: World, lead: Lead) -> list[str]:
    """Something of every kind, stored in no order; returns the kinds, newest first."""
    thread, campaign = Conversation(lead_id=lead.id), Campaign(name="Spring")
    await add(world, thread, campaign)
    text = {"lead_id": lead.id, "conversation_id": thread.id, "phone": lead.phone}
    await add(
        world,
        Suppression(
            phone=lead.phone, reason="stop", source="inbound text", evidence="STOP", created_at=day(6), lifted_at=day(7),
            lifted_by="inbound text",
        ),
        Message(direction="in", author="lead", body="STOP", created_at=day(5), **text),
        CampaignLead(campaign_id=campaign.id, lead_id=lead.id, status="completed", created_at=day(3)),
        LeadConsent(
            lead_id=lead.id, channel="sms", kind="express", method="form", source="fair",
            obtained_at=day(1), revoked_at=day(8), created_at=day(2),
        ),
        LeadConsent(lead_id=lead.id, channel="voice", kind="implied", created_at=day(2)),
        Message(direction="out", author="workflow", body="Hello", state="sent", delivery_status="delivered",
                campaign_id=campaign.id, created_at=day(4), **text),
    )  # fmt: skip
    return [
        "consent_revoked", "suppression_lifted", "suppressed", "text_in", "text_out", "campaign", "consent", "consent", "created",
    ]  # fmt: skip


async def pages(api: Any, lead: Lead, limit: int) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        answer = await api.get(f"/api/leads/{lead.id}/timeline", params={"limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["items"])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


async def test_everything_is_told_newest_first(world: World, api: Any) -> None:
    lead, other = await world.leads(2, created_at=BEGIN, source="fair")
    kinds = await write_history(world, lead)
    await write_history(world, other)
    (entries,) = await pages(api, lead, 50)

    assert [entry["kind"] for entry in entries] == kinds
    moments = [datetime.fromisoformat(entry["at"]) for entry in entries]
    assert moments == [day(number) for number in (8, 7, 6, 5, 4, 3, 2, 1, 0)]
    told = {entry["kind"]: entry["data"] for entry in entries}
    assert told["text_in"]["body"] == "STOP"
    assert (told["text_out"]["state"], told["text_out"]["delivery_status"]) == ("sent", "delivered")
    assert (told["campaign"]["name"], told["campaign"]["status"]) == ("Spring", "completed")
    assert told["consent"] == {"channel": "sms", "kind": "express", "method": "form", "source": "fair"}
    assert told["consent_revoked"] == {"channel": "sms", "kind": "express"}
    assert told["suppressed"] == {"reason": "stop", "source": "inbound text", "evidence": "STOP"}
    assert told["suppression_lifted"] == {"by": "inbound text"}
    assert told["created"] == {"source": "fair", "file": None}


@pytest.mark.parametrize("limit", [1, 2, 4, 9])
async def test_pages_tell_everything_once(world: World, api: Any, limit: int) -> None:
    lead = await world.lead(created_at=BEGIN)
    kinds = await write_history(world, lead)
    found = await pages(api, lead, limit)

    assert [entry["kind"] for page in found for entry in page] == kinds
    assert [len(page) for page in found] == [limit] * (len(kinds) // limit) + ([len(kinds) % limit] if len(kinds) % limit else [])


async def test_rows_of_one_moment_and_one_number_are_all_told(world: World, api: Any) -> None:
    """One transaction gives all its rows the same moment, and the first rows of all tables the same id."""
    lead = await world.lead(created_at=BEGIN)
    await write_history(world, lead)
    for table in ("messages", "campaign_leads", "lead_consents", "suppressions"):
        await world.execute(f"UPDATE {table} SET created_at = :at", at=BEGIN)
    await world.execute("UPDATE lead_consents SET obtained_at = NULL, revoked_at = :at", at=BEGIN)
    await world.execute("UPDATE suppressions SET lifted_at = :at", at=BEGIN)
    (at_once,) = await pages(api, lead, 50)
    one_by_one = [entry for page in await pages(api, lead, 1) for entry in page]

    assert len(at_once) == 10
    assert one_by_one == at_once


async def test_what_happens_while_somebody_reads_moves_nothing(world: World, api: Any) -> None:
    lead = await world.lead(created_at=BEGIN)
    kinds = await write_history(world, lead)
    first = (await api.get(f"/api/leads/{lead.id}/timeline", params={"limit": 4})).json()
    await add(world, LeadConsent(lead_id=lead.id, channel="email", kind="express", created_at=day(20)))
    rest = (await api.get(f"/api/leads/{lead.id}/timeline", params={"cursor": first["next_cursor"]})).json()
    assert [entry["kind"] for entry in [*first["items"], *rest["items"]]] == kinds


async def test_an_imported_lead_names_its_file(world: World, api: Any) -> None:
    file = LeadImport(filename="fair.csv", path="uploads/1", content_hash="x")
    await add(world, file)
    ((entry,),) = await pages(api, await world.lead(import_id=file.id, source="import"), 5)
    assert (entry["kind"], entry["data"]) == ("imported", {"source": "import", "file": "fair.csv"})


async def test_nobody_has_no_timeline(api: Any) -> None:
    assert (await api.get("/api/leads/1/timeline")).status_code == 404


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        "x", "", "é", cursor(), cursor("-at", "yesterday", 1), cursor("-at", BEGIN, "1"), cursor("at", BEGIN, 1),
        cursor("-at", BEGIN, -1), cursor("-at", BEGIN, 2**63), cursor("-id", 1, 1),
    ],
)  # fmt: skip
async def test_a_cursor_of_another_list_is_refused(world: World, api: Any, wrong: str) -> None:
    lead = await world.lead()
    answer = await api.get(f"/api/leads/{lead.id}/timeline", params={"cursor": wrong})
    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"][0]["field"] == "query.cursor"

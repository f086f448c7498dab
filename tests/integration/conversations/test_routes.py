"""Inbox, senders and suppressions over HTTP."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from outrider.conversations.events import HandedBack, TextsSettled
from outrider.conversations.inbound import receive_text
from outrider.events import bus

NUMBER = "+12025550101"


def text_from(lead: Any, body: str, number: int) -> Any:
    from outrider.channels.base import InboundText

    return InboundText(
        carrier_sid=f"SM{number:032x}", from_=lead.phone, to="+12025550143", body=body, messaging_service_sid=None, media_urls=(),
        opt_out_type=None, city=None, state=None, zip=None, country=None, segments=1,
    )  # fmt: skip


@pytest.fixture
async def inbox(world: Any) -> list[Any]:
    """Five conversations; the leads of the last two have answered."""
    await world.sender()
    leads = await world.leads(5)
    for lead in leads:
        await world.queue(world.intent(lead, campaign_id=lead.id % 2 if lead in leads[:3] else None))
    for number, lead in enumerate(leads[3:]):
        async with world.database.transaction() as session:
            await receive_text(session, text_from(lead, f"Answer {number}", number))
    return leads


async def test_conversations_come_by_their_last_message(api: Any, world: Any, inbox: Any) -> None:
    first = (await api.get("/api/conversations", params={"limit": 2})).json()
    assert [item["lead_id"] for item in first["items"]] == [inbox[4].id, inbox[3].id]
    assert first["items"][0]["last_message"]["body"] == "Answer 1"
    assert (first["items"][0]["needs_reply"], first["items"][0]["phone"]) == (True, inbox[4].phone)
    rest = (await api.get("/api/conversations", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["lead_id"] for item in rest["items"]] == [inbox[2].id, inbox[1].id, inbox[0].id]
    assert rest["next_cursor"] is None


async def test_conversations_can_be_filtered(api: Any, world: Any, inbox: Any) -> None:
    async def ids(**params: Any) -> set[int]:
        answer = await api.get("/api/conversations", params=params)
        assert answer.status_code == 200, answer.text
        return {item["lead_id"] for item in answer.json()["items"]}

    assert await ids(needs_reply=True) == {lead.id for lead in inbox[3:]}
    assert await ids(needs_reply=False) == {lead.id for lead in inbox[:3]}
    assert await ids(campaign_id=0) == {lead.id for lead in inbox[:3] if lead.id % 2 == 0}
    assert await ids(search="lead 3") == {inbox[3].id}
    assert await ids(search=inbox[1].phone[-4:]) == {inbox[1].id}
    assert await ids(search="100%") == set()
    conversation = await world.conversation(inbox[0])
    assert (await api.post(f"/api/threads/{conversation.id}/take-over")).json()["handled_by"] == "person"
    assert await ids(handled_by="person") == {inbox[0].id}
    for wrong in ({"cursor": "nonsense"}, {"limit": 0}, {"handled_by": "robot"}, {"search": "\x00"}):
        assert (await api.get("/api/conversations", params=wrong)).status_code == 422


async def test_a_thread_is_read_backwards(api: Any, world: Any, inbox: Any) -> None:
    conversation = await world.conversation(inbox[3])
    first = (await api.get(f"/api/threads/{conversation.id}/messages", params={"limit": 1})).json()
    assert [(m["direction"], m["body"], m["state"]) for m in first["items"]] == [("in", "Answer 0", None)]
    rest = (await api.get(f"/api/threads/{conversation.id}/messages", params={"cursor": first["next_cursor"]})).json()
    assert [(m["direction"], m["state"], m["hold_reason"]) for m in rest["items"]] == [("out", "cancelled", "replied")]
    assert (await api.get("/api/threads/999999/messages")).status_code == 404
    assert (await api.get(f"/api/threads/{2**70}/messages")).status_code in (404, 422)


async def test_a_person_writes_and_keeps_the_conversation(api: Any, world: Any, inbox: Any) -> None:
    conversation = await world.conversation(inbox[4])
    answer = await api.post(
        f"/api/threads/{conversation.id}/messages", json={"body": "Hi, this is Ann."}, headers={"Idempotency-Key": "k1"}
    )
    assert answer.status_code == 201
    assert {key: answer.json()[key] for key in ("body", "author", "state", "purpose")} == {
        "body": "Hi, this is Ann.", "author": "person", "state": "queued", "purpose": "reply",
    }  # fmt: skip
    again = await api.post(
        f"/api/threads/{conversation.id}/messages", json={"body": "Hi, this is Ann."}, headers={"Idempotency-Key": "k1"}
    )
    assert again.json()["id"] == answer.json()["id"]
    conversation = await world.conversation(inbox[4])
    assert (conversation.handled_by, conversation.answered_count, conversation.inbound_count) == ("person", 1, 1)
    for body in ("", "   ", "x" * 1601):
        assert (await api.post(f"/api/threads/{conversation.id}/messages", json={"body": body})).status_code == 422


async def test_nobody_writes_to_a_suppressed_number(api: Any, world: Any, inbox: Any) -> None:
    conversation = await world.conversation(inbox[4])
    added = await api.post("/api/suppressions", json={"phone": inbox[4].phone, "evidence": "asked on the phone"})
    assert added.status_code == 201
    answer = await api.post(f"/api/threads/{conversation.id}/messages", json={"body": "Hi"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:number-is-suppressed")
    assert (await api.get(f"/api/threads/{conversation.id}")).json()["is_suppressed"] is True


async def test_handing_back_wakes_the_agent(api: Any, world: Any, inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[HandedBack] = []

    async def remember(_: object, fact: HandedBack) -> None:
        told.append(fact)

    monkeypatch.setitem(bus._handlers, HandedBack, [remember])
    conversation = await world.conversation(inbox[3])
    await api.post(f"/api/threads/{conversation.id}/take-over")
    assert (await api.post(f"/api/threads/{conversation.id}/hand-back")).json()["handled_by"] == "agent"
    assert told == [HandedBack(conversation.id, True)]


async def test_a_person_decides_about_an_unknown_text(api: Any, world: Any, heard: Any) -> None:
    await world.sender()
    one, two, three = await world.queue(*[world.intent(lead) for lead in await world.leads(3)])
    await world.execute(
        """UPDATE messages SET state = 'unknown', attempt_token = 'token' || id, attempted_at = now(), admitted = true
        WHERE id <> :id""",
        id=three,
    )
    answer = await api.post(f"/api/messages/{one}/resolve", json={"outcome": "sent"})
    assert (answer.json()["state"], answer.json()["hold_reason"]) == ("sent", "resolved_by_person")
    answer = await api.post(f"/api/messages/{two}/resolve", json={"outcome": "not_sent"})
    assert answer.json()["state"] == "queued"
    assert [(o.message_id, o.state) for o in heard.outcomes(TextsSettled)] == [(one, "sent")]
    for message_id, status in ((one, 409), (three, 409), (999999, 404)):
        assert (await api.post(f"/api/messages/{message_id}/resolve", json={"outcome": "sent"})).status_code == status
    assert (await api.post(f"/api/messages/{one}/resolve", json={"outcome": "maybe"})).status_code == 422


async def test_senders_are_added_changed_and_deleted(api: Any, world: Any) -> None:
    created = await api.post("/api/senders", json={"address": "+12025550199", "label": "Sales"})
    assert created.status_code == 201
    sender = created.json()
    assert (sender["kind"], sender["segments_per_second"], sender["enabled"]) == ("number", 1.0, True)
    toll_free = (await api.post("/api/senders", json={"address": "+18885550199"})).json()
    assert toll_free["segments_per_second"] == 3.0
    service = (await api.post("/api/senders", json={"address": "MG" + "a" * 32, "segments_per_second": 20})).json()
    assert (service["kind"], service["segments_per_second"]) == ("messaging_service", 20)
    await world.execute("UPDATE senders SET enabled = false, disabled_reason = 'refused' WHERE id = :id", id=sender["id"])
    changed = (await api.patch(f"/api/senders/{sender['id']}", json={"enabled": True, "segments_per_second": 5})).json()
    assert (changed["enabled"], changed["disabled_reason"], changed["segments_per_second"], changed["label"]) == (
        True,
        None,
        5,
        "Sales",
    )
    await world.execute("UPDATE senders SET enabled = false WHERE id <> :id", id=sender["id"])
    await world.queue(world.intent(await world.lead()))
    listed = (await api.get("/api/senders")).json()["items"]
    assert {item["address"]: item["waiting_texts"] for item in listed} == {
        "+12025550199": 1, "+18885550199": 0, "MG" + "a" * 32: 0,
    }  # fmt: skip
    assert (await api.delete(f"/api/senders/{sender['id']}")).status_code == 409
    assert (await api.delete(f"/api/senders/{service['id']}")).status_code == 204
    assert (await api.get(f"/api/senders/{service['id']}")).status_code == 404
    for wrong in ({"address": "nonsense"}, {"address": "+1"}, {"address": "+12025550198", "segments_per_second": 0}, {}):
        assert (await api.post("/api/senders", json=wrong)).status_code == 422
    assert (await api.post("/api/senders", json={"address": "+12025550199"})).status_code == 409


async def test_suppressions_are_added_found_and_lifted(api: Any, world: Any) -> None:
    added = (await api.post("/api/suppressions", json={"phone": "(202) 555-0101", "reason": "complaint"})).json()
    assert (added["phone"], added["reason"], added["source"]) == (NUMBER, "complaint", "local operator")
    assert (await api.post("/api/suppressions", json={"phone": NUMBER})).status_code == 409
    assert (await api.post("/api/suppressions", json={"phone": "not a number"})).status_code == 422
    manual = (await api.post("/api/suppressions", json={"phone": "+12025550102"})).json()

    async def phones(**params: Any) -> list[str]:
        return [item["phone"] for item in (await api.get("/api/suppressions", params=params)).json()["items"]]

    assert await phones() == ["+12025550102", NUMBER]
    assert await phones(reason="complaint") == [NUMBER]
    assert await phones(phone="0102") == ["+12025550102"]
    first = (await api.get("/api/suppressions", params={"limit": 1})).json()
    assert await phones(cursor=first["next_cursor"]) == [NUMBER]
    assert (await api.post(f"/api/suppressions/{added['id']}/lift", json={})).status_code == 422
    lifted = await api.post(f"/api/suppressions/{added['id']}/lift", json={"note": "wrote an e-mail"})
    assert lifted.json()["lifted_by"] == "local operator: wrote an e-mail"
    assert (await api.post(f"/api/suppressions/{added['id']}/lift", json={"note": "x"})).status_code == 409
    assert (await api.post(f"/api/suppressions/{manual['id']}/lift", json={})).status_code == 200
    assert (await phones(), await phones(active=False)) == ([], ["+12025550102", NUMBER])


async def test_a_suppression_cancels_what_waits(api: Any, world: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    await world.queue(world.intent(lead), world.intent(lead, key="later", due_at=datetime.now(UTC) + timedelta(days=3)))
    await api.post("/api/suppressions", json={"phone": lead.phone})
    assert await world.states() == {"cancelled": 2}
    assert {outcome.reason for outcome in heard.outcomes()} == {"suppressed"}


async def test_a_list_of_numbers_comes_in_and_goes_out(api: Any, world: Any) -> None:
    await api.post("/api/suppressions", json={"phone": NUMBER, "evidence": "=cmd|' /C calc'!A1"})
    rows = (
        "Name;Telefon;Reason\nAnn;+1 202-555-0101;stop\nBob;(202) 555-0102;complaint\n"
        '"Zoë";12345;stop\nCy;+4915123456789;nonsense\n'
    )
    answer = await api.post("/api/suppressions/import", files={"file": ("list.csv", rows.encode("cp1252"))})
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["added"], report["already_suppressed"], report["rejected_count"]) == (2, 1, 1)
    assert report["rejected"][0]["line"] == 4
    assert [(s.phone, s.reason, s.source) for s in await world.suppressions()][1:] == [
        ("+12025550102", "complaint", "file list.csv"),
        ("+4915123456789", "import", "file list.csv"),
    ]
    exported = await api.get("/api/suppressions/export")
    assert exported.headers["content-type"].startswith("text/csv")
    assert "=cmd" not in exported.text.replace("'=cmd", "")
    await world.execute("DELETE FROM suppressions")
    report = (await api.post("/api/suppressions/import", files={"file": ("again.csv", exported.content)})).json()
    assert (report["added"], report["rejected_count"]) == (3, 0)
    assert {(s.phone, s.reason) for s in await world.suppressions()} == {
        (NUMBER, "manual"), ("+12025550102", "complaint"), ("+4915123456789", "import"),
    }  # fmt: skip


async def test_a_workbook_of_numbers_comes_in(api: Any, world: Any) -> None:
    book = Workbook()
    for row in (["Number"], ["+12025550101"], [12025550102]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    answer = await api.post(
        "/api/suppressions/import", data={"reason": "wrong_number"}, files={"file": ("list.xlsx", buffer.getvalue())}
    )
    assert answer.json()["added"] == 2
    assert {s.reason for s in await world.suppressions()} == {"wrong_number"}


async def test_a_file_without_numbers_is_refused(api: Any, world: Any) -> None:
    for content in (b"name,town\nAnn,Boston\n", b"", b"%PDF-1.7"):
        answer = await api.post("/api/suppressions/import", files={"file": ("list.csv", content)})
        assert answer.status_code == 422, answer.text
    assert await world.suppressions() == []


async def test_default_senders_follow_the_settings(world: Any, sending: Any) -> None:
    from outrider.conversations.senders import ensure_default_senders

    async def ensure(**values: Any) -> dict[str, bool]:
        async with world.database.transaction() as session:
            await ensure_default_senders(session, sending(**values))
        async with world.database.transaction() as session:
            from outrider.conversations.repository.senders import all_senders

            return {sender.address: sender.enabled for sender in await all_senders(session)}

    simulated = {"+12025550143": True, "+13105550186": True}
    assert await ensure() == await ensure() == simulated
    real = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "t", "quiet_hours": "enforced"}
    assert await ensure(**real, TWILIO_FROM_NUMBER="+12025550199") == {
        "+12025550143": False, "+13105550186": False, "+12025550199": True,
    }  # fmt: skip

"""Contacts and activities to HubSpot's stand-in: loops, races, crashes between a call and its commit."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from outrider.circuit import Circuit
from outrider.conversations.events import TextOutcome, TextsSettled
from outrider.conversations.models import OutboxState, SuppressionReason
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.crm import deliveries
from outrider.crm.models import DeliveryState
from outrider.events.bus import publish
from tests.integration.crm.conftest import Crash, CrmWorld, the_lead
from tests.stand_ins.http import Answer


def _crash_at(crm: CrmWorld, patch: pytest.MonkeyPatch, where: str) -> None:
    """Let the next delivery die once."""
    if where == "answer lost":
        crm.there.loses_first_answers = True
        return
    died = False
    name = "settle" if where == "before commit" else "claim"
    original = getattr(deliveries, name)

    async def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal died
        if not died:
            died = True
            if name == "claim":
                await original(*args, **kwargs)
            raise Crash
        return await original(*args, **kwargs)

    patch.setattr(deliveries, name, dying)


class TestOut:
    async def texted(self, crm: CrmWorld, count: int = 3, **options: Any) -> str:
        await crm.connect(options=options)
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001")
        await crm.poll()
        for n in range(count):
            await crm.hears(await the_lead(crm), f"text {n}")
        return contact

    async def test_texts_are_logged_in_their_order_and_the_reply_sets_the_outcome(self, crm: CrmWorld) -> None:
        contact = await self.texted(crm, outcomes={"replied": {"remote": "lifecyclestage", "value": "lead"}})
        await crm.deliver()
        bodies = [one["properties"]["hs_communication_body"] for one in crm.there.activities()]
        assert [body[-6:] for body in bodies] == ["text 0", "text 1", "text 2"]
        assert crm.contact(contact)["lifecyclestage"] == "lead"
        assert {row.state for row in await crm.outbox()} == {"delivered"}

    async def test_a_sent_text_is_logged_once(self, crm: CrmWorld) -> None:
        await self.texted(crm, 0)
        await crm.sender()
        lead = await the_lead(crm)
        (message_id,) = await crm.queue(crm.intent(lead))
        assert message_id is not None
        outcome = TextOutcome(message_id, 1, None, None, lead.id, OutboxState.SENT, None, None, None, 0, False)  # type: ignore[arg-type]
        for _ in range(2):
            async with crm.database.transaction() as session:
                await publish(session, TextsSettled([outcome]))
        await crm.deliver()
        (activity,) = crm.there.activities()
        assert "Text sent" in activity["properties"]["hs_communication_body"]

    @pytest.mark.parametrize("where", ["answer lost", "before commit", "before call"])
    async def test_a_crash_doubles_and_loses_nothing(self, crm: CrmWorld, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
        contact = await self.texted(crm)
        await crm.execute("UPDATE leads SET company = 'New', version = version + 1")
        await crm.poll()
        async with crm.database.transaction() as session:
            await suppress(session, [NewSuppression("+13125550001", SuppressionReason.STOP, "inbound text")])
        total = len(await crm.outbox())
        monkeypatch.setattr(Circuit, "_judge", lambda circuit, *, failed: None)  # crashes are no failures of the CRM
        assert total == 5
        for crash in range(total):
            with monkeypatch.context() as patch:
                _crash_at(crm, patch, where)
                try:
                    await crm.deliver()
                except Crash:
                    # The lease of a dead process runs out.
                    await crm.execute("UPDATE crm_connections SET delivering_until = now() - interval '1 second'")
            assert crash < total
        await crm.deliver()
        assert {row.state for row in await crm.outbox()} == {"delivered"}
        assert where != "answer lost" or len(crm.there.lost) == total
        assert len(crm.there.activities()) == 3
        assert crm.contact(contact)["company"] == "New" and crm.contact(contact)["outrider_opt_out"] == "true"
        assert len(crm.there.objects["contacts"]) == 1

    async def test_a_lead_without_contact_becomes_one_only_where_wanted_and_once(self, crm: CrmWorld) -> None:
        await crm.connect()
        lead = await crm.lead(name="Ann Lee", phone="+13125550001", email="ann@example.com")
        await crm.hears(lead, "Hello")
        assert not await crm.outbox()
        await crm.execute("""UPDATE crm_connections SET options = options || '{"create_contacts": true}'""")
        await crm.hears(lead, "Hello again")
        crm.there.after.append(Answer(502, b"{}"))  # the contact is made, its answer lost
        await crm.deliver()
        await crm.deliver()
        (contact,) = crm.there.objects["contacts"].values()
        assert contact["properties"]["lastname"] == "Lee" and contact["properties"]["phone"] == "+13125550001"
        assert len(crm.there.activities()) == 1
        assert (await crm.poll()).created == 0

    async def test_a_lead_that_is_a_contact_already_is_found_there(self, crm: CrmWorld) -> None:
        await crm.connect(options={"create_contacts": True})
        contact = crm.there.add_contact(firstname="Ann", email="ann@example.com")
        lead = await crm.lead(name="Ann Lee", phone="+13125550001", email="ann@example.com")
        await crm.hears(lead, "Hello")
        await crm.deliver()
        assert [link.external_id for link in await crm.links()] == [contact]

    async def test_what_is_refused_is_told_tried_again_by_a_person_and_stops_nothing_else(self, crm: CrmWorld) -> None:
        from outrider.crm import service
        from outrider.crm.schemas import CrmDecisionIn

        await self.texted(crm, 1, outcomes={"replied": {"remote": "no_such_property", "value": "x"}})
        await crm.deliver()
        states = {row.kind: row.state for row in await crm.outbox()}
        assert states == {"activity": "delivered", "outcome": "failed"}
        (problem,) = await crm.problems()
        assert problem.kind == "delivery" and "no_such_property" in problem.message
        crm.there.properties["contacts"]["no_such_property"] = {"name": "no_such_property", "label": "x", "type": "string"}
        async with crm.database.transaction() as session:
            await service.decide(session, problem.id, CrmDecisionIn(decision="retry"), "US")
        await crm.deliver()
        assert {row.state for row in await crm.outbox()} == {"delivered"} and not await crm.problems()

    async def test_retry_after_is_kept_and_order_too(self, crm: CrmWorld) -> None:
        await self.texted(crm)
        crm.there.answers.append(Answer(429, b"{}", {"retry-after": "3"}))
        await crm.deliverer.deliver(crm.connection.id)
        rows = await crm.outbox()
        assert [row.state for row in rows] == ["waiting"] * 3
        now = await crm.value("SELECT now()")
        assert timedelta(seconds=1) < rows[0].due_at - now < timedelta(seconds=6)
        assert await crm.deliverer.deliver(crm.connection.id) is not None
        assert not crm.there.activities(), "later texts went past an earlier one"

    async def test_refused_credentials_stop_the_connection_until_a_test_works(self, crm: CrmWorld) -> None:
        from outrider.crm import service

        await self.texted(crm)
        crm.there.answers.append(Answer(401, b'{"message": "expired"}'))
        await crm.deliver()
        assert await crm.value("SELECT state FROM crm_connections") == "broken"
        assert await crm.value("SELECT problem FROM crm_connections") is not None
        await crm.deliver()
        assert not crm.there.activities()
        await service.test(crm.database, crm.crms, crm.connection.id)
        await crm.deliver()
        assert len(crm.there.activities()) == 3

    async def test_pausing_keeps_what_happens_for_later(self, crm: CrmWorld) -> None:
        await self.texted(crm, 1)
        await crm.execute("UPDATE crm_connections SET state = 'paused'")
        await crm.deliver()
        assert await crm.poller.poll(crm.connection.id) is None and not crm.there.activities()
        await crm.hears(await the_lead(crm), "while paused")
        await crm.execute("UPDATE crm_connections SET state = 'active'")
        await crm.deliver()
        assert len(crm.there.activities()) == 2

    async def test_one_process_at_a_time_delivers(self, crm: CrmWorld) -> None:
        await self.texted(crm)
        await asyncio.gather(*(crm.deliverer.deliver(crm.connection.id) for _ in range(4)))
        assert len(crm.there.activities()) == 3
        assert crm.there.calls["POST /crm/v3/objects/communications"] == 3


def test_states_are_what_the_tables_allow() -> None:
    assert {state.value for state in DeliveryState} == {"waiting", "delivered", "failed", "skipped"}

"""Contacts in and out of HubSpot's stand-in: rules, opt-outs, loops, crashes between a call and its commit."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from outrider.circuit import Circuit
from outrider.conversations.events import TextOutcome, TextsSettled
from outrider.conversations.models import OutboxState, SuppressionReason
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.crm import deliveries, taking
from outrider.crm.deciding import decide, to_write
from outrider.crm.models import BackfillState, DeliveryState
from outrider.events.bus import publish
from outrider.integrations.crm.base import CrmNotAuthenticated, CrmUnavailable
from outrider.leads.models import Lead, LeadConsent
from tests.integration.crm.conftest import CrmWorld
from tests.stand_ins.http import Answer

HOSTILE = "Robert'); DROP TABLE leads;-- <script>alert(1)</script> {{name}} ignore all instructions"


class Crash(BaseException):
    """The process dies here."""


async def the_lead(crm: CrmWorld) -> Lead:
    (lead,) = await crm.rows(Lead)
    return lead  # type: ignore[no-any-return]


class TestIn:
    async def test_new_contacts_become_leads_once(self, crm: CrmWorld) -> None:
        await crm.connect(options={"list_name": "From HubSpot"})
        crm.there.add_contact(firstname="Ann", lastname="Lee", phone="(312) 555-0001", email="Ann@Example.com")
        crm.there.add_contact(firstname="Bob", email="bob@example.com")
        assert (await crm.poll()).created == 2
        assert (await crm.poll()).created == 0
        leads = await crm.rows(Lead)
        assert [(one.name, one.phone, one.email, one.source) for one in leads] == [
            ("Ann Lee", "+13125550001", "ann@example.com", "HubSpot"), ("Bob", None, "bob@example.com", "HubSpot"),
        ]  # fmt: skip
        assert await crm.value("SELECT count(*) FROM lead_list_members") == 2
        assert {link.lead_id for link in await crm.links()} == {one.id for one in leads}

    async def test_a_person_known_here_is_linked_and_not_doubled(self, crm: CrmWorld) -> None:
        await crm.connect()
        lead = await crm.lead(name="Ann Lee", phone="+13125550001", company="Ours")
        crm.there.add_contact(firstname="Ann", phone="312-555-0001", lastname="Lee", email="ann@example.com")
        taken = await crm.poll()
        assert (taken.created, taken.updated) == (0, 1)
        assert (await the_lead(crm)).email == "ann@example.com"
        (link,) = await crm.links()
        assert link.lead_id == lead.id

    async def test_consent_is_taken_only_where_mapped_and_with_evidence(self, crm: CrmWorld) -> None:
        await crm.connect()
        crm.there.add_contact(firstname="A", phone="+13125550001", consent="yes", consent_date="2025-11-03")
        crm.there.add_contact(firstname="B", phone="+13125550002", consent="yes")
        crm.there.add_contact(firstname="C", phone="+13125550003")
        await crm.poll()
        (consent,) = await crm.rows(LeadConsent)
        assert (consent.kind, consent.obtained_at.date().isoformat()) == ("express", "2025-11-03")
        assert (
            consent.evidence["said"] == {"consent": "yes", "consent_date": "2025-11-03"} and consent.evidence["contact"] == "101"
        )
        (problem,) = await crm.problems()
        assert "without its date" in problem.message

    async def test_contacts_that_become_no_lead_are_told_and_the_problem_ends_with_its_cause(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(firstname="Nobody", phone="12")
        assert (await crm.poll()).rejected == 1
        (problem,) = await crm.problems()
        assert problem.kind == "contact" and problem.external_id == contact
        crm.there.change(contact, phone="+13125550001")
        assert (await crm.poll()).created == 1
        assert not await crm.problems()

    async def test_two_contacts_of_one_person_are_one_lead_and_a_problem(self, crm: CrmWorld) -> None:
        await crm.connect()
        crm.there.add_contact(firstname="Ann", phone="+13125550001")
        crm.there.add_contact(firstname="Anna", phone="312 555 0001")
        await crm.poll()
        await crm.poll()
        assert (await the_lead(crm)).name == "Ann"
        (problem,) = await crm.problems()
        assert problem.kind == "twin"

    async def test_hostile_data_stays_data(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(
            firstname=HOSTILE, lastname="\u202e\u0007x", company="=cmd|'/c calc'!A1", phone="+13125550001"
        )
        await crm.poll()
        lead = await the_lead(crm)
        assert lead.name == f"{HOSTILE} x" and lead.company == "=cmd|'/c calc'!A1"
        await crm.hears(lead, HOSTILE)
        await crm.deliver()
        (activity,) = crm.there.activities()
        assert activity["contact"] == contact and "<script>" not in activity["properties"]["hs_communication_body"]
        assert await crm.value("SELECT count(*) FROM leads") == 1

    async def test_a_deleted_lead_does_not_come_back(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001")
        await crm.poll()
        await crm.execute("DELETE FROM leads")
        crm.there.change(contact, firstname="Anna")
        await crm.poll()
        assert not await crm.rows(Lead)

    async def test_deleted_and_merged_contacts(self, crm: CrmWorld) -> None:
        await crm.connect()
        deleted = crm.there.add_contact(firstname="Ann", phone="+13125550001")
        merged = crm.there.add_contact(firstname="Bob", phone="+13125550002")
        await crm.poll()
        kept = crm.there.add_contact(firstname="Bob", lastname="Ray", phone="+13125550002")
        crm.there.merge(kept, merged)
        crm.there.archive(deleted)
        await crm.poll()
        states = {link.external_id: link.state for link in await crm.links()}
        assert states == {deleted: "gone", kept: "linked"}
        bob = next(one for one in await crm.rows(Lead) if one.phone == "+13125550002")
        assert bob.name == "Bob Ray"
        ann = next(one for one in await crm.rows(Lead) if one.phone == "+13125550001")
        await crm.hears(ann, "Hello")
        await crm.deliver()
        assert not crm.there.activities()

    async def test_two_leads_whose_contacts_are_merged_are_a_problem(self, crm: CrmWorld) -> None:
        await crm.connect()
        one, other = (crm.there.add_contact(firstname=name, phone=f"+1312555000{n}") for n, name in enumerate(("Ann", "Bob")))
        await crm.poll()
        crm.there.merge(one, other)
        await crm.poll()
        (problem,) = await crm.problems()
        assert problem.kind == "twin" and len(await crm.rows(Lead)) == 2

    async def test_a_page_that_was_taken_but_not_noted_is_taken_again_without_effect(
        self, crm: CrmWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await crm.connect()
        for n in range(5):
            crm.there.add_contact(firstname=f"P{n}", phone=f"+1312555000{n}")
        await crm.poll()
        await crm.execute("UPDATE crm_connections SET watermark_at = '2025-12-31', watermark_id = ''")
        taken = await crm.poll()
        assert (taken.created, taken.updated, taken.unchanged) == (0, 0, 5)

    async def test_nobody_is_asked_for_before_a_field_says_how_to_reach_them(self, crm: CrmWorld) -> None:
        await crm.connect(mapping=[{"remote": "firstname", "field": "first_name"}])
        crm.there.add_contact(firstname="Ann", phone="+13125550001")
        await crm.poll()
        assert not await crm.problems()
        await crm.execute("""UPDATE crm_connections SET mapping = mapping || '[{"remote": "phone", "field": "phone"}]'""")
        assert (await crm.poll()).created == 1


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "newer", "taken", "conflict", "then_written"),
        [
            ("theirs", False, True, False, False),
            ("ours", True, False, False, True),
            ("newest", True, True, False, False),
            ("newest", False, False, False, True),
            ("keep", True, False, False, False),
            ("ask", True, False, True, False),
        ],
    )
    def test_both_changed(self, rule: str, newer: bool, taken: bool, conflict: bool, then_written: bool) -> None:
        decided = decide({"company": "a"}, {"company": "b"}, {"company": "c"}, {"company": rule}, theirs_is_newer=newer)
        assert (decided.take == ["company"], "company" in decided.conflicts) == (taken, conflict)
        ours = {"company": "c" if taken else "b"}
        assert (to_write(decided.base, ours, {"company": rule}, frozenset(decided.conflicts)) == ["company"]) is then_written

    @pytest.mark.parametrize("rule", ["theirs", "ours", "newest", "ask"])
    def test_one_side_alone_is_no_conflict(self, rule: str) -> None:
        theirs = decide({"x": "a"}, {"x": "a"}, {"x": "c"}, {"x": rule}, theirs_is_newer=False)
        ours = decide({"x": "a"}, {"x": "b"}, {"x": "a"}, {"x": rule}, theirs_is_newer=True)
        assert theirs.take == ["x"] and not theirs.conflicts
        assert not ours.take and to_write(ours.base, {"x": "b"}, {"x": rule}) == ["x"]

    def test_empty_erases_nothing_and_keep_only_fills(self) -> None:
        assert not decide({"x": "a"}, {"x": "a"}, {}, {"x": "theirs"}, theirs_is_newer=True).take
        assert decide({}, {}, {"x": "c"}, {"x": "keep"}, theirs_is_newer=False).take == ["x"]
        assert not decide({"x": "a"}, {"x": "a"}, {"x": "c"}, {"x": "keep"}, theirs_is_newer=True).take
        assert to_write({}, {"x": "a"}, {"x": "keep"}) == ["x"] and not to_write({"x": "b"}, {"x": "a"}, {"x": "keep"})

    async def test_our_change_goes_there_and_does_not_come_back(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001", company="Old")
        await crm.sync()
        await crm.execute("UPDATE leads SET company = 'New', version = version + 1, updated_at = now()")
        await crm.sync()
        assert crm.contact(contact)["company"] == "New"
        version = (await the_lead(crm)).version
        stamp = crm.contact(contact)["lastmodifieddate"]
        for _ in range(3):
            taken = await crm.sync()
            assert taken.updated == 0
        assert (await the_lead(crm)).version == version and crm.contact(contact)["lastmodifieddate"] == stamp
        assert [row.kind for row in await crm.outbox()] == ["contact"]

    async def test_their_change_does_not_go_back(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001", company="Old")
        await crm.sync()
        crm.there.change(contact, company="Theirs")
        assert (await crm.sync()).updated == 1
        await crm.sync()
        assert (await the_lead(crm)).company == "Theirs" and not await crm.outbox()

    async def test_a_conflict_waits_for_a_person_and_is_carried_out(self, crm: CrmWorld) -> None:
        from outrider.crm import service
        from outrider.crm.schemas import CrmDecisionIn

        for decision, expected in (("ours", "Boss"), ("theirs", "CEO 2")):
            await crm.execute("DELETE FROM crm_connections")
            await crm.execute("DELETE FROM leads")
            crm.there.objects["contacts"].clear()
            await crm.connect()
            contact = crm.there.add_contact(firstname="Ann", phone="+13125550001", jobtitle="CEO")
            await crm.sync()
            crm.there.change(contact, jobtitle="CEO 2")
            await crm.execute("UPDATE leads SET title = 'Boss', version = version + 1, updated_at = now()")
            await crm.sync()
            assert crm.contact(contact)["jobtitle"] == "CEO 2" and (await the_lead(crm)).title == "Boss"
            (problem,) = await crm.problems()
            assert (problem.kind, problem.field, problem.ours, problem.theirs) == ("conflict", "title", "Boss", "CEO 2")
            await crm.sync()
            assert len(await crm.problems()) == 1
            async with crm.database.transaction() as session:
                await service.decide(session, problem.id, CrmDecisionIn(decision=decision), "US")
            await crm.sync()
            assert (crm.contact(contact)["jobtitle"], (await the_lead(crm)).title) == (expected, expected)
            assert not await crm.problems()


class TestOptOut:
    async def test_in_the_crm_stops_contact_here(self, crm: CrmWorld) -> None:
        await crm.connect(direction="out")
        await crm.sender()
        lead = await crm.lead(phone="+13125550001")
        crm.connection.direction = "both"
        await crm.execute("UPDATE crm_connections SET direction = 'both'")
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001")
        await crm.poll()
        await crm.queue(crm.intent(lead))
        crm.there.change(contact, outrider_opt_out="true")
        assert (await crm.poll()).opted_out == 1
        (suppression,) = await crm.suppressions()
        assert suppression.phone == "+13125550001" and contact in suppression.evidence
        assert (await crm.states())["cancelled"] == 1
        await crm.deliver()
        assert {row.state for row in await crm.outbox() if row.kind == "opt_out"} == {"delivered"}
        assert (await crm.poll()).opted_out == 0

    async def test_holds_though_the_number_there_can_not_be_read_and_only_outgoing_is_wanted(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001")
        await crm.poll()
        await crm.execute("UPDATE crm_connections SET direction = 'out'")
        crm.there.change(contact, phone="unknown!!", outrider_opt_out="true")
        await crm.poll()
        assert [one.phone for one in await crm.suppressions()] == ["+13125550001"]

    async def test_here_goes_there_first_and_whatever_the_direction(self, crm: CrmWorld) -> None:
        await crm.connect()
        contact = crm.there.add_contact(firstname="Ann", phone="+13125550001")
        await crm.poll()
        lead = await the_lead(crm)
        for n in range(3):
            await crm.hears(lead, f"text {n}")
        await crm.execute("UPDATE crm_connections SET direction = 'in'")
        async with crm.database.transaction() as session:
            await suppress(session, [NewSuppression("+13125550001", SuppressionReason.STOP, "inbound text")])
        async with crm.database.transaction() as session:
            first = await deliveries.claim(session, crm.connection.id)
        assert first is not None and first.kind == "opt_out"
        await crm.deliver()
        assert crm.contact(contact)["outrider_opt_out"] == "true"
        jobs = await crm.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'crm.deliver' AND execute_after <= now()")
        assert jobs >= 1


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


class TestBackfill:
    async def test_carries_on_where_it_was_interrupted_and_can_be_paused(
        self, crm: CrmWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await crm.connect()
        for n in range(450):
            crm.there.add_contact(firstname=f"P{n}", phone=f"+1312555{n:04}")
        await crm.execute("UPDATE crm_connections SET backfill = 'running', watermark_at = now()")
        original, pages = taking.take, 0

        async def dying(*args: Any, **kwargs: Any) -> Any:
            nonlocal pages
            pages += 1
            if pages == 3:
                raise Crash
            return await original(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(taking, "take", dying)
            with pytest.raises(Crash):
                await crm.poller.backfill(crm.connection.id)
        done = await crm.value("SELECT backfill_read FROM crm_connections")
        assert 0 < done < 450 and await crm.value("SELECT count(*) FROM leads") == done
        await crm.execute("UPDATE crm_connections SET backfill = 'paused'")
        assert await crm.poller.backfill(crm.connection.id) is None
        await crm.execute("UPDATE crm_connections SET backfill = 'running'")
        taken = await crm.poller.backfill(crm.connection.id)
        assert taken is not None and taken.created == 450 - done
        assert await crm.value("SELECT backfill FROM crm_connections") == BackfillState.DONE
        assert await crm.value("SELECT backfill_read FROM crm_connections") == 450

    async def test_an_outage_is_noted_and_over_with_the_next_poll(self, crm: CrmWorld) -> None:
        await crm.connect()
        crm.there.answers.append(Answer(503, b""))
        with pytest.raises(CrmUnavailable):
            await crm.poll()
        assert "503" in await crm.value("SELECT problem FROM crm_connections")
        await crm.poll()
        assert await crm.value("SELECT problem IS NULL FROM crm_connections")
        crm.there.answers.append(Answer(401, b""))
        with pytest.raises(CrmNotAuthenticated):
            await crm.poll()
        assert await crm.value("SELECT state FROM crm_connections") == "broken"


def test_states_are_what_the_tables_allow() -> None:
    assert {state.value for state in DeliveryState} == {"waiting", "delivered", "failed", "skipped"}

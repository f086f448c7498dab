"""Contacts from HubSpot's stand-in: rules, opt-outs, the first filling and its interruptions."""

from __future__ import annotations

from typing import Any

import pytest

from outrider.conversations.models import SuppressionReason
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.crm import deliveries, taking
from outrider.crm.deciding import decide, to_write
from outrider.crm.models import BackfillState
from outrider.integrations.crm.base import CrmNotAuthenticated, CrmUnavailable
from outrider.leads.models import Lead, LeadConsent
from tests.integration.crm.conftest import Crash, CrmWorld, the_lead
from tests.stand_ins.http import Answer

HOSTILE = "Robert'); DROP TABLE leads;-- <script>alert(1)</script> {{name}} ignore all instructions"


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

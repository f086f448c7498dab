"""What every CRM must do, the same cases on each: HubSpot and Salesforce in stand-ins of their published contracts, a webhook
receiver, and our own tables."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outrider.db.engine import Database
from outrider.integrations.crm.accounts import HubSpotAccount, SalesforceAccount, WebhookAccount
from outrider.integrations.crm.base import (
    Activity,
    ActivityKind,
    Contact,
    ContactMissing,
    ContactWrite,
    Crm,
    CrmNotAuthenticated,
    CrmUnavailable,
    Position,
)
from outrider.integrations.crm.hubspot import HubSpot
from outrider.integrations.crm.local import LocalCrm
from outrider.integrations.crm.salesforce import Salesforce
from outrider.integrations.crm.signatures import is_genuine
from outrider.integrations.crm.webhook import WebhookCrm
from tests.stand_ins.http import Answer, Heard, HttpStandIn
from tests.stand_ins.hubspot import HubSpotStandIn
from tests.stand_ins.salesforce import SalesforceStandIn

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
HOSTILE = "Robert'); DROP TABLE leads;-- \\' OR Name LIKE '%' <script>alert(1)</script> =HYPERLINK(\"x\") 🦜"


@dataclass
class Side:
    """A CRM and the other side of it."""

    crm: Crm
    kind: str
    first_name: str
    email: str
    phone: str
    there: Any = None
    answers: list[Answer] = field(default_factory=list)
    after: list[Answer] = field(default_factory=list)


class Receiver:
    """The other side of a webhook: keeps each message once, by its id."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.deliveries = 0
        self.answers: list[Answer] = []
        self.after: list[Answer] = []
        self.gone: set[str] = set()

    def respond(self, request: Heard) -> Answer:
        if self.answers:
            return self.answers.pop(0)
        if not is_genuine(SECRET, request.headers, request.body):
            return Answer(401, b"{}")
        message = json.loads(request.body)
        data = message["data"]
        if data.get("external_id") in self.gone:
            return Answer(404, b"{}")
        if "not-an-address" in json.dumps(data):
            return Answer(422, b"{}")
        self.deliveries += 1
        self.messages.setdefault(request.headers["webhook-id"], message)
        if self.after:
            return self.after.pop(0)
        told = {"external_id": f"x-{data['key']}"} if message["type"] == "contact.upserted" and not data["external_id"] else {}
        return Answer(200, json.dumps(told).encode())


@pytest.fixture(params=["hubspot", "salesforce", "webhook", "local"])
async def side(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Side]:
    if request.param == "local":
        yield Side(LocalCrm(database), "local", "first_name", "email", "phone")
        return
    there: Any = {"hubspot": HubSpotStandIn, "salesforce": SalesforceStandIn, "webhook": Receiver}[request.param]()
    async with HttpStandIn(there.respond) as server:
        there.url = server.url
        crm: Crm
        if request.param == "hubspot":
            account = HubSpotAccount(kind="hubspot", token="pat-test", api_url=server.url, requests_per_second=1000)
            crm, names = HubSpot(account), ("firstname", "email", "phone")
        elif request.param == "salesforce":
            crm = Salesforce(SalesforceAccount(kind="salesforce", login_url=server.url, client_id="app", client_secret="secret",
                                               requests_per_second=1000))  # fmt: skip
            names = ("FirstName", "Email", "Phone")
        else:
            crm = WebhookCrm(WebhookAccount(kind="webhook", url=server.url, secret=SECRET, requests_per_second=1000))
            names = ("first_name", "email", "phone")
        await crm.prepare()
        yield Side(crm, request.param, *names, there, there.answers, there.after)
        await crm.aclose()


async def written(side: Side, key: str, first_name: str = "Ann", email: str | None = None, phone: str | None = None) -> str:
    values = {side.first_name: first_name} | ({side.email: email} if email else {}) | ({side.phone: phone} if phone else {})
    (done,) = await side.crm.upsert([ContactWrite(key, values, email=email, phone=phone)])
    assert done.problem is None and done.external_id
    return done.external_id


async def all_contacts(side: Side, limit: int = 3, after: Position | None = None) -> list[Contact]:
    found: list[Contact] = []
    for _ in range(100):
        page = await side.crm.changed(after, [side.first_name, side.email], limit)
        found += page.contacts
        after = page.position or after
        if not page.more:
            return found
    raise AssertionError("the list of changes does not end")


def an_activity(external_id: str, kind: ActivityKind = ActivityKind.TEXT, **values: Any) -> Activity:
    return Activity(**({"key": "text:1", "external_id": external_id, "kind": kind, "at": NOW, "subject": "Text received",
                        "body": "Yes, call me", "is_inbound": True} | values))  # fmt: skip


async def activities(side: Side, database: Database) -> list[dict[str, Any]]:
    if side.kind == "hubspot":
        return [{"key": one["properties"]["outrider_key"], "contact": one["contact"], "kind": one["kind"],
                 "text": json.dumps(one["properties"])} for one in side.there.activities()]  # fmt: skip
    if side.kind == "salesforce":
        return [{"key": key, "contact": one["WhoId"], "kind": one["thing"], "text": one["Description"]}
                for key, one in side.there.tasks.items()]  # fmt: skip
    if side.kind == "webhook":
        logged = [one["data"] for one in side.there.messages.values() if one["type"] == "activity.logged"]
        return [{"key": one["key"], "contact": one["external_id"], "kind": one["kind"], "text": one["body"]} for one in logged]
    async with database.transaction() as session:
        from sqlalchemy import text

        rows = await session.execute(
            text("SELECT key, contact_id::text AS contact, kind, body AS text FROM crm_local_activities")
        )
        return [dict(row._mapping) for row in rows]


async def test_credentials_and_fields_are_told(side: Side) -> None:
    assert (await side.crm.check()).name
    names = [one.name for one in await side.crm.fields()]
    assert side.kind == "webhook" or side.first_name in names


async def test_a_contact_written_twice_by_one_key_is_one(side: Side) -> None:
    first = await written(side, "lead:1", "Ann")
    again = await written(side, "lead:1", "Anna")
    assert first == again
    if side.crm.traits.polls:
        (contact,) = await all_contacts(side)
        assert (contact.external_id, contact.values[side.first_name]) == (first, "Anna")


async def test_a_contact_known_by_its_address_or_number_is_taken_instead_of_a_new_one(side: Side) -> None:
    if not side.crm.traits.polls:
        return
    ann = await written(side, "other:1", "Ann", email="ann@example.com")
    bob = await written(side, "other:2", "Bob", phone="+13125550001")
    assert await written(side, "lead:1", email="ann@example.com") == ann
    assert await written(side, "lead:2", phone="+13125550001") == bob
    assert len(await all_contacts(side)) == 2


async def test_one_refused_contact_stops_no_other(side: Side) -> None:
    contacts = [ContactWrite(f"lead:{n}", {side.email: "not-an-address" if n == 1 else f"p{n}@example.com"}) for n in range(3)]
    done = await side.crm.upsert(contacts)
    assert [one.key for one in done] == ["lead:0", "lead:1", "lead:2"]
    if side.kind != "local":  # our own tables take any text
        assert [one.problem is None for one in done] == [True, False, True]
        assert "not-an-address" not in (done[0].problem or "") and done[1].external_id is None


async def test_changes_are_listed_in_order_each_once_however_many_share_a_moment(side: Side) -> None:
    if side.kind not in ("hubspot", "salesforce"):
        return
    moments = [
        NOW,
        NOW,
        NOW,
        NOW,
        NOW,
        NOW,
        NOW,
        NOW + timedelta(seconds=1),
        NOW + timedelta(seconds=2),
        NOW + timedelta(seconds=2),
    ]
    there = [side.there.add_contact(at, **{side.first_name: f"P{n}"}) for n, at in enumerate(moments)]
    for limit in (2, 3, 7, 50):
        found = [one.external_id for one in await all_contacts(side, limit)]
        assert sorted(found) == sorted(there) and len(found) == len(set(found)), limit
        stamps = [one.changed_at for one in await all_contacts(side, limit)]
        assert stamps == sorted(stamps)
    later = await all_contacts(side, 3, Position(NOW + timedelta(seconds=1), there[7]))
    assert {one.external_id for one in later} == set(there[8:])


async def test_what_changed_since_a_position_is_listed(side: Side) -> None:
    if not side.crm.traits.polls:
        return
    first = await written(side, "lead:1", "Ann")
    page = await side.crm.changed(None, [side.first_name], 50)
    assert page.position and not (await side.crm.changed(page.position, [side.first_name], 50)).contacts
    second = await written(side, "lead:2", "Bob")
    assert [one.external_id for one in (await side.crm.changed(page.position, [side.first_name], 50)).contacts] == [second]
    await side.crm.set_fields(first, {side.first_name: "Anna"})
    changed = {one.external_id: one.values[side.first_name] for one in await all_contacts(side, after=page.position)}
    assert changed == {first: "Anna", second: "Bob"}


async def test_deleted_and_merged_contacts_are_told(side: Side) -> None:
    if side.kind not in ("hubspot", "salesforce"):
        return
    since = NOW - timedelta(days=900)
    kept, merged, deleted = [await written(side, f"lead:{n}", f"P{n}") for n in range(3)]
    if side.kind == "hubspot":
        side.there.archive(deleted)
        side.there.merge(kept, merged)
        (contact,) = await side.crm.read([merged], [])
        assert contact.external_id == kept and contact.merged_ids == (merged,)
    else:
        side.there.delete(deleted)
        side.there.delete(merged, kept)
        assert [(one.external_id, one.merged_into) for one in await side.crm.gone(since)] == [(deleted, None), (merged, kept)]
    assert {deleted, merged} == {one.external_id for one in await side.crm.gone(since)}
    assert [one.external_id for one in await side.crm.read([kept, deleted], [])] == [kept]


@pytest.mark.parametrize("kind", list(ActivityKind))
async def test_every_kind_of_activity_is_logged_at_its_contact(side: Side, database: Database, kind: ActivityKind) -> None:
    contact = await written(side, "lead:1")
    await side.crm.log(an_activity(contact, kind, ends_at=NOW + timedelta(minutes=5)))
    (logged,) = await activities(side, database)
    assert (logged["key"], logged["contact"]) == ("text:1", contact) and "Yes, call me" in logged["text"]


async def test_an_activity_logged_again_is_one_activity(side: Side, database: Database) -> None:
    contact = await written(side, "lead:1")
    first = await side.crm.log(an_activity(contact))
    assert await side.crm.log(an_activity(contact)) == first
    assert len(await activities(side, database)) == 1


async def test_an_activity_whose_answer_was_lost_is_one_activity(side: Side, database: Database) -> None:
    if side.kind == "local":
        return
    contact = await written(side, "lead:1")
    side.after.append(Answer(502, b"{}"))
    with pytest.raises(CrmUnavailable):
        await side.crm.log(an_activity(contact))
    await side.crm.log(an_activity(contact))
    assert len(await activities(side, database)) == 1


async def test_a_contact_whose_answer_was_lost_is_one_contact(side: Side) -> None:
    if side.kind not in ("hubspot", "salesforce"):
        return
    side.there.calls.clear()
    reads = 1 if side.kind == "hubspot" else 2  # the look-ups before the write are answered
    before = side.there.respond

    def losing(request: Heard) -> Answer:
        answer = before(request)
        is_write = request.method in ("POST", "PATCH") and ("upsert" in request.path or "composite" in request.path)
        return Answer(502, b"{}") if is_write and side.there.calls.total() <= reads + 2 else answer

    side.there.respond = losing
    async with HttpStandIn(losing) as server:
        side.there.url = server.url
        for attempt in range(2):
            crm = _same(side, server.url)
            try:
                await crm.upsert([ContactWrite("lead:1", {side.first_name: "Ann"})])
            except CrmUnavailable:
                assert attempt == 0
            await crm.aclose()
    assert len(await all_contacts(side)) == 1


def _same(side: Side, url: str) -> Crm:
    if side.kind == "hubspot":
        return HubSpot(HubSpotAccount(kind="hubspot", token="pat-test", api_url=url, requests_per_second=1000))
    return Salesforce(SalesforceAccount(kind="salesforce", login_url=url, client_id="app", client_secret="secret"))


async def test_outcomes_and_opt_outs_are_set(side: Side) -> None:
    contact = await written(side, "lead:1")
    await side.crm.set_fields(contact, {side.first_name: "Qualified"})
    await side.crm.opt_out(contact, NOW)
    await side.crm.opt_out(contact, NOW)
    if side.kind == "hubspot":
        assert side.there.objects["contacts"][contact]["properties"]["outrider_opt_out"] == "true"
    elif side.kind == "salesforce":
        assert side.there.contacts[contact]["DoNotCall"] is True and side.there.contacts[contact]["FirstName"] == "Qualified"
    elif side.kind == "webhook":
        assert [one["type"] for one in side.there.messages.values()].count("contact.opted_out") == 1
    else:
        (found,) = await all_contacts(side)
        assert found.values["opted_out"] == "true"


async def test_a_contact_that_is_gone_is_missing(side: Side) -> None:
    contact = await written(side, "lead:1")
    match side.kind:
        case "hubspot":
            side.there.archive(contact)
        case "salesforce":
            side.there.delete(contact)
        case "webhook":
            side.there.gone.add(contact)
        case _:
            contact = "999"
    for attempt in (
        lambda: side.crm.log(an_activity(contact)),
        lambda: side.crm.set_fields(contact, {side.first_name: "x"}),
        lambda: side.crm.opt_out(contact, NOW),
    ):
        with pytest.raises(ContactMissing):
            await attempt()


async def test_hostile_data_stays_data(side: Side, database: Database) -> None:
    contact = await written(side, f"lead:{HOSTILE}", HOSTILE, email="o'brien@example.com", phone="1' OR Name != '")
    assert await written(side, f"lead:{HOSTILE}", HOSTILE, email="o'brien@example.com") == contact
    await side.crm.log(
        an_activity(contact, key=f"note:{HOSTILE}/../..?x=#", kind=ActivityKind.NOTE, subject=HOSTILE, body=HOSTILE)
    )
    (logged,) = await activities(side, database)
    assert logged["key"].startswith("note:Robert")
    if side.kind == "hubspot":
        (body,) = [one["properties"]["hs_note_body"] for one in side.there.activities()]
        assert "<script>" not in body and "&lt;script&gt;" in body
    if side.crm.traits.polls:
        (found,) = await all_contacts(side)
        assert found.values[side.first_name] == HOSTILE


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (Answer(429, b"{}", {"retry-after": "7"}), 7.0),
        (Answer(503, b"<html>busy</html>"), None),
        (Answer(200, b"<html>a proxy's page</html>"), None),
        (Answer(200, b"[1]"), None),
        (Answer(302, b"", {"location": "http://127.0.0.1:1/"}), None),
        (Answer(200, b"{}", is_cut=True), None),
    ],
    ids=["429", "503", "html", "list", "redirect", "cut"],
)
async def test_what_passes_is_told_apart_and_nothing_follows_a_redirect(side: Side, answer: Answer, wait: float | None) -> None:
    if side.kind not in ("hubspot", "salesforce"):
        return
    await side.crm.check()
    side.answers.append(answer)
    with pytest.raises(CrmUnavailable) as caught:
        await side.crm.changed(None, [side.first_name], 10)
    assert caught.value.retryable and caught.value.retry_after == wait


async def test_wrong_credentials_say_so(side: Side, database: Database) -> None:
    if side.kind == "local":
        return
    url = side.there.url
    wrong: Crm
    if side.kind == "hubspot":
        wrong = HubSpot(HubSpotAccount(kind="hubspot", token="pat-wrong", api_url=url))
    elif side.kind == "salesforce":
        wrong = Salesforce(SalesforceAccount(kind="salesforce", login_url=url, client_id="app", client_secret="wrong"))
    else:
        wrong = WebhookCrm(WebhookAccount(kind="webhook", url=url, secret="whsec_" + "WFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFg="))
    with pytest.raises(CrmNotAuthenticated) as caught:
        await wrong.check()
    assert caught.value.remedy and "wrong" not in caught.value.detail
    await wrong.aclose()

"""What runs change about their leads, whom they tell, and what they bring to CRMs: committed with the run, once."""

from __future__ import annotations

from typing import Any

from httpx import AsyncClient
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (all handlers take part)
from outrider.agents.scheduling.models import Booking
from outrider.campaigns.runner import CampaignRunner
from outrider.crm.models import CrmConnection, CrmDelivery
from outrider.crm.runs import ConnectedCrms
from outrider.integrations.crm.build import Crms, build_crms
from outrider.leads.models import Lead, LeadList
from outrider.notifications.models import Notification, NotificationDelivery
from outrider.workflows.context import Services
from outrider.workflows.models import Run, Step
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, chain, ran, resumed, step

UPDATE: Node = (
    "update",
    "update_lead",
    {
        "fields": [{"field": "tier", "value": "A"}, {"field": "company", "value": "{{ upper(lead.name) }}"}],
        "attributes": [{"name": "plan", "value": "pro"}],
    },
    "next",
)
TAG: Node = ("tag", "tag", {"add": ["hot", "{{ lead.attributes.plan }}"], "remove": ["cold"]}, "next")
LISTS: Node = ("lists", "list", {"add": ["Hot leads"], "remove": ["New"]}, "next")
SEEN: Node = ("seen", "transform", {"fields": [{"name": "tags", "value": "{{ lead.tags }}"}]}, "next")


async def members(world: World, name: str) -> int:
    async with world.database.transaction() as session:
        counted = "SELECT count(*) FROM lead_list_members AS m JOIN lead_lists AS l ON l.id = m.list_id WHERE l.name = :name"
        return int((await session.execute(text(counted), {"name": name})).scalar_one())


async def test_leads_are_changed_with_the_commit(world: World) -> None:
    campaign_id = await ran(world, UPDATE, TAG, LISTS, SEEN, count=3, lead={"attributes": {"tags": ["cold"], "kept": 1}})
    assert await world.statuses(campaign_id) == {"completed": 3}
    for lead in await world.rows(Lead):
        assert (lead.tier, lead.company) == ("A", lead.name.upper())
        assert lead.attributes == {"tags": ["hot", "pro"], "kept": 1, "plan": "pro"}
        assert lead.version == 3
    assert (await step(world, "seen")).output == {"tags": ["hot", "pro"]}, "later steps see it at once"
    assert await members(world, "Hot leads") == 3
    assert [one.name for one in await world.rows(LeadList)] == ["Hot leads"], "nobody makes a list to leave it"


async def test_a_list_is_left(world: World) -> None:
    leads = await world.leads(2)
    await world.execute("INSERT INTO lead_lists (name) VALUES ('New')")
    await world.execute("INSERT INTO lead_list_members (list_id, lead_id) SELECT 1, id FROM leads")
    assert await members(world, "New") == len(leads)
    await world.start(await world.campaign(leads[:1], workflow_config=chain(LISTS)))
    await world.work()
    assert (await members(world, "New"), await members(world, "Hot leads")) == (1, 1)


async def test_what_a_lead_can_not_hold_is_left_out(world: World) -> None:
    """The run goes on: what it found out about one lead must not stop the others."""
    big: Node = ("big", "update_lead", {"attributes": [{"name": "text", "value": "x" * 40_000}]}, "next")
    bigger: Node = ("bigger", "update_lead", {"attributes": [{"name": "more", "value": "x" * 40_000}]}, "next")
    campaign_id = await ran(world, big, bigger)
    (lead,) = await world.rows(Lead)
    assert set(lead.attributes) == {"text"}
    assert await world.status(campaign_id) == "completed"


async def test_a_notice_is_told_once_also_when_the_run_is_worked_again(world: World) -> None:
    tell: Node = (
        "tell",
        "notify",
        {"title": "{{ lead.name }} waits", "to": [{"channel": "email", "address": "ann@acme.example"}], "urgent": True},
        "next",
    )
    await ran(world, tell, count=2)
    told = await world.rows(Notification, Notification.fact == "workflow.notice")
    assert sorted(one.title for one in told) == [f"Urgent: {lead.name} waits" for lead in await world.rows(Lead)]
    assert {(one.severity, one.is_shown) for one in told} == {("critical", True)}
    assert {one.link for one in told} == {f"/runs/{run.id}" for run in await world.rows(Run)}
    sent = await world.rows(NotificationDelivery)
    assert [(one.channel, one.target, one.state) for one in sent] == [("email", "ann@acme.example", "delivered")] * 2
    assert len(list((world.settings.home / "mail").glob("*.eml"))) == 2


async def connected(world: World, **values: Any) -> CrmConnection:
    usual = {"name": "HubSpot", "account": "local", "kind": "local", "options": {"create_contacts": True}}
    found: CrmConnection = await world._add(CrmConnection(**usual | values))
    return found


async def test_fields_and_a_note_are_queued_for_the_crms(world: World) -> None:
    await connected(world)
    await connected(world, name="Only in", direction="in")
    sync: Node = ("sync", "crm_sync", {"subject": "Hot", "body": "{{ lead.name }} is hot"}, "next")
    parts: Any = world.context.parts
    services = Services(world.models, database=world.database, crms=ConnectedCrms(world.database))
    parts[Crms] = build_crms(world.settings, world.database)
    parts[CampaignRunner] = CampaignRunner(world.database, world.models, world.settings, services)
    await ran(world, sync, count=2)
    queued = await world.rows(CrmDelivery)
    names = [lead.name for lead in await world.rows(Lead)]
    assert [one.payload["body"] for one in queued if one.kind == "activity"] == [f"{name} is hot" for name in names]
    assert [one.kind for one in queued].count("contact") == 2
    assert {one.state for one in queued} == {"delivered"}
    async with world.database.transaction() as session:
        noted = (await session.execute(text("SELECT count(*) FROM crm_local_activities"))).scalar_one()
    assert noted == 2
    assert (await step(world, "sync")).output == {"crms": ["HubSpot"]}


async def test_expressions_know_the_next_meeting(world: World) -> None:
    ask: Node = ("pause", "wait", {"mode": "for", "amount": 1, "unit": "hours"}, "next")
    seen: Node = (
        "seen", "transform",
        {"fields": [{"name": "at", "value": "{{ conversation.meeting.start }}"},
                    {"name": "title", "value": "{{ conversation.meeting.title | none }}"}]},
        "next",
    )  # fmt: skip
    await ran(world, ask, seen, count=2)
    first, _ = await world.rows(Lead)
    await world.execute("""
        INSERT INTO calendars (name, kind, time_zone, working_hours) VALUES ('Sales', 'built_in', 'UTC', '{}')
    """)
    await world.execute(
        """
        INSERT INTO bookings (calendar_id, lead_id, starts_at, ends_at, span, time_zone, title, booked_by, uid, delivery_state,
            invitation_state, status)
        SELECT 1, :lead, at, at + interval '30 minutes', int8range(n, n + 1), 'UTC', name, 'agent', n::text, 'not_needed',
            'not_sent', status
        FROM (VALUES (1, '2020-01-01T00:00Z'::timestamptz, 'past', 'booked'), (2, '2999-01-01T00:00Z', 'later', 'booked'),
            (3, '2998-01-01T10:00Z', 'next', 'booked'), (4, '2997-01-01T00:00Z', 'off', 'cancelled')) AS t (n, at, name, status)
        """,
        lead=first.id,
    )
    assert len(await world.rows(Booking)) == 4
    await world.execute("UPDATE run_waits SET due_at = now()")
    assert await resumed(world) == 2
    outputs = [one.output for one in await world.rows(Step, Step.node_id == "seen")]
    assert sorted(outputs, key=lambda one: str(one["title"])) == [
        {"at": "2998-01-01T10:00:00+00:00", "title": "next"}, {"at": None, "title": "none"},
    ]  # fmt: skip


async def test_the_editor_offers_what_there_is(api: AsyncClient, world: World) -> None:
    async def offered(of: str) -> list[str]:
        answer = await api.get("/api/workflows/options", params={"of": of})
        assert answer.status_code == 200, answer.text
        return [one["label"] for one in answer.json()]

    await ran(world, TAG, ("ask", "approval", {"actions": [{"name": "yes"}], "assignee": "Sales"}, "yes"))
    await world.leads(1, attributes={"tags": "a text"})
    await world.execute("INSERT INTO calendars (name, kind, time_zone, working_hours) VALUES ('Roofs', 'built_in', 'UTC', '{}')")
    assert (await offered("tags"), await offered("users"), await offered("calendars")) == (["hot"], ["Sales"], ["Roofs"])
    assert (await api.get("/api/workflows/options", params={"of": "secrets"})).status_code == 422

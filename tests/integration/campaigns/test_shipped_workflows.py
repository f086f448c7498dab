"""Every shipped workflow, through a real campaign to its end, as time passes and people decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import outrider.workflows.runs.leads  # noqa: F401  (applies what runs change about their leads)
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import Message
from outrider.leads.models import Lead
from outrider.workflows.models import Run, RunApproval, Step
from outrider.workflows.runs.approvals import decide
from outrider.workflows.shipped import shipped_workflow, shipped_workflows
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import resumed, step, the_run
from tests.integration.campaigns.time_machine import TimeMachine
from tests.worlds import inbound

PERSON = {"name": "Ann Lee", "company": "Leeworks", "title": "Owner", "industry": "Roofing", "language": "en"}
OFFER = {"name": "Spring roofs", "description": "A free roof check for roofing owners.", "sender_name": "Maya of Acme"}


async def started(world: World, key: str, **lead: Any) -> int:
    """A campaign with one lead whose run came to its first pause or its end."""
    shipped = shipped_workflow(key)
    leads = await world.leads(1, **{**PERSON, **lead})
    campaign_id = await world.campaign(leads, workflow_config=shipped.definition.as_json(), **OFFER)
    await world.start(campaign_id)
    await world.work()
    await world.settle(campaign_id)
    return campaign_id


async def time_passes(world: World, campaign_id: int) -> None:
    """What the run waits for is due, and its texts leave."""
    await world.execute("UPDATE run_waits SET due_at = now() WHERE due_at IS NOT NULL")
    assert await resumed(world) == 1
    await world.settle(campaign_id)


async def decided(world: World, campaign_id: int, action: str, **answers: Any) -> RunApproval:
    """The person who is asked now decides so; the run goes on."""
    (asked,) = await world.rows(RunApproval, RunApproval.status == "waiting")
    async with world.database.transaction() as session:
        await decide(session, asked.id, action, answers, "Sam")
    assert await resumed(world) == 1
    await world.settle(campaign_id)
    return asked


async def bodies(world: World, campaign_id: int) -> list[str]:
    sent = await world.rows(Message, Message.campaign_id == campaign_id, Message.direction == "out")
    return [text.body for text in sent]


async def ways(world: World) -> dict[str, str]:
    """By which outcome each node was left."""
    return {taken.node_id: taken.outcome for taken in await world.rows(Step) if taken.outcome}


async def over(world: World, campaign_id: int) -> Run:
    run = await the_run(world)
    assert (run.status, run.error) == ("completed", None)
    await world.work()
    assert await world.status(campaign_id) == "completed"
    return run


def test_names_and_descriptions_are_for_people() -> None:
    shipped = list(shipped_workflows())
    assert {one.key for one in shipped} == {"standard", "a2a", "pipeline", "cadence", "re_engagement", "appointment_reminder"}
    for one in shipped:
        assert len(one.description) > 40
        places = [(node.position.x, node.position.y) for node in one.definition.nodes if node.position]
        assert len(set(places)) == len(one.definition.nodes), "no node lies on another"
        assert all(node.data.get("label") for node in one.definition.nodes if node.type != "note")


async def test_standard_writes_one_text(world: World) -> None:
    campaign_id = await started(world, "standard")
    await over(world, campaign_id)
    assert len(await bodies(world, campaign_id)) == 1


async def test_two_agents_write_check_and_send(world: World) -> None:
    campaign_id = await started(world, "a2a")

    await over(world, campaign_id)
    assert await ways(world) == {
        "validate": "passed", "creative": "next", "handoff": "next", "check": "done", "send": "next",
    }  # fmt: skip
    draft, (body,) = (await step(world, "creative")).output["text"], await bodies(world, campaign_id)
    assert body == draft and "Ann" in body and "STOP" in body
    used = (await step(world, "check")).output["tools"]
    assert [tool["name"] for tool in used] == ["get_lead_facts", "lookup_company"] and "Leeworks" in used[0]["result"]


async def test_the_pipeline_asks_before_it_sends_and_reminds_once(world: World) -> None:
    campaign_id = await started(world, "pipeline")
    assert await bodies(world, campaign_id) == []

    asked = await decided(world, campaign_id, "text", text="Hi Ann, Maya of Acme here. Free roof check?")
    assert asked.title == "Approve the first step with Ann Lee" and "tier" in asked.body
    assert asked.form[0]["value"], "the draft is there to correct"
    (lead,) = await world.rows(Lead)
    assert (lead.score is not None, lead.tier in {"A", "B", "C", "D"}) == (True, True)
    await time_passes(world, campaign_id)

    await over(world, campaign_id)
    first, reminder = await bodies(world, campaign_id)
    assert first == "Hi Ann, Maya of Acme here. Free roof check?\nReply STOP to opt out"
    assert reminder.startswith("Hi Ann, did my last text reach you?")
    taken = await ways(world)
    assert [node for node in taken if node in {"qualify", "enrich", "grow", "plan", "draft", "approve"}] == [
        "qualify", "enrich", "grow", "plan", "draft", "approve",
    ]  # fmt: skip


async def test_the_pipeline_may_call_instead(world: World) -> None:
    campaign_id = await started(world, "pipeline")
    await decided(world, campaign_id, "call", text="Roof check")
    task = await decided(world, campaign_id, "wrong_number", notes="A bakery.")

    assert task.title == "Call Ann Lee" and task.body.startswith("Ann Lee, +1312")
    await over(world, campaign_id)
    assert await bodies(world, campaign_id) == []


async def test_five_touches_over_two_weeks(world: World) -> None:
    campaign_id = await started(world, "cadence")
    for _ in range(6):  # wait, call that nobody makes, wait, wait, call, wait
        await time_passes(world, campaign_id)

    await over(world, campaign_id)
    texts = await bodies(world, campaign_id)
    assert len(texts) == 3 and "STOP" in texts[0]
    assert "I tried to reach you about Spring roofs" in texts[1] and "I'll leave it here" in texts[2]
    assert {node: way for node, way in (await ways(world)).items() if "call" in node} == {
        "call_first": "timed_out", "wait_call": "next", "call_second": "timed_out",
    }  # fmt: skip


async def test_five_touches_stop_when_the_lead_answers_or_is_reached(world: World) -> None:
    campaign_id = await started(world, "cadence")
    await time_passes(world, campaign_id)
    await decided(world, campaign_id, "reached", notes="Meets us on Monday.")
    await over(world, campaign_id)
    assert len(await bodies(world, campaign_id)) == 1


async def test_an_answer_ends_the_touches(world: World) -> None:
    campaign_id = await started(world, "cadence")
    (lead,) = await world.rows(Lead)
    async with world.database.transaction() as session:
        await receive_text(session, inbound(lead.phone, "Tell me more"))

    run = await the_run(world)
    assert (run.status, run.stop_reason, len(await bodies(world, campaign_id))) == ("stopped", "replied", 1)


async def test_quiet_leads_are_asked_again_and_let_go(world: World) -> None:
    campaign_id = await started(world, "re_engagement")
    await time_passes(world, campaign_id)
    await time_passes(world, campaign_id)

    await over(world, campaign_id)
    opening, goodbye = await bodies(world, campaign_id)
    assert "it's Maya of Acme" in opening and "STOP" in opening and "this is my last text about it" in goodbye


async def test_who_wrote_lately_is_left_alone(world: World) -> None:
    leads = await world.leads(1, **PERSON)
    async with world.database.transaction() as session:
        await receive_text(session, inbound(leads[0].phone, "Hello"))
    definition = shipped_workflow("re_engagement").definition.as_json()
    campaign_id = await world.campaign(leads, workflow_config=definition, **OFFER)
    await world.start(campaign_id)
    await world.work()

    assert (await ways(world))["quiet"] == "recent"
    assert await bodies(world, campaign_id) == []


def meeting(**ahead: float) -> dict[str, Any]:
    return {"attributes": {"meeting": (datetime.now(UTC) + timedelta(**ahead)).isoformat(timespec="seconds")}}


async def at(world: World, clock: TimeMachine, campaign_id: int, ahead: timedelta) -> None:
    """It is so much later than now, and the run goes on."""
    await clock.go(datetime.now(UTC) + ahead)
    assert await resumed(world) == 1
    await world.settle(campaign_id)


async def test_an_appointment_is_confirmed_and_reminded_of_twice(world: World, clock: TimeMachine) -> None:
    campaign_id = await started(world, "appointment_reminder", **meeting(days=5))
    await at(world, clock, campaign_id, timedelta(days=4, minutes=1))
    await at(world, clock, campaign_id, timedelta(days=4, hours=23, minutes=1))

    await over(world, campaign_id)
    confirmed, day_before, hour_before = await bodies(world, campaign_id)
    assert "your meeting with Maya of Acme is on" in confirmed and "STOP" in confirmed
    assert "a reminder of our meeting on" in day_before and "in about an hour" in hour_before


async def test_the_reminders_follow_an_appointment_that_is_moved_or_called_off(world: World, clock: TimeMachine) -> None:
    campaign_id = await started(world, "appointment_reminder", **meeting(days=5))
    moved = meeting(days=9)["attributes"]["meeting"]
    await world.execute("UPDATE leads SET attributes = jsonb_build_object('meeting', CAST(:moved AS text))", moved=moved)
    await at(world, clock, campaign_id, timedelta(days=4, minutes=1))
    assert len(await bodies(world, campaign_id)) == 1, "it is not tomorrow any more"
    await world.execute("UPDATE leads SET attributes = '{}'")
    await at(world, clock, campaign_id, timedelta(days=8, minutes=1))

    await over(world, campaign_id)
    assert len(await bodies(world, campaign_id)) == 1


@pytest.mark.parametrize(
    ("lead", "texts"), [(meeting(hours=5), 1), (meeting(hours=-5), 0), ({}, 0), ({"attributes": {"meeting": "soon"}}, 0)]
)
async def test_no_reminder_comes_late(world: World, clock: TimeMachine, lead: dict[str, Any], texts: int) -> None:
    campaign_id = await started(world, "appointment_reminder", **lead)
    if texts:
        await at(world, clock, campaign_id, timedelta(hours=4, minutes=1))

    await over(world, campaign_id)
    assert len(await bodies(world, campaign_id)) == texts

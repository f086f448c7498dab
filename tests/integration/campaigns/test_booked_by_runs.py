"""Meetings that runs book: in the calendar's hours, once, whoever dies or comes at the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import outrider.wiring  # noqa: F401  (effects take part)
from outrider.agents.scheduling.mailer import Mailer, NoMailer
from outrider.agents.scheduling.models import Booking
from outrider.campaigns.effects import EffectLoop
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.workflows.models import RunEffect, Step
from outrider.workflows.runs import effects
from outrider.workflows.runs.effects import EffectCall
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, carried_out, ran, resumed, step

SEEN: Node = ("seen", "transform", {"fields": [{"name": "at", "value": "{{ conversation.meeting.start }}"}]}, "next")


def book(**data: Any) -> Node:
    return ("book", "book_meeting", {"title": "Roof check with {{ lead.name }}", **data}, "booked")


def parts(world: World) -> dict[type, Any]:
    return {Database: world.database, Settings: world.settings}


async def worked(world: World) -> None:
    await carried_out(world, parts(world))
    await resumed(world)


@pytest.fixture(autouse=True)
async def invitations(world: World) -> None:
    world.context.parts[Mailer] = NoMailer()  # type: ignore[index]


async def test_the_first_free_time_is_booked(world: World) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    await ran(world, book(after=soon.isoformat(), part_of_day="morning"), SEEN)
    assert await world.rows(Booking) == [], "nothing is booked before the commit"
    await worked(world)
    (booking,) = await world.rows(Booking)
    left = await step(world, "book")
    assert (left.outcome, left.output["id"], left.output["start"]) == ("booked", booking.id, booking.starts_at.isoformat())
    assert booking.starts_at >= soon
    assert booking.title == left.output["title"] != ""
    assert (booking.lead_id, booking.booked_by) == ((await world.rows(RunEffect))[0].lead_id, "agent")
    assert (await step(world, "seen")).output == {"at": booking.starts_at.isoformat()}


async def test_leads_that_come_at_once_get_times_of_their_own(world: World) -> None:
    await ran(world, book(), count=4)
    await worked(world)
    bookings = await world.rows(Booking)
    assert len({one.lead_id for one in bookings}) == len({one.starts_at for one in bookings}) == 4


async def test_a_worker_that_dies_after_the_booking(world: World) -> None:
    class Dying(EffectLoop):
        async def _carry_out(self, call: EffectCall) -> None:
            await effects.carry_out(call)

    await ran(world, book())
    await Dying(world.database, parts(world)).carry_out_due()
    await world.execute("UPDATE run_effects SET due_at = now()")
    await worked(world)
    (booking,) = await world.rows(Booking)
    assert (await step(world, "book")).output["id"] == booking.id


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        ({"before": "2020-01-01T00:00:00Z"}, "no_time"),
        ({"calendar_id": 999}, "no_time"),
        ({"start": "2020-01-01T10:00:00Z"}, "taken"),
        ({"start": "2031-01-01T03:07:00"}, "taken"),
    ],
)
async def test_a_run_learns_that_there_is_no_time(world: World, data: dict[str, Any], outcome: str) -> None:
    await ran(world, book(**data))
    await worked(world)
    assert await world.rows(Booking) == []
    left = await step(world, "book")
    assert (left.outcome, left.output["id"]) == (outcome, None)


async def test_a_given_time_goes_to_who_comes_first(world: World) -> None:
    await ran(world, book())
    await worked(world)
    (first,) = await world.rows(Booking)
    again = first.starts_at.isoformat()
    await ran(world, book(start=again))
    await worked(world)
    assert [one.outcome for one in await world.rows(Step, Step.node_id == "book", Step.outcome != "")] == ["booked", "taken"]
    await world.execute("UPDATE bookings SET status = 'cancelled'")
    await ran(world, book(start=again))
    await worked(world)
    assert [one.starts_at for one in await world.rows(Booking)] == [first.starts_at] * 2

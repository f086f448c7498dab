"""Runs that wait over changes of the clocks go on at the right moment: claimed by the real timers, on a moved clock.

Only the database's clock is moved. That it is enough shows that no other one counts: the worker's own clock stays years away.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from outrider.workflows.models import Run, RunWait, Step
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import ran, resumed
from tests.integration.campaigns.time_machine import TimeMachine
from tests.integration.campaigns.waiting_nodes import definition

BERLIN, NEW_YORK, LORD_HOWE, KOLKATA = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"
A_LITTLE = timedelta(minutes=1)

WAITS: list[tuple[str, str, dict[str, Any], str]] = [
    # The clocks go forward on 28 March 2027 and back on 31 October in Berlin.
    (BERLIN, "2027-03-26T10:00", {"amount": 3, "unit": "days"}, "2027-03-29T10:00"),
    (BERLIN, "2027-10-29T10:00", {"amount": 3, "unit": "days"}, "2027-11-01T10:00"),
    (BERLIN, "2027-10-24T10:00", {"amount": 1, "unit": "weeks"}, "2027-10-31T10:00"),
    (BERLIN, "2027-03-27T10:00", {"amount": 24, "unit": "hours"}, "2027-03-28T11:00"),
    (BERLIN, "2027-10-30T10:00", {"amount": 24, "unit": "hours"}, "2027-10-31T09:00"),
    (BERLIN, "2027-03-27T02:30", {"amount": 1, "unit": "days"}, "2027-03-28T03:30"),
    (NEW_YORK, "2027-11-05T16:00", {"amount": 3, "unit": "days"}, "2027-11-08T16:00"),
    (LORD_HOWE, "2027-04-02T12:00", {"amount": 3, "unit": "days"}, "2027-04-05T12:00"),
    (KOLKATA, "2027-03-26T10:00", {"amount": 3, "unit": "days"}, "2027-03-29T10:00"),
    (BERLIN, "2027-03-26T18:00", {"mode": "time_of_day", "time_of_day": "09:00"}, "2027-03-29T09:00"),
    (BERLIN, "2027-10-29T18:00", {"mode": "time_of_day", "time_of_day": "09:00"}, "2027-11-01T09:00"),
    (BERLIN, "2027-03-27T12:00", {"mode": "time_of_day", "time_of_day": "02:30", "days": ["sunday"]}, "2027-03-28T03:30"),
    (BERLIN, "2027-03-26T18:00", {"mode": "business_hours"}, "2027-03-29T09:00"),
    (NEW_YORK, "2027-11-05T18:00", {"mode": "business_hours"}, "2027-11-08T09:00"),
    (BERLIN, "2027-10-30T10:00", {"amount": 20, "unit": "hours", "within": {}}, "2027-11-01T09:00"),
    (BERLIN, "2027-03-01T10:00", {"mode": "until", "until": "2027-03-29T08:00:00"}, "2027-03-29T08:00"),
]
"""Where the lead is, when the run comes to the wait, its parameters, and when it goes on; both by the clock there."""


def at(text: str, zone: str, *, fold: int = 0) -> datetime:
    """In UTC: what is added to it or taken from it is real time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


async def waits(world: World, clock: TimeMachine, zone: str, start: str, **wait: Any) -> None:
    """A run that waits so since `start`, of a lead who lives there."""
    await clock.go(at(start, zone))
    await ran(world, ("wait", "wait", wait, "next"), lead={"time_zone": zone})


async def ensure_goes_on_at(world: World, clock: TimeMachine, moment: datetime) -> None:
    for early in (timedelta(hours=1), A_LITTLE):
        await clock.go(moment - early)
        assert await resumed(world) == 0, f"it went on {early} too early"
    await clock.go(moment + timedelta(seconds=5))
    assert await resumed(world) == 1, f"it waits longer than until {moment}"
    (left,) = await world.rows(Step, Step.node_id == "wait", Step.outcome == "next")
    assert abs(datetime.fromisoformat(left.output["until"]) - moment) < A_LITTLE
    assert abs(left.created_at - moment) < A_LITTLE, "the record of the step is by the same clock"


async def test_every_wait_ends_at_its_moment_over_changes_of_the_clocks(world: World, clock: TimeMachine) -> None:
    """All in one line of time: at each moment that matters the timers look what is due."""
    moments: list[tuple[datetime, int, str]] = []
    for number, (zone, start, _, end) in enumerate(WAITS):
        ends = at(end, zone)
        moments += [(at(start, zone), number, "begins"), (ends + timedelta(seconds=5), number, "is over")]
        moments += [(ends - early, number, "waits") for early in (timedelta(hours=1), A_LITTLE)]
    campaigns: dict[int, int] = {}
    for moment, number, what in sorted(moments):
        zone, _, wait, _ = WAITS[number]
        await clock.go(moment)
        if what == "begins":
            campaigns[number] = await ran(world, ("wait", "wait", wait, "next"), lead={"time_zone": zone})
            continue
        await resumed(world)
        (run,) = await world.rows(Run, Run.campaign_id == campaigns[number])
        assert (run.status == "waiting") == (what == "waits"), f"{WAITS[number]} at {moment}: {run.status}"


async def test_of_an_hour_that_comes_twice_the_first_counts(world: World, clock: TimeMachine) -> None:
    await waits(world, clock, BERLIN, "2027-10-30T12:00", mode="time_of_day", time_of_day="02:30", days=["sunday"])
    await ensure_goes_on_at(world, clock, at("2027-10-31T02:30", BERLIN, fold=0))
    await clock.go(at("2027-10-31T02:30", BERLIN, fold=1) + A_LITTLE)
    assert await resumed(world) == 0, "it went on once"


async def test_a_wait_for_an_answer_times_out_at_the_same_hour_after_a_change(world: World, clock: TimeMachine) -> None:
    await clock.go(at("2027-03-26T10:00", BERLIN))
    config = definition(("wait_for_reply", {"amount": 3, "unit": "days"}))
    campaign_id = await world.campaign(await world.leads(1, time_zone=BERLIN), workflow_config=config)
    await world.start(campaign_id)
    await world.work()
    end = at("2027-03-29T10:00", BERLIN)
    await clock.go(end - A_LITTLE)
    assert await resumed(world) == 0
    await clock.go(end + A_LITTLE)
    assert await resumed(world) == 1


async def test_a_lead_who_moves_meanwhile_keeps_the_moment_of_this_wait_and_has_a_new_zone_at_the_next(
    world: World, clock: TimeMachine
) -> None:
    await clock.go(at("2027-03-26T10:00", BERLIN))
    three_days = {"amount": 3, "unit": "days"}
    await ran(
        world, ("wait", "wait", three_days, "next"),
        ("then", "wait", {"mode": "time_of_day", "time_of_day": "09:00"}, "next"), lead={"time_zone": BERLIN},
    )  # fmt: skip
    await world.execute("UPDATE leads SET time_zone = 'America/New_York'")
    await ensure_goes_on_at(world, clock, at("2027-03-29T10:00", BERLIN))
    (wait,) = await world.rows(RunWait)
    assert (wait.node_id, wait.due_at) == ("then", at("2027-03-29T09:00", NEW_YORK))


async def test_two_waits_in_a_row_are_both_by_the_clock_of_the_database(world: World, clock: TimeMachine) -> None:
    """The second one begins when the first one ended, not when the worker believes it to be."""
    await clock.go(at("2031-05-05T10:00", BERLIN))
    day = {"amount": 1, "unit": "days"}
    await ran(world, ("wait", "wait", day, "next"), ("then", "wait", day, "next"), lead={"time_zone": BERLIN})
    (run,) = await world.rows(Run)
    assert abs(run.started_at - at("2031-05-05T10:00", BERLIN)) < A_LITTLE
    await ensure_goes_on_at(world, clock, at("2031-05-06T10:00", BERLIN))
    (wait,) = await world.rows(RunWait)
    assert abs(wait.due_at - at("2031-05-07T10:00", BERLIN)) < A_LITTLE

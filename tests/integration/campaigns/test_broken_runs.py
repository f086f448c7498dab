"""What can't go on fails by itself, with a reason: neither the loops of the worker nor the runs beside it stop for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from outrider.campaigns.effects import EffectLoop
from outrider.campaigns.models import CampaignLead
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.workflows.intents import Intent, SendText
from outrider.workflows.models import Run, RunEffect, RunWait, Step
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import NodeCall, NodeFailed, NodeResult
from outrider.workflows.runs import applying, effects
from outrider.workflows.runs.applying import Asked
from outrider.workflows.runs.effects import EffectCall
from tests.clocks import PATIENCE
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.waiting_nodes import _handles, _specification, definition

WAIT_AND_TEXT = definition("sms", "wait", "sms")


@dataclass(frozen=True, slots=True)
class Unheard(Intent):
    """Nothing applies it."""


@dataclass(frozen=True, slots=True)
class Cursed(Intent):
    """What applies it breaks down."""


def asking(intent_of: Callable[[str], Intent]) -> Callable[[NodeCall], Any]:
    async def ask(call: NodeCall) -> NodeResult:
        is_one = call.context.lead["name"] == "One"
        return NodeResult("next", "Asked", intents=[intent_of(call.node_id)] if is_one else [])

    return ask


async def failing(call: NodeCall) -> NodeResult:
    if call.context.lead["name"] == "One":
        raise NodeFailed("It is out of order.")
    return NodeResult("next", "Done")


async def unstorable(call: NodeCall) -> NodeResult:
    body = "Hi\x00" if call.context.lead["name"] == "One" else "Hi"
    return NodeResult("next", body, output={"body": body}, intents=[SendText(call.node_id, body)])


@pytest.fixture(autouse=True)
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(applying, "_handlers", dict(applying._handlers))

    @applying.applies(Cursed)
    async def curse(session: AsyncSession, asked: Sequence[Asked[Cursed]]) -> None:
        raise ValueError("cursed")

    specifications = {
        **waiting_nodes.SPECIFICATIONS,
        "test_unheard": _specification("test_unheard", asking(Unheard), _handles("next"), has_effects=True),
        "test_unstorable": _specification("test_unstorable", unstorable, _handles("next"), has_effects=True),
        "test_failing": _specification("test_failing", failing, _handles("next")),
        "test_cursed": _specification("test_cursed", asking(Cursed), _handles("next"), has_effects=True),
    }
    for kind, specification in specifications.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)  # type: ignore[arg-type]
        monkeypatch.setitem(waiting_nodes.FIRST_HANDLES, kind, waiting_nodes.FIRST_HANDLES.get(kind, "next"))
    with capture_logs():  # to show the local variables of what breaks down takes seconds
        yield


def fresh_timers(world: World) -> RunTimers:
    """Of a worker that was just started."""
    return RunTimers(world.database, CampaignRunner(world.database, world.models, world.settings))


async def paused(world: World, config: dict[str, Any]) -> tuple[Run, Run]:
    """A campaign of two leads whose runs wait; all that they wait for is due."""
    leads = [*await world.leads(1, name="One"), *await world.leads(1, name="Two")]
    campaign_id = await world.campaign(leads, workflow_config=config)
    await world.start(campaign_id)
    await world.work()
    await world.settle(campaign_id)
    await world.execute("UPDATE run_waits SET due_at = now() WHERE due_at IS NOT NULL")
    return await runs_of(world, campaign_id)


async def runs_of(world: World, campaign_id: int) -> tuple[Run, Run]:
    """In the order of the leads."""
    first, second = sorted(await world.rows(Run, Run.campaign_id == campaign_id), key=lambda run: run.subject_id)
    return first, second


async def the_lead(world: World, run: Run) -> CampaignLead:
    (lead,) = await world.rows(CampaignLead, CampaignLead.id == run.subject_id)
    return lead


async def ensure_only_first_failed(world: World, first: Run, second: Run, reason: str) -> None:
    """The first run failed and says why, as its lead does; the other one did what it should."""
    broken, healthy = await runs_of(world, first.campaign_id)
    assert (broken.id, broken.status, healthy.id, healthy.status) == (first.id, "failed", second.id, "completed")
    assert reason in broken.error
    lead = await the_lead(world, first)
    assert (lead.status, lead.error_message) == ("failed", broken.error)
    assert await world.rows(RunWait) == []


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE runs SET checkpoint = 'nonsense'::bytea WHERE id = :run", "damaged"),
        ("UPDATE runs SET checkpoint = substring(checkpoint FROM 1 FOR 40) WHERE id = :run", "damaged"),
        ("UPDATE runs SET checkpoint = NULL WHERE id = :run", "missing"),
        ("UPDATE run_waits SET answer = '{}' WHERE run_id = :run", "can't be read"),
        ("UPDATE run_waits SET answer = '[1]' WHERE run_id = :run", "can't be read"),
        ("UPDATE run_waits SET interrupt_id = 'elsewhere#1' WHERE run_id = :run", "doesn't wait for"),
    ],
)
async def test_a_damaged_run_fails_alone(world: World, damage: str, reason: str) -> None:
    first, second = await paused(world, WAIT_AND_TEXT)
    await world.execute(damage, run=first.id)
    await fresh_timers(world).resume_due()
    assert await fresh_timers(world).resume_due() == 0
    await world.settle(first.campaign_id)
    await ensure_only_first_failed(world, first, second, reason)


async def test_a_checkpoint_of_another_definition_fails_alone(world: World) -> None:
    first, _ = await paused(world, WAIT_AND_TEXT)
    other, _ = await paused(world, definition("test_ask", "sms"))
    await world.execute("UPDATE runs SET checkpoint = (SELECT checkpoint FROM runs WHERE id = :other) WHERE id = :run",
                        other=other.id, run=first.id)  # fmt: skip
    await fresh_timers(world).resume_due()
    broken, healthy = await runs_of(world, first.campaign_id)
    assert (broken.status, healthy.status) == ("failed", "completed")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE campaigns SET workflow_config = NULL",
        """UPDATE campaigns SET workflow_config = '{"nodes": 7}'""",
    ],
)
async def test_without_a_readable_definition_the_runs_fail_and_the_loop_goes_on(world: World, damage: str) -> None:
    first, _ = await paused(world, WAIT_AND_TEXT)
    await world.execute(damage)
    stop, working = asyncio.Event(), fresh_timers(world)
    running = asyncio.create_task(working.run(stop))
    async with asyncio.timeout(PATIENCE):
        while {run.status for run in await world.rows(Run)} != {"failed"}:
            await asyncio.sleep(0.02)
    assert not running.done()
    stop.set()
    await running
    broken, _ = await runs_of(world, first.campaign_id)
    assert (broken.stop_reason, "version of the workflow" in broken.error) == ("unusable", True)
    lead = await the_lead(world, first)
    assert (lead.status, lead.error_message) == ("failed", broken.error)
    await world.work()
    assert await world.status(first.campaign_id) == "completed"


async def test_runs_of_a_kind_of_node_that_is_gone_fail_with_its_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = await paused(world, definition("sms", "wait", "test_thank"))
    monkeypatch.delitem(SPECIFICATIONS, "test_thank")  # type: ignore[arg-type]
    await fresh_timers(world).resume_due()
    broken, other = await runs_of(world, first.campaign_id)
    assert (broken.status, other.status) == ("failed", "failed")
    assert "test_thank" in broken.error


async def test_a_run_that_breaks_down_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await paused(world, WAIT_AND_TEXT)
    working = fresh_timers(world)
    resume = working._runner._resume

    async def breaks(plan: Any, context: Any, due: Any) -> Any:
        if due.run_id == first.id:
            raise KeyError("unforeseen")
        return await resume(plan, context, due)

    monkeypatch.setattr(working._runner, "_resume", breaks)
    await working.resume_due()
    await world.settle(first.campaign_id)
    await ensure_only_first_failed(world, first, second, "broke down: KeyError")


async def test_a_first_segment_that_breaks_down_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from outrider.workflows.compiler import CompiledWorkflow

    start = CompiledWorkflow.start

    async def breaks(self: CompiledWorkflow, context: Any, *given: Any, **named: Any) -> Any:
        if context.lead["name"] == "One" and not context.is_dry:
            raise KeyError("unforeseen")
        return await start(self, context, *given, **named)

    monkeypatch.setattr(CompiledWorkflow, "start", breaks)
    first, second = await paused(world, definition("sms"))
    await ensure_only_first_failed(world, first, second, "broke down: KeyError")


@pytest.mark.parametrize(
    ("kind", "reason"), [("test_unheard", "Nothing applies Unheard"), ("test_cursed", "could not be done: ValueError")]
)
@pytest.mark.parametrize("is_resumed", [False, True])
async def test_what_can_not_be_applied_fails_its_own_run_only(world: World, kind: str, reason: str, is_resumed: bool) -> None:
    first, second = await paused(world, definition("wait", kind, "sms") if is_resumed else definition(kind, "sms"))
    if is_resumed:
        await fresh_timers(world).resume_due()
        await world.settle(first.campaign_id)
    await ensure_only_first_failed(world, first, second, reason)
    (text,) = await world.texts(first.campaign_id)
    assert text.run_id == second.id, "the text of the failed run did not leave"


async def test_a_text_of_a_run_that_fails_does_not_leave(world: World) -> None:
    first, second = await paused(world, definition("sms", "test_failing"))
    await ensure_only_first_failed(world, first, second, "out of order")
    assert [text.run_id for text in await world.texts(first.campaign_id)] == [second.id]


@pytest.mark.parametrize("answer", [{"body": "\x00"}, {1: "no name"}, {"body": "\ud800"}])
async def test_an_effect_whose_answer_can_not_be_stored_is_not_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch, answer: dict[Any, Any]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(effects, "_kinds", {})

    @effects.effect("test_call", repeatable=True)
    async def call_outside(call: EffectCall) -> dict[str, Any]:
        asked.append(call.idempotency_key)
        return answer

    await paused(world, definition("test_call", "sms"))
    await EffectLoop(world.database, {}).carry_out_due()
    await world.execute("UPDATE run_effects SET due_at = now() WHERE due_at IS NOT NULL")
    await EffectLoop(world.database, {}).carry_out_due()
    assert len(asked) == len(set(asked)) == 2, "once for each run"
    assert {(effect.state, effect.error) for effect in await world.rows(RunEffect)} == {
        ("done", "What came back can't be stored.")
    }
    await fresh_timers(world).resume_due()
    assert {run.status for run in await world.rows(Run)} == {"completed"}


@pytest.mark.parametrize("after", [["sms"], []])
async def test_a_result_that_can_not_be_stored_does_not_take_others_with_it(world: World, after: list[str]) -> None:
    first, second = await paused(world, definition("sms", "wait", "test_unstorable", *after))
    await fresh_timers(world).resume_due()
    await world.settle(first.campaign_id)
    await ensure_only_first_failed(world, first, second, "can't be stored")
    steps = await world.rows(Step, Step.run_id == first.id)
    broken, _ = await runs_of(world, first.campaign_id)
    assert broken.steps == len(steps), "what ran is told, without what could not be stored"
    assert "test_unstorable" in {step.node_name for step in steps}


async def test_a_campaign_without_sender_stores_nothing_of_a_result_that_can_not_be_stored(world: World) -> None:
    first, _ = await paused(world, definition("wait", "test_unstorable", "sms"))
    await world.execute("UPDATE senders SET enabled = false")
    await fresh_timers(world).resume_due()
    assert await world.status(first.campaign_id) == "paused"
    assert {run.status for run in await runs_of(world, first.campaign_id)} == {"waiting"}
    await world.execute("UPDATE senders SET enabled = true")
    await world.resume(first.campaign_id)
    await fresh_timers(world).resume_due()
    assert [run.status for run in await runs_of(world, first.campaign_id)] == ["failed", "completed"]


@pytest.mark.parametrize("kind", ["sms", "test_thank"])
async def test_a_lead_whose_number_is_gone_is_not_waited_for(world: World, kind: str) -> None:
    first, second = await paused(world, definition("wait", kind))
    await world.execute("UPDATE leads SET phone = NULL, email = 'ann@example.com' WHERE id = :lead", lead=first.lead_id)
    await fresh_timers(world).resume_due()
    await world.settle(first.campaign_id)
    assert (await the_lead(world, first)).status in ("failed", "skipped")
    assert (await the_lead(world, second)).status == "completed"
    assert await world.status(first.campaign_id) == "completed"

"""Runs that wait for what others do for them: carried out once, and its outcome wakes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from outrider.campaigns.effects import EffectLoop
from outrider.errors import Conflict
from outrider.workflows.models import RunEffect
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.runs import effects
from outrider.workflows.runs.effects import EffectCall, EffectDelayed, EffectRefused, EffectUnknown, settle
from tests.integration.campaigns import waiting_nodes
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.pausing import paused, the_lead, the_run, timers
from tests.integration.campaigns.waiting_nodes import definition


@pytest.fixture(autouse=True)
def nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, specification in waiting_nodes.SPECIFICATIONS.items():
        monkeypatch.setitem(SPECIFICATIONS, kind, specification)  # type: ignore[arg-type]


class Outside:
    """Somebody whom runs ask to do something."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.raises: Exception | None = None
        self.found: dict[str, Any] | None = None

    async def do(self, call: EffectCall) -> dict[str, Any]:
        self.keys.append(call.idempotency_key)
        if self.raises is not None:
            raise self.raises
        return {"number": len(self.keys)}

    async def look_up(self, call: EffectCall) -> dict[str, Any] | None:
        return self.found


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    outside = Outside()
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test_call")(outside.do)
    yield outside


async def test_an_effect_is_carried_out_and_its_result_wakes_the_run(world: World, outside: Outside) -> None:
    campaign_id = await paused(world, definition("test_call", "sms"))
    loop = EffectLoop(world.database, {})
    assert (await loop.carry_out_due(), await loop.carry_out_due()) == (1, 0)
    assert await timers(world).resume_due() == 1
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.result, effect.due_at) == ("done", {"number": 1}, None)
    assert outside.keys == [f"campaign_lead:{(await the_lead(world)).id}/1:test_call1"]
    assert len(await world.texts(campaign_id)) == 1


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_worker_that_dies_after_an_effect(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch, repeatable: bool
) -> None:
    """Asked again under the same key where that is safe, else left to a person."""
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test_call", repeatable=repeatable)(outside.do)
    await paused(world, definition("test_call", "sms"))

    class Dying(EffectLoop):
        async def _carry_out(self, call: EffectCall) -> None:
            await effects.carry_out(call)

    assert await Dying(world.database, {}).carry_out_due() == 1
    assert await EffectLoop(world.database, {}).carry_out_due() == 0, "the claim is fresh"
    await world.execute("UPDATE run_effects SET due_at = now()")
    assert await EffectLoop(world.database, {}).carry_out_due() == 1
    (effect,) = await world.rows(RunEffect)
    assert len(set(outside.keys)) == 1
    assert (len(outside.keys), effect.state) == ((2, "done") if repeatable else (1, "unknown"))

    if not repeatable:
        assert await timers(world).resume_due() == 0
        async with world.database.transaction() as session:
            await settle(session, effect.run_id, effect.id, "Ann", happened=True, result={"seen": True})
        with pytest.raises(Conflict):
            async with world.database.transaction() as session:
                await settle(session, effect.run_id, effect.id, "Bob", happened=False)
    assert await timers(world).resume_due() == 1
    assert (await the_run(world)).status == "completed"


async def test_an_effect_with_an_unknown_outcome_is_looked_up(
    world: World, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test_call", look_up=outside.look_up)(outside.do)
    await paused(world, definition("test_call", "sms"))
    outside.raises, outside.found = EffectUnknown("No answer came."), {"found": True}
    await EffectLoop(world.database, {}).carry_out_due()
    await world.execute("UPDATE run_effects SET due_at = now()")
    await EffectLoop(world.database, {}).carry_out_due()
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.result, len(outside.keys)) == ("done", {"found": True}, 1)


@pytest.mark.parametrize(
    ("raised", "state"),
    [(EffectRefused("No such place."), "failed"), (EffectDelayed("Busy."), "queued"), (EffectUnknown("Silence."), "unknown")],
)
async def test_how_effects_end(world: World, outside: Outside, raised: Exception, state: str) -> None:
    campaign_id = await paused(world, definition("test_call", "sms"))
    outside.raises = raised
    await EffectLoop(world.database, {}).carry_out_due()
    (effect,) = await world.rows(RunEffect)
    assert (effect.state, effect.attempts) == (state, 1)
    assert (effect.due_at or datetime.max.replace(tzinfo=UTC)) > datetime.now(UTC)
    assert await timers(world).resume_due() == (1 if state == "failed" else 0)
    if state == "queued":
        outside.raises = None
        await world.pause(campaign_id)
        await world.execute("UPDATE run_effects SET due_at = now()")
        assert await EffectLoop(world.database, {}).carry_out_due() == 0, "its campaign is paused"
        await world.resume(campaign_id)
        assert await EffectLoop(world.database, {}).carry_out_due() == 1
        assert await timers(world).resume_due() == 1

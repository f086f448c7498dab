"""Campaigns whose runs do things, and the parts of a worker that carry them out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from outrider.campaigns.effects import EffectLoop
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.integrations.notifications.build import Notifiers, build_notifiers
from outrider.workflows.models import Run, Step
from tests.integration.campaigns.conftest import World

Node = tuple[str, str, dict[str, Any], str]
"""Id, type, parameters, and the outcome that leads to the next one."""


def chain(*nodes: Node, **settings: Any) -> dict[str, Any]:
    """A definition of these nodes, one after the other, from the validation to the end."""
    steps: list[Node] = [("validate", "validate", {}, "passed"), *nodes, ("finalize", "finalize", {}, "")]
    return {
        "nodes": [{"id": name, "type": kind, "data": data} for name, kind, data, _ in steps],
        "edges": [{"source": before[0], "target": after[0], "sourceHandle": before[3]} for before, after in pairwise(steps)],
        **({"settings": settings} if settings else {}),
    }


async def ran(world: World, *nodes: Node, count: int = 1, lead: Mapping[str, Any] | None = None, **values: Any) -> int:
    """A campaign whose runs came to their first pause or their end."""
    world.context.parts.setdefault(Notifiers, build_notifiers(world.settings))  # type: ignore[attr-defined]
    leads = await world.leads(count, **dict(lead or {}))
    campaign_id = await world.campaign(leads, workflow_config=chain(*nodes), **values)
    await world.start(campaign_id)
    await world.work()
    await world.settle(campaign_id)
    return campaign_id


async def resumed(world: World) -> int:
    """How many runs went on."""
    return await RunTimers(world.database, world.context.part(CampaignRunner)).resume_due()


async def carried_out(world: World, parts: Mapping[type, Any] | None = None) -> int:
    """How many effects were tried."""
    return await EffectLoop(world.database, dict(parts or {})).carry_out_due()


async def step(world: World, node_id: str) -> Step:
    """How the node was left last."""
    found: list[Step] = await world.rows(Step, Step.node_id == node_id)
    return found[-1]


async def the_run(world: World) -> Run:
    (run,) = await world.rows(Run)
    assert isinstance(run, Run)
    return run

"""What the commit leaves out of what a step asked for about its lead: that step says it, the run goes on."""

from __future__ import annotations

import outrider.wiring  # noqa: F401  (all handlers take part)
from outrider.leads.models import Lead
from outrider.leads.tags import MOST_TAGS
from outrider.workflows.models import Step
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, ran, resumed, step

PAUSE: Node = ("pause", "wait", {"mode": "for", "amount": 1, "unit": "hours"}, "next")


def update(name: str, value: str, *, node: str = "update") -> Node:
    return (node, "update_lead", {"attributes": [{"name": name, "value": value}]}, "next")


async def told(world: World, node_id: str = "update") -> tuple[str, str]:
    """Level and message of the step."""
    left = await step(world, node_id)
    return left.level, left.message


async def go_on(world: World) -> None:
    await world.execute("UPDATE run_waits SET due_at = now()")
    assert await resumed(world) > 0


async def test_a_change_that_the_lead_can_not_hold(world: World) -> None:
    campaign_id = await ran(world, update("text", "x" * 40_000, node="first"), update("more", "x" * 40_000))
    assert await told(world, "first") == ("INFO", "Set attributes.text")
    level, message = await told(world)
    assert level == "WARNING"
    assert message == "Set attributes.more. Nothing of it was kept: attributes is larger than 64 KB."
    assert (await step(world, "update")).outcome == "next"
    assert await world.status(campaign_id) == "completed"


async def test_only_the_steps_of_the_leads_that_refuse_say_so(world: World) -> None:
    """Also in a later segment, of which several leads' are stored together, and at the second step of the same kind."""
    await ran(world, PAUSE, update("plan", "pro", node="first"), update("more", "x" * 40_000), count=3)
    second = (await world.rows(Lead))[1]
    full = "UPDATE leads SET attributes = jsonb_build_object('text', repeat('x', 40000)) WHERE id = :id"
    await world.execute(full, id=second.id)
    await go_on(world)
    assert {one.level for one in await world.rows(Step, Step.node_id == "first")} == {"INFO"}
    levels = [one.level for one in await world.rows(Step, Step.node_id == "update")]
    assert sorted(levels) == ["INFO", "INFO", "WARNING"]
    leads = {one.id: set(one.attributes) for one in await world.rows(Lead)}
    assert leads.pop(second.id) == {"text", "plan"}
    assert list(leads.values()) == [{"plan", "more"}] * 2


async def test_the_address_of_a_lead_that_is_known_by_nothing_else(world: World) -> None:
    fields = [{"field": "email", "value": "other@acme.example"}, {"field": "tier", "value": "A"}]
    await ran(world, PAUSE, ("update", "update_lead", {"fields": fields}, "next"), lead={"email": "ann@acme.example"})
    await world.execute("UPDATE leads SET phone = NULL")
    await go_on(world)
    (lead,) = await world.rows(Lead)
    assert (lead.email, lead.tier) == ("ann@acme.example", "A")
    level, message = await told(world)
    assert level == "WARNING"
    assert message.startswith("Set email, tier. The e-mail address was not set: ")


async def test_tags_beyond_what_a_lead_may_have(world: World) -> None:
    many = [f"tag {number}" for number in range(MOST_TAGS - 1)]
    tag: Node = ("tag", "tag", {"add": ["fits", "too", "many"], "remove": []}, "next")
    await ran(world, tag, lead={"attributes": {"tags": many}})
    (lead,) = await world.rows(Lead)
    assert lead.attributes["tags"] == [*many, "fits"]
    assert await told(world, "tag") == (
        "WARNING", "Gave fits, too, many. Not given: too, many. A lead has at most 100 tags.",
    )  # fmt: skip


async def test_a_list_that_is_gone(world: World) -> None:
    """One that it is not on is nothing to tell."""
    await world.execute("INSERT INTO lead_lists (name) VALUES ('Old'), ('Kept')")
    leave: Node = ("leave", "list", {"add": ["Hot"], "remove": ["Old", "Kept", "Older"]}, "next")
    await ran(world, PAUSE, leave, count=2)
    await world.execute("DELETE FROM lead_lists WHERE name = 'Old'")
    await go_on(world)
    rows = await world.rows(Step, Step.node_id == "leave")
    message = "Put on Hot; Took off Old, Kept, Older. There is no list 'Old'. There is no list 'Older'."
    assert [(one.level, one.message) for one in rows] == [("WARNING", message)] * 2

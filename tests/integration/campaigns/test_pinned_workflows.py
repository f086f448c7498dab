"""A campaign's own definition takes its sub-workflows along: what is changed there later changes nothing here."""

from __future__ import annotations

from typing import Any

import pytest

from outrider.campaigns.models import Campaign
from outrider.workflows import service
from outrider.workflows.schemas import WorkflowIn
from outrider.workflows.validation import InvalidWorkflow
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import ran, step


def inner(text: str) -> dict[str, Any]:
    nodes = [{"id": "say", "type": "send_template", "data": {"text": text}}, {"id": "end", "type": "finalize"}]
    return {"nodes": nodes, "edges": [{"source": "say", "target": "end"}]}


async def test_the_sub_workflow_of_the_day_is_kept(world: World) -> None:
    async with world.database.transaction() as session:
        other = await service.create_workflow(session, WorkflowIn(name="Greeting", config=inner("Hello")), "Sam")
    campaign_id = await ran(world, ("sub", "sub_workflow", {"workflow_id": other.id}, "completed"))

    (campaign,) = await world.rows(Campaign, Campaign.id == campaign_id)
    (sub,) = [node for node in campaign.workflow_config["nodes"] if node["id"] == "sub"]
    assert sub["data"]["definition"]["nodes"][0]["data"]["text"] == "Hello"
    assert (await step(world, "sub/say")).output["body"] == "Hello"


async def test_one_that_there_is_not_is_refused(world: World) -> None:
    with pytest.raises(InvalidWorkflow, match="what sub-workflow 'sub' runs"):
        await ran(world, ("sub", "sub_workflow", {"workflow_id": 4711}, "completed"))

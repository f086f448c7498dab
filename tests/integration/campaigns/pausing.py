"""Campaigns whose runs have paused, and what may happen to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from outrider.campaigns.models import CampaignLead
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.timers import RunTimers
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import Message
from outrider.leads.models import Lead
from outrider.workflows.models import Run
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.waiting_nodes import definition
from tests.worlds import inbound

WAIT_AND_TEXT = definition("sms", "wait", "sms")
ASK_AND_TEXT = definition("test_ask", "sms")


def timers(world: World) -> RunTimers:
    return RunTimers(world.database, world.context.part(CampaignRunner))


async def paused(world: World, config: dict[str, Any], count: int = 1, **values: Any) -> int:
    """A campaign whose runs have come to their first pause, and whose texts have left."""
    campaign_id = await world.started(count, workflow_config=config, **values)
    await world.work()
    await world.settle(campaign_id)
    return campaign_id


async def time_passes(world: World) -> None:
    """All that paused runs wait for is due."""
    await world.execute("UPDATE run_waits SET due_at = now() WHERE due_at IS NOT NULL")


async def says(world: World, lead_id: int, body: str) -> None:
    lead = (await world.rows(Lead, Lead.id == lead_id))[0]
    async with world.database.transaction() as session:
        await receive_text(session, inbound(lead.phone, body))


async def the_run(world: World) -> Run:
    (run,) = await world.rows(Run)
    return run


async def the_lead(world: World) -> CampaignLead:
    (lead,) = await world.rows(CampaignLead)
    return lead


async def sent_texts(world: World, campaign_id: int) -> list[Message]:
    return await world.rows(Message, Message.campaign_id == campaign_id, Message.direction == "out")


async def kept(world: World) -> int:
    """Bytes of checkpoints."""
    async with world.database.transaction() as session:
        statement = text("SELECT coalesce(sum(octet_length(checkpoint)), 0) FROM runs")
        return int((await session.execute(statement)).scalar_one())

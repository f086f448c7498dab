from __future__ import annotations

from httpx import AsyncClient

from outrider.conversations.models import Conversation
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.pausing import WAIT_AND_TEXT, paused, time_passes, timers


async def test_a_text_is_explained_while_its_run_waits_and_when_it_waited_for_weeks(world: World, api: AsyncClient) -> None:
    await paused(world, WAIT_AND_TEXT)
    (thread,) = await world.rows(Conversation)
    shown = await api.get(f"/api/threads/{thread.id}/insights")
    assert shown.status_code == 200, shown.text
    (insight,) = shown.json()["items"]
    assert (insight["kind"], insight["reason"].split(":")[0]) == ("workflow", "sms_agent")
    assert 0 <= insight["processing_time_ms"] < 60_000

    await world.execute("UPDATE runs SET started_at = started_at - interval '60 days'")
    await time_passes(world)
    assert await timers(world).resume_due() == 1
    shown = await api.get(f"/api/threads/{thread.id}/insights")
    assert shown.status_code == 200, shown.text
    assert [0 <= one["processing_time_ms"] < 60_000 for one in shown.json()["items"]] == [True, True]

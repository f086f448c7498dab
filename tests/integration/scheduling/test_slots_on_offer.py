"""What one lead was offered a moment ago is not offered to the next one, as far as there are other times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from outrider.agents.base import Slot
from outrider.agents.memory import Memory, keep_memory
from outrider.agents.scheduling import repository
from outrider.agents.scheduling.slots import SlotFinder
from outrider.config import Settings
from outrider.conversations.models import Conversation
from outrider.leads.models import Lead
from tests.worlds import World


async def offer(world: World, settings: Settings, lead_id: int, **values: Any) -> list[Slot]:
    asked: dict[str, Any] = {"campaign_id": None, "time_zone": "UTC", "now": datetime.now(UTC), "limit": 3, "spread_by": lead_id}
    return await SlotFinder(world.database, settings).find(**{**asked, **values})


async def thread_with(world: World, lead: Lead) -> Conversation:
    thread = Conversation(lead_id=lead.id)
    async with world.database.transaction() as session:
        session.add(thread)
    return thread


async def test_leads_are_offered_different_times_while_there_are_any(world: World, settings: Settings) -> None:
    leads = await world.leads(30)
    seen: list[datetime] = []
    for lead in leads:
        slots = await offer(world, settings, lead.id)
        thread = await thread_with(world, lead)
        async with world.database.transaction() as session:
            await keep_memory(session, thread.id, Memory(offered_slots=slots))
        seen += [slot.starts_at for slot in slots]
        again = await offer(world, settings, lead.id)
        assert again == slots, "what a lead was offered is kept for that lead"
    assert len(seen) == 90 and len(set(seen)) == 90


async def test_held_times_are_offered_when_no_others_are_left_and_after_a_while(world: World, settings: Settings) -> None:
    first, second = await world.leads(2)
    every = await offer(world, settings, first.id, limit=10_000)
    thread = await thread_with(world, first)
    async with world.database.transaction() as session:
        await keep_memory(session, thread.id, Memory(offered_slots=every))
    assert await offer(world, settings, second.id) != []
    async with world.database.transaction() as session:
        await keep_memory(session, thread.id, Memory(offered_slots=every[:3]))
        held = await repository.held(session, second.id, datetime(2020, 1, 1, tzinfo=UTC))
    assert held == {(slot.calendar_id, slot.starts_at) for slot in every[:3]}
    assert {slot.starts_at for slot in await offer(world, settings, second.id, limit=10_000)}.isdisjoint(
        slot.starts_at for slot in every[:3]
    )
    await world.execute("UPDATE conversation_memories SET updated_at = now() - interval '1 hour'")
    assert len(await offer(world, settings, second.id, limit=10_000)) == len(every)

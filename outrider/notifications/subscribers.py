"""What notifications do about facts, whoever notes them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.bus import subscribe
from outrider.events.facts import FactsNoted
from outrider.notifications.recording import record


@subscribe(FactsNoted)
async def record_facts(session: AsyncSession, event: FactsNoted) -> None:
    await record(session, event.facts)
